"""Who is at work on a request, or has been: whatever Slack or Lambda delivers again is done once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from aws.clients import AwsClients
from aws.requested import Requested
from aws.table import UNSETTLED, Item, aged, key, number, text
from runs.hands import Hands

KEPT_FOR = 7 * 24 * 3600  # seconds; Lambda gives up after 6 hours, Slack after one


class Found(StrEnum):
    FREE = "been free"  # and is taken now
    FREE_AGAIN = "been freed"  # and is taken now; an earlier holder failed, and its requester was told
    LIVE = "been taken"  # by somebody who may still be at work
    DONE = "been done"
    FAILED = "failed"  # and its requester was told
    ABANDONED = "broken off"  # whoever had taken it died, and nobody was told


class Abandoned(NamedTuple):
    requested: Requested
    holder: Hands


class Claims:
    def __init__(self, clients: AwsClients, table: str, *, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._table = table
        self._clock = clock

    def take(self, requested: Requested, hands: Hands, *, again: bool) -> Found:
        """FREE or FREE_AGAIN if it is the caller's now, who then says how it ended.

        `again`: what failed or broke off may be taken once more.
        """
        # nobody has taken it, or so long ago that DynamoDB should have deleted it
        condition = "attribute_not_exists(pk) OR expires_at < :now"
        values = {":now": number(self._clock())}
        if again:
            # it failed, or whoever took it is dead by now
            condition += " OR outcome = :failed OR (outcome = :running AND lease_until < :now)"
            values |= {":failed": text("failed"), ":running": text("running")}
        dynamodb = self._clients.dynamodb
        try:
            answer = dynamodb.put_item(
                TableName=self._table,
                Item=self._item(requested, "running", hands),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as refusal:
            item = refusal.response["Item"]
            # boto3 tries again when an answer was lost, and then meets its own claim
            return Found.FREE if item["holder"]["S"] == hands.owner else self._read(item)
        earlier = answer.get("Attributes", {}).get("outcome", {}).get("S")
        return Found.FREE_AGAIN if earlier == "failed" else Found.FREE

    def done(self, requested: Requested, hands: Hands) -> None:
        self._end(requested, "done", hands)

    def failed(self, requested: Requested, hands: Hands) -> None:
        """And whoever asked for it has been told."""
        self._end(requested, "failed", hands)

    def look(self, requested: Requested) -> Found:
        item = self._clients.dynamodb.get_item(
            TableName=self._table,
            Key=key("claim", requested.team_id, requested.name, sort="claim"),
            ConsistentRead=True,
        ).get("Item")
        return self._read(item) if item else Found.FREE

    def abandoned(self, grace: float) -> Iterator[Abandoned]:
        """Those whose holder has been dead for `grace` seconds without having said how it ended."""
        pages = self._clients.dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=UNSETTLED,
            KeyConditionExpression="unsettled = :claim AND aged < :then",
            ExpressionAttributeValues={":claim": text("claim"), ":then": text(aged(self._clock() - grace))},
        )
        for page in pages:
            for item in page["Items"]:
                holder = Hands(item["holder"]["S"], float(item["lease_until"]["N"]))
                yield Abandoned(Requested.load(item["requested"]["S"]), holder)

    def _end(self, requested: Requested, outcome: str, hands: Hands) -> None:
        dynamodb = self._clients.dynamodb
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item=self._item(requested, outcome, hands),
                # it is still the caller's: nobody took over from somebody thought dead
                ConditionExpression="holder = :me",
                ExpressionAttributeValues={":me": text(hands.owner)},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return  # whoever took over says how it ends

    def _item(self, requested: Requested, outcome: str, hands: Hands) -> Item:
        now = self._clock()
        lease_until = hands.until or now
        item = {
            **key("claim", requested.team_id, requested.name, sort="claim"),
            "outcome": text(outcome),
            "holder": text(hands.owner),
            "lease_until": number(lease_until),
            "expires_at": number(int(now) + KEPT_FOR),
        }
        if outcome != "running":
            return item
        looked_up = {
            "unsettled": text("claim"),
            "aged": text(aged(lease_until)),
            "requested": text(requested.dump()),
        }
        return {**item, **looked_up}

    def _read(self, item: Any) -> Found:
        outcome = item["outcome"]["S"]
        if outcome == "running":
            is_live = float(item["lease_until"]["N"]) >= self._clock()
            return Found.LIVE if is_live else Found.ABANDONED
        return Found.DONE if outcome == "done" else Found.FAILED
