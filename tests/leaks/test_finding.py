"""That what must not be found would be found: a secret is planted into each channel, in each encoding."""

from __future__ import annotations

import json
import logging
import sqlite3
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.leaks.channels import Channels, logged
from tests.leaks.secrets import PART, Planted

Encode = Callable[[str], str]

ENCODINGS: dict[str, Encode] = {
    "plain": str,
    "half": lambda value: value[:-PART],
    "other half": lambda value: value[-PART:],
    "in JSON": lambda value: json.dumps(json.dumps({"url": f"é/{value}"})),
    "in a URL": lambda value: quote(f"https://é/?{value}", safe=""),
    "in bytes": lambda value: repr(value.encode()),
    "hex": lambda value: value.encode().hex(),
    "every letter escaped": lambda value: "".join(f"%{ord(letter):02x}" for letter in value),
    **{
        f"base64, {len(before)} before": lambda value, before=before: b64encode(
            (before + value).encode()
        ).decode()
        for before in ("", "a", "ab", "abc")
    },
    "base64 for URLs": lambda value: urlsafe_b64encode(f"??>{value}".encode()).decode(),
    "a form in base64": lambda value: b64encode(f"a={quote(value, safe='')}&b=1".encode()).decode(),
}


@pytest.fixture
def channels() -> Channels:
    planted = Planted()
    planted.make("token", "xoxb-1-")
    planted.make("url", "https://hooks.slack.com/services/T1/B1/")
    planted.know("key", bytes(range(240, 256)) + b'"\\\n\0')
    return Channels(planted)


def names(channels: Channels) -> set[str]:
    return {leak.secret for leak in channels.leaks()}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("name", ["token", "url"])
def test_it_is_found_in_every_encoding(channels: Channels, encode: Encode, name: str) -> None:
    channels.take("log", f"before {encode(channels.planted[name])} after")
    assert names(channels) == {name}


@pytest.mark.parametrize(
    "encode", [repr, bytes.hex, lambda key: b64encode(b"x" + key), lambda key: b64encode(key)]
)
def test_so_is_a_key(channels: Channels, encode: Callable[[bytes], object]) -> None:
    channels.take("log", f"before {encode(channels.planted['key'].encode('latin-1'))} after")
    assert names(channels) == {"key"}


def test_what_is_none_is_not_found(channels: Channels) -> None:
    channels.take("log", "xoxb-1- https://hooks.slack.com/services/T1/B1/ " + "0123456789abcdef" * 40)
    assert names(channels) == set()


def plant_in_log(channels: Channels, secret: str) -> None:
    with logged(channels):
        logging.getLogger("anybody's").debug("it is %s", secret)


def plant_in_traceback(channels: Channels, secret: str) -> None:
    with logged(channels):
        try:
            raise ValueError(secret)
        except ValueError:
            logging.getLogger("anybody's").exception("it failed")


def plant_in_note(channels: Channels, secret: str) -> None:
    error = ValueError("it failed")
    error.add_note(secret)
    with channels.exceptions():
        raise error


def plant_in_cause(channels: Channels, secret: str) -> None:
    with channels.exceptions():
        raise ValueError("it failed") from OSError(secret)


def plant_in_context(channels: Channels, secret: str) -> None:
    with channels.exceptions():
        try:
            raise OSError(secret)
        except OSError:
            raise ValueError("it failed") from None


def plant_in_page(channels: Channels, secret: str) -> None:
    channels.page({"set-cookie": secret}, "<html>")


def plant_in_row(channels: Channels, secret: str) -> None:
    channels.row({"bot": {"M": {"token": {"S": secret}}}})


@pytest.mark.parametrize(
    "plant",
    [
        plant_in_log,
        plant_in_traceback,
        plant_in_note,
        plant_in_cause,
        plant_in_context,
        plant_in_page,
        plant_in_row,
    ],
)
def test_it_is_found_in_every_channel(channels: Channels, plant: Callable[[Channels, str], None]) -> None:
    plant(channels, channels.planted["token"])
    assert names(channels) == {"token"}


def test_it_is_found_in_a_database(channels: Channels, tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("create table bots (token text)")
        database.execute("insert into bots values (?)", [channels.planted["token"]])
    channels.sqlite(file)
    assert names(channels) == {"token"}
    assert {leak.where for leak in channels.leaks()} == {"row a.sqlite3", "row a.sqlite3 as it lies"}


def test_what_belongs_there_is_no_leak_but_anything_else_is(channels: Channels) -> None:
    channels.take("page", channels.planted["token"] + channels.planted["url"], but=("tok",))
    assert names(channels) == {"url"}
