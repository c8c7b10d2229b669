"""Installations in SQLite, on one's own machine: slack_sdk's store, without what is wrong with it."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from oauth.async_calls import AsyncCalls
from oauth.latest_bot import with_bot

BOTS, PEOPLE = "slack_bots", "slack_installations"
PATIENCE = 30.0  # seconds that a write waits for others'

# Statements are made of these texts and of columns' names, and values are parameters.
OF_A_WORKSPACE = "client_id = :client_id and enterprise_id = :enterprise_id and team_id = :team_id"
OF_A_PERSON = f"{OF_A_WORKSPACE} and user_id = :user_id"
# slack_sdk's store keeps every row that ever was, and dates it in whole seconds.
LAST_FIRST = "order by installed_at desc, id desc"


class StoreFailed(Exception):
    """The database could not be read or written."""


class LocalInstallationStore(AsyncCalls, SQLite3InstallationStore):
    """One row for a bot, one for each user, where the SDK's keeps every row that ever was: sealed tokens too.

    It raises what goes wrong, where the SDK's says "not installed"; keeps `installed_at`, where the SDK's takes the
    time of saving for it and reads it back in the machine's time zone; keeps custom values, for which the SDK's has no
    column; gives every user the bot's latest token; saves all of an installation or nothing of it; and deletes for
    AsyncApp too.
    """

    def __init__(self, database: Path, client_id: str) -> None:
        super().__init__(database=str(database), client_id=client_id, logger=_Raising("errand.installations"))
        self._making_tables = threading.Lock()

    def init(self) -> None:
        """Whoever comes first, and after somebody removed the file to begin anew.

        A database that the SDK's store made gets the column that it has not.
        """
        with self._making_tables:
            if self.init_called and Path(self.database).exists():
                return
            super().init()  # type: ignore[no-untyped-call]
            with sqlite3.connect(self.database, timeout=PATIENCE, factory=_Closing) as conn:
                _add_custom_values(conn)

    def connect(self) -> sqlite3.Connection:
        self.init()
        return sqlite3.connect(self.database, timeout=PATIENCE, factory=_Closing)

    def save(self, installation: Installation) -> None:
        with self._database() as conn:
            self._put(conn, PEOPLE, OF_A_PERSON, installation)
            self._put_bot(conn, installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        with self._database() as conn:
            self._put_bot(conn, bot)

    def replace_bot(self, before: Bot, bot: Bot) -> bool:
        """Saves its tokens in place of that one's. False, and nothing is saved, if that is no longer stored."""
        with self._database() as conn:
            is_still_there = self._renew(conn, BOTS, bot, "bot_token = :before", before=before.bot_token)
            if is_still_there:
                self._renew(conn, PEOPLE, bot, "bot_token is not null")
        return is_still_there

    def replace_installation(self, before: Installation, installation: Installation) -> bool:
        """The same of a person's, by their token; the bot stays as it is."""
        with self._database() as conn:
            deleted = conn.execute(
                f"delete from {PEOPLE} where user_token is :user_token and id ="  # noqa: S608
                f" (select id from {PEOPLE} where {OF_A_PERSON} {LAST_FIRST} limit 1)",
                {"client_id": self.client_id, **columns_of(before)},
            )
            is_still_there = deleted.rowcount > 0
            if is_still_there:
                self._put(conn, PEOPLE, OF_A_PERSON, installation)
        return is_still_there

    def remove_bot(self, bot: Bot) -> bool:
        """Deletes that one. False, and nothing is deleted, if another is stored by now, or none."""
        with self._database() as conn:
            deleted = conn.execute(
                f"delete from {BOTS} where {OF_A_WORKSPACE} and bot_token = :bot_token",  # noqa: S608
                {**self._ids(bot.enterprise_id, bot.team_id), "bot_token": bot.bot_token},
            )
            return deleted.rowcount > 0

    def find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        ids = self._ids(enterprise_id, None if is_enterprise_install else team_id)
        found = self._latest(BOTS, OF_A_WORKSPACE, ids)
        return Bot(**found) if found else None

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        ids = self._ids(enterprise_id, None if is_enterprise_install else team_id)
        of_them = OF_A_WORKSPACE if user_id is None else OF_A_PERSON
        found = self._latest(PEOPLE, of_them, {**ids, "user_id": user_id})
        if found is None:
            return None
        bot = self.find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return with_bot(Installation(**found), bot)

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """The SDK's stores an organization's with the team '', and looks for one that is NULL."""
        super().delete_installation(enterprise_id=enterprise_id, team_id=team_id or "", user_id=user_id)

    def rotating_before(self, at: float) -> Iterator[Bot]:
        """Those whose token ends before `at`."""
        with self._database() as conn:
            found = conn.execute(
                f"select enterprise_id, team_id from {BOTS} where client_id = ? and bot_token_expires_at < ?",  # noqa: S608
                [self.client_id, at],
            ).fetchall()
        for enterprise_id, team_id in found:
            bot = self.find_bot(enterprise_id=enterprise_id, team_id=team_id)
            if bot:
                yield bot

    def _put_bot(self, conn: sqlite3.Connection, bot: Bot) -> None:
        if not bot.bot_token:
            return  # somebody allowed user scopes alone
        self._put(conn, BOTS, OF_A_WORKSPACE, bot)
        self._renew(conn, PEOPLE, bot, "bot_token is not null")

    def _put(self, conn: sqlite3.Connection, table: str, of_it: str, record: Bot | Installation) -> None:
        columns = {"client_id": self.client_id, **columns_of(record)}
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        conn.execute(f"delete from {table} where {of_it}", columns)  # noqa: S608
        conn.execute(f"insert into {table} ({names}) values ({values})", columns)  # noqa: S608

    def _renew(self, conn: sqlite3.Connection, table: str, bot: Bot, which: str, **values: str) -> bool:
        renewed = conn.execute(
            f"update {table} set bot_token = :bot_token, bot_refresh_token = :bot_refresh_token,"  # noqa: S608
            f" bot_token_expires_at = :bot_token_expires_at where {OF_A_WORKSPACE} and {which}",
            {"client_id": self.client_id, **columns_of(bot), **values},
        )
        return renewed.rowcount > 0

    def _latest(self, table: str, of_it: str, ids: dict[str, str | None]) -> dict[str, Any] | None:
        """As slack_sdk's records take it."""
        with self._database() as conn:
            conn.row_factory = sqlite3.Row
            select = f"select * from {table} where {of_it} {LAST_FIRST} limit 1"  # noqa: S608
            found = conn.execute(select, ids).fetchone()
            return _fields_of(dict(found)) if found else None

    def _ids(self, enterprise_id: str | None, team_id: str | None) -> dict[str, str | None]:
        return {"client_id": self.client_id, "enterprise_id": enterprise_id or "", "team_id": team_id or ""}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises StoreFailed."""
        try:
            with self.connect() as conn:
                yield conn
        except sqlite3.Error as error:
            raise StoreFailed("the installations in SQLite cannot be used") from error


def columns_of(record: Bot | Installation) -> dict[str, Any]:
    """All but the client id's."""
    columns = dict(vars(record))
    for name in ("bot_scopes", "user_scopes"):
        if name in columns:
            columns[name] = ",".join(columns[name] or ())
    # With its zone, or it would be read back as the machine's own time.
    installed_at = datetime.fromtimestamp(record.installed_at, UTC).isoformat(timespec="microseconds")
    return {
        **columns,
        "app_id": record.app_id or "",
        "enterprise_id": record.enterprise_id or "",
        "team_id": record.team_id or "",
        "installed_at": installed_at,
        "custom_values": json.dumps(record.custom_values),
    }


def _fields_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What is '' where Slack said nothing is None again."""
    fields = {name: value for name, value in columns.items() if name not in ("id", "client_id")}
    for name in ("app_id", "enterprise_id", "team_id"):
        fields[name] = fields[name] or None
    for name in ("bot_scopes", "user_scopes"):
        if name in fields:
            fields[name] = fields[name] or ""
    fields["is_enterprise_install"] = bool(fields["is_enterprise_install"])
    fields["custom_values"] = json.loads(fields["custom_values"] or "{}")
    return fields


def _add_custom_values(conn: sqlite3.Connection) -> None:
    for table in (BOTS, PEOPLE):
        names = {name for _, name, *_ in conn.execute(f"pragma table_info({table})")}
        if "client_id" in names and "custom_values" not in names:
            conn.execute(f"alter table {table} add column custom_values text")


class _Closing(sqlite3.Connection):
    """The SDK opens one for each call, and leaves it to the garbage collector."""

    def __exit__(self, *error: Any) -> Any:
        try:
            return super().__exit__(*error)
        finally:
            self.close()


class _Raising(logging.Logger):
    """The SDK's store catches whatever happens, warns of it and goes on as if nothing were stored."""

    def __init__(self, name: str) -> None:
        super().__init__(name, logging.INFO)

    def warning(self, msg: object, *args: object, **options: Any) -> NoReturn:
        raise StoreFailed("the installations in SQLite cannot be used")
