"""What OAuth needs, on Lambda: the DynamoDB table and KMS. Nothing of either is made before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING

from slack_sdk.oauth.installation_store import Bot, InstallationStore

from aws.clients import AwsClients
from aws.signed_client import SignedClient
from oauth.storage import sealed
from settings import AwsSettings, Settings

if TYPE_CHECKING:
    from aws.consumed import DynamoDBConsumed
    from aws.dynamodb_installation_store import DynamoDBInstallationStore
    from aws.leases import DynamoDBLeases
    from aws.signed_dynamodb import SignedDynamoDB


class LambdaStorage:
    """Shared by all execution environments."""

    is_at_hand = False
    where = "in a DynamoDB table of the team that runs it, under that team’s own KMS key"

    def __init__(
        self,
        settings: Settings,
        aws: AwsSettings,
        clients: AwsClients,
        *,
        kms: SignedClient | None = None,
        clock: Callable[[], float],
    ) -> None:
        """`kms`: one that init has connected already, for the key that tokens are sealed under."""
        self._settings = settings
        self._aws = aws
        self._clients = clients
        self._kms = kms
        self._clock = clock
        self._opened = ExitStack()

    def store(self) -> InstallationStore:
        return self._store

    def leases(self) -> DynamoDBLeases:
        from aws.leases import DynamoDBLeases

        return DynamoDBLeases(self._clients, self._settings.table_name, clock=self._clock)

    def consumed(self) -> DynamoDBConsumed:
        from aws.consumed import DynamoDBConsumed

        return DynamoDBConsumed(self._clients, self._settings.table_name, clock=self._clock)

    def rotating_before(self, moment: float) -> Iterable[Bot]:
        return self._inner.rotating_before(moment)

    def close(self) -> None:
        self._opened.close()

    def make_ready(self) -> None:
        """Makes, loads and connects what finding a bot takes; nothing is asked yet.

        For init, which has a whole CPU whatever the function's memory. All but the ack of a command needs a token:
        events, lazy work, and, with Slack's three seconds running, what opens a modal.
        """
        from oauth.cipher import load_aes_gcm

        load_aes_gcm()
        _ = self._store
        self._reader.connect()

    @cached_property
    def _reader(self) -> SignedDynamoDB:
        from aws.signed_dynamodb import SignedDynamoDB

        reader = SignedDynamoDB(self._aws)
        self._opened.callback(reader.close)
        return reader

    @cached_property
    def _inner(self) -> DynamoDBInstallationStore:
        from aws.dynamodb_installation_store import DynamoDBInstallationStore

        return DynamoDBInstallationStore(
            self._clients, self._settings.table_name, client_id=self._settings.client_id, reader=self._reader
        )

    @cached_property
    def _store(self) -> InstallationStore:
        from aws.kms_key import KmsKey

        settings = self._settings
        key = KmsKey(self._aws, settings.kms_key_id, read_key_ids=settings.kms_read_key_ids, client=self._kms)
        self._opened.callback(key.close)
        # Whoever may write to the table but not use the key could else put a token of their own there.
        return sealed(self._inner, key, settings.client_id, accept_plain=False)
