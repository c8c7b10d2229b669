"""What slack_sdk's own installation stores hold: SQLite, SQLAlchemy on SQLite, files, Amazon S3. Read, never written.

The stores themselves cannot list, and swallow errors. Their layouts: slack_sdk/oauth/installation_store/.
"""

from __future__ import annotations

import inspect
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError
from slack_sdk.oauth.installation_store import Bot, Installation

from ops.stage import Stop

BOT_FIELDS = frozenset(inspect.signature(Bot).parameters)
INSTALLATION_FIELDS = frozenset(inspect.signature(Installation).parameters)

# `<enterprise or none>-<team or none>`; Slack's ids are letters and digits.
WORKSPACE_FOLDER = re.compile(r"(none|E\w+)-(none|T\w+)")
CURRENT = re.compile(r"bot-latest|installer-latest|installer-.+-latest")
MOST = 1_000_000  # bytes; an installation is 2 kB
TOO_LONG = "is far too long for an installation"

HOW = """\
--from is where slack_sdk's own store keeps its installations:
  s3://BUCKET[/PREFIX]   AmazonS3InstallationStore
  sqlite:///PATH         SQLite3InstallationStore, or SQLAlchemy on SQLite; four slashes for a path from the root
  file:PATH              FileInstallationStore, such as file:~/.bolt-app-installation"""


@dataclass(frozen=True)
class Found:
    """One record of a source, as it is: its tokens plain or sealed. `client_id` is empty where none is kept."""

    where: str
    client_id: str
    record: Bot | Installation

    def __repr__(self) -> str:  # the SDK's own would do no harm, but nothing promises that
        return f"Found({self.where})"


@dataclass(frozen=True)
class Broken:
    """What cannot be read, and why; never what it says."""

    where: str
    client_id: str
    why: str


class Source(Protocol):
    name: str

    def count(self) -> int: ...

    def read(self) -> Iterator[Found | Broken]: ...


class CannotRead(Stop):
    """The message says what is wrong with a record, and holds nothing of it."""


def source_of(url: str, make_s3_client: Any) -> Source:
    """Raises Stop if there is nothing of that kind. `make_s3_client` is called for `s3:` only."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return S3Source(make_s3_client(), parts.netloc, parts.path.strip("/"))
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.startswith("/"):
        return SQLiteSource(Path(unquote(parts.path[1:])).expanduser())
    if parts.scheme == "file" and not parts.netloc and parts.path:
        return FileSource(Path(unquote(parts.path)).expanduser())
    raise Stop(HOW)


class SQLiteSource:
    """Every save is a row of its own; the last of each workspace, and of each of its users, counts."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise Stop(f"There is no {path}. A path from the root has four slashes: sqlite:////var/….")
        self.name = f"{path}"
        self.path = path

    def count(self) -> int:
        return sum(1 for _ in self._rows())

    def read(self) -> Iterator[Found | Broken]:
        for table, row in self._rows():
            where, client_id = f"{self.name}, {table} {row['id']}", str(row.get("client_id") or "")
            try:
                yield Found(where, client_id, record_of(row, is_bot=table == "slack_bots"))
            except CannotRead as error:
                yield Broken(where, client_id, str(error))

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        try:
            with closing(sqlite3.connect(f"file:{quoted(self.path)}?mode=ro", uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                for table in ("slack_installations", "slack_bots"):
                    for row in connection.execute(newest_of(table)):
                        yield table, columns_in(row)
        except sqlite3.Error as error:
            raise Stop(f"{self.path} cannot be read as slack_sdk's installations: {error}.") from None


def columns_in(row: sqlite3.Row) -> dict[str, Any]:
    """Custom values, which this app's own store keeps and slack_sdk's does not, are JSON."""
    columns = dict(row)
    values = columns.get("custom_values")
    if isinstance(values, str):
        with suppress(ValueError):  # it stays the text that it is, and is of a wrong type
            columns["custom_values"] = json.loads(values)
    return columns


def newest_of(table: str) -> str:
    """Ids only grow, and `installed_at` has whole seconds."""
    users = ", user_id" if table == "slack_installations" else ""
    per = f"client_id, coalesce(enterprise_id, ''), coalesce(team_id, ''){users}"
    return f"select * from {table} where id in (select max(id) from {table} group by {per}) order by id"  # noqa: S608 (our own words)


def quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class FileSource:
    """`[client id/]enterprise-team/{bot,installer,installer-USER}-latest`; what else is there is history."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Stop(f"There is no folder {folder}.")
        self.name = f"{folder}"
        self._folder = folder

    def count(self) -> int:
        return sum(1 for _ in self._files())

    def read(self) -> Iterator[Found | Broken]:
        for path in self._files():
            client_id = self._client_id(path)
            where = str(path.relative_to(self._folder))
            try:
                with path.open("rb") as file:
                    text = file.read(MOST + 1)
            except OSError as error:
                yield Broken(where, client_id, f"cannot be read: {error.strerror}")
                continue
            if len(text) > MOST:
                yield Broken(where, client_id, TOO_LONG)
                continue
            yield parsed(where, client_id, path.parent.name, path.name, text)

    def _files(self) -> Iterator[Path]:
        for pattern in ("*-*/*-latest", "*/*-*/*-latest"):
            for path in sorted(self._folder.glob(pattern)):
                if CURRENT.fullmatch(path.name) and WORKSPACE_FOLDER.fullmatch(path.parent.name):
                    yield path

    def _client_id(self, path: Path) -> str:
        """The folder above, if it looks like one: the SDK's store may be made without a client id."""
        above = path.parent.parent
        is_one = above != self._folder or re.fullmatch(r"[\d.]+", above.name)
        return above.name if is_one else ""


class S3Source:
    """`[prefix/]client id/enterprise-team/{bot,installer,installer-USER}-latest`; what else is there is history."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def count(self) -> int:
        return sum(1 for _ in self._keys())

    def read(self) -> Iterator[Found | Broken]:
        for key, size in self._keys():
            *_, client_id, folder, name = key.split("/")
            if size > MOST:
                yield Broken(key, client_id, TOO_LONG)
                continue
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            yield parsed(key, client_id, folder, name, answer["Body"].read())

    def _keys(self) -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        try:
            for page in pages:
                for each in page.get("Contents", []):
                    if is_current(each["Key"]):
                        yield each["Key"], each["Size"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                raise Stop(f"There is no bucket {self._bucket}.") from None
            raise


def is_current(key: str) -> bool:
    parts = key.split("/")
    return len(parts) >= 3 and bool(WORKSPACE_FOLDER.fullmatch(parts[-2]) and CURRENT.fullmatch(parts[-1]))


def parsed(where: str, client_id: str, folder: str, name: str, text: bytes) -> Found | Broken:
    try:
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise CannotRead("is no JSON object")
        record = record_of(fields, is_bot=name == "bot-latest")
        if folder_of(record) != folder:
            raise CannotRead("is of another workspace than its folder says")
    except CannotRead as error:
        return Broken(where, client_id, str(error))
    except ValueError:  # also bytes that are no UTF-8
        return Broken(where, client_id, "is no JSON")
    return Found(where, client_id, record)


def folder_of(record: Bot | Installation) -> str:
    return f"{record.enterprise_id or 'none'}-{record.team_id or 'none'}"


def record_of(fields: Mapping[str, Any], *, is_bot: bool) -> Bot | Installation:
    """What other versions of the SDK write besides is left out. Raises CannotRead."""
    kind, known = (Bot, BOT_FIELDS) if is_bot else (Installation, INSTALLATION_FIELDS)
    given = {name: value for name, value in fields.items() if name in known}
    for name in ("bot_token", "bot_id", "bot_user_id") if is_bot else ("user_id",):
        if not isinstance(given.get(name), str) or not given[name]:
            raise CannotRead(f"has no {name}")
    if not (given.get("team_id") or given.get("enterprise_id")):
        raise CannotRead("has neither a team_id nor an enterprise_id")
    if given.get("installed_at") in (None, ""):
        raise CannotRead("has no installed_at")  # the SDK would take it for now
    for name, value in given.items():
        if not is_sound(name, value):
            raise CannotRead(f"has a {name} of a wrong type")
    try:
        record = kind(**{name: as_slack_sdk_has_it(name, value) for name, value in given.items()})
        for moment in filter(None, map(vars(record).get, TIMES)):
            datetime.fromtimestamp(moment, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise CannotRead("has a time that is none") from None
    return record


def as_slack_sdk_has_it(name: str, value: Any) -> Any:
    """SQLite knows neither None from '' (in its keys) nor true from 1; scopes may be null."""
    if name in SCOPES:
        return value or ""
    if name == "is_enterprise_install":
        return bool(value)
    if name == "installed_at" and isinstance(value, int):
        return float(value)
    return value if value != "" else None


SCOPES = ("bot_scopes", "user_scopes")
TIMES = ("installed_at", "bot_token_expires_at", "user_token_expires_at")


def is_sound(name: str, value: Any) -> bool:
    if value is None or name in TIMES:
        return value is None or isinstance(value, str | int | float)
    if name in SCOPES:
        return isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(each, str) for each in value)
        )
    if name == "custom_values":
        return isinstance(value, dict)
    if name == "is_enterprise_install":
        return isinstance(value, bool | int)
    return isinstance(value, str)
