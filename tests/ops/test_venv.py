"""What .venv holds, as `make` finds out before each target."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops.venv import PROBE, is_ready, read_pins, succeeds

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"])
def test_what_is_installed_whole_is_not_installed_again(file: str) -> None:
    """This very environment was made from all three of them."""
    assert succeeds([sys.executable, "-c", PROBE, "", *read_pins(ROOT / file)])


@pytest.mark.parametrize("pin", ["pytest==0.0.1", "no-such-package==1.0", "moto[kms]==0.0.1"])
def test_another_version_or_a_missing_package_is_noticed(pin: str) -> None:
    assert not succeeds([sys.executable, "-c", PROBE, "", pin])


def test_without_a_stamp_it_counts_as_not_installed(tmp_path: Path) -> None:
    assert not is_ready(tmp_path, ROOT / "requirements.txt")
