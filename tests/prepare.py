"""What the Lambda tests need besides .venv, installed before the first test's clock runs: `python -m tests.prepare`.

A machine that is slow to download, or busy, must not make a test look as if it hung. Without Node or Python 3.13 it
says so, and these tests are skipped; in CI that is an error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.python import interpreter_behind
from bench.subjects import install_bolt, install_errands, install_runtime
from ops.console import complain, paint
from ops.ministack import install_ministack
from ops.osls import CannotPackage, install_osls
from ops.python_3_13 import NoPython313, find_python_3_13

ROOT = Path(__file__).parent.parent


def prepare() -> None:
    """Raises NoPython313 and CannotPackage."""
    python = interpreter_behind(find_python_3_13())
    install_osls()
    install_ministack()
    cache = ROOT / ".make" / "bench"
    install_runtime(cache, python)
    install_bolt(cache)
    install_errands(cache)


def main() -> int:
    try:
        prepare()
    except (NoPython313, CannotPackage) as error:
        complain(paint(f"THE LAMBDA TESTS ARE SKIPPED. {error}", "bold", "red"))
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
