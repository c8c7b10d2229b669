"""Who may do a thing alone for a while, such as asking Slack for a new token."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol
from uuid import uuid4


class Leases(Protocol):
    def take(self, name: str, seconds: float) -> str | None:
        """The holder to release it by, or None while somebody else holds it. It is free again after `seconds`."""

    def release(self, name: str, holder: str) -> None:
        """Nothing happens if the holder's time is up, and even if somebody else has taken it since."""


class _Lease(NamedTuple):
    holder: str
    until: float


class LocalLeases:
    """Among the threads of one process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._held: dict[str, _Lease] = {}
        self._lock = threading.Lock()

    def take(self, name: str, seconds: float) -> str | None:
        with self._lock:
            now = self._monotonic()
            self._held = {each: lease for each, lease in self._held.items() if lease.until > now}
            if name in self._held:
                return None
            self._held[name] = _Lease(uuid4().hex, now + seconds)
            return self._held[name].holder

    def release(self, name: str, holder: str) -> None:
        with self._lock:
            lease = self._held.get(name)
            if lease and lease.holder == holder:
                del self._held[name]
