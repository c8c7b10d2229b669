"""Whose turn it is: of a workspace's runs that are ready, which are at work and which wait for a place.

A line never edits itself; it returns a new one. The store replaces the old by the new only if nobody else did so
first, so each change here is one conditional write for the whole workspace.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from runs.errors import Refused
from runs.run import Run, Turn

# A record of DynamoDB holds 400 kB, and every change writes all of it: 500 entries are some 60 kB.
MOST_WAITING: Final = 500

# chat.update is a tier 3 method: about 50 calls a minute for the whole workspace, of which progress bars may take 40.
PLACES_SHOWN_PER_MINUTE: Final = 10


class LineChanged(Exception):
    """Somebody else has changed this line meanwhile: read it again and decide anew."""


class LineIsFull(Refused):
    """So many runs wait for their turn already that this one was not added. Try again when some of them have ended."""


@dataclass(frozen=True)
class Entry:
    """A run in the line. A run that was turned away and is asked for anew has the same id, at another time."""

    run_id: str
    asked_at: float
    job: str
    requester: str
    exclusive: bool = False

    @classmethod
    def of(cls, run: Run, *, exclusive: bool = False) -> Entry:
        return cls(run.id, run.created_at, run.job, run.requester, exclusive)

    def is_of(self, run: Run) -> bool:
        return (self.run_id, self.asked_at) == (run.id, run.created_at)

    def bars(self, other: Entry) -> bool:
        """Both, for one of them may have been declared so only since."""
        return self.job == other.job and (self.exclusive or other.exclusive)


@dataclass(frozen=True)
class Line:
    """Of one workspace. Whatever can begin is in `running`; `waiting` is in the order in which they became ready.

    `allowance` is how many places may still be shown, as it was at `allowed_at` (epoch seconds).
    """

    team_id: str
    running: tuple[Entry, ...] = ()
    waiting: tuple[Entry, ...] = ()
    allowance: float = PLACES_SHOWN_PER_MINUTE
    allowed_at: float = 0.0
    version: int = 0

    def entered(self, entry: Entry, most: int) -> Line:
        """With `entry` in it, in `running` if there is a place. Asked twice, it is the same line.

        Raises LineIsFull.
        """
        if entry in self.running or entry in self.waiting:
            return self.moved_up(most)
        others = self.without(
            [each for each in (*self.running, *self.waiting) if each.run_id == entry.run_id]
        )
        line = replace(others, waiting=(*others.waiting, entry)).moved_up(most)
        if len(line.waiting) > MOST_WAITING and entry in line.waiting:
            raise LineIsFull(LineIsFull.__doc__)
        return line

    def left(self, gone: Collection[Entry], most: int) -> Line:
        """Without those, and with the next ones in their places."""
        return self.without(gone).moved_up(most)

    def without(self, gone: Collection[Entry]) -> Line:
        if not any(each in gone for each in (*self.running, *self.waiting)):
            return self
        return replace(
            self,
            running=tuple(each for each in self.running if each not in gone),
            waiting=tuple(each for each in self.waiting if each not in gone),
        )

    def moved_up(self, most: int) -> Line:
        """With all who can begin at work, the first ones first.

        Whoever is passed over waits for a run of its own job alone, and is the next of that job: so nobody waits for
        ever, and nobody is kept by those who wait for something else.
        """
        running, waiting = list(self.running), list[Entry]()
        for entry in self.waiting:
            is_barred = any(entry.bars(each) for each in (*running, *waiting) if each.job == entry.job)
            (waiting if is_barred or len(running) >= most else running).append(entry)
        return (
            self
            if len(waiting) == len(self.waiting)
            else replace(self, running=tuple(running), waiting=tuple(waiting))
        )

    def turn_of(self, entry: Entry) -> Turn | None:
        """None for who is not waiting. The place is among those who go first when what it waits for ends."""
        if entry not in self.waiting:
            return None
        ahead = self.waiting[: self.waiting.index(entry)]
        barring = [each for each in self.running if each.bars(entry)]
        if barring:
            return Turn(1 + sum(each.job == entry.job for each in ahead), behind=barring[0].requester)
        return Turn(1 + sum(not any(one.bars(each) for one in self.running) for each in ahead))

    def entry_of(self, run: Run) -> Entry | None:
        return next((each for each in (*self.running, *self.waiting) if each.is_of(run)), None)

    def allowed(self, wanted: int, at: float) -> tuple[Line, int]:
        """How many of `wanted` places may be shown at `at`, and the line in which these are counted."""
        passed = max(0.0, at - self.allowed_at)
        allowance = min(
            float(PLACES_SHOWN_PER_MINUTE), self.allowance + passed * PLACES_SHOWN_PER_MINUTE / 60
        )
        granted = min(wanted, int(allowance))
        return replace(self, allowance=allowance - granted, allowed_at=at), granted


class LineStore(Protocol):
    """Errors of the storage itself are raised as they come."""

    def find(self, *, team_id: str) -> Line:
        """One of version 0 if nobody has ever stood in it."""

    def replace(self, line: Line) -> Line:
        """Puts `line` in place of the stored one of the same version, and returns it with the next version.

        Raises LineChanged if the stored one has another version.
        """


def dump_line(line: Line) -> str:
    """Entries are short lists: a line is written whole with every change."""
    record = {
        "running": [_listed(each) for each in line.running],
        "waiting": [_listed(each) for each in line.waiting],
        "allowance": line.allowance,
        "allowed_at": line.allowed_at,
    }
    return json.dumps(record, separators=(",", ":"))


def load_line(text: str, *, team_id: str, version: int) -> Line:
    record: dict[str, Any] = json.loads(text)
    return Line(
        team_id,
        running=tuple(Entry(*each[:5]) for each in record["running"]),
        waiting=tuple(Entry(*each[:5]) for each in record["waiting"]),
        allowance=record["allowance"],
        allowed_at=record["allowed_at"],
        version=version,
    )


def _listed(entry: Entry) -> list[Any]:
    return [entry.run_id, entry.asked_at, entry.job, entry.requester, entry.exclusive]
