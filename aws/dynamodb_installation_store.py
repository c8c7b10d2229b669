"""Installations in DynamoDB, as slack_sdk's own stores keep them elsewhere.

All rows of one workspace (or, with no team, of an organization) lie under one partition key: the bot, the installation
of each person, and what history keeps of either. Ids are quoted in keys, so no two can come out alike, and each ends
with a `#`, so none is the beginning of another.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from logging import Logger
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote
from uuid import uuid4

from slack_sdk.oauth.installation_store import Bot, Installation

from aws.clients import AwsClients
from aws.table import UNSETTLED, Item, aged, key, text
from oauth.async_calls import AsyncCalls
from oauth.latest_bot import with_bot

KIND = "installation"
BOT = "bot#"
PERSON = "user#"
LATEST = "latest"
ROTATION = "rotation"  # what the index of unsettled items calls a bot whose token expires

# An item may have 400 kB, of which keys and lookups take up to 4.
MOST_BYTES = 396_000

Record = Bot | Installation

log = logging.getLogger("errand.installations")


class TooLarge(Exception):
    """An installation does not fit into an item of DynamoDB."""


class Damaged(Exception):
    """An item is no installation, or lies where another should. The message is its key."""


class Row(NamedTuple):
    """`version` is another after every write. `is_latest`: not one of history."""

    key: Item
    version: str
    record: Record
    is_latest: bool


class Reader(Protocol):
    def get_item(self, **request: Any) -> Mapping[str, Any]: ...


class DynamoDBInstallationStore(AsyncCalls):
    """What DynamoDB refuses or fails at is raised as botocore has it; by `find_bot`, as `reader` has it.

    `reader` gets single items; without one, boto3 does.
    """

    def __init__(
        self,
        clients: AwsClients,
        table: str,
        *,
        client_id: str,
        historical_data_enabled: bool = False,
        reader: Reader | None = None,
        logger: Logger = log,
    ) -> None:
        self.client_id = client_id
        self.historical_data_enabled = historical_data_enabled
        self._clients = clients
        self._table = table
        self._reader = reader
        self._logger = logger

    @property
    def logger(self) -> Logger:
        return self._logger

    def save(self, installation: Installation) -> None:
        self.save_bot(installation.to_bot())
        self._put(_person(installation.user_id), installation)

    def save_bot(self, bot: Bot) -> None:
        """As in the SDK's stores, somebody who allowed user scopes alone leaves the bot as it was."""
        if bot.bot_token is not None:
            self._put(BOT, bot)

    def find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        item = self._get(self._key(enterprise_id, None if is_enterprise_install else team_id, BOT))
        return _bot(item) if item else None

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """That person's, or the latest of anybody's; with the bot as it is now, whoever installed it."""
        team_id = None if is_enterprise_install else team_id
        if user_id is None:
            found = self._latest(enterprise_id, team_id)
        else:
            found = self._get(self._key(enterprise_id, team_id, _person(user_id)))
        if found is None:
            return None
        bot = self.find_bot(enterprise_id=enterprise_id, team_id=team_id)
        return with_bot(_installation(found), bot)

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self._delete(enterprise_id, team_id, BOT)

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        self._delete(enterprise_id, team_id, PERSON if user_id is None else _person(user_id))

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self._delete(enterprise_id, team_id, "")

    def rows(self, *, on_broken: Callable[[str], None] | None = None) -> Iterator[Row]:
        """Every row of this client id, history too, in no order. It reads the whole table: for a person's command.

        `on_broken` is told the key of a row that cannot be read; without it, that raises Damaged.
        """
        pages = self._clients.dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :ours)",
            ExpressionAttributeValues={":ours": text(f"{KIND}#{_quoted(self.client_id)}#")},
            ConsistentRead=True,
        )
        for item in (each for page in pages for each in page["Items"]):
            try:
                row = self._row(item)
            except Damaged as damaged:
                if on_broken is None:
                    raise
                on_broken(str(damaged))
            else:
                yield row

    def installations(self) -> Iterator[Installation]:
        """The latest of each person in each workspace, as they are stored."""
        for row in self.rows():
            if row.is_latest and isinstance(row.record, Installation):
                yield row.record

    def rotating_before(self, moment: float) -> Iterator[Bot]:
        """Bots whose tokens expire before that. Read from an index, which may lag behind by moments."""
        pages = self._clients.dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=UNSETTLED,
            KeyConditionExpression="unsettled = :rotation AND aged < :moment",
            ExpressionAttributeValues={":rotation": text(ROTATION), ":moment": text(aged(moment))},
        )
        ours = f"{KIND}#{_quoted(self.client_id)}#"
        for page in pages:
            for item in page["Items"]:
                if item["pk"]["S"].startswith(ours):
                    yield _bot(item)

    def reread(self, row: Row) -> Row | None:
        """Raises Damaged."""
        item = self._get(row.key)
        return self._row(item) if item else None

    def row_of(self, record: Record) -> Row | None:
        """The latest of the record's workspace: its bot's, or that person's. Raises Damaged."""
        item = self._get(self._key_of(record, _whose(record)))
        return self._row(item) if item else None

    def add(self, record: Record) -> bool:
        """False, and nothing is saved, if there is one of the workspace, or of the person there."""
        item = _item(self._key_of(record, _whose(record)), record)
        dynamodb = self._clients.dynamodb
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item=item,
                # nobody has been faster
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as refusal:
            return bool(refusal.response.get("Item", {}).get("version") == item["version"])
        return True

    def replace(self, row: Row, record: Record) -> Row | None:
        """The row as it is now, with the record in it. None: somebody changed or deleted it since it was read."""
        item = _item(row.key, record)
        dynamodb = self._clients.dynamodb
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item=item,
                # nobody has changed it since; of a row that is gone, no version is equal either
                ConditionExpression="version = :read",
                ExpressionAttributeValues={":read": text(row.version)},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as refusal:
            # boto3 tries again when an answer was lost, and then meets its own change
            if refusal.response.get("Item", {}).get("version") != item["version"]:
                return None
        return self._row(item)

    def replace_bot(self, before: Bot, bot: Bot) -> bool:
        """Saves the bot in place of that one. False, and nothing is saved, if another is stored by now, or none."""
        row = self.row_of(before)
        return row is not None and row.record.bot_token == before.bot_token and self._succeed(row, bot)

    def replace_installation(self, before: Installation, installation: Installation) -> bool:
        """The same of a person's, and the bot stays as it is."""
        row = self.row_of(before)
        if row is None or _user_token(row.record) != before.user_token:
            return False
        return self._succeed(row, installation)

    def remove_bot(self, bot: Bot) -> bool:
        """Deletes that one. False, and nothing is deleted, if another is stored by now, or none."""
        row = self.row_of(bot)
        if row is None or row.record.bot_token != bot.bot_token or not self.delete(row):
            return False
        for item in self._query(bot.enterprise_id, bot.team_id, BOT):
            if not _is_latest(item) and _bot(item).installed_at <= bot.installed_at:
                self._clients.dynamodb.delete_item(TableName=self._table, Key=_key_in(item))
        return True

    def _succeed(self, row: Row, record: Record) -> bool:
        if not self.replace(row, record):
            return False
        self._put_history(record, _whose(record))
        return True

    def delete(self, row: Row) -> bool:
        """False, and it stays, if it has changed since it was read."""
        dynamodb = self._clients.dynamodb
        try:
            dynamodb.delete_item(
                TableName=self._table,
                Key=row.key,
                ConditionExpression="version = :read",
                ExpressionAttributeValues={":read": text(row.version)},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _put(self, whose: str, record: Record) -> None:
        self._clients.dynamodb.put_item(
            TableName=self._table, Item=_item(self._key_of(record, whose), record)
        )
        self._put_history(record, whose)

    def _put_history(self, record: Record, whose: str) -> None:
        """A token that is refreshed belongs to the same installation: there it takes the place of the one before."""
        if self.historical_data_enabled:
            at = self._key_of(record, whose, repr(record.installed_at))
            self._clients.dynamodb.put_item(TableName=self._table, Item=_item(at, record))

    def _get(self, at: Item) -> Item | None:
        reader = self._reader or self._clients.dynamodb
        item: Item | None = reader.get_item(TableName=self._table, Key=at, ConsistentRead=True).get("Item")
        return item

    def _latest(self, enterprise_id: str | None, team_id: str | None) -> Item | None:
        found = self._query(enterprise_id, team_id, PERSON)
        latest = (item for item in found if _is_latest(item))
        return max(latest, key=lambda item: _installation(item).installed_at, default=None)

    def _delete(self, enterprise_id: str | None, team_id: str | None, whose: str) -> None:
        for item in self._query(enterprise_id, team_id, whose):
            self._clients.dynamodb.delete_item(TableName=self._table, Key=_key_in(item))

    def _row(self, item: Item) -> Row:
        """Raises Damaged."""
        try:
            row = _row(item)
            whose = _whose(row.record)
            lies_right = item["pk"] == self._key_of(row.record, whose)["pk"] and item["sk"]["S"].startswith(
                whose
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            lies_right = False
        if not lies_right:
            raise Damaged(f"{item['pk']['S']} {item['sk']['S']}")
        return row

    def _query(self, enterprise_id: str | None, team_id: str | None, whose: str) -> Iterator[Item]:
        condition, values = "pk = :pk", {":pk": self._key(enterprise_id, team_id, whose)["pk"]}
        if whose:
            condition, values = f"{condition} AND begins_with(sk, :whose)", {**values, ":whose": text(whose)}
        pages = self._clients.dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _key(
        self, enterprise_id: str | None, team_id: str | None, whose: str, version: str = LATEST
    ) -> dict[str, dict[str, str]]:
        ids = (self.client_id, enterprise_id or "", team_id or "")
        return key(KIND, *map(_quoted, ids), sort=f"{whose}{version}")

    def _key_of(self, record: Record, whose: str, version: str = LATEST) -> dict[str, dict[str, str]]:
        return self._key(record.enterprise_id, record.team_id, whose, version)


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _person(user_id: str | None) -> str:
    return f"{PERSON}{_quoted(user_id or '')}#"


def _whose(record: Record) -> str:
    return BOT if isinstance(record, Bot) else _person(record.user_id)


def _item(at: Item, record: Record) -> dict[str, Any]:
    """Raises TooLarge, and TypeError for custom values that JSON does not know."""
    dumped = json.dumps({**vars(record), "installed_at": float(record.installed_at)})
    if len(dumped) > MOST_BYTES:
        raise TooLarge(
            f"the installation of {record.team_id or record.enterprise_id} takes {len(dumped):,} bytes; DynamoDB"
            f" takes {MOST_BYTES:,}"
        )
    item = {"pk": at["pk"], "sk": at["sk"], "record": text(dumped), "version": text(uuid4().hex)}
    if at["sk"]["S"] != BOT + LATEST or not record.bot_refresh_token or record.bot_token_expires_at is None:
        return item
    return {**item, "unsettled": text(ROTATION), "aged": text(aged(record.bot_token_expires_at))}


def _row(item: Item) -> Row:
    is_bot = item["sk"]["S"].startswith(BOT)
    return Row(
        _key_in(item), item["version"]["S"], _bot(item) if is_bot else _installation(item), _is_latest(item)
    )


def _user_token(record: Record) -> str | None:
    assert isinstance(record, Installation), "a person's row holds nothing else"
    return record.user_token


def _key_in(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def _is_latest(item: Item) -> bool:
    return bool(item["sk"]["S"].endswith(f"#{LATEST}"))


def _bot(item: Item) -> Bot:
    return Bot(**_fields(item, Bot))


def _installation(item: Item) -> Installation:
    return Installation(**_fields(item, Installation))


def _fields(item: Item, kind: type[Record]) -> dict[str, Any]:
    """What a later slack_sdk wrote beside them is passed over."""
    return {
        name: value for name, value in json.loads(item["record"]["S"]).items() if name in kind.__annotations__
    }
