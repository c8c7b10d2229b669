"""The rows in which installations lie, as they are: plain or sealed, the current ones and those kept as history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from slack_sdk.oauth.installation_store import Bot, Installation

from oauth.cipher import is_sealed, key_id_of
from oauth.encrypted_store import stored_tokens
from oauth.keys import CipherError, UnknownVersion, shown
from ops.installation_sources import Broken

Record = Bot | Installation

# What stands in the place of a key that a sealed text does not name.
BROKEN = "broken!"
NEWER = "newer!"  # sealed by a later version of this app


@dataclass(frozen=True)
class Row:
    """`at` means something to the rows it came from. Neither history nor what a later save replaced is latest."""

    at: Any = field(repr=False)
    record: Record = field(repr=False)
    is_latest: bool = True

    def __str__(self) -> str:
        user = getattr(self.record, "user_id", None)
        workspace = self.record.team_id or self.record.enterprise_id or "?"
        return f"{workspace}, {f'user {user}' if user else 'bot'}{'' if self.is_latest else ', history'}"

    @property
    def keys(self) -> dict[str, str | None]:
        """What each of its secrets says it is sealed under, by the field's name; None: it is plain."""
        return {name: _key_of(value) for name, value in stored_tokens(self.record).items()}


class Rows(Protocol):
    """Of one client id. `name` says to people where they lie. What AWS or SQLite fails at is raised as they have it."""

    name: str

    def read(self) -> Iterator[Row | Broken]: ...

    def reread(self, row: Row) -> Row | None:
        """As it is now; None: it is gone."""

    def find(self, record: Record) -> Row | None:
        """The latest of the same workspace: the bot's row for a Bot, its user's for an Installation."""

    def replace(self, row: Row, record: Record) -> bool:
        """False: it has changed since it was read, or is gone."""

    def put(self, record: Record, *, over: Row | None) -> bool:
        """In the place of `over`, or as the first. False: that is no longer what is there."""

    def delete_all(self, record: Record) -> None:
        """Whatever there is of the record's workspace."""


def _key_of(secret: str) -> str | None:
    if not is_sealed(secret):
        return None
    try:
        return shown(key_id_of(secret))
    except UnknownVersion:
        return NEWER
    except CipherError:
        return BROKEN
