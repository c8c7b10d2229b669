"""What any store of groups must do. A new store is one more fixture parameter here."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from aws.dynamodb_groups import DynamoDBGroupStore
from runs.groups import MOST_CHANGES, Group, GroupChange, GroupChanged, GroupStore
from runs.sqlite_groups import SQLiteGroupStore
from tests.aws.emulator import Emulator

DEPLOYERS = Group("T1", "deployers", ("U1", "U2"), ("S1",), changed_by="U9", changed_at=12.5)


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GroupStore]:
    if request.param == "dynamodb":
        aws = request.getfixturevalue("aws")
        yield DynamoDBGroupStore(aws.clients(), request.getfixturevalue("table"))
        return
    opened = SQLiteGroupStore(tmp_path / "groups.sqlite3")
    yield opened
    opened.close()


def test_a_group_that_nobody_has_filled_is_empty(store: GroupStore) -> None:
    found = store.find(team_id="T1", name="deployers")
    assert found == Group("T1", "deployers")
    assert found.is_empty


def test_a_group_is_found_as_it_was_put(store: GroupStore) -> None:
    put = store.replace(DEPLOYERS)
    assert put == replace(DEPLOYERS, version=1)
    assert store.find(team_id="T1", name="deployers") == put
    again = store.replace(replace(put, people=()))
    assert store.find(team_id="T1", name="deployers") == again == replace(DEPLOYERS, people=(), version=2)


def test_who_changed_it_is_found_too_but_not_without_end(store: GroupStore) -> None:
    group = Group("T1", "deployers")
    for number in range(MOST_CHANGES + 1):
        group = group.filled([f"U{number}"], ["S1"], actor="U9", at=float(number))
    store.replace(group)
    found = store.find(team_id="T1", name="deployers")
    assert found.changes == group.changes
    assert found.changes[-1] == GroupChange(float(MOST_CHANGES), "U9", found.people, ("S1",))
    assert len(found.changes) == MOST_CHANGES


def test_another_workspace_and_another_name_are_other_groups(store: GroupStore) -> None:
    store.replace(DEPLOYERS)
    assert store.find(team_id="T2", name="deployers").is_empty
    assert store.find(team_id="T1", name="deployer").is_empty


def test_a_change_made_from_an_old_version_is_refused(store: GroupStore) -> None:
    first = store.replace(DEPLOYERS)
    store.replace(replace(first, people=("U3",)))
    for stale in (first, DEPLOYERS):
        with pytest.raises(GroupChanged, match="Look at it as it is now"):
            store.replace(replace(stale, people=("U4",)))
    assert store.find(team_id="T1", name="deployers").people == ("U3",)


def test_a_change_of_a_group_that_is_not_there_is_refused(store: GroupStore) -> None:
    with pytest.raises(GroupChanged):
        store.replace(replace(DEPLOYERS, version=3))
    assert store.find(team_id="T1", name="deployers").is_empty


def test_of_many_changes_at_once_exactly_one_wins(store: GroupStore) -> None:
    def attempt(number: int) -> bool:
        try:
            store.replace(replace(DEPLOYERS, people=(f"U{number}",)))
        except GroupChanged:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(32))) == 1


def test_sqlite_keeps_groups_when_it_is_opened_again(tmp_path: Path) -> None:
    first = SQLiteGroupStore(tmp_path / "groups.sqlite3")
    put = first.replace(DEPLOYERS)
    first.close()
    again = SQLiteGroupStore(tmp_path / "groups.sqlite3")
    assert again.find(team_id="T1", name="deployers") == put
    again.close()


def test_dynamodb_knows_its_own_change_again_if_the_answer_was_lost(aws: Emulator, table: str) -> None:
    """boto3 tries again by itself, and would take its own change for somebody else's."""
    store = DynamoDBGroupStore(aws.clients(), table)
    assert store.replace(DEPLOYERS) == store.replace(DEPLOYERS)
