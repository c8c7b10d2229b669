"""osls, the Serverless Framework's free fork: installed as package-lock.json has it, and run on serverless.yml."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ops.console import complain
from ops.python_3_13 import find_python_3_13
from ops.venv import one_at_a_time

LOCK = Path("package-lock.json")
STAMP = Path("node_modules/.errand-lock")
OSLS = "node_modules/.bin/osls"
OLDEST_NODE = 20

LAMBDAS = {"x86_64": "x86_64", "aarch64": "arm64"}  # names of architectures, by those that Linux has for them
MANYLINUX = (2, 28)  # the newest glibc that the wheels named in serverless.yml may ask for

NO_NODE = f"""\
This needs Node {OLDEST_NODE} or newer with npm; node here: {{found}}. Install it:
  macOS          brew install node
  Debian/Ubuntu  https://github.com/nodesource/distributions, or: sudo apt install nodejs npm
  with nvm       nvm install --lts"""


class CannotPackage(Exception):
    """What packaging needs is missing, or osls failed. The message says what to do."""


def run_osls(
    arguments: Sequence[str], environ: Mapping[str, str] = os.environ, *, quiet: bool = False
) -> None:
    """Raises CannotPackage, with what osls said if it was to be quiet."""
    environment = osls_environment(environ)
    install_osls(environ)
    # Two at a time would fill one .serverless/, and the zip of either could lack half of its libraries.
    with one_at_a_time(Path(".make/osls.lock")):
        done = subprocess.run(
            [OSLS, *arguments], env=environment, capture_output=quiet, text=True, check=False
        )
    if done.returncode != 0:
        said = f"{done.stdout}{done.stderr}\n" if quiet else ""
        raise CannotPackage(f"{said}osls {arguments[0]} failed: see above.")


def osls_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without ARCH and WHEELS that are set but empty: osls would look for a platform of that name."""
    kept = {name: value for name, value in environ.items() if value or name not in ("ARCH", "WHEELS")}
    return kept | {
        "PYTHON_3_13": find_python_3_13(environ),
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_NOTIFICATIONS_MODE": "off",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",  # osls pins its SDK, not the builder
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def install_osls(environ: Mapping[str, str] = os.environ) -> None:
    """As locked, once. Two at a time take turns."""
    check_node(environ)
    if is_installed():
        return
    with one_at_a_time(Path(".make/node.lock")):
        if not is_installed():
            complain("Installing osls and its plugin into node_modules …")
            npm(["ci", "--silent"], environ)
            STAMP.write_text(lock_digest(), "utf-8")


def is_installed() -> bool:
    return STAMP.is_file() and STAMP.read_text("utf-8") == lock_digest() and Path(OSLS).exists()


def lock_digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def npm(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    done = subprocess.run(["npm", *arguments], env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotPackage(f"{done.stdout}{done.stderr}\nnpm {arguments[0]} failed: see above.")


def wheels_for_this_machine() -> str:
    """Of custom.wheels in serverless.yml: those that are deployed, where they run; else whatever this machine takes."""
    architecture = LAMBDAS.get(platform.machine())
    libc, version = platform.libc_ver()
    runs_manylinux = libc == "glibc" and tuple(map(int, version.split(".")[:2])) >= MANYLINUX
    return architecture if architecture and runs_manylinux else "here"


def check_node(environ: Mapping[str, str]) -> None:
    found = node_version(environ)
    if not found or int(found[1]) < OLDEST_NODE or not shutil.which("npm", path=environ.get("PATH")):
        raise CannotPackage(NO_NODE.format(found=found[0] if found else "none"))


def node_version(environ: Mapping[str, str]) -> re.Match[str] | None:
    try:
        done = subprocess.run(["node", "--version"], env=environ, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return re.match(r"v(\d+)[.\d]*", done.stdout)
