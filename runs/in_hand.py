"""What this process has in hand: runs that it takes up, and those that are at work in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runs.pace import Watch


class InHand:
    """Whatever is in hand here is this process's own: nobody else in it takes it up, nor accounts for it."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._claims = threading.Lock()
        self._claimed: set[str] = set()
        self._at_work: dict[str, Watch] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._claimed

    def claim(self, run_id: str) -> bool:
        """False if it is in hand already."""
        with self._claims:
            if run_id in self._claimed:
                return False
            self._claimed.add(run_id)
            return True

    def release(self, run_id: str) -> None:
        self._claimed.discard(run_id)

    @contextmanager
    def at_work(self, run_id: str) -> Iterator[Watch]:
        """While its job is being carried out, which the watch tells whether to stop."""
        watch = self._at_work[run_id] = Watch(monotonic=self._monotonic)
        try:
            yield watch
        finally:
            del self._at_work[run_id]

    def count(self) -> int:
        """The runs at work."""
        return len(self._at_work)

    def look_again(self, run_id: str) -> None:
        """Somebody has pressed Cancel. Nothing happens if it is not at work here."""
        watch = self._at_work.get(run_id)
        if watch:
            watch.look_again()
