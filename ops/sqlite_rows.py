"""The rows of this machine's installations in SQLite; of slack_sdk's own store too, where every save is a row more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from slack_sdk.oauth.installation_store import Bot

from oauth.encrypted_store import BOT_FIELDS, USER_FIELDS
from oauth.local_store import (
    BOTS,
    LAST_FIRST,
    OF_A_WORKSPACE,
    PEOPLE,
    LocalInstallationStore,
    columns_of,
)
from ops.installation_rows import Record, Row
from ops.installation_sources import Broken, CannotRead, columns_in, record_of
from ops.stage import Stop

PATIENCE = 30.0  # seconds that a write waits for another's

# All statements are made of these names and of columns, and values are parameters.
# A person's row holds the bot's token too, and slack_sdk hands out the one in the last row.
OF_THE_BOT = "bot_token, bot_refresh_token, bot_token_expires_at"


class SQLiteRows:
    def __init__(self, path: Path, client_id: str) -> None:
        self.name = str(path)
        self._path = path
        self._client_id = client_id

    def read(self) -> Iterator[Row | Broken]:
        """In pieces that hold no lock, as the app may be writing."""
        if _is_empty(self._path):
            return
        for table, user in ((BOTS, ""), (PEOPLE, ", user_id")):
            place = f"row_number() over (partition by enterprise_id, team_id{user} {LAST_FIRST})"
            with self._database() as database:
                places = database.execute(
                    f"select id, {place} as place from {table} where client_id = ? order by id",  # noqa: S608
                    (self._client_id,),
                ).fetchall()
            for each in places:
                found = self._read(table, each["id"], is_latest=each["place"] == 1)
                if found:
                    yield found

    def reread(self, row: Row) -> Row | None:
        table, at, _ = row.at
        found = self._read(table, at, is_latest=row.is_latest)
        return found if isinstance(found, Row) else None

    def find(self, record: Record) -> Row | None:
        if _is_empty(self._path):
            return None
        with self._database() as database:
            return self._find(database, record)

    def replace(self, row: Row, record: Record) -> bool:
        table, at, before = row.at
        after = {f"new_{name}": getattr(record, name) for name in before}
        changes = ", ".join(f"{name} = :new_{name}" for name in before)
        unchanged = " and ".join(f"{name} is :{name}" for name in before)
        with self._database() as database:
            update = f"update {table} set {changes} where id = :at and {unchanged}"  # noqa: S608
            return database.execute(update, {**before, **after, "at": at}).rowcount == 1

    def put(self, record: Record, *, over: Row | None) -> bool:
        """One row for a bot, and one for each person, as the app itself keeps them."""
        # Makes the tables, or what they have not yet.
        LocalInstallationStore(self._path, self._client_id).connect().close()
        columns = {**columns_of(record), **self._ids(record)}
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        table, whose = table_of(record), f"{OF_A_WORKSPACE}{of_user(record)}"
        with self._database() as database:
            database.execute("begin immediate")
            found = self._find(database, record)
            if (found and found.at) != (over and over.at):
                return False
            database.execute(f"delete from {table} where {whose}", columns)  # noqa: S608
            database.execute(f"insert into {table} ({names}) values ({values})", columns)  # noqa: S608
            bot = f"select {OF_THE_BOT} from {BOTS} where {OF_A_WORKSPACE} {LAST_FIRST} limit 1"  # noqa: S608
            if database.execute(bot, columns).fetchone():
                renew = f"update {PEOPLE} set ({OF_THE_BOT}) = ({bot}) where {OF_A_WORKSPACE}"  # noqa: S608
                database.execute(renew, columns)
        return True

    def delete_all(self, record: Record) -> None:
        with self._database() as database:
            for table in (PEOPLE, BOTS):
                database.execute(f"delete from {table} where {OF_A_WORKSPACE}", self._ids(record))  # noqa: S608

    def _find(self, database: sqlite3.Connection, record: Record) -> Row | None:
        table, whose = table_of(record), f"{OF_A_WORKSPACE}{of_user(record)}"
        ids = {**self._ids(record), "user_id": getattr(record, "user_id", None)}
        select = f"select * from {table} where {whose} {LAST_FIRST} limit 1"  # noqa: S608
        found = database.execute(select, ids).fetchone()
        return row_of(table, found, is_latest=True) if found else None

    def _read(self, table: str, at: int, *, is_latest: bool) -> Row | Broken | None:
        with self._database() as database:
            found = database.execute(f"select * from {table} where id = ?", (at,)).fetchone()  # noqa: S608
        try:
            return row_of(table, found, is_latest=is_latest) if found else None
        except CannotRead as error:
            return Broken(f"{table} {at}", self._client_id, str(error))

    def _ids(self, record: Record) -> dict[str, str]:
        return {
            "client_id": self._client_id,
            "enterprise_id": record.enterprise_id or "",
            "team_id": record.team_id or "",
        }

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection, connection:
                connection.row_factory = sqlite3.Row
                connection.execute(
                    "pragma secure_delete = on"
                )  # a plain token would stay in a page that is free
                yield connection
        except sqlite3.Error as error:  # its words name tables and columns
            raise Stop(f"{self._path}: {error}.") from None


def row_of(table: str, found: sqlite3.Row, *, is_latest: bool) -> Row:
    """Raises CannotRead."""
    columns = columns_in(found)
    before = {name: columns[name] for name in (*BOT_FIELDS, *USER_FIELDS) if name in columns}
    return Row((table, columns["id"], before), record_of(columns, is_bot=table == BOTS), is_latest)


def of_user(record: Record) -> str:
    return "" if isinstance(record, Bot) else " and user_id = :user_id"


def table_of(record: Record) -> str:
    return BOTS if isinstance(record, Bot) else PEOPLE


def _is_empty(path: Path) -> bool:
    """A file of no bytes too: whoever made it died before it had tables."""
    return not path.exists() or path.stat().st_size == 0


def client_ids_in(path: Path) -> list[str]:
    """Of whose apps there is anything."""
    if _is_empty(path):
        return []
    union = f"select client_id from {BOTS} union select client_id from {PEOPLE}"  # noqa: S608
    with closing(sqlite3.connect(path)) as connection:
        return sorted(each for (each,) in connection.execute(union))
