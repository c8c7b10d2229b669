"""ministack, an emulator of AWS on loopback: in a virtual environment of its own, as it pins botocore.

It runs Lambda functions under its own interpreter, so that one must be the Python of the function's runtime.
"""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from ops.console import complain
from ops.python_3_13 import find_python_3_13, is_it
from ops.venv import digest, install, one_at_a_time, stamp_of

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".make" / "ministack"
REQUIREMENTS = ROOT / "requirements-ministack.txt"
REGION = "eu-central-1"

# Whoever signs with these is the account's root; ministack knows no others but those that it hands out.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

# All that it gets of this shell: it hands its environment on to the functions that it runs.
PASSED_ON = ("PATH", "HOME", "USER", "LANG", "TZ", "LD_LIBRARY_PATH")


def install_ministack() -> str:
    """The program's path."""
    if not is_ready():
        with one_at_a_time(ROOT / ".make" / "ministack.lock"):
            if not is_ready():
                make_it()
    return str(VENV / "bin" / "ministack")


def is_ready() -> bool:
    stamp = stamp_of(VENV, REQUIREMENTS)
    return stamp.is_file() and stamp.read_text("utf-8") == digest(REQUIREMENTS) and has_python_3_13()


def has_python_3_13() -> bool:
    return is_it(str(VENV / "bin" / "python"))


def make_it() -> None:
    if not has_python_3_13():
        complain("Making .make/ministack …")
        subprocess.run([find_python_3_13(), "-m", "venv", "--clear", str(VENV)], check=True)
    complain("Installing requirements-ministack.txt …")
    install(VENV, REQUIREMENTS)


def ministack_environment(
    port: int, scratch: Path, *, enforce_iam: bool, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """`scratch` takes what it leaves behind. It would bind all addresses if it was not told."""
    passed = {name: environ[name] for name in PASSED_ON if name in environ}
    return passed | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "TMPDIR": str(scratch),
        "STATE_DIR": str(scratch),
        "AUTH": "true" if enforce_iam else "false",
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
        **CREDENTIALS,
    }


def client_environment(url: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For boto3 and osls: the emulator and no real account, whatever profile this shell has chosen."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return kept | nowhere | {"AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, **CREDENTIALS}


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5) as answer:  # noqa: S310 (loopback)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
