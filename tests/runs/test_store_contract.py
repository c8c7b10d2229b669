"""What any store of runs must do. A new store is one more fixture parameter here."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws.dynamodb_run_store import DynamoDBRunStore
from aws.table import key
from runs.errors import RunChanged, StoreUnusable
from runs.run import Run, RunRequest, RunState, new_run
from runs.sqlite_store import SQLiteRunStore
from runs.store import Place, RunStore
from tests.aws.emulator import Emulator


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunStore]:
    if request.param == "dynamodb":
        aws = request.getfixturevalue("aws")
        yield DynamoDBRunStore(aws.clients(), request.getfixturevalue("table"))
        return
    opened = SQLiteRunStore(tmp_path / "runs.sqlite3")
    yield opened
    opened.close()


def a_run(
    key: str = "1", *, team_id: str = "T1", requester: str = "U1", job: str = "export", at: float = 1.0
) -> Run:
    return new_run(
        RunRequest(key=key, team_id=team_id, requester=requester, job=job, inputs={"né": "🙂 שלום"}), at
    )


def test_a_run_is_found_as_it_was_created(store: RunStore) -> None:
    run = store.create(a_run())
    assert store.find(team_id="T1", run_id=run.id) == run == a_run()


def test_a_run_that_is_not_there_is_none(store: RunStore) -> None:
    assert store.find(team_id="T1", run_id="RNOTHING") is None


def test_another_workspace_cannot_find_it(store: RunStore) -> None:
    run = store.create(a_run())
    assert store.find(team_id="T2", run_id=run.id) is None


def test_whoever_created_it_gets_their_own_back_and_others_the_stored_one(store: RunStore) -> None:
    run = a_run()
    assert store.create(run) is run
    again = a_run()
    assert store.create(again) == run
    assert store.create(again) is not again


def test_created_again_it_is_the_run_that_was_there(store: RunStore) -> None:
    first = store.replace(store.create(a_run(at=1.0)).taken("one"))
    assert store.create(a_run(at=2.0)) == first


def test_replaced_it_has_the_next_version(store: RunStore) -> None:
    run = store.create(a_run())
    taken = run.taken("one")
    replaced = store.replace(taken)
    assert replaced == replace(taken, version=run.version + 1)
    assert store.find(team_id="T1", run_id=run.id) == replaced


def test_a_change_made_from_an_old_version_is_refused(store: RunStore) -> None:
    run = store.create(a_run())
    store.replace(run.taken("one"))
    with pytest.raises(RunChanged):
        store.replace(run.taken("two"))


def test_a_run_that_was_never_created_cannot_be_replaced(store: RunStore) -> None:
    with pytest.raises(RunChanged):
        store.replace(a_run())


def test_of_many_changes_at_once_exactly_one_wins(store: RunStore) -> None:
    run = store.create(a_run())

    def attempt(owner: int) -> bool:
        try:
            store.replace(run.taken(str(owner)))
        except RunChanged:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(64))) == 1


def test_of_many_creations_at_once_all_get_the_same_run(store: RunStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        created = list(pool.map(lambda n: store.create(a_run(at=float(n))), range(64)))
    assert len({run.created_at for run in created}) == 1


def test_recent_runs_are_the_newest_of_one_workspace(store: RunStore) -> None:
    for n in range(5):
        store.create(a_run(str(n), at=float(n)))
    store.create(a_run("other", team_id="T2", at=9.0))
    assert [run.created_at for run in store.recent(team_id="T1", limit=3)] == [4.0, 3.0, 2.0]


def test_recent_runs_are_filtered_by_everything_at_once(store: RunStore) -> None:
    wanted = store.create(a_run("1", requester="U1", job="a"))
    store.create(a_run("2", requester="U2", job="a"))
    store.create(a_run("3", requester="U1", job="b"))
    failed = store.replace(store.create(a_run("4", requester="U1", job="a")).failed("no", 5.0))
    found = store.recent(team_id="T1", limit=9, requester="U1", job="a", state=RunState.QUEUED)
    assert found == [wanted]
    assert store.recent(team_id="T1", limit=9, state=RunState.FAILED) == [failed]


def pages_of(store: RunStore, size: int, **wanted: Any) -> Iterator[list[Run]]:
    before = None
    while page := store.recent(team_id="T1", limit=size, before=before, **wanted):
        yield page
        before = Place.of(page[-1])


@pytest.mark.parametrize("by", [(), ("requester",), ("job",), ("state",), ("requester", "job", "state")])
def test_page_by_page_every_run_is_read_once_in_order(store: RunStore, by: tuple[str, ...]) -> None:
    """Several were asked for at the same moment."""
    every: dict[str, Any] = {"requester": "U1", "job": "a", "state": RunState.FAILED}
    for n in range(11):
        run = store.create(a_run(str(n), job="a", at=float(n // 4)))
        store.replace(run.failed("no", 20.0))
    for n in range(11, 22):
        store.create(a_run(str(n), requester="U2", job="b", at=float(n // 4)))
    store.create(a_run("0", team_id="T2", job="a"))
    pages = list(pages_of(store, 3, **{name: every[name] for name in by}))
    places = [Place.of(run) for page in pages for run in page]
    assert len(places) == (11 if by else 22)
    assert places == sorted(set(places), reverse=True)
    assert {len(page) for page in pages[:-1]} == {3}


def test_live_runs_are_read_page_by_page_too(store: RunStore) -> None:
    for n in range(7):
        store.create(a_run(str(n), at=float(n // 3), requester=f"U{n % 2}"))
    store.create(a_run("0", team_id="T2"))
    places = [Place.of(run) for page in pages_of(store, 2, state=RunState.QUEUED) for run in page]
    assert places == sorted(set(places), reverse=True)
    assert len(places) == 7
    assert sum(map(len, pages_of(store, 2, state=RunState.QUEUED, requester="U1"))) == 3


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_reader_misses_and_repeats_nothing_while_runs_come_and_end(
    store: RunStore, data: st.DataObject
) -> None:
    team = f"T{uuid4().hex}"
    moments = st.integers(0, 3).map(float)

    def asked(name: str, at: float) -> Run:
        """With an id that does not hang on the team's: an example that is tried again sorts as it did."""
        return store.create(replace(a_run(name, team_id=team, at=at), id=f"R{name}"))

    at_first = [asked(f"old {n}", at) for n, at in enumerate(data.draw(st.lists(moments, max_size=8)))]
    read: list[Run] = []
    before = None
    while page := store.recent(
        team_id=team, limit=data.draw(st.integers(1, 4)), requester="U1", before=before
    ):
        read += page
        before = Place.of(page[-1])
        for n in range(data.draw(st.integers(0, 2))):  # the clocks of those who ask may differ
            asked(f"new {len(read)} {n}", data.draw(moments))
        if at_first and data.draw(st.booleans()):
            ended = store.find(team_id=team, run_id=data.draw(st.sampled_from(at_first)).id)
            if ended and ended.is_live:
                store.replace(ended.failed("no", 9.0))
    places = [Place.of(run) for run in read]
    assert places == sorted(set(places), reverse=True)
    assert {run.id for run in read} >= {run.id for run in at_first}


def test_unsettled_are_the_live_and_the_untold_of_every_workspace_oldest_first(store: RunStore) -> None:
    live = store.create(a_run("1", at=2.0))
    untold = store.replace(store.create(a_run("2", team_id="T2", at=1.0)).failed("no", 5.0))
    told = store.replace(store.create(a_run("3")).failed("no", 5.0))
    store.replace(replace(told, announced=RunState.FAILED))
    assert list(store.unsettled()) == [untold, live]


def test_runs_beyond_one_page_are_found_in_order(store: RunStore) -> None:
    for n in range(120):
        store.create(a_run(str(n), at=float(n), job="other" if n else "wanted"))
    assert [run.created_at for run in store.unsettled()] == [float(n) for n in range(120)]
    assert [run.created_at for run in store.recent(team_id="T1", limit=5, job="wanted")] == [0.0]


def test_a_run_has_no_checkpoint_until_one_is_saved(store: RunStore) -> None:
    run = store.create(a_run())
    assert store.load_checkpoint(team_id="T1", run_id=run.id) is None
    store.save_checkpoint(run, '{"done": 1}')
    store.save_checkpoint(run, '{"done": 2, "é": "🙂"}')
    assert store.load_checkpoint(team_id="T1", run_id=run.id) == '{"done": 2, "é": "🙂"}'
    assert store.load_checkpoint(team_id="T2", run_id=run.id) is None


def test_a_checkpoint_of_an_earlier_owner_is_refused(store: RunStore) -> None:
    earlier = store.create(a_run()).taken("one")
    later = replace(earlier, seq=earlier.seq + 1)
    store.save_checkpoint(later, "2")
    with pytest.raises(RunChanged):
        store.save_checkpoint(earlier, "1")
    assert store.load_checkpoint(team_id="T1", run_id=earlier.id) == "2"


def test_a_checkpoint_changes_nothing_else(store: RunStore) -> None:
    run = store.create(a_run())
    store.save_checkpoint(run, "1")
    assert store.find(team_id="T1", run_id=run.id) == run
    assert store.recent(team_id="T1", limit=9) == [run]
    assert list(store.unsettled()) == [run]


def test_sqlite_keeps_runs_when_it_is_opened_again(tmp_path: Path) -> None:
    first = SQLiteRunStore(tmp_path / "runs.sqlite3")
    run = first.create(a_run())
    first.close()
    again = SQLiteRunStore(tmp_path / "runs.sqlite3")
    assert again.find(team_id="T1", run_id=run.id) == run
    again.close()


@pytest.mark.parametrize("broken", ["not a database", "damaged further in"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "runs.sqlite3"
    if broken == "not a database":
        path.write_bytes(b"not a database, " * 100)
    else:
        store = SQLiteRunStore(path)
        for n in range(99):
            store.create(a_run(str(n)))
        store.close()
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StoreUnusable, match=r"runs\.sqlite3 cannot be read .* move it away"):
        SQLiteRunStore(path)


def test_dynamodb_knows_its_own_change_again_if_the_answer_was_lost(aws: Emulator, table: str) -> None:
    """boto3 tries again by itself, and would take its own change for somebody else's."""
    store = DynamoDBRunStore(aws.clients(), table)
    run = store.create(a_run())
    assert store.replace(run.taken("one")) == store.replace(run.taken("one"))
    with pytest.raises(RunChanged):
        store.replace(run.taken("two"))


def test_sqlite_forgets_what_ended_long_ago_and_nothing_else(tmp_path: Path) -> None:
    store = SQLiteRunStore(tmp_path / "runs.sqlite3")
    old = store.replace(store.create(a_run("old")).failed("no", 5.0).told())
    store.save_checkpoint(old, "1")
    waiting = store.create(a_run("waiting"))
    store.save_checkpoint(waiting, "2")
    untold = store.replace(store.create(a_run("untold")).failed("no", 5.0))
    long = store.replace(store.create(a_run("long")).failed("no", 10.0).told())
    assert store.forget(ended_before=10.0) == 1
    assert {run.id for run in store.recent(team_id="T1", limit=9)} == {waiting.id, untold.id, long.id}
    assert store.load_checkpoint(team_id="T1", run_id=old.id) is None
    assert store.load_checkpoint(team_id="T1", run_id=waiting.id) == "2"
    store.close()


def test_dynamodb_is_told_when_it_may_forget_a_run(aws: Emulator, table: str) -> None:
    store = DynamoDBRunStore(aws.clients(), table, kept_for=7 * 86_400, clock=lambda: 1_000.5)
    live = store.create(a_run("live"))
    told = store.replace(store.create(a_run("told")).failed("no", 5.0).told())
    expiry = {
        run.id: aws.client("dynamodb")
        .get_item(TableName=table, Key=key("run", "T1", run.id))["Item"]
        .get("expires_at")
        for run in (live, told)
    }
    assert expiry == {live.id: None, told.id: {"N": str(7 * 86_400 + 1_000)}}
