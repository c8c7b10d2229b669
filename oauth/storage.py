"""Where an app for many workspaces keeps what OAuth needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from slack_sdk.oauth.installation_store import Bot, InstallationStore

if TYPE_CHECKING:
    from oauth.keys import Key
    from oauth.leases import Leases
    from oauth.state import Consumed


class Storage(Protocol):
    """Each part is made when it is first asked for.

    `is_at_hand`: reading it is fast enough for an ack. `where` says to people where tokens lie, as a sentence's end.
    """

    is_at_hand: bool
    where: str

    def store(self) -> InstallationStore: ...

    def leases(self) -> Leases: ...

    def consumed(self) -> Consumed: ...

    def rotating_before(self, moment: float) -> Iterable[Bot]:
        """The bots, as they are stored, whose tokens end before that."""

    def close(self) -> None: ...


def sealed(
    inner: InstallationStore, key: Key, client_id: str, *, accept_plain: bool = True
) -> InstallationStore:
    from oauth.cipher import Cipher
    from oauth.encrypted_store import EncryptedInstallationStore

    return EncryptedInstallationStore(inner, Cipher(key, client_id=client_id), accept_plain=accept_plain)
