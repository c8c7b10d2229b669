"""`python -m ops audit`: what the records say, in the order in which it happened."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from aws.clients import AwsClients
from aws.dynamodb_groups import DynamoDBGroupStore
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.table import table_definition
from ops.__main__ import main
from ops.ministack import client_environment
from runs.groups import Group, GroupStore
from runs.run import Run, RunRequest, new_run
from runs.sqlite_groups import SQLiteGroupStore
from runs.sqlite_store import SQLiteRunStore
from runs.store import RunStore
from settings import AwsSettings
from tests.aws.emulator import Emulator

DAY = 86_400.0
START = 1_793_491_200.0  # 2026-11-01 00:00 UTC


class Kept(Protocol):
    runs: RunStore
    groups: GroupStore
    options: list[str]


class Here:
    def __init__(self, folder: Path) -> None:
        self.runs = SQLiteRunStore(folder / "runs.sqlite3")
        self.groups = SQLiteGroupStore(folder / "groups.sqlite3")
        self.options: list[str] = []


class OnStage:
    def __init__(self, aws: Emulator) -> None:
        aws.client("dynamodb").create_table(**table_definition("errand-audited"))
        clients = AwsClients(AwsSettings.from_env(aws.environment))
        self.runs = DynamoDBRunStore(clients, "errand-audited")
        self.groups = DynamoDBGroupStore(clients, "errand-audited")
        self.options = ["--stage", "audited"]


@pytest.fixture(params=["here", "stage"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    if request.param == "here":
        here = Here(tmp_path)
        yield here
        here.runs.close()
        here.groups.close()
        return
    aws: Emulator = request.getfixturevalue("aws")
    for name, value in client_environment(aws.url).items():
        monkeypatch.setenv(name, value)
    yield OnStage(aws)
    aws.client("dynamodb").delete_table(TableName="errand-audited")


def asked(key: str, at: float, *, team_id: str = "T1", job: str = "deploy") -> Run:
    request = RunRequest(key=key, team_id=team_id, requester="U1", job=job, inputs={"channel": "C-PRIVATE"})
    return new_run(request, at, approvals_needed=1)


def fill(kept: Kept) -> dict[str, Run]:
    """Asked for early and decided on late, and the other way round."""
    slow = asked("slow", START - 20 * DAY).taken("me").opened(["U2"], START - 20 * DAY, until=START + 9 * DAY)
    denied = asked("denied", START + 10).taken("me").opened(["U2"], START + 11, until=START + DAY)
    runs = {
        "slow": slow.approved("U2", START + 20, "=1+1"),
        "denied": denied.denied("U2", "Not on a\n“Friday”, please", START + 30),
        "foreign": asked("foreign", START + 15, team_id="T2", job="report"),
    }
    for run in runs.values():
        kept.runs.create(run)
    group = kept.groups.replace(Group("T1", "deployers").filled(["U2"], [], actor="U8", at=START - DAY))
    group = kept.groups.replace(group.filled(["U2", "U3"], ["S1"], actor="U9", at=START + 12))
    kept.groups.replace(group.filled([], [], actor="U8", at=START + 2 * DAY))
    return runs


def audit(kept: Kept, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main(["audit", *kept.options, *options]) == 0
    return capsys.readouterr().out


def rows(text: str) -> list[dict[str, str]]:
    return [dict(row) for row in csv.DictReader(io.StringIO(text))]


def test_all_that_happened_in_the_span_in_its_order(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    runs = fill(kept)
    found = rows(audit(kept, capsys, "--since", "2026-11-01", "--until", "2026-11-02"))
    assert [(row["at"][11:19], row["what"], row["actor"], row["run"]) for row in found] == [
        ("00:00:10", "asked for", "U1", runs["denied"].id),
        ("00:00:11", "approval asked for", "", runs["denied"].id),
        ("00:00:12", "group changed", "U9", ""),
        ("00:00:15", "asked for", "U1", runs["foreign"].id),
        ("00:00:20", "approved", "U2", runs["slow"].id),
        ("00:00:30", "denied", "U2", runs["denied"].id),
    ]
    assert found[0]["at"] == "2026-11-01T00:00:10.000Z"
    assert (found[2]["people"], found[2]["usergroups"]) == ("U2 U3", "S1")
    assert found[5]["reason"] == "Not on a\n“Friday”, please"


def test_a_reason_is_no_formula(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    fill(kept)
    text = audit(kept, capsys, "--since", "2026-11-01")
    [approved] = [row for row in rows(text) if row["what"] == "approved"]
    assert approved["reason"] == "'=1+1"


def test_as_json_it_is_one_array(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    fill(kept)
    found: list[dict[str, Any]] = json.loads(audit(kept, capsys, "--since", "2026-11-01", "--format", "json"))
    assert len(found) == 7
    assert found[-2]["reason"] == "Not on a\n“Friday”, please"
    assert "C-PRIVATE" not in json.dumps(found)
    assert json.loads(audit(kept, capsys, "--since", "1s", "--format", "json")) == []


@pytest.mark.parametrize(
    ("options", "whats"),
    [
        (["--team", "T2"], ["asked for"]),
        (["--job", "report"], ["asked for"]),
        (["--job", "deploy", "--team", "T2"], []),
        (["--until", "2026-11-01T00:00:12"], ["asked for", "approval asked for"]),
        (["--since", "2026-11-01T02:00:25+02:00"], ["denied", "group changed"]),
    ],
)
def test_it_is_narrowed_down(
    kept: Kept, capsys: pytest.CaptureFixture[str], options: list[str], whats: list[str]
) -> None:
    fill(kept)
    found = rows(audit(kept, capsys, "--since", "2026-11-01", *options))
    assert [row["what"] for row in found] == whats


def test_more_than_one_page_of_records_is_read(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(250):
        kept.runs.create(replace(asked(str(number), START + number % 7), id=f"R{number:03}"))
    found = rows(audit(kept, capsys, "--since", "2026-11-01"))
    assert len(found) == 250
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)


def test_without_anything_on_record_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "nothing"))
    assert main(["audit"]) == 1
    assert "There are no runs in" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_whoever_has_only_used_make_run_is_told_where_that_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATA_DIR", raising=False)
    (tmp_path / ".errand" / "offline").mkdir(parents=True)
    assert main(["audit"]) == 1
    assert "DATA_DIR=.errand/offline make audit" in capsys.readouterr().err


@pytest.mark.parametrize("since", ["yesterday", "7 days", "2026-13-01", "999999999d"])
def test_a_moment_that_is_none_is_refused(since: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["audit", "--since", since])
    assert stopped.value.code == 2
    assert "such as 7d" in capsys.readouterr().err
