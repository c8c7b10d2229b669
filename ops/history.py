"""What is on record of runs and groups, a stage's or this machine's, read from the oldest on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from aws.clients import AwsClients
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.table import Item, aged, index_of
from ops.stage import Stop
from runs.groups import Group, load_group
from runs.run import Run
from runs.store import load_run

AT_ONCE = 100  # records


class Span(NamedTuple):
    """Runs asked for from `since` on and before `until`, of one workspace or of all."""

    since: float
    until: float
    team_id: str | None = None


class History(Protocol):
    @property
    def name(self) -> str:
        """Of the place, for people."""

    def runs(self, span: Span) -> Iterator[Run]:
        """The oldest first."""

    def groups(self, team_id: str | None) -> Iterable[Group]:
        """As they are now."""


@dataclass(frozen=True)
class HistoryHere:
    """Files are opened for reading alone: the app may be at work on them."""

    data_dir: Path

    @property
    def name(self) -> str:
        return f"{self.data_dir}/"

    def runs(self, span: Span) -> Iterator[Run]:
        """Raises Stop."""
        where, values = "created_at >= ? AND created_at < ?", [span.since, span.until]
        if span.team_id:
            where, values = f"{where} AND team_id = ?", [*values, span.team_id]  # type: ignore[list-item]
        database = self.data_dir / "runs.sqlite3"
        if not database.is_file():
            raise Stop(f"There are no runs in {self.name} yet. {self._elsewhere()}")
        # the conditions are written above; values are bound
        rows = _rows(database, f"SELECT record FROM runs WHERE {where} ORDER BY created_at, run_id", values)  # noqa: S608
        return map(load_run, rows)

    def _elsewhere(self) -> str:
        """Where whoever looks for runs may find theirs."""
        offline = self.data_dir / "offline"
        tried = (
            f" Those of `make run` are shown by DATA_DIR={offline} make audit." if offline.is_dir() else ""
        )
        return f"A stage's are those of STAGE=….{tried}"

    def groups(self, team_id: str | None) -> Iterable[Group]:
        """Raises Stop."""
        database = self.data_dir / "groups.sqlite3"
        if not database.is_file():
            return []
        found = map(load_group, _rows(database, "SELECT record FROM groups", []))
        return (each for each in found if team_id in (None, each.team_id))


@dataclass(frozen=True)
class HistoryOfStage:
    """What DynamoDB refuses is raised as botocore has it."""

    clients: AwsClients
    table: str
    name: str

    def runs(self, span: Span) -> Iterator[Run]:
        """An index lists the keys, which are sorted here; the records are read as they are needed."""
        found = sorted(self._keys(span), key=lambda item: str(item["aged"]["S"]))
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in found]
        store = DynamoDBRunStore(self.clients, self.table)
        for start in range(0, len(keys), AT_ONCE):
            yield from store.read(keys[start : start + AT_ONCE])

    def groups(self, team_id: str | None) -> Iterable[Group]:
        # no index has them: they are a handful, and looked for once in a while
        found = self._pages(
            "scan",
            FilterExpression="begins_with(pk, :group)",
            ExpressionAttributeValues={":group": {"S": f"group#{team_id}#" if team_id else "group#"}},
        )
        return (load_group(each["record"]["S"]) for each in found)

    def _keys(self, span: Span) -> Iterator[Item]:
        within = {":since": {"S": aged(span.since)}, ":until": {"S": aged(span.until)}}
        index = index_of(())
        if span.team_id:
            return self._pages(
                "query",
                IndexName=index,
                KeyConditionExpression=f"{index} = :team AND aged BETWEEN :since AND :until",
                ExpressionAttributeValues={**within, ":team": {"S": span.team_id}},
            )
        return self._pages(
            "scan",
            IndexName=index,
            FilterExpression="aged BETWEEN :since AND :until",
            ExpressionAttributeValues=within,
        )

    def _pages(self, method: str, **request: Any) -> Iterator[Item]:
        for page in self.clients.dynamodb.get_paginator(method).paginate(TableName=self.table, **request):
            yield from page["Items"]


def _rows(database: Path, statement: str, values: list[float]) -> Iterator[str]:
    """The records, a few at a time. Raises Stop."""
    try:
        db = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)
        try:
            for (record,) in db.execute(statement, values):
                yield record
        finally:
            db.close()
    except sqlite3.Error as error:
        raise Stop(f"{database} cannot be read ({error}).") from None
