"""Fill .venv with what a requirements file pins: `python ops/venv.py requirements-dev.txt`.

Runs before anything is installed, so it needs the standard library only. A stamp in .venv says which
requirements were last installed whole; they are installed again when a file changes or .venv is damaged.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Run by .venv's own interpreter: fails unless it can install, has the wanted version (empty: any that will
# do), and holds every pinned distribution in its version.
PROBE = """
import sys
from importlib.metadata import version
import pip
wanted, *pins = sys.argv[1:]
assert sys.version_info >= (3, 11)
assert wanted in ("", "%d.%d" % sys.version_info[:2])
for pin in pins:
    name, _, pinned = pin.partition("==")
    assert version(name.partition("[")[0]) == pinned, pin
"""


def requirement_files(file: Path) -> list[Path]:
    """The file and all those it includes with `-r`."""
    included = [line[2:].strip() for line in file.read_text("utf-8").splitlines() if line.startswith("-r")]
    return [file, *(path for name in included for path in requirement_files(file.parent / name))]


def read_pins(file: Path) -> list[str]:
    lines = [
        line.strip() for path in requirement_files(file) for line in path.read_text("utf-8").splitlines()
    ]
    return [line for line in lines if "==" in line and not line.startswith("#")]


def digest(file: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in requirement_files(file))).hexdigest()


def venv_python(venv: Path) -> Path:
    return venv / "bin" / "python"


def stamp_of(venv: Path, file: Path) -> Path:
    return venv / f".installed-{file.stem}"


def is_ready(venv: Path, file: Path) -> bool:
    stamp = stamp_of(venv, file)
    if not stamp.is_file() or stamp.read_text("utf-8") != digest(file):
        return False
    return holds(venv, read_pins(file))


def holds(venv: Path, pins: list[str]) -> bool:
    """A version is wanted only by who named an interpreter: `make run PYTHON=…`."""
    wanted = "{}.{}".format(*sys.version_info) if os.environ.get("PYTHON") else ""
    return succeeds([str(venv_python(venv)), "-c", PROBE, wanted, *pins])


def succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv(venv: Path) -> None:
    """Make it from the interpreter behind this one, for this one may be .venv's own, about to go."""
    shutil.rmtree(venv, ignore_errors=True)
    base: str = getattr(sys, "_base_executable", sys.executable)
    run([base, "-m", "venv", str(venv)], "The virtual environment could not be made")


def install(venv: Path, file: Path) -> None:
    for stamp in venv.glob(".installed-*"):
        stamp.unlink()
    pip = [
        str(venv_python(venv)),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    run([*pip, "-r", str(file)], f"{file.name} could not be installed")
    for path in requirement_files(file):
        stamp_of(venv, path).write_text(digest(path), "utf-8")


def run(command: list[str], failure: str) -> None:
    done = subprocess.run(
        command, env=os.environ | {"PIP_USER": "0"}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\n{failure}: see above. Put it right, then run make again.")


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Two makes at once on a fresh clone take turns; the second then finds all done."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(root: Path, requirements: str) -> None:
    venv, file = root / ".venv", root / requirements
    if is_ready(venv, file):
        return
    with one_at_a_time(root / ".make" / "setup.lock"):
        if not is_ready(venv, file):
            repair(venv, file)


def repair(venv: Path, file: Path) -> None:
    started = time.monotonic()
    if not holds(venv, []):
        say(f"Making .venv with Python {sys.version.split()[0]} …")
        make_venv(venv)
    say(f"Installing {file.name}, which takes a minute or two once …")
    install(venv, file)
    say(f"Ready in {time.monotonic() - started:.0f} s.")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    set_up(Path.cwd(), arguments[0])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped before the set-up was done; the next make goes on with it.")
