"""What any store of lines must do. A new store is one more fixture parameter here."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from aws.dynamodb_lines import DynamoDBLineStore
from runs.line import Entry, Line, LineChanged, LineStore
from runs.sqlite_lines import SQLiteLineStore
from tests.aws.emulator import Emulator

LINE = Line(
    "T1",
    running=(Entry("R1", 1234567890.123456, "deploy", "U1", exclusive=True),),
    waiting=(Entry("R2", 2.5, "deploy", "U2", exclusive=True), Entry("R3", 3.0, "export", "U1")),
    allowance=2.75,
    allowed_at=17.25,
)


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LineStore]:
    if request.param == "dynamodb":
        aws = request.getfixturevalue("aws")
        yield DynamoDBLineStore(aws.clients(), request.getfixturevalue("table"))
        return
    opened = SQLiteLineStore(tmp_path / "lines.sqlite3")
    yield opened
    opened.close()


def test_a_line_in_which_nobody_has_stood_is_empty(store: LineStore) -> None:
    assert store.find(team_id="T1") == Line("T1")


def test_a_line_is_found_as_it_was_put(store: LineStore) -> None:
    put = store.replace(LINE)
    assert put == replace(LINE, version=1)
    assert store.find(team_id="T1") == put
    again = store.replace(replace(put, waiting=()))
    assert store.find(team_id="T1") == again == replace(LINE, waiting=(), version=2)


def test_every_workspace_has_its_own(store: LineStore) -> None:
    store.replace(LINE)
    assert store.find(team_id="T") == Line("T")
    assert store.find(team_id="T11") == Line("T11")


def test_a_change_made_from_an_old_version_is_refused(store: LineStore) -> None:
    first = store.replace(LINE)
    second = store.replace(replace(first, waiting=()))
    for stale in (LINE, first, replace(second, version=7)):
        with pytest.raises(LineChanged):
            store.replace(replace(stale, running=()))
    assert store.find(team_id="T1") == second


def test_a_change_of_a_line_that_is_not_there_is_refused(store: LineStore) -> None:
    with pytest.raises(LineChanged):
        store.replace(replace(LINE, version=3))
    assert store.find(team_id="T1") == Line("T1")


def test_of_many_who_enter_at_once_each_gets_in_and_none_gets_the_place_of_another(store: LineStore) -> None:
    def enter(number: int) -> None:
        entry = Entry(f"R{number}", 1.0, "export", "U1")
        while True:
            try:
                store.replace(store.find(team_id="T1").entered(entry, 5))
            except LineChanged:
                continue
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(24)))
    line = store.find(team_id="T1")
    assert line.version == 24
    assert len(line.running) == 5
    assert len({each.run_id for each in (*line.running, *line.waiting)}) == 24


def test_sqlite_keeps_a_line_when_it_is_opened_again(tmp_path: Path) -> None:
    first = SQLiteLineStore(tmp_path / "lines.sqlite3")
    put = first.replace(LINE)
    first.close()
    again = SQLiteLineStore(tmp_path / "lines.sqlite3")
    assert again.find(team_id="T1") == put
    again.close()


def test_dynamodb_knows_its_own_change_again_if_the_answer_was_lost(aws: Emulator, table: str) -> None:
    """boto3 tries again by itself, and would take its own change for somebody else's."""
    store = DynamoDBLineStore(aws.clients(), table)
    assert store.replace(LINE) == store.replace(LINE)
