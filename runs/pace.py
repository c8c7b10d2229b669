"""How often a progress bar may move, and how often a run is looked at for whether it should stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

# chat.update is a tier 3 method: about 50 calls a minute for the whole workspace, all runs together. A run keeps to
# 3 s; when many are live they share 40 of the 50, leaving the rest for starts, ends and cancels.
SHORTEST_GAP = 3.0
UPDATES_PER_MINUTE = 40

# A job may report progress a thousand times a second, and each look is a read of the storage.
LOOK_EVERY = 1.0  # seconds


class Pace:
    """Grants one run's updates: the first at once, the next after a gap that widens with the number of live runs."""

    def __init__(self, *, monotonic: Callable[[], float], live_runs: Callable[[], int]) -> None:
        self._monotonic = monotonic
        self._live_runs = live_runs
        self._next_at = float("-inf")
        self._lock = threading.Lock()

    def is_due(self) -> bool:
        """True at most once a gap; jobs may report from several threads."""
        with self._lock:
            now = self._monotonic()
            if now < self._next_at:
                return False
            self._next_at = now + max(SHORTEST_GAP, self._live_runs() * 60 / UPDATES_PER_MINUTE)
            return True

    def hold(self, seconds: float) -> None:
        """Slack said to wait (`Retry-After`)."""
        with self._lock:
            self._next_at = max(self._next_at, self._monotonic() + seconds)


class Watch:
    """Whether one run is to stop. What was found holds for a second, or until `look_again`; a yes holds for good."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._is_over = False
        self._next_at = float("-inf")
        self._lock = threading.Lock()

    def is_over(self, look: Callable[[], bool]) -> bool:
        with self._lock:
            now = self._monotonic()
            if self._is_over or now < self._next_at:
                return self._is_over
            self._next_at = now + LOOK_EVERY
        if look():
            self._is_over = True
        return self._is_over

    def look_again(self) -> None:
        """Somebody has pressed Cancel, and this process knows."""
        with self._lock:
            self._next_at = float("-inf")
