"""What has been used up, in one SQLite file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

SCHEMA = "CREATE TABLE IF NOT EXISTS consumed (name TEXT PRIMARY KEY, expires_at REAL NOT NULL)"
PATIENCE = 30.0  # seconds that a write waits for another's


class SQLiteConsumed:
    """For all threads and processes that share the file."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def first(self, name: str, expires_at: float) -> bool:
        # autocommit: the insert is all of it
        with closing(sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)) as db:
            db.execute(SCHEMA)
            db.execute("DELETE FROM consumed WHERE expires_at < ?", (self._clock(),))
            # ON CONFLICT: somebody was first
            inserted = db.execute(
                "INSERT INTO consumed VALUES (?, ?) ON CONFLICT DO NOTHING", (name, expires_at)
            )
            return inserted.rowcount == 1
