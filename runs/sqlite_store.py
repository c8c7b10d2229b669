"""Runs in one SQLite file: the store of `make run` and `make dev`."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

from runs.errors import RunChanged, StoreUnusable
from runs.run import Run, RunState
from runs.store import Place, dump_run, load_run

# The columns beside `record` are what runs are looked up by; the record is the truth.
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    team_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at REAL NOT NULL,
    requester TEXT NOT NULL,
    job TEXT NOT NULL,
    state TEXT NOT NULL,
    settled INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (team_id, run_id)
);
CREATE INDEX IF NOT EXISTS runs_unsettled ON runs (created_at) WHERE settled = 0;
CREATE TABLE IF NOT EXISTS checkpoints (
    team_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (team_id, run_id)
);
"""

# What a workspace's runs are looked up by, alone and together.
LOOKED_UP_BY = ("requester", "job", "state")
INDEXES = "".join(
    f"CREATE INDEX IF NOT EXISTS {'_'.join(('recent', *by))}"
    f" ON runs ({', '.join(('team_id', *by, 'created_at', 'run_id'))});\n"
    for by in chain.from_iterable(combinations(LOOKED_UP_BY, count) for count in range(4))
)
REPLACED = "DROP INDEX IF EXISTS runs_by_age; DROP INDEX IF EXISTS runs_by_requester;\n"


class SQLiteRunStore:
    """One connection for all threads, one statement at a time: runs change a few times a second at most."""

    def __init__(self, path: Path) -> None:
        """Raises StoreUnusable."""
        self._lock = threading.Lock()
        try:
            self._db = _opened(path)
        except sqlite3.Error as error:
            raise StoreUnusable(
                f"the runs in {path} cannot be read or written ({error}). If the file is damaged, restore it from a"
                " backup, or move it away to begin without a record of earlier runs."
            ) from error

    def close(self) -> None:
        self._db.close()

    def create(self, run: Run) -> Run:
        # ON CONFLICT: the same request delivered again finds the run it made the first time
        put = self._execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (run.team_id, run.id, run.version, run.created_at, run.requester, run.job, *_mutable(run)),
        )
        return run if put else self.find(team_id=run.team_id, run_id=run.id) or self.create(run)

    def find(self, *, team_id: str, run_id: str) -> Run | None:
        rows = self._select("team_id = ? AND run_id = ?", (team_id, run_id))
        return rows[0] if rows else None

    def replace(self, run: Run) -> Run:
        following = replace(run, version=run.version + 1)
        changed = self._execute(
            "UPDATE runs SET version = ?, state = ?, settled = ?, record = ?"
            " WHERE team_id = ? AND run_id = ?"
            " AND version = ?",  # nobody has replaced it since `run` was read
            (following.version, *_mutable(following), run.team_id, run.id, run.version),
        )
        if not changed:
            raise RunChanged(f"run {run.id} is no longer at version {run.version}")
        return following

    def recent(
        self,
        *,
        team_id: str,
        limit: int,
        requester: str | None = None,
        job: str | None = None,
        state: RunState | None = None,
        before: Place | None = None,
    ) -> list[Run]:
        wanted = {"team_id": team_id, "requester": requester, "job": job, "state": state}
        given: dict[str, object] = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in given)
        if before:
            where += " AND (created_at, run_id) < (?, ?)"
        order = "ORDER BY created_at DESC, run_id DESC LIMIT ?"
        return self._select(f"{where} {order}", (*given.values(), *(before or ()), limit))

    def unsettled(self) -> Iterable[Run]:
        return self._select("settled = 0 ORDER BY created_at", ())

    def save_checkpoint(self, run: Run, state: str) -> None:
        saved = self._execute(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET seq = excluded.seq, state = excluded.state"
            " WHERE checkpoints.seq <= excluded.seq",  # no later owner has saved one
            (run.team_id, run.id, run.seq, state),
        )
        if not saved:
            raise RunChanged(f"run {run.id} is past seq {run.seq}")

    def load_checkpoint(self, *, team_id: str, run_id: str) -> str | None:
        with self._lock:
            row = self._db.execute(
                "SELECT state FROM checkpoints WHERE team_id = ? AND run_id = ?", (team_id, run_id)
            ).fetchone()
        return row[0] if row else None

    def forget(self, *, ended_before: float) -> int:
        """Deletes the runs that had ended by then, and says how many. Nothing is left to be told of any."""
        forgotten = self._execute(
            "DELETE FROM runs WHERE settled = 1 AND created_at < ? AND json_extract(record, '$.ended_at') < ?",
            (ended_before, ended_before),
        )
        self._execute(
            "DELETE FROM checkpoints WHERE NOT EXISTS"
            " (SELECT 1 FROM runs WHERE runs.team_id = checkpoints.team_id AND runs.run_id = checkpoints.run_id)",
            (),
        )
        return forgotten

    def _select(self, where: str, values: tuple[object, ...]) -> list[Run]:
        with self._lock:
            # every `where` is written above; values are bound
            rows = self._db.execute(f"SELECT record FROM runs WHERE {where}", values).fetchall()  # noqa: S608
        return [load_run(record) for (record,) in rows]

    def _execute(self, statement: str, values: tuple[object, ...]) -> int:
        with self._lock:
            return self._db.execute(statement, values).rowcount


def _opened(path: Path) -> sqlite3.Connection:
    # autocommit: each statement here is a whole transition
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA + INDEXES + REPLACED)
        # what is damaged further in would else be found by whoever reads it first
        [(verdict,)] = db.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError("it is damaged")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _mutable(run: Run) -> tuple[str, int, str]:
    return (run.state, run.is_settled, dump_run(run))
