"""Lines in one SQLite file: the store of `make run` and `make dev`."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

from runs.errors import StoreUnusable
from runs.line import Line, LineChanged, dump_line, load_line

SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
    team_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    record TEXT NOT NULL
);
"""


class SQLiteLineStore:
    """One connection for all threads, one statement at a time."""

    def __init__(self, path: Path) -> None:
        """Raises StoreUnusable."""
        self._lock = threading.Lock()
        try:
            # autocommit: each statement here is a whole change
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise StoreUnusable(
                f"the lines in {path} cannot be read or written ({error}). If the file is damaged, move it away: the"
                " runs that wait are put in line anew."
            ) from error

    def close(self) -> None:
        self._db.close()

    def find(self, *, team_id: str) -> Line:
        with self._lock:
            row = self._db.execute(
                "SELECT version, record FROM lines WHERE team_id = ?", (team_id,)
            ).fetchone()
        return load_line(row[1], team_id=team_id, version=row[0]) if row else Line(team_id)

    def replace(self, line: Line) -> Line:
        following = replace(line, version=line.version + 1)
        with self._lock:
            changed = self._db.execute(
                # WHERE: it may be put anew if nobody has, and replaced if nobody has since it was read
                "INSERT INTO lines SELECT ?, ?, ? WHERE ? = 0 OR EXISTS (SELECT 1 FROM lines WHERE team_id = ?)"
                " ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record"
                " WHERE lines.version = excluded.version - 1",
                (line.team_id, following.version, dump_line(following), line.version, line.team_id),
            ).rowcount
        if not changed:
            raise LineChanged(f"the line of {line.team_id} is no longer at version {line.version}")
        return following
