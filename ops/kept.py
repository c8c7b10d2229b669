"""Where the app's installations are kept, a stage's or this machine's, and the keys that open and seal them there."""

from __future__ import annotations

import argparse
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from botocore.exceptions import NoCredentialsError
from slack_sdk.oauth.installation_store import Bot

from aws.clients import AwsClients
from aws.dynamodb_installation_store import DynamoDBInstallationStore
from aws.kms_key import KmsKey
from oauth.cipher import Cipher
from oauth.encrypted_store import open_record, seal_record
from oauth.key_file import KeyFile
from oauth.keys import DataKey, ForeignKey, Key
from ops.deploy import table_exists
from ops.dev import ENV_FILE, merge
from ops.dynamodb_rows import DynamoDBRows
from ops.env_file import read_env_file
from ops.installation_rows import Record, Rows
from ops.key import deployed_key_ids, key_arn
from ops.secrets import client_id_of, unseal
from ops.sqlite_rows import SQLiteRows, client_ids_in
from ops.stage import Stop, Target, stage_parser, target_of
from settings import SLACK_API_URL, AwsSettings

CLIENT_ID = "SLACK_CLIENT_ID"

SECONDS_FOR_KMS = 60.0  # nobody waits for an ack here


class Kept:
    """`make_key` and `find_api_url` are called for what needs them: who may list need not be allowed to open."""

    def __init__(
        self, rows: Rows, client_id: str, *, make_key: Callable[[], Key], find_api_url: Callable[[], str]
    ) -> None:
        self.rows = rows
        self.client_id = client_id
        self._make_key = make_key
        self._find_api_url = find_api_url

    @cached_property
    def key(self) -> Key:
        return self._make_key()

    @cached_property
    def slack_api_url(self) -> str:
        return self._find_api_url().rstrip("/") + "/"

    @cached_property
    def _cipher(self) -> Cipher:
        return Cipher(self.key, client_id=self.client_id)

    def open(self, record: Record) -> Record:
        """Raises CipherError."""
        # two calls of one text, for mypy takes a Bot or an Installation but no “either”
        if isinstance(record, Bot):
            return open_record(self._cipher, record)
        return open_record(self._cipher, record)

    def seal(self, record: Record) -> Record:
        """Raises CipherError."""
        if isinstance(record, Bot):
            return seal_record(self._cipher, record)
        return seal_record(self._cipher, record)

    def under(self, key: Key) -> Kept:
        """The same, sealed and opened with that one."""
        return Kept(self.rows, self.client_id, make_key=lambda: key, find_api_url=self._find_api_url)


@dataclass(frozen=True)
class Keyring:
    """Seals under one key and opens under several, of which each knows its own."""

    writing: Key
    reading: Sequence[Key]

    def generate_data_key(self, context: Mapping[str, str]) -> DataKey:
        return self.writing.generate_data_key(context)

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        for key in (self.writing, *self.reading):
            try:
                return key.decrypt(wrapped, key_id=key_id, context=context)
            except ForeignKey as error:
                refusal = error
        raise refusal


def kept_parser(module: str, description: str | None) -> argparse.ArgumentParser:
    parser = stage_parser(module, description)
    parser.add_argument("--local", action="store_true", help="this machine's, as without a stage")
    return parser


def is_local(options: argparse.Namespace) -> bool:
    return bool(options.local or not options.stage)


def kept_of(options: argparse.Namespace) -> Kept:
    """Raises Stop."""
    return kept_here() if is_local(options) else kept_on(target_of(options))


def kept_on(target: Target) -> Kept:
    if not table_exists(target):
        stage = target.stage.name
        raise Stop(f"Stage {stage} has no table yet. Deploy it: make deploy STAGE={stage}")
    aws, client_id = aws_settings(target), client_id_of(target)
    store = DynamoDBInstallationStore(AwsClients(aws), target.stage.table, client_id=client_id)
    name = f"the table {target.stage.table} in {target.region}"

    def make_key() -> Key:
        writing, *reading = key_ids_of(target)
        return KmsKey(aws, writing, read_key_ids=reading, seconds=SECONDS_FOR_KMS)

    def find_api_url() -> str:
        return unseal(target).get("SLACK_API_URL") or SLACK_API_URL

    return Kept(DynamoDBRows(store, name), client_id, make_key=make_key, find_api_url=find_api_url)


def aws_settings(target: Target) -> AwsSettings:
    """With the credentials that the chosen profile gives now. They may last for an hour."""
    credentials = target.session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    given = {
        "AWS_REGION": target.region,
        "AWS_ACCESS_KEY_ID": frozen.access_key,
        "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
        "AWS_SESSION_TOKEN": frozen.token or "",
    }
    return AwsSettings.from_env({**os.environ, **given})


def key_ids_of(target: Target) -> list[str]:
    """What the deployed function seals under, then what else it opens; the stage's own key is always among them."""
    return list(dict.fromkeys([*deployed_key_ids(target), key_arn(target)]))


@dataclass(frozen=True)
class Here:
    """This machine's data, as `make dev` uses it."""

    data_dir: Path
    client_id: str
    slack_api_url: str

    @classmethod
    def find(cls) -> Here:
        environment = merge(read_env_file(ENV_FILE), os.environ)
        data_dir = Path(environment.get("DATA_DIR", ".errand"))
        return cls(
            data_dir,
            environment.get(CLIENT_ID) or only_client_id(data_dir / "installations.sqlite3"),
            environment.get("SLACK_API_URL", SLACK_API_URL),
        )

    @property
    def database(self) -> Path:
        return self.data_dir / "installations.sqlite3"

    @property
    def key_file(self) -> Path:
        return self.data_dir / "key"

    @contextmanager
    def sole_use(self) -> Iterator[None]:
        """Raises Stop while the app runs: it would go on with the key that it has read."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Stop(f"{self.data_dir} cannot be made a folder ({error.strerror}). Set DATA_DIR.") from None
        with (self.data_dir / "app.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Stop(f"The app is running on {self.data_dir}/. Stop it first.") from None
            yield


def only_client_id(database: Path) -> str:
    try:
        found = client_ids_in(database) if database.is_file() else []
    except sqlite3.Error as error:
        raise Stop(f"{database}: {error}.") from None
    if len(found) == 1:
        return found[0]
    if not found:
        raise Stop(
            f"There are no installations in {database.parent}/ yet. A stage's are those of STAGE=…; for this machine's,"
            f" set {CLIENT_ID} in .env."
        )
    raise Stop(f"{database} is of several apps. Say which: {CLIENT_ID}=… make …, one of {', '.join(found)}.")


def kept_here() -> Kept:
    here = Here.find()
    rows = SQLiteRows(here.database, here.client_id)
    return Kept(
        rows,
        here.client_id,
        make_key=lambda: KeyFile(here.key_file),
        find_api_url=lambda: here.slack_api_url,
    )
