"""The installation stores that one contract is held against."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer
from slack_sdk.oauth.installation_store import InstallationStore
from slack_sdk.oauth.installation_store.amazon_s3 import AmazonS3InstallationStore
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from aws.clients import AwsClients
from aws.dynamodb_installation_store import DynamoDBInstallationStore
from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.keys import Key
from oauth.local_store import LocalInstallationStore

_count = itertools.count(1)


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Stored:
    """`of_client` gives the store of another client id on the same storage, `broken` one whose storage fails.

    `later` lets a second pass between two saves, and `at_once` says that none did: SQLite's clock has no finer hand.
    """

    of_client: Callable[[str], InstallationStore]
    broken: Callable[[], InstallationStore]
    later: Callable[[], None] = _nothing
    at_once: Callable[[], None] = _nothing
    client_id: str = ""

    @property
    def store(self) -> InstallationStore:
        return self.of_client(self.client_id)

    def encrypted(self, key: Key) -> Stored:
        def wrap(inner: InstallationStore, client_id: str) -> InstallationStore:
            return EncryptedInstallationStore(inner, Cipher(key, client_id=client_id))

        return replace(
            self,
            of_client=lambda client_id: wrap(self.of_client(client_id), client_id),
            broken=lambda: wrap(self.broken(), self.client_id),
        )


def a_client_id() -> str:
    return f"{next(_count)}.apps"


def in_sqlite(folder: Path) -> Stored:
    path = folder / "installations.sqlite3"

    def execute(change: str) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            for table in ("slack_bots", "slack_installations"):
                db.execute(f"UPDATE {table} SET installed_at = {change}")

    return Stored(
        of_client=lambda client_id: SQLite3InstallationStore(database=str(path), client_id=client_id),
        broken=lambda: SQLite3InstallationStore(database=str(a_broken_database(folder)), client_id="1.apps"),
        later=lambda: execute("datetime(installed_at, '-1 second')"),
        at_once=lambda: execute("datetime(0, 'unixepoch')"),
        client_id=a_client_id(),
    )


def in_local(folder: Path) -> Stored:
    path = folder / "installations.sqlite3"
    return Stored(
        of_client=lambda client_id: LocalInstallationStore(path, client_id),
        broken=lambda: LocalInstallationStore(a_broken_database(folder), "1.apps"),
        client_id=a_client_id(),
    )


def a_broken_database(folder: Path) -> Path:
    """With the tables of another program."""
    path = folder / "broken.sqlite3"
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("slack_bots", "slack_installations"):
            db.execute(f"CREATE TABLE IF NOT EXISTS {table} (something TEXT)")
    return path


@contextmanager
def an_s3() -> Iterator[Any]:
    """boto3's client of moto, with a bucket `installations`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        client.create_bucket(Bucket="installations")
        yield client
    finally:
        server.stop()


def in_s3(s3: Any) -> Stored:
    def store(client_id: str, bucket: str = "installations") -> InstallationStore:
        return AmazonS3InstallationStore(s3_client=s3, bucket_name=bucket, client_id=client_id)

    return Stored(of_client=store, broken=lambda: store("1.apps", "no-such-bucket"), client_id=a_client_id())


def in_dynamodb(clients: AwsClients, table: str) -> Stored:
    def store(client_id: str, table: str = table) -> DynamoDBInstallationStore:
        return DynamoDBInstallationStore(clients, table, client_id=client_id)

    return Stored(of_client=store, broken=lambda: store("1.apps", "no-such-table"), client_id=a_client_id())
