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
import sys; from dataclasses import dataclass
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
        (
            "    days: int\n    format = 'csv'\n",
            10,
            "Inputs.format has no type. Instead: format: str = 'csv'",
        ),
        ("    days: int = ask('Days', mininum=9)\n", 9, "ask() got an unexpected keyword argument 'mininum'"),
    ],
)
def test_a_bad_input_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: str, line: int, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (said(tmp_path, BEGINNING + fields + FUNCTION) or "").startswith(f"report.py:{line}: {problem}")


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        (
            "(inputs: Inputs, run: RunContext)",
            "(run: RunContext, inputs: Inputs)",
            11,
            "the inputs come first",
        ),
        ("(inputs: Inputs, run: RunContext)", "(inputs: Inputs, *, run: RunContext)", 11, "a job takes two"),
        ("def report", "async def report", 11, "it is `async`, and nobody would await it"),
        (": ...", ": yield", 11, "it is a generator"),
        ('@job("Report")', "@job", 11, "@job stands without a title"),
        ('@job("Report")', "@job()", 11, "job() missing 1 required positional argument: 'title'"),
        ('@job("Report")', '@job("Report", retrysafe=True)', 11, "job() got an unexpected keyword argument"),
        ('@job("Report")', '@job("Report")\n@job("Again")', 11, "@job stands above it twice"),
        (
            "def report(inputs: Inputs, run: RunContext) -> None",
            "class report",
            11,
            "@job stands above a class",
        ),
    ],
)
def test_a_function_that_is_no_job_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, line: int, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = said(tmp_path, BEGINNING + "    days: int\n" + FUNCTION.replace(old, new)) or ""
    assert told.startswith(f"report.py:{line}: {problem}")


def test_an_unknown_option_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    told = said(tmp_path, BEGINNING + "    days: int = ask('Days', mininum=9)\n" + FUNCTION) or ""
    assert "Instead: ask(label, default=…, hint=…" in told
    assert "minimum=…" in told


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
        ("['report']", 18, "'report' is listed as a job, but is none. Instead: the function itself"),
        ("[dataclass.__module__, sys]", 18, "'dataclasses' is listed as a job"),
        ("[sys]", 18, "the module sys is listed as a job, but is none. Instead: the function in it"),
        ("report, other", 18, "Jobs.__init__() takes 2 positional arguments but 3 were given"),
        ("[report()]", 18, "Job.__call__() missing 2 required positional arguments"),
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
