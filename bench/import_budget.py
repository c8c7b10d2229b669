"""Which modules a cold start loads: `python -m bench.import_budget` pins them in import_budget_*.txt.

Every module costs each cold start a fraction of a millisecond to many of them, and no clock is needed to count them.
tests/test_import_budget.py fails when the set has changed. A module that is worth its price is pinned by running this.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.environment import Machine, variables
from bench.fakes import FakeSlackAndAws
from bench.python import interpreter_behind
from bench.subjects import ROOT, errand, install_errands, install_runtime
from ops.python_3_13 import find_python_3_13

# An app in one workspace, and one for many.
MODES = ("one", "many")

# After the runtime client, whose own modules are there whatever we do.
PROBE = """
import sys
import awslambdaric.bootstrap
before = set(sys.modules)
import app
assert app.handler
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def main() -> int:
    for mode in MODES:
        pinned_at(mode).write_text("".join(f"{name}\n" for name in measure(mode)), "utf-8")
    return 0


def read(mode: str) -> list[str]:
    return pinned_at(mode).read_text("utf-8").split()


def pinned_at(mode: str) -> Path:
    return Path(__file__).parent / f"import_budget_{mode}.txt"


def measure(mode: str) -> list[str]:
    """Sorted. What importing `app` loads under Lambda's Python, with Lambda's variables and boto3 at hand."""
    python = interpreter_behind(find_python_3_13())
    cache = ROOT / ".make" / "bench"
    runtime = install_runtime(cache, python)
    libraries = install_errands(cache)
    fakes = FakeSlackAndAws()
    try:
        with tempfile.TemporaryDirectory(prefix="errand-imports-") as folder:
            subject = next(each for each in errand(ROOT / "app.py") if each.name.startswith(f"errand_{mode}"))
            machine = Machine(python, runtime, Path(folder), fakes)
            paths = os.pathsep.join(map(str, (ROOT, libraries, runtime)))
            environment = {**variables(subject, ROOT, machine, "nowhere"), "PYTHONPATH": paths}
            done = subprocess.run(
                [python, "-c", PROBE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
    finally:
        fakes.close()
    if done.returncode != 0:
        raise RuntimeError(f"app cannot be imported as on Lambda ({done.returncode}):\n{done.stderr}")
    return sorted(public(done.stdout.split()))


def public(names: Iterable[str]) -> list[str]:
    """Without modules inside the standard library's, which differ between Python's patch releases."""
    return [name for name in names if not any(part.startswith("_") for part in name.split("."))]


if __name__ == "__main__":
    sys.exit(main())
