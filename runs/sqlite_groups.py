"""Groups in one SQLite file: the store of `make run` and `make dev`."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

from runs.errors import StoreUnusable
from runs.groups import Group, GroupChanged, dump_group, load_group

SCHEMA = """
CREATE TABLE IF NOT EXISTS groups (
    team_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (team_id, name)
);
"""


class SQLiteGroupStore:
    """One connection for all threads, one statement at a time."""

    def __init__(self, path: Path) -> None:
        """Raises StoreUnusable."""
        self._lock = threading.Lock()
        try:
            # autocommit: each statement here is a whole change
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise StoreUnusable(
                f"the groups in {path} cannot be read or written ({error}). If the file is damaged, restore it from a"
                " backup, or move it away and fill the groups in App Home again."
            ) from error

    def close(self) -> None:
        self._db.close()

    def find(self, *, team_id: str, name: str) -> Group:
        with self._lock:
            row = self._db.execute(
                "SELECT record FROM groups WHERE team_id = ? AND name = ?", (team_id, name)
            ).fetchone()
        return load_group(row[0]) if row else Group(team_id, name)

    def replace(self, group: Group) -> Group:
        following = replace(group, version=group.version + 1)
        with self._lock:
            changed = self._db.execute(
                # WHERE: it may be put anew if nobody has, and replaced if nobody has since it was read
                "INSERT INTO groups SELECT ?, ?, ?, ? WHERE ? = 0 OR EXISTS"
                " (SELECT 1 FROM groups WHERE team_id = ? AND name = ?)"
                " ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record"
                " WHERE groups.version = excluded.version - 1",
                (
                    *(group.team_id, group.name, following.version, dump_group(following)),
                    *(group.version, group.team_id, group.name),
                ),
            ).rowcount
        if not changed:
            raise GroupChanged(GroupChanged.__doc__)
        return following
