"""The last lines that a job logged: kept with its run, so that whoever may read them needs no access to the log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from runs.mrkdwn import cut, sayable

MOST_LINES = 20
MOST_BYTES = 4_000  # of all lines: a record has 400 kB for everything
LONGEST_LINE = 500

# Shorter values stand in many a line by chance: on one's own machine all of the environment is among the secrets.
SHORTEST_SECRET = 6


class LogTail:
    """Threads may add to it. `earlier` is what owners before have left."""

    def __init__(
        self,
        secrets: Mapping[str, str],
        earlier: Iterable[str] = (),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # the longest first: one may be part of another
        known = {value.strip() for value in secrets.values() if len(value.strip()) >= SHORTEST_SECRET}
        self._secrets = sorted(known, key=len, reverse=True)
        self._clock = clock
        self._lock = threading.Lock()
        self._lines = tuple(earlier)

    @property
    def lines(self) -> tuple[str, ...]:
        return self._lines

    def add(self, level: int, message: str) -> None:
        """Without the values of secrets, wherever they stand in it."""
        for secret in self._secrets:
            message = message.replace(secret, "…")
        at = time.strftime("%H:%M:%S", time.gmtime(self._clock()))
        sign = f"{at} {logging.getLevelName(level)}" if level >= logging.WARNING else at
        new = [cut(f"{sign} {sayable(line)}", LONGEST_LINE) for line in message.splitlines() or [""]]
        with self._lock:
            self._lines = _within_bounds((*self._lines, *new))


def _within_bounds(lines: tuple[str, ...]) -> tuple[str, ...]:
    kept = lines[-MOST_LINES:]
    while sum(len(line.encode()) for line in kept) > MOST_BYTES:
        kept = kept[1:]
    return kept
