"""Lists are found as fast among 10,000 runs as among ten: what is read is counted, for a clock would prove nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from aws.dynamodb_run_store import DynamoDBRunStore
from runs.run import Run, RunRequest, RunState, new_run
from runs.sqlite_store import SQLiteRunStore
from runs.store import Place, RunStore
from tests.aws.emulator import Emulator

FEW, MANY = 10, 400  # many pages of what is found in one
PAGE = 5

# Every way to ask, alone and together.
FILTERS: list[dict[str, Any]] = [
    dict(chosen)
    for count in range(4)
    for chosen in combinations(
        {"requester": "U1", "job": "export", "state": RunState.SUCCEEDED}.items(), count
    )
]


def ended(key: str, *, at: float, requester: str = "U1", job: str = "export") -> Run:
    run = new_run(RunRequest(key=key, team_id="T1", requester=requester, job=job, inputs={}), at)
    return run.taken("me").started("me", at).succeeded("Done", at).told()


def fill(store: RunStore, count: int) -> None:
    """Half of them somebody else's, of another job, so that each filter passes some over."""
    for n in range(count):
        other = {"requester": "U2", "job": "report"} if n % 2 else {}
        store.create(ended(str(n), at=float(n), **other))


def test_a_list_from_dynamodb_reads_one_page_of_keys_and_their_records(aws: Emulator, table: str) -> None:
    clients = aws.clients()
    store = DynamoDBRunStore(clients, table)
    fill(store, MANY)
    read: list[int] = []

    def count(parsed: dict[str, Any], **_: Any) -> None:
        read.append(parsed.get("ScannedCount") or sum(map(len, parsed.get("Responses", {}).values())))

    clients.dynamodb.meta.events.register("after-call.dynamodb", count)
    for wanted in FILTERS:
        for before in (None, Place(MANY / 2, "R")):
            read.clear()
            assert len(store.recent(team_id="T1", limit=PAGE, before=before, **wanted)) == PAGE
            assert read == [PAGE, PAGE], wanted


def test_what_is_not_there_is_not_searched_for(aws: Emulator, table: str) -> None:
    clients = aws.clients()
    store = DynamoDBRunStore(clients, table)
    fill(store, MANY)
    calls: list[str] = []
    clients.dynamodb.meta.events.register("after-call.dynamodb", lambda model, **_: calls.append(model.name))
    for state in (RunState.FAILED, RunState.RUNNING):
        calls.clear()
        assert store.recent(team_id="T1", limit=PAGE, requester="U1", state=state) == []
        assert list(store.unsettled()) == []
        assert calls == ["Query", "Query"]


def test_the_live_runs_of_other_workspaces_are_not_looked_through(aws: Emulator, table: str) -> None:
    clients = aws.clients()
    store = DynamoDBRunStore(clients, table)
    for n in range(30):
        request = RunRequest(key=str(n), team_id=f"T{n}", requester="U1", job="export", inputs={})
        store.create(new_run(request, float(n)))
    read: list[int] = []
    clients.dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )
    assert len(store.recent(team_id="T1", limit=PAGE, state=RunState.QUEUED)) == 1
    assert store.recent(team_id="T1", limit=PAGE, state=RunState.RUNNING) == []
    assert read == [1, 1]


def test_what_a_running_job_reports_changes_no_index(aws: Emulator, table: str) -> None:
    """Each change would cost as much again as the write itself."""
    from dataclasses import replace

    from runs.run import Progress

    store = DynamoDBRunStore(aws.clients(), table)
    run = store.create(ended("1", at=1.0))
    live = new_run(RunRequest(key="2", team_id="T1", requester="U1", job="export", inputs={}), 2.0)
    running = live.taken("me").started("me", 3.0)
    reported = replace(running, progress=Progress(1, 2, "half"), version=9)
    items = [dict(store._item(each)) for each in (running, reported)]
    for item in items:
        del item["record"], item["version"]
    assert items[0] == items[1]
    definition = aws.client("dynamodb").describe_table(TableName=table)["Table"]
    keys_only = {
        each["IndexName"]
        for each in definition["GlobalSecondaryIndexes"]
        if each["Projection"]["ProjectionType"] == "KEYS_ONLY"
    }
    assert keys_only >= {name for name in items[0] if name not in ("pk", "sk", "aged")}
    assert run in store.recent(team_id="T1", limit=9)


def steps_of(store: SQLiteRunStore, work: Callable[[], object]) -> int:
    """Of SQLite's virtual machine."""
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    store._db.set_progress_handler(step, 1)
    try:
        work()
    finally:
        store._db.set_progress_handler(None, 0)
    return taken


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: " ".join(wanted) or "all")
def test_a_list_from_sqlite_takes_as_many_steps_among_thousands(
    tmp_path: Path, wanted: dict[str, Any]
) -> None:
    taken = []
    for count in (2 * FEW, 3_000):
        store = SQLiteRunStore(tmp_path / f"{count}.sqlite3")
        with store._lock:
            store._db.execute("BEGIN")
        fill(store, count)
        with store._lock:
            store._db.execute("COMMIT")

        def first_and_next(store: SQLiteRunStore = store) -> None:
            page = store.recent(team_id="T1", limit=PAGE, **wanted)
            assert len(page) == PAGE
            store.recent(team_id="T1", limit=PAGE, before=Place.of(page[-1]), **wanted)
            list(store.unsettled())

        taken.append(steps_of(store, first_and_next))
        store.close()
    assert taken[1] <= taken[0] * 1.1


def test_a_file_of_an_earlier_version_gets_the_indexes(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    db = sqlite3.connect(path)
    db.executescript(
        "CREATE TABLE runs (team_id TEXT NOT NULL, run_id TEXT NOT NULL, version INTEGER NOT NULL,"
        " created_at REAL NOT NULL, requester TEXT NOT NULL, job TEXT NOT NULL, state TEXT NOT NULL,"
        " settled INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (team_id, run_id));"
        "CREATE INDEX runs_by_age ON runs (team_id, created_at);"
    )
    db.close()
    store = SQLiteRunStore(path)
    fill(store, FEW)
    assert len(store.recent(team_id="T1", limit=PAGE, requester="U1")) == PAGE
    names = {name for (name,) in store._db.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert "recent_requester_state" in names
    assert "runs_by_age" not in names
    store.close()
