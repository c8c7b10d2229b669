"""The keys that tokens are sealed under, and what can go wrong with them. Each kind of key has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

# Whatever a key's id is said to be comes out of the store: no longer than this gets into a message.
SHOWN = 200


class CipherError(Exception):
    """A token could not be sealed or opened. No message of these names a token, a key or what was sealed."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).__doc__)


class BrokenText(CipherError):
    """The sealed text is not whole: it was cut short or written over. Install the app again in this workspace."""


class UnknownVersion(CipherError):
    """The text was sealed by a newer version of this app. Deploy that version again."""


class NotAuthentic(CipherError):
    """The sealed text was altered or belongs to another record. See who writes to the store, then install again."""


class OtherRecord(CipherError):
    """The store handed out another workspace's or user's record than it was asked for."""


class PlainText(CipherError):
    """A token lies unsealed in a store that is to hold sealed ones only."""


class ForeignKey(CipherError):
    """The text is sealed under a key that this app does not open."""


class KeyRefused(CipherError):
    """The key may not be used now. The message says what an operator does next."""


class KeyUnreachable(CipherError):
    """The key's service did not answer, or had too much to do. Trying again later is right."""


class KeyFileUnusable(CipherError):
    """The key file is missing, damaged, or open to others. The message says what to do."""


class ColumnTooNarrow(CipherError):
    """A store's column would cut sealed texts short."""


class DataKey(NamedTuple):
    """`plaintext` (32 bytes) seals and is forgotten; `wrapped`, the same sealed under the key, is stored beside."""

    plaintext: bytes
    wrapped: bytes
    key_id: str

    def __repr__(self) -> str:
        return f"DataKey(key_id={self.key_id!r})"


class Key(Protocol):
    """Never hands out itself, only data keys. For several threads at once.

    What was wrapped with one context is not opened with another. Both raise CipherError.
    """

    def generate_data_key(self, context: Mapping[str, str]) -> DataKey: ...

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        """`key_id` is as the sealed text says: untrusted."""
        ...


def shown(key_id: str) -> str:
    """An untrusted key id, fit for a message."""
    text = "".join(letter if letter.isprintable() else "?" for letter in key_id[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
