"""Leases in DynamoDB: among all execution environments."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from aws.clients import AwsClients
from aws.table import Item, key, number, text

KEPT_BEYOND = 3600  # seconds after its end, when DynamoDB may delete what a holder that died has left


class DynamoDBLeases:
    """Times are compared by Lambda's clocks, which AWS keeps together; a lease is much longer than they differ.

    What DynamoDB refuses or fails at is raised as botocore has it.
    """

    def __init__(self, clients: AwsClients, table: str, *, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._table = table
        self._clock = clock

    def take(self, name: str, seconds: float) -> str | None:
        dynamodb, me, now = self._clients.dynamodb, uuid4().hex, self._clock()
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item=self._item(name, me, now + seconds),
                # nobody holds it, or whoever did is out of time
                ConditionExpression="attribute_not_exists(pk) OR lease_until < :now",
                ExpressionAttributeValues={":now": number(now)},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as refusal:
            # boto3 tries again when an answer was lost, and then meets its own lease
            return me if refusal.response["Item"]["holder"] == text(me) else None
        return me

    def release(self, name: str, holder: str) -> None:
        dynamodb = self._clients.dynamodb
        try:
            dynamodb.delete_item(
                TableName=self._table,
                Key=key("lease", name),
                # it is still the holder's: nobody took it over
                ConditionExpression="holder = :me",
                ExpressionAttributeValues={":me": text(holder)},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return

    def _item(self, name: str, holder: str, until: float) -> Item:
        return {
            **key("lease", name),
            "holder": text(holder),
            "lease_until": number(until),
            "expires_at": number(int(until) + KEPT_BEYOND),
        }
