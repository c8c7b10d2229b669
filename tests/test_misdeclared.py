"""What whoever declared a job wrongly reads when the app starts."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workspace import ROOT
from wiring.misdeclared import explain_misdeclared

BEGINNING = """\
from dataclasses import dataclass
from runs.context import RunContext
from runs.inputs import ask
from runs.job import Jobs, job


@dataclass(frozen=True)
class Inputs:
"""  # its last line is 8

FUNCTION = """
@job("Report")
def report(inputs: Inputs, run: RunContext) -> None: ...
"""  # @job is its second line


def said(folder: Path, code: str) -> str | None:
    """Of a module that is imported from `folder`."""
    file = folder / "report.py"
    file.write_text(code, "utf-8")
    spec = importlib.util.spec_from_file_location("report", file)
    assert spec
    assert spec.loader
    sys.modules["report"] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        return explain_misdeclared(error)
    finally:
        del sys.modules["report"]
    raise AssertionError("nothing was wrong with it")


@pytest.mark.parametrize(
    ("fields", "line", "problem"),
    [
        ("    days: int\n    names: list = []\n", 10, "names has a mutable default"),
        ("    days: int\n    names: dict[str, str] = {}\n", 10, "names has a mutable default"),
        ("    days: int = 1\n    text: str\n", 7, "non-default argument 'text'"),
        ("    days: int = 1\n    where: bytes = b''\n", 10, "Inputs.where has the type bytes"),
        ("    days: int = ask('', minimum=9, maximum=1)\n", 9, "Inputs.days"),
    ],
)
def test_a_bad_input_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: str, line: int, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (said(tmp_path, BEGINNING + fields + FUNCTION) or "").startswith(f"report.py:{line}: {problem}")


def test_bad_options_are_told_with_the_line_of_their_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function = FUNCTION.replace('"Report"', '"Report", approvals=2')
    told = said(tmp_path, BEGINNING + "    days: int\n" + function)
    assert told
    assert told.startswith("report.py:11: it says how it is approved, but not by whom: add approvers=")


@pytest.mark.parametrize(
    ("listed", "line", "problem"),
    [
        ("[report, report]", 11, "the job 'report' is listed twice"),
        ("[report, other]", 14, "a second job is named 'report'; the first one is in "),
        ("[report, plain]", 17, "plain is listed as a job, but has no @job(…) above it"),
    ],
)
def test_a_bad_list_is_told_with_the_line_of_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str, line: int, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    others = dedent(
        f"""\
        first = report
        @job("Another")
        def report(inputs: Inputs, run: RunContext) -> None: ...
        other, report = report, first
        def plain(): ...
        Jobs({listed})
        """
    )
    told = said(tmp_path, BEGINNING + "    days: int\n" + FUNCTION + others)
    assert told
    assert told.startswith(f"report.py:{line}: {problem}")


def test_what_is_no_declarations_fault_keeps_its_traceback(tmp_path: Path) -> None:
    assert said(tmp_path, "import no_such_module") is None
    assert said(tmp_path, "int('x')") is None


def test_the_app_does_not_start_and_says_so_in_one_line(tmp_path: Path) -> None:
    for each in (ROOT / "app.py", *ROOT.glob("*.json"), ROOT / "settings.py"):
        shutil.copy(each, tmp_path)
    for each in ("aws", "blocks", "jobs", "listeners", "oauth", "runs", "wiring"):
        shutil.copytree(ROOT / each, tmp_path / each, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "jobs" / "__init__.py").write_text("from jobs.report import report\nJOBS = [report]\n")
    (tmp_path / "jobs" / "report.py").write_text(BEGINNING + "    names: list = []\n" + FUNCTION)
    started = subprocess.run(
        [sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert started.stderr == (
        "Errand cannot start: jobs/report.py:9: names has a mutable default, which all runs would share."
        " Instead: ask(default=[…])\n"
    )
