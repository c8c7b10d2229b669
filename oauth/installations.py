"""All that the app knows of where it is installed, made once for a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauth.authorize import Users
from oauth.bots import Bots
from oauth.revocations import Revocations, RevocationsOfSettings

if TYPE_CHECKING:
    from oauth.storage import Storage


@dataclass(frozen=True)
class Installations:
    """`storage` is None in one workspace, whose token is a setting. `renew` is for whoever has time, often."""

    bots: Bots
    revocations: Revocations
    users: Users | None = None
    storage: Storage | None = None
    renew: Callable[[], None] = lambda: None

    def close(self) -> None:
        """Lets go of connections."""
        if self.storage:
            self.storage.close()


def installations_of_one(bots: Bots) -> Installations:
    return Installations(bots, RevocationsOfSettings(bots))
