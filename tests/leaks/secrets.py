"""Secrets that can be recognised wherever they turn up, whole or in part, plain or encoded."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field

CORE = 30  # letters
PART = 15  # of them in a row are a leak: what was cut, or broken over two lines, is one too

# What is part of every encoding of a part: base64 has three ways, by where in its row of three bytes a text begins.
ALPHABETS = (b64encode, urlsafe_b64encode)


@dataclass(frozen=True, order=True)
class Leak:
    """`where` is the channel and what of it."""

    secret: str
    where: str
    encoding: str
    around: str = field(compare=False, default="")


class Planted:
    """By name, and every form of each that may not be found."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._needles: dict[str, dict[bytes, str]] = {}

    def make(self, name: str, prefix: str = "", suffix: str = "") -> str:
        """A new one, which no other text holds a part of."""
        return self.know(name, prefix + secrets.token_hex(CORE // 2) + suffix)

    def know(self, name: str, value: str | bytes) -> str:
        """One that somebody else made. Of bytes, such as a key's, no part is told from the next."""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        self.values[name] = text
        parts = [value] if isinstance(value, bytes) else _parts(value)
        self._needles[name] = {needle: how for part in parts for needle, how in _encoded(part)}
        return text

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def leaks(self, where: str, text: str | bytes, *, but: tuple[str, ...] = ()) -> list[Leak]:
        """Each secret once, but for those that belong there, named by how their names begin."""
        haystack = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        return [
            Leak(name, where, how, _around(haystack, needle))
            for name, needles in self._needles.items()
            if not name.startswith(but or ("\0",))
            for needle, how in _first(haystack, needles)
        ]


def _first(haystack: bytes, needles: dict[bytes, str]) -> list[tuple[bytes, str]]:
    return [(needle, how) for needle, how in needles.items() if needle in haystack][:1]


def _around(haystack: bytes, needle: bytes) -> str:
    at = haystack.index(needle)
    return haystack[max(0, at - 120) : at + len(needle) + 40].decode("utf-8", "replace")


def _parts(value: str) -> list[bytes]:
    """The letters that make it out: its beginning may be that of all of Slack's tokens, its end a path."""
    core = max(_runs(value), key=len)[-CORE:]
    assert len(core) >= PART, f"{value!r} is too short to be told from anything else"
    return [core[:PART].encode(), core[-PART:].encode()]


def _runs(value: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in value).split()


def _encoded(part: bytes) -> Iterator[tuple[bytes, str]]:
    yield part, "plain"
    yield repr(part)[2:-1].encode(), "repr"
    yield json.dumps(part.decode("latin-1"))[1:-1].encode(), "JSON"
    yield part.decode("latin-1").encode(), "UTF-8"
    yield part.hex().encode(), "hex"
    yield part.hex().upper().encode(), "hex"
    yield "".join(f"%{byte:02X}" for byte in part).encode(), "URL"
    yield "".join(f"%{byte:02x}" for byte in part).encode(), "URL"
    for alphabet in ALPHABETS:
        for offset in range(3):
            # letters that are made of this part alone, and of nothing beside it
            encoded = alphabet(b"\0" * offset + part)
            needle = encoded[-(-8 * offset // 6) : 8 * (offset + len(part)) // 6]
            yield needle, "base64"
            yield needle.replace(b"+", b"%2B").replace(b"/", b"%2F"), "base64 in a URL"
