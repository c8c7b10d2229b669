"""Packages made for tests: in copies of the repository, so that nobody's .serverless/ is touched."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.osls import install_osls

ROOT = Path(__file__).parent.parent.parent

# Whoever runs in this clone at the same time writes it and renames it.
BYTE_CODE = shutil.ignore_patterns("__pycache__")

# What `make package` reads, and some of what must not end up in the zip.
COPIED = (
    "app.py",
    "settings.py",
    "serverless.yml",
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "manifest.json",
    "aws",
    "blocks",
    "infra",
    "jobs",
    "listeners",
    "oauth",
    "ops",
    "runs",
    "simulator",
    "tests",
    "wiring",
)

# How long the function waits is no matter of tests that deploy it: on a busy machine it would ask twice, or give up.
PATIENT = {
    "aws/signed_client.py": ("SECONDS = 2.0", "SECONDS = 120.0"),
    "aws/secrets.py": ("SECONDS = 6.0", "SECONDS = 120.0"),
    "oauth/authorize.py": ("SECONDS_FOR_AN_ACK = 2", "SECONDS_FOR_AN_ACK = 60"),
}


@dataclass(frozen=True)
class Package:
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / ".serverless" / "errand.zip"

    @property
    def template(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / TEMPLATE).read_text("utf-8")))

    @property
    def first_template(self) -> dict[str, Any]:
        """Of the bucket alone."""
        return dict(json.loads((self.folder / FIRST_TEMPLATE).read_text("utf-8")))

    def read(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}


FIRST_TEMPLATE = ".serverless/cloudformation-template-create-stack.json"
TEMPLATE = ".serverless/cloudformation-template-update-stack.json"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make`: by whichever of pytest-xdist's workers comes first, while the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "made"
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of somebody who failed half-way
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def shared_folder(workers_own: Path) -> Path:
    """One for all workers of this session."""
    return workers_own.parent if "PYTEST_XDIST_WORKER" in os.environ else workers_own


def copy_repository(folder: Path) -> Path:
    install_osls()
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=BYTE_CODE)
        else:
            shutil.copyfile(source, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    make_patient(folder)
    leave_byte_code(folder)
    return folder


def make_patient(folder: Path) -> None:
    for name, (before, after) in PATIENT.items():
        text = (folder / name).read_text("utf-8")
        assert text.count(f"\n{before}") == 1
        (folder / name).write_text(text.replace(f"\n{before}", f"\n{after}"), "utf-8")


def leave_byte_code(folder: Path) -> None:
    """Of another Python, as there is in every clone. It must not end up in the zip either."""
    (folder / "aws" / "__pycache__").mkdir()
    (folder / "aws" / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"of another Python")


def start_packaging(folder: Path, *arguments: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ops.package", *arguments],
        cwd=folder,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish_packaging(folder: Path, process: subprocess.Popen[str]) -> Package:
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return Package(folder)
