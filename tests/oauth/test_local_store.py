"""slack_sdk's SQLite store, without what is wrong with it."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from oauth.local_store import LocalInstallationStore, StoreFailed
from tests.fake_slack import TEAM
from tests.oauth.records import a_bot, an_installation

OF_IT = {"enterprise_id": None, "team_id": TEAM}


@pytest.fixture
def store(tmp_path: Path) -> LocalInstallationStore:
    return LocalInstallationStore(tmp_path / "installations.sqlite3", "1.2")


def rows(store: LocalInstallationStore, table: str) -> int:
    with closing(sqlite3.connect(store.database)) as conn:
        return int(conn.execute(f"select count(*) from {table}").fetchone()[0])


def test_no_row_of_an_earlier_token_stays_behind(store: LocalInstallationStore) -> None:
    for number in range(3):
        store.save(an_installation(bot_token=f"xoxb-{number}"))
    store.save(an_installation(user_id="U0BOB"))
    store.save(an_installation(team_id="T2"))
    assert rows(store, "slack_bots") == 2
    assert rows(store, "slack_installations") == 3


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def test_the_time_of_installation_is_kept_wherever_the_machine_stands(
    store: LocalInstallationStore, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        store.save(an_installation(installed_at=1_700_000_000.25))
        store.save_bot(a_bot(installed_at=1_700_000_000.25))
        bot, installation = store.find_bot(**OF_IT), store.find_installation(**OF_IT)
        assert bot
        assert installation
        assert (bot.installed_at, installation.installed_at) == (1_700_000_000.25, 1_700_000_000.25)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_bots_new_token_is_everybodys(store: LocalInstallationStore) -> None:
    store.save(an_installation())
    store.save(an_installation(user_id="U0BOB"))
    store.save_bot(a_bot(bot_token="xoxb-new"))
    for user_id in (None, "U0ANN", "U0BOB"):
        found = store.find_installation(**OF_IT, user_id=user_id)
        assert found
        assert found.bot_token == "xoxb-new"


def test_a_database_that_cannot_be_read_is_not_one_without_installations(
    store: LocalInstallationStore,
) -> None:
    store.save(an_installation())
    Path(store.database).write_bytes(b"no database" * 100)
    with pytest.raises(StoreFailed):
        store.find_bot(**OF_IT)
    with pytest.raises(StoreFailed):
        store.find_installation(**OF_IT)
    with pytest.raises(StoreFailed):
        store.delete_all(**OF_IT)


def test_of_an_installation_all_is_saved_or_nothing(store: LocalInstallationStore) -> None:
    store.save(an_installation())
    with pytest.raises(StoreFailed):
        store.save(an_installation(user_id="U0BOB", bot_token="xoxb-2", bot_id=None))
    assert store.find_installation(**OF_IT, user_id="U0BOB") is None
    bot = store.find_bot(**OF_IT)
    assert bot
    assert bot.bot_token == "xoxb-first"


def test_a_database_of_the_sdks_own_store_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "installations.sqlite3"
    SQLite3InstallationStore(database=str(path), client_id="1.2").save(an_installation())
    store = LocalInstallationStore(path, "1.2")
    found = store.find_installation(**OF_IT)
    assert found
    assert (found.bot_token, found.custom_values) == ("xoxb-first", {})
    store.save(an_installation(bot_token="xoxb-2", custom_values={"a": 1}))
    found = store.find_installation(**OF_IT)
    assert found
    assert (found.bot_token, found.custom_values) == ("xoxb-2", {"a": 1})
    assert rows(store, "slack_installations") == 1


def test_of_many_who_come_first_each_finds_tables(tmp_path: Path) -> None:
    store = LocalInstallationStore(tmp_path / "installations.sqlite3", "1.2")
    at_once = Barrier(8)

    def save(number: int) -> None:
        at_once.wait()
        store.save(an_installation(team_id=f"T{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(8)))
    assert rows(store, "slack_bots") == 8


def test_a_persons_latest_row_of_the_sdks_store_is_the_one_that_is_replaced(tmp_path: Path) -> None:
    """It keeps every row that ever was."""
    path = tmp_path / "installations.sqlite3"
    sdks = SQLite3InstallationStore(database=str(path), client_id="1.2")
    before, after = an_installation(user_token="xoxp-1"), an_installation(user_token="xoxp-2")
    for each in (before, after):
        sdks.save(each)
    store = LocalInstallationStore(path, "1.2")
    assert not store.replace_installation(before, an_installation(user_token="xoxp-3"))
    assert store.replace_installation(after, an_installation(user_token="xoxp-3"))
    found = store.find_installation(**OF_IT, user_id="U0ANN")
    assert found
    assert found.user_token == "xoxp-3"
    assert rows(store, "slack_installations") == 1


def test_of_many_who_replace_a_persons_token_at_once_one_does(store: LocalInstallationStore) -> None:
    before = an_installation(user_token="xoxp-1")
    store.save(before)
    at_once = Barrier(8)

    def replace(number: int) -> bool:
        at_once.wait()
        return store.replace_installation(before, an_installation(user_token=f"xoxp-new-{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(replace, range(8))).count(True) == 1


def test_a_database_that_was_removed_while_the_app_runs_is_begun_anew(store: LocalInstallationStore) -> None:
    """As whoever looks after the app is told to do."""
    store.save(an_installation())
    Path(store.database).unlink()
    assert store.find_bot(**OF_IT) is None
    assert store.find_installation(**OF_IT) is None
    Path(store.database).unlink()
    store.save(an_installation(custom_values={"a": 1}))
    found = store.find_installation(**OF_IT)
    assert found
    assert found.custom_values == {"a": 1}


def test_those_near_their_end_are_listed(store: LocalInstallationStore) -> None:
    for team, ends_at in (("T1", 100), ("T2", 200), ("T3", None)):
        store.save(an_installation(team_id=team, bot_refresh_token="xoxe-1", bot_token_expires_at=ends_at))
    assert [bot.team_id for bot in store.rotating_before(150)] == ["T1"]
    assert [bot.team_id for bot in store.rotating_before(250)] == ["T1", "T2"]
