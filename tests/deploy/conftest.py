from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.osls import CannotPackage, install_osls
from ops.python_3_13 import NoPython313, find_python_3_13
from tests.deploy.packages import (
    Package,
    copy_repository,
    finish_packaging,
    made_once,
    shared_folder,
    start_packaging,
)

# A library with native code, as an app's own requirements may have.
NATIVE = "MarkupSafe==3.0.3"

# Keys besides the stage's own.
NEW_KEY = "arn:aws:kms:eu-central-1:000000000000:key/11111111-2222-3333-4444-555555555555"
OLD_KEY = "arn:aws:kms:eu-central-1:000000000000:key/99999999-2222-3333-4444-555555555555"
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:clean-up:live"
ALLOWED = {
    "INVOKE_FUNCTIONS": f"reports, Clean up={FUNCTION}",
    "REPORT_LOG_GROUPS": "/aws/lambda/reports,The shop=/ecs/shop,",
}
OTHER_KEYS = {"KMS_KEY_ID": NEW_KEY, "KMS_READ_KEY_IDS": f"{OLD_KEY}, {NEW_KEY},"}


@pytest.fixture(scope="session")
def lambda_tools() -> None:
    """Node and Python 3.13. Missing ones are said and skipped; never in CI."""
    try:
        find_python_3_13()
        install_osls()
    except (NoPython313, CannotPackage) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"THE LAMBDA TESTS ARE SKIPPED. {error}")


@dataclass(frozen=True)
class Packages:
    arm64: Package
    again: Package  # the same sources in another folder, at another time, in another environment
    x86_64: Package  # with other keys, and with what jobs may reach


@pytest.fixture(scope="session")
def packages(lambda_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = made_once(shared_folder(tmp_path_factory.getbasetemp()) / "packages", make_packages)
    return Packages(**{name: Package(copy) for name, copy in copies_in(folder).items()})


def copies_in(folder: Path) -> dict[str, Path]:
    return {name: folder / f"{name} copy" for name in ("arm64", "again", "x86_64")}


def make_packages(folder: Path) -> None:
    copies = copies_in(folder)
    for copy in copies.values():
        copy_repository(copy)
    for path in copies["again"].rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    started = {
        "arm64": start_packaging(copies["arm64"]),
        "again": start_packaging(copies["again"], TZ="Asia/Tokyo", PYTHONHASHSEED="7"),
        "x86_64": start_packaging(copies["x86_64"], "--arch", "x86_64", **OTHER_KEYS, **ALLOWED),
    }
    for name, process in started.items():
        finish_packaging(copies[name], process)


@pytest.fixture(scope="session")
def here(lambda_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The app, for this machine."""
    return Package(made_once(shared_folder(tmp_path_factory.getbasetemp()) / "package", make_here) / "copy")


def make_here(folder: Path) -> None:
    copy = copy_repository(folder / "copy")
    finish_packaging(copy, start_packaging(copy, "--here"))
