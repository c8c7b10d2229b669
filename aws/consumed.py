"""What has been used up, in DynamoDB."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from aws.clients import AwsClients
from aws.table import key, number, text


class DynamoDBConsumed:
    """What DynamoDB refuses or fails at is raised as botocore has it."""

    def __init__(self, clients: AwsClients, table: str, *, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._table = table
        self._clock = clock

    def first(self, name: str, expires_at: float) -> bool:
        dynamodb, me = self._clients.dynamodb, uuid4().hex
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item={
                    **key("consumed", name),
                    "consumer": text(me),
                    "expires_at": number(int(expires_at)),
                },
                # nobody was first, or so long ago that DynamoDB should have deleted it
                ConditionExpression="attribute_not_exists(pk) OR expires_at < :now",
                ExpressionAttributeValues={":now": number(self._clock())},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as refusal:
            # boto3 tries again when an answer was lost, and then meets itself
            return bool(refusal.response["Item"]["consumer"] == text(me))
        return True
