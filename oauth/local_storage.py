"""What OAuth needs, on one's own machine: SQLite files, and a key in a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from slack_sdk.oauth.installation_store import Bot, InstallationStore

from oauth.consumed import SQLiteConsumed
from oauth.key_file import KeyFile
from oauth.leases import LocalLeases
from oauth.local_store import LocalInstallationStore
from oauth.storage import sealed


class LocalStorage:
    """Of the one process that uses `data_dir`."""

    is_at_hand = True
    where = "in a file on the machine it runs on, under a key that lies beside it"

    def __init__(self, data_dir: Path, client_id: str, *, clock: Callable[[], float] = time.time) -> None:
        self._inner = LocalInstallationStore(data_dir / "installations.sqlite3", client_id)
        self._store = sealed(self._inner, KeyFile(data_dir / "key"), client_id)
        self._leases = LocalLeases()
        self._consumed = SQLiteConsumed(data_dir / "consumed.sqlite3", clock=clock)

    def store(self) -> InstallationStore:
        return self._store

    def leases(self) -> LocalLeases:
        return self._leases

    def consumed(self) -> SQLiteConsumed:
        return self._consumed

    def rotating_before(self, moment: float) -> Iterable[Bot]:
        return self._inner.rotating_before(moment)

    def close(self) -> None:
        """Nothing is kept open."""
