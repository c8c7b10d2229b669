"""Groups in DynamoDB, an item each. They are kept until somebody deletes them: no `expires_at`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aws.clients import AwsClients
from aws.table import key, number, text
from runs.groups import Group, GroupChanged, dump_group, load_group


class DynamoDBGroupStore:
    """What DynamoDB refuses or fails at is raised as botocore has it."""

    def __init__(self, clients: AwsClients, table: str) -> None:
        self._clients = clients
        self._table = table

    @property
    def _client(self) -> Any:
        return self._clients.dynamodb

    def find(self, *, team_id: str, name: str) -> Group:
        item = self._client.get_item(
            TableName=self._table, Key=key("group", team_id, name), ConsistentRead=True
        ).get("Item")
        return load_group(item["record"]["S"]) if item else Group(team_id, name)

    def replace(self, group: Group) -> Group:
        following = replace(group, version=group.version + 1)
        # nobody has filled it, or nobody has since it was read
        condition = "version = :read" if group.version else "attribute_not_exists(pk)"
        values = {"ExpressionAttributeValues": {":read": number(group.version)}} if group.version else {}
        record = text(dump_group(following))
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    **key("group", group.team_id, group.name),
                    "record": record,
                    "version": number(following.version),
                },
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **values,
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            stored = refusal.response.get("Item")
            if stored and stored["record"] == record:
                return following  # boto3 tries again when an answer was lost, and then meets its own change
            raise GroupChanged(GroupChanged.__doc__) from None
        return following
