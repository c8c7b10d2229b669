"""The rows of a stage's installations in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk.oauth.installation_store import Bot

from aws import dynamodb_installation_store as stored
from ops.installation_rows import Record, Row
from ops.installation_sources import Broken, CannotRead, record_of
from ops.stage import Stop

UNREADABLE = "is no installation that can be read"


class DynamoDBRows:
    def __init__(self, store: stored.DynamoDBInstallationStore, name: str) -> None:
        self.name = name
        self._store = store

    def read(self) -> Iterator[Row | Broken]:
        broken: list[str] = []
        for found in self._store.rows(on_broken=broken.append):
            try:
                record_of(vars(found.record), is_bot=isinstance(found.record, Bot))
            except CannotRead as error:
                where = f"{found.key['pk']['S']} {found.key['sk']['S']}"
                yield Broken(where, self._store.client_id, str(error))
            else:
                yield as_row(found)
        for each in broken:
            yield Broken(each, self._store.client_id, UNREADABLE)

    def reread(self, row: Row) -> Row | None:
        with unreadable_is_told():
            return as_row(found) if (found := self._store.reread(row.at)) else None

    def find(self, record: Record) -> Row | None:
        with unreadable_is_told():
            return as_row(found) if (found := self._store.row_of(record)) else None

    def replace(self, row: Row, record: Record) -> bool:
        return self._store.replace(row.at, record) is not None

    def put(self, record: Record, *, over: Row | None) -> bool:
        return self.replace(over, record) if over else self._store.add(record)

    def delete_all(self, record: Record) -> None:
        self._store.delete_all(enterprise_id=record.enterprise_id, team_id=record.team_id)


@contextmanager
def unreadable_is_told() -> Iterator[None]:
    """Raises Stop."""
    try:
        yield
    except stored.Damaged as damaged:
        raise Stop(f"{damaged} {UNREADABLE}.") from None


def as_row(found: stored.Row) -> Row:
    return Row(found, found.record, found.is_latest)
