"""The Python of Lambda's runtime, found on this machine: byte code is good for one minor version only."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

NAMES = ("python3.13", "python3")
ELSEWHERE = ("/opt/homebrew/bin/python3.13", "/usr/local/bin/python3.13")

# A pyenv shim may be on PATH for a version that is not selected, so each candidate is run, not just looked up.
PROBE = "import sys, pip, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))"

MISSING = """\
This needs a Python 3.13, the version that the Lambda function runs under, with pip and venv. Install one:
  macOS          brew install python@3.13
  Debian 13      sudo apt install python3.13 python3.13-venv python3-pip
  Ubuntu         sudo add-apt-repository ppa:deadsnakes/ppa && sudo apt install python3.13-venv
  with pyenv     pyenv install 3.13
or say where it is: PYTHON_3_13=/path/to/python3.13"""


class NoPython313(Exception):
    """There is none here. The message says how to get one."""

    def __init__(self) -> None:
        super().__init__(MISSING)


def find_python_3_13(environ: Mapping[str, str] = os.environ) -> str:
    for candidate in candidates(environ):
        if is_it(candidate):
            return candidate
    raise NoPython313


def candidates(environ: Mapping[str, str]) -> Iterator[str]:
    """PYTHON_3_13, if it is set, and then nothing else; PATH, pyenv, and where Homebrew and installers put it."""
    if chosen := environ.get("PYTHON_3_13"):
        yield chosen
        return
    yield from NAMES
    pyenv = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/")) / ".pyenv")
    yield from map(str, sorted(pyenv.glob("versions/3.13*/bin/python3.13"), reverse=True))
    yield from ELSEWHERE


def is_it(candidate: str) -> bool:
    try:
        return subprocess.run([candidate, "-c", PROBE], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
