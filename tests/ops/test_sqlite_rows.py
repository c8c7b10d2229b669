"""The rows of slack_sdk's SQLite store, read and changed while an app goes on saving into it."""

from __future__ import annotations

import copy
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from oauth.encrypted_store import stored_tokens as secrets_of
from ops.installation_rows import Record, Row
from ops.installation_sources import Broken
from ops.sqlite_rows import SQLiteRows, client_ids_in
from ops.stage import Stop
from tests.ops.installed import (
    AT,
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "installations.sqlite3"


@pytest.fixture
def store(path: Path) -> SQLite3InstallationStore:
    """The app's own."""
    store = SQLite3InstallationStore(database=str(path), client_id=CLIENT_ID)
    store.init()
    return store


@pytest.fixture
def rows(path: Path, store: SQLite3InstallationStore) -> SQLiteRows:
    return SQLiteRows(path, CLIENT_ID)


def all_of(rows: SQLiteRows) -> list[Row]:
    read = list(rows.read())
    assert not [each for each in read if isinstance(each, Broken)]
    return [each for each in read if isinstance(each, Row)]


def marked(record: Record) -> Record:
    """With other secrets."""
    changed = copy.copy(record)
    for name, value in secrets_of(record).items():
        setattr(changed, name, f"new-{value}")
    return changed


def test_every_save_is_a_row_and_the_last_of_each_workspace_and_person_is_the_latest(
    rows: SQLiteRows, store: SQLite3InstallationStore
) -> None:
    for each in (
        an_installation(mark="1"),
        an_installation(mark="2"),
        an_installation("T2"),
        an_installation(user_id="U2", mark="3"),
    ):
        store.save(each)
    found = all_of(rows)
    assert len(found) == 8
    assert sorted(str(each) for each in found if each.is_latest) == [
        "T1, bot",
        "T1, user U1",
        "T1, user U2",
        "T2, bot",
        "T2, user U1",
    ]
    (bot,) = (each.record for each in found if each.is_latest and str(each) == "T1, bot")
    assert bot.bot_token == "xoxb-HUSH-T1-3"
    assert sorted(str(each) for each in found if not each.is_latest) == [
        "T1, bot, history",
        "T1, bot, history",
        "T1, user U1, history",
    ]


def test_only_rows_of_the_client_id_are_read(rows: SQLiteRows, path: Path) -> None:
    SQLite3InstallationStore(database=str(path), client_id="333.444").save(an_installation())
    assert all_of(rows) == []
    assert rows.find(an_installation()) is None
    assert client_ids_in(path) == ["333.444"]


def test_a_replaced_rows_secrets_are_what_the_store_finds(
    rows: SQLiteRows, store: SQLite3InstallationStore
) -> None:
    installation = a_rotating_installation()
    store.save(installation)
    for each in all_of(rows):
        assert rows.replace(each, marked(each.record))
    found = store.find_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert found
    assert secrets_of(found) == {name: f"new-{value}" for name, value in secrets_of(installation).items()}
    bot = store.find_bot(enterprise_id=None, team_id="T1")
    assert bot
    assert secrets_of(bot) == secrets_of(marked(installation.to_bot()))


def test_a_row_that_changed_since_it_was_read_is_not_replaced(
    rows: SQLiteRows, store: SQLite3InstallationStore, path: Path
) -> None:
    store.save(an_installation())
    (bot,) = (each for each in all_of(rows) if isinstance(each.record, Bot))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update slack_bots set bot_token = 'rotated'")
    assert not rows.replace(bot, marked(bot.record))
    again = rows.reread(bot)
    assert again
    assert again.record.bot_token == "rotated"
    assert rows.replace(again, marked(again.record))


def test_all_of_a_workspace_is_deleted_and_nothing_else(
    rows: SQLiteRows, store: SQLite3InstallationStore
) -> None:
    for each in (
        an_installation(),
        an_installation(),
        an_installation(user_id="U2"),
        an_installation("T2"),
        an_installation("T1", enterprise_id="E1"),
        an_org_wide_installation("E1"),
    ):
        store.save(each)
    gone = rows.find(an_installation())
    assert gone
    for _ in range(2):
        rows.delete_all(an_installation())
        rows.delete_all(an_org_wide_installation("E1"))
    assert {(each.record.enterprise_id, each.record.team_id) for each in all_of(rows)} == {
        (None, "T2"),
        ("E1", "T1"),
    }
    assert not rows.replace(gone, marked(gone.record))
    assert rows.reread(gone) is None


@pytest.mark.parametrize(
    "installation",
    [a_rotating_installation(at=AT - 5), an_org_wide_installation(), an_installation(app_id=None)],
    ids=["rotating", "org-wide", "without an app id"],
)
def test_what_is_put_keeps_its_time_and_is_found_by_the_app(
    rows: SQLiteRows, store: SQLite3InstallationStore, installation: Installation
) -> None:
    assert rows.put(installation.to_bot(), over=None)
    assert rows.put(installation, over=None)
    org_wide = installation.is_enterprise_install
    ids = {"enterprise_id": installation.enterprise_id, "team_id": installation.team_id}
    bot = store.find_bot(**ids, is_enterprise_install=org_wide)
    found = store.find_installation(**ids, user_id="U1", is_enterprise_install=org_wide)
    assert bot
    assert found
    assert secrets_of(bot) == secrets_of(installation.to_bot())
    assert secrets_of(found) == secrets_of(installation)
    assert bot.installed_at == found.installed_at == installation.installed_at
    assert found.bot_token_expires_at == installation.bot_token_expires_at
    row = rows.find(installation)
    assert row
    assert secrets_of(row.record) == secrets_of(installation)


def test_nothing_is_put_over_what_came_in_between(rows: SQLiteRows, store: SQLite3InstallationStore) -> None:
    store.save(an_installation(mark="app"))
    assert not rows.put(an_installation(mark="mine"), over=None)
    here = rows.find(an_installation())
    assert rows.put(an_installation(mark="mine", at=2e9), over=here)
    assert not rows.put(an_installation(mark="late", at=2e9 + 1), over=here)


def test_what_is_put_is_the_only_row_and_its_bot_everybodys(
    rows: SQLiteRows, store: SQLite3InstallationStore
) -> None:
    store.save(an_installation())
    store.save(an_installation(user_id="U2"))
    bot = an_installation(mark="mine", at=AT).to_bot()
    assert rows.put(bot, over=rows.find(bot))
    assert [str(each) for each in all_of(rows)] == ["T1, bot", "T1, user U1", "T1, user U2"]
    for user in (None, "U1", "U2"):
        found = store.find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert found
        assert found.bot_token == "xoxb-HUSH-T1-mine"


def test_a_broken_row_is_named_and_the_others_are_read(
    rows: SQLiteRows, store: SQLite3InstallationStore, path: Path
) -> None:
    store.save(an_installation())
    store.save(an_installation("T2"))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update slack_bots set bot_token = '' where team_id = 'T1'")
    read = list(rows.read())
    assert [each for each in read if isinstance(each, Broken)] == [
        Broken("slack_bots 1", CLIENT_ID, "has no bot_token")
    ]
    assert len(read) == 4
    with pytest.raises(Stop, match="has no bot_token"):
        rows.find(an_installation().to_bot())


def test_a_row_shows_no_secret(rows: SQLiteRows, store: SQLite3InstallationStore) -> None:
    store.save(a_rotating_installation())
    assert "HUSH" not in f"{all_of(rows)} {all_of(rows)[0]}"
