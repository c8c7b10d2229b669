"""Runs in DynamoDB."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from aws.clients import AwsClients
from aws.table import LIVE_RUNS, LOOKED_UP_BY, Item, aged, index_of, key, number, text
from runs.errors import RunChanged
from runs.run import LIVE, Run, RunState
from runs.store import Place, dump_run, load_run

A_DAY = 24 * 3600  # seconds
PAGE = 100  # items that DynamoDB hands out for one request at the most
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds before asking again for what it left out


class Unread(Exception):
    """DynamoDB goes on leaving out what it was asked for."""


class DynamoDBRunStore:
    """What DynamoDB refuses or fails at is raised as botocore has it.

    A run that has ended, and whose requester knows, is kept for `kept_for` seconds after its last change.
    """

    def __init__(
        self,
        clients: AwsClients,
        table: str,
        *,
        kept_for: float = 90 * A_DAY,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clients = clients
        self._table = table
        self._kept_for = kept_for
        self._clock = clock
        self._sleep = sleep

    @property
    def _client(self) -> Any:
        return self._clients.dynamodb

    def create(self, run: Run) -> Run:
        try:
            self._put(
                self._item(run),
                # no run of this id: the same request delivered again finds the run it made the first time
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            stored = _run_in(refusal.response["Item"])
            # boto3 tries again when an answer was lost, and then meets its own run
            is_own = stored == run and refusal.response["ResponseMetadata"]["RetryAttempts"]
            return run if is_own else stored
        return run

    def find(self, *, team_id: str, run_id: str) -> Run | None:
        item = self._get(key("run", team_id, run_id))
        return _run_in(item) if item else None

    def replace(self, run: Run) -> Run:
        following = replace(run, version=run.version + 1)
        try:
            self._put(
                self._item(following),
                # nobody has replaced it since `run` was read; of a run that is gone, no version is equal either
                ConditionExpression="version = :read",
                ExpressionAttributeValues={":read": number(run.version)},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            stored = refusal.response.get("Item")
            if stored and stored["record"] == text(dump_run(following)):
                return following  # boto3 tries again when an answer was lost, and then meets its own change
            raise RunChanged(f"run {run.id} is no longer at version {run.version}") from None
        return following

    def recent(
        self,
        *,
        team_id: str,
        limit: int,
        requester: str | None = None,
        job: str | None = None,
        state: RunState | None = None,
        before: Place | None = None,
    ) -> list[Run]:
        given = {"team_id": team_id, "requester": requester, "job": job, "state": state}
        wanted = {name: str(value) for name, value in given.items() if value is not None}
        _, *names = wanted
        values = wanted if state is None else {**wanted, "state": _state_in_index(state)}
        page = PAGE if state in LIVE else limit
        found = self._indexed(
            index_of(names), "#".join(values.values()), page, before=before, newest_first=True
        )
        # of live runs the index does not say in which state, and it may lag behind the record
        matching = (run for run in found if all(getattr(run, name) == wanted[name] for name in wanted))
        return list(islice(matching, limit))

    def unsettled(self) -> Iterable[Run]:
        found = self._indexed(LIVE_RUNS, "run", PAGE, newest_first=False)
        return (run for run in found if not run.is_settled)

    def save_checkpoint(self, run: Run, state: str) -> None:
        item = {
            **key("run", run.team_id, run.id, sort="checkpoint"),
            "seq": number(run.seq),
            "checkpoint": text(state),
            "expires_at": number(int(self._clock() + self._kept_for)),
        }
        try:
            self._put(
                item,
                # the first one, or no later owner has saved one
                ConditionExpression="attribute_not_exists(pk) OR seq <= :seq",
                ExpressionAttributeValues={":seq": number(run.seq)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise RunChanged(f"run {run.id} is past seq {run.seq}") from None

    def load_checkpoint(self, *, team_id: str, run_id: str) -> str | None:
        item = self._get(key("run", team_id, run_id, sort="checkpoint"))
        return item["checkpoint"]["S"] if item else None

    def _item(self, run: Run) -> Item:
        """What runs are looked up by stands beside `record`, which is the truth."""
        item = {
            **key("run", run.team_id, run.id),
            "record": text(dump_run(run)),
            "version": number(run.version),
            "aged": text(_aged(Place.of(run))),
            **_looked_up(run),
        }
        if run.is_settled:
            return {**item, "expires_at": number(int(self._clock() + self._kept_for))}
        return {**item, LIVE_RUNS: text("run")}

    def _put(self, item: Item, **condition: Any) -> None:
        self._client.put_item(TableName=self._table, Item=item, **condition)

    def _get(self, at: Item) -> Item | None:
        found: Item | None = self._client.get_item(TableName=self._table, Key=at, ConsistentRead=True).get(
            "Item"
        )
        return found

    def _indexed(
        self, index: str, value: str, page: int, *, before: Place | None = None, newest_first: bool
    ) -> Iterator[Run]:
        values = {":value": text(value)} | ({":before": text(_aged(before))} if before else {})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=f"{index} = :value" + (" AND aged < :before" if before else ""),
            ExpressionAttributeValues=values,
            ScanIndexForward=not newest_first,
            Limit=min(page, PAGE),
        )
        for each in pages:
            yield from self.read([{"pk": item["pk"], "sk": item["sk"]} for item in each["Items"]])

    def read(self, keys: Sequence[Item]) -> Iterator[Run]:
        """In that order, without those that are gone. An index holds keys alone; the truth is in the table."""
        found: dict[str, Item] = {}
        asked, pauses = keys, iter(PAUSES)
        while asked:
            answer = self._client.batch_get_item(
                RequestItems={self._table: {"Keys": asked, "ConsistentRead": True}}
            )
            found |= {item["pk"]["S"]: item for item in answer["Responses"].get(self._table, ())}
            asked = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if asked:
                self._pause(pauses)
        yield from (_run_in(found[each["pk"]["S"]]) for each in keys if each["pk"]["S"] in found)

    def _pause(self, pauses: Iterator[float]) -> None:
        pause = next(pauses, None)
        if pause is None:
            raise Unread(Unread.__doc__)
        self._sleep(pause)


def _looked_up(run: Run) -> Item:
    """The keys of the indexes that it is to be found in."""
    given = {"requester": run.requester, "job": run.job, "state": _state_in_index(run.state)}
    return {
        index_of(names): text("#".join((run.team_id, *(given[name] for name in names))))
        for names in LOOKED_UP_BY
    }


def _state_in_index(state: RunState) -> str:
    """Live runs are few, and each change of a key costs two writes: they stand together until they end."""
    return "live" if state in LIVE else str(state)


def _aged(place: Place) -> str:
    return f"{aged(place.created_at)} {place.run_id}"


def _run_in(item: Item) -> Run:
    return load_run(item["record"]["S"])
