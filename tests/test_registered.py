"""A job or a listener whose line in the list was forgotten would just not be there, without a word."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from jobs import JOBS
from runs.job import Job
from tests.workspace import ROOT

OF_JOBS = sorted(path.stem for path in (ROOT / "jobs").glob("[!_]*.py"))
OF_LISTENERS = sorted((ROOT / "listeners").glob("*/[!_]*.py"))


@pytest.mark.parametrize("module", OF_JOBS)
def test_every_job_is_listed(module: str) -> None:
    declared = [each for each in vars(import_module(f"jobs.{module}")).values() if isinstance(each, Job)]
    forgotten = [each.name for each in declared if each not in JOBS.values()]
    assert not forgotten, f"jobs/{module}.py has {forgotten}, but the list in jobs/__init__.py does not"


@pytest.mark.parametrize("path", OF_LISTENERS, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_listener_is_in_the_route_table_of_its_folder(path: Path) -> None:
    wanted = f"from listeners.{path.parent.name}.{path.stem} import "
    assert wanted in (path.parent / "__init__.py").read_text("utf-8"), (
        f"listeners/{path.parent.name}/{path.name} is listened to only with a line in the __init__.py beside it"
    )
