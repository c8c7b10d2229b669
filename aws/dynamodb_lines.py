"""Lines in DynamoDB, an item for each workspace. They are kept: no `expires_at`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aws.clients import AwsClients
from aws.table import key, number, text
from runs.line import Line, LineChanged, dump_line, load_line


class DynamoDBLineStore:
    """What DynamoDB refuses or fails at is raised as botocore has it."""

    def __init__(self, clients: AwsClients, table: str) -> None:
        self._clients = clients
        self._table = table

    @property
    def _client(self) -> Any:
        return self._clients.dynamodb

    def find(self, *, team_id: str) -> Line:
        item = self._client.get_item(
            TableName=self._table, Key=key("line", team_id), ConsistentRead=True
        ).get("Item")
        if not item:
            return Line(team_id)
        return load_line(item["record"]["S"], team_id=team_id, version=int(item["version"]["N"]))

    def replace(self, line: Line) -> Line:
        following = replace(line, version=line.version + 1)
        # nobody has stood in it, or it is as it was read
        condition = "version = :read" if line.version else "attribute_not_exists(pk)"
        values = {"ExpressionAttributeValues": {":read": number(line.version)}} if line.version else {}
        item = {
            **key("line", line.team_id),
            "record": text(dump_line(following)),
            "version": number(following.version),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **values,
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            if refusal.response.get("Item") == item:
                return following  # boto3 tries again when an answer was lost, and then meets its own change
            raise LineChanged(f"the line of {line.team_id} is no longer at version {line.version}") from None
        return following
