"""osls, as far as it can be told without running it: tests/deploy does that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops import osls
from ops.osls import CannotPackage, run_osls

LOCKED = """\
#!{python}
import fcntl, sys
try:
    fcntl.flock(open(".make/osls.lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(0)
sys.exit("somebody else could have packaged here at the same time")
"""


def test_two_that_package_in_one_folder_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = tmp_path / "osls"
    program.write_text(LOCKED.format(python=sys.executable))
    program.chmod(0o700)
    monkeypatch.setattr(osls, "OSLS", str(program))
    monkeypatch.setattr(osls, "install_osls", lambda environ: None)
    monkeypatch.setattr(osls, "osls_environment", dict)
    run_osls(["package"], {}, quiet=True)


def test_what_osls_said_is_told_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = tmp_path / "osls"
    program.write_text("#!/bin/sh\necho No such stage.\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setattr(osls, "OSLS", str(program))
    monkeypatch.setattr(osls, "install_osls", lambda environ: None)
    monkeypatch.setattr(osls, "osls_environment", dict)
    with pytest.raises(CannotPackage, match=r"No such stage\.\n\nosls package failed"):
        run_osls(["package"], {}, quiet=True)
