"""What jobs may reach on AWS is deployed from .env.<stage>, in plain: no later deployment forgets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.secrets import read_secrets
from ops.stage import Stage, Target

FILE = """\
SLACK_BOT_TOKEN=xoxb-1
AWS_PROFILE=mine
AWS_REGION=eu-west-3
INVOKE_FUNCTIONS="Clean up=clean-up,reports"
REPORT_LOG_GROUPS=/aws/lambda/shop
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("INVOKE_FUNCTIONS", "REPORT_LOG_GROUPS", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env.dev").write_text(FILE, "utf-8")
    return tmp_path


def deployed(stage: str = "dev") -> dict[str, str]:
    environ = Target(Stage(stage)).osls_environment()
    assert "SLACK_BOT_TOKEN" not in environ, "a token goes nowhere but into `make secrets`"
    return {name: environ[name] for name in ("INVOKE_FUNCTIONS", "REPORT_LOG_GROUPS")}


def test_the_lists_of_a_stage_are_those_of_its_file() -> None:
    assert deployed() == {
        "INVOKE_FUNCTIONS": "Clean up=clean-up,reports",
        "REPORT_LOG_GROUPS": "/aws/lambda/shop",
    }
    assert deployed("production") == {"INVOKE_FUNCTIONS": "", "REPORT_LOG_GROUPS": ""}


def test_what_is_set_in_the_shell_wins_and_what_is_empty_there_is_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INVOKE_FUNCTIONS", "reports")
    monkeypatch.setenv("REPORT_LOG_GROUPS", "")
    assert deployed() == {"INVOKE_FUNCTIONS": "reports", "REPORT_LOG_GROUPS": "/aws/lambda/shop"}


def test_they_are_not_sealed_among_the_secrets_nor_is_the_account_of_this_machine(folder: Path) -> None:
    assert read_secrets(folder / ".env.dev", "dev") == {"SLACK_BOT_TOKEN": "xoxb-1"}
