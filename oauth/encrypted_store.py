"""Seals the tokens of any of slack_sdk's installation stores, and opens them, between the store and its caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from logging import Logger
from typing import Any, TypeVar

from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from oauth.async_calls import AsyncCalls
from oauth.cipher import Cipher, Group, is_sealed
from oauth.keys import CipherError, ColumnTooNarrow, OtherRecord, PlainText

BOT_FIELDS = ("bot_token", "bot_refresh_token")

# An incoming webhook came with one user's installation. slack_sdk's stores hand that user's row out with the latest
# row's bot token put in, so the bot's fields and the others may be of two saves: two groups, at most two Decrypts.
USER_FIELDS = (
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
    "incoming_webhook_configuration_url",
)

# A sealed text is up to 500 letters longer than its token, and Slack sets no limit on those.
NEEDED_LETTERS = 2000

Record = TypeVar("Record", Bot, Installation)


class EncryptedInstallationStore(AsyncCalls):
    """Over any InstallationStore; neither what is given nor what the store hands out is changed.

    What was stored before there was a cipher is read as it is, and sealed at its next save; not so with
    `accept_plain=False`, for a store that never held any. Finding and saving raise CipherError.
    """

    def __init__(self, inner: InstallationStore, cipher: Cipher, *, accept_plain: bool = True) -> None:
        """Raises ColumnTooNarrow, and TypeError for a store that asyncio alone can call."""
        if not hasattr(inner, "find_bot"):
            raise TypeError(f"{type(inner).__name__} is no InstallationStore: it has no method find_bot.")
        for table, column, letters in _narrow_columns(inner):
            raise ColumnTooNarrow(
                f"{table}.{column} takes {letters} letters, and a sealed token needs up to {NEEDED_LETTERS}:"
                " make the column a Text, in the database and in the store's table."
            )
        self.inner = inner
        self._cipher = cipher
        self._accept_plain = accept_plain

    @property
    def logger(self) -> Logger:
        return self.inner.logger

    def save(self, installation: Installation) -> None:
        self.inner.save(seal_record(self._cipher, installation))

    def save_bot(self, bot: Bot) -> None:
        self.inner.save_bot(seal_record(self._cipher, bot))

    def find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        bot = self.inner.find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        if bot is None:
            return None
        _check_ids(bot, enterprise_id, team_id, is_enterprise_install)
        return self._open(bot)

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        installation = self.inner.find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        if installation is None:
            return None
        _check_ids(installation, enterprise_id, team_id, is_enterprise_install)
        if user_id is not None and user_id != installation.user_id:
            raise OtherRecord
        return self._open(installation)

    def replace_bot(self, before: Bot, bot: Bot) -> bool:
        """Of a store that has it: saves the bot in place of that one. False if another is stored by now, or none."""
        stored = self.inner.find_bot(
            enterprise_id=before.enterprise_id or None,
            team_id=before.team_id or None,
            is_enterprise_install=before.is_enterprise_install,
        )
        if stored is None or self._open(stored).bot_token != before.bot_token:
            return False
        replace: Callable[[Bot, Bot], bool] = self.inner.replace_bot  # type: ignore[attr-defined]
        return replace(stored, seal_record(self._cipher, bot))

    def replace_installation(self, before: Installation, installation: Installation) -> bool:
        """The same of a person's, by their token; the bot stays as it is."""
        stored = self.inner.find_installation(
            enterprise_id=before.enterprise_id or None,
            team_id=before.team_id or None,
            user_id=before.user_id,
            is_enterprise_install=before.is_enterprise_install,
        )
        if stored is None or self._open(stored).user_token != before.user_token:
            return False
        replace: Callable[[Installation, Installation], bool] = self.inner.replace_installation  # type: ignore[attr-defined]
        return replace(stored, seal_record(self._cipher, installation))

    def remove_bot(self, bot: Bot) -> bool:
        """Of a store that has it: deletes that bot. False if another is stored by now, or none."""
        stored = self.inner.find_bot(
            enterprise_id=bot.enterprise_id or None,
            team_id=bot.team_id or None,
            is_enterprise_install=bot.is_enterprise_install,
        )
        if stored is None or self._open(stored).bot_token != bot.bot_token:
            return False
        remove: Callable[[Bot], bool] = self.inner.remove_bot  # type: ignore[attr-defined]
        return remove(stored)

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.inner.delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        self.inner.delete_installation(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.inner.delete_all(enterprise_id=enterprise_id, team_id=team_id)

    def _open(self, record: Record) -> Record:
        return open_record(self._cipher, record, accept_plain=self._accept_plain)


def seal_record(cipher: Cipher, record: Record) -> Record:
    """A copy, sealed under the cipher's key. Absent fields stay as they are, None or ''. Raises CipherError."""
    sealed = _copied(record)
    for group, names in _groups(record):
        fields = {name: value for name in names if (value := getattr(record, name))}
        for name, value in cipher.seal(group, fields).items():
            setattr(sealed, name, value)
    return sealed


def open_record(cipher: Cipher, record: Record, *, accept_plain: bool = True) -> Record:
    """A copy. Raises CipherError."""
    opened = _copied(record)
    for group, names in _groups(record):
        for name in names:
            value = getattr(record, name)
            if is_sealed(value):
                setattr(opened, name, _opened(cipher, group, name, value))
            elif value and not accept_plain:
                raise PlainText(
                    f"{name} of {group} lies unsealed in a store that is to hold sealed tokens only. See who wrote it:"
                    " if it was you, `make reencrypt` seals it; if not, delete that installation."
                )
    return opened


def _opened(cipher: Cipher, group: Group, name: str, sealed: str) -> str:
    try:
        return cipher.open(group, name, sealed)
    except CipherError as error:
        error.add_note(f"It is {name} of {group}.")  # for the log
        raise


def stored_tokens(record: Bot | Installation) -> dict[str, str]:
    """What a record from the inner store has in the fields that are sealed, by the field's name."""
    return {name: value for _, names in _groups(record) for name in names if (value := getattr(record, name))}


def _groups(record: Bot | Installation) -> Iterator[tuple[Group, tuple[str, ...]]]:
    enterprise_id, team_id = record.enterprise_id or "", record.team_id or ""
    yield Group(enterprise_id, team_id), BOT_FIELDS
    if isinstance(record, Installation):
        yield Group(enterprise_id, team_id, record.user_id or ""), USER_FIELDS


def _copied(record: Record) -> Record:
    copied = copy(record)
    copied.custom_values = dict(record.custom_values)
    return copied


def _check_ids(
    record: Bot | Installation,
    enterprise_id: str | None,
    team_id: str | None,
    is_enterprise_install: bool | None,
) -> None:
    wanted_team_id = "" if is_enterprise_install else team_id or ""  # as slack_sdk's stores look it up
    if (record.enterprise_id or "", record.team_id or "") != (enterprise_id or "", wanted_team_id):
        raise OtherRecord


def _narrow_columns(store: Any) -> Iterator[tuple[str, str, int]]:
    """Of SQLAlchemy's tables, whatever attributes they are kept in, or of the store that this one wraps."""
    for value in list(getattr(store, "__dict__", {}).values()):
        if isinstance(value, InstallationStore):
            yield from _narrow_columns(value)
        for column in _columns(value):
            length = getattr(getattr(column, "type", None), "length", None)
            if column.name in (*BOT_FIELDS, *USER_FIELDS) and length is not None and length < NEEDED_LETTERS:
                yield value.name, column.name, length


def _columns(table: Any) -> Iterable[Any]:
    is_table = hasattr(table, "columns") and hasattr(table, "metadata") and hasattr(table, "primary_key")
    return table.columns if is_table else ()
