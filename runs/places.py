"""A place for every run that is at work, and a line for those that have to wait for one.

A run enters when it is ready, and leaves when it has ended. Whoever leaves has the next ones started. The line says
who may be at work; a run's own record says only what its message shows of that. Whoever changes both changes the
line first, so what a crash leaves between the two is made good from the line: see `heal`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from runs.announcer import Announcer
from runs.errors import RunNotFound, WrongState
from runs.failures import explain
from runs.hands import TIME_TO_COME
from runs.job import Job
from runs.ledger import Ledger
from runs.line import Entry, Line, LineChanged, LineStore
from runs.run import Run, Turn

log = logging.getLogger("errand.places")

# Of those who move up when a run ends, so many see it in their message at once; those behind them see it later.
SHOWN_AT_ONCE = 5

LONGEST_PAUSE = 0.5  # seconds until a change that others came before is tried again


class Places:
    """`most` runs of a workspace are at work at once. `pass_on` has a run that is in nobody's hands taken up."""

    def __init__(
        self,
        *,
        store: LineStore,
        ledger: Ledger,
        announcer: Announcer,
        most: int,
        pass_on: Callable[[Run], None],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._announcer = announcer
        self._most = most
        self._pass_on = pass_on
        self._clock = clock
        self._sleep = sleep

    def enter(self, job: Job, run: Run) -> Turn | None:
        """None if it has a place now; else what it is to wait for. Raises LineIsFull."""
        entry = Entry.of(run, exclusive=job.exclusive)
        line, called = self._change(run.team_id, lambda line: line.entered(entry, self._most))
        barring = [each for each in line.running if each.bars(entry)] if entry in line.waiting else []
        gone = [each for each in (*called, *barring) if not self._is_live(run.team_id, each)]
        if gone:
            line = self._leave(run.team_id, gone)
        for each in called:
            self._call(run.team_id, each)
        return line.turn_of(entry)

    def keep_waiting(self, run: Run) -> None:
        """Once it is on record that it waits: its turn may have come before that, when nobody could take it up."""
        line = self._store.find(team_id=run.team_id)
        entry = line.entry_of(run)
        if entry and entry in line.running:
            self._call(run.team_id, entry)

    def count(self, team_id: str) -> int:
        """The runs at work."""
        return len(self._store.find(team_id=team_id).running)

    def leave(self, run: Run) -> None:
        """What goes wrong here keeps nobody from telling how the run ended, and is made good by `heal`."""
        try:
            line = self._store.find(team_id=run.team_id)
            entry = line.entry_of(run)
            if entry:
                self._leave(run.team_id, [entry])
        except Exception as error:
            explain(error, doing=f"Making place after run {run.id}")

    def leave_if_ended(self, run: Run) -> Run:
        """Somebody has cancelled it meanwhile, or taken it in hand."""
        run = self._ledger.find(run.team_id, run.id)
        if not run.is_live:
            self.leave(run)
        return run

    def heal(self, team_id: str, listed: Sequence[Run]) -> None:
        """Of what a crash left: who has ended leaves, who has a place is called, who is missing enters again.

        `listed` are the workspace's runs that had not ended a moment ago.
        """
        known = {run.id: run for run in listed}
        line = self._store.find(team_id=team_id)
        entries = (*line.running, *line.waiting)
        line = self._leave(team_id, [each for each in entries if not self._is_live(team_id, each, known)])
        waiting = [run for run in listed if run.is_waiting]
        for run in waiting:
            entry = line.entry_of(run)
            if entry is None:
                self._put_back(run)
            elif entry in line.running:
                self._call(team_id, entry)
        self._show(line, [run for run in waiting if not _is_shown(line, run)][:SHOWN_AT_ONCE])

    def _leave(self, team_id: str, gone: Collection[Entry]) -> Line:
        """The line without those, once the next ones have been called."""
        shown = 0

        def left(line: Line) -> Line:
            nonlocal shown
            following = line.left(gone, self._most)
            if following is line:
                return line
            following, shown = following.allowed(min(SHOWN_AT_ONCE, len(following.waiting)), self._clock())
            return following

        while True:
            line, called = self._change(team_id, left)
            # Whoever was cancelled in line leaves it in its turn.
            gone = [each for each in called if not self._call(team_id, each)]
            if not gone:
                break
        self._show(line, self._runs_of(team_id, line.waiting[:shown]))
        return line

    def _change(self, team_id: str, step: Callable[[Line], Line]) -> tuple[Line, tuple[Entry, ...]]:
        """The line as it is then, and who has got a place by it."""
        pause = 0.01
        while True:
            line = self._store.find(team_id=team_id)
            following = step(line)
            if following is line:
                return line, ()
            try:
                stored = self._store.replace(following)
            except LineChanged:
                self._sleep(random.uniform(0, pause))  # noqa: S311 - so that not all try again at once
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            return stored, tuple(each for each in stored.running if each in line.waiting)

    def _call(self, team_id: str, entry: Entry) -> bool:
        """Has the run that has a place now taken up, by whoever comes first. False if it has ended."""
        try:
            run = self._ledger.find(team_id, entry.run_id)
            if not (run.is_live and entry.is_of(run)):
                return False
            now = self._clock()
            run = self._ledger.change(run, lambda current: current.called(now, now + TIME_TO_COME))
        except RunNotFound:
            return False
        except WrongState:
            # Called already; or whoever put it in line has it in hand still, and looks again: see `keep_waiting`.
            return self._is_live(team_id, entry)
        self._pass_on(run)
        return True

    def _put_back(self, run: Run) -> None:
        def expected(current: Run) -> Run:
            if not current.is_waiting:
                raise WrongState(f"run {run.id} is {current.state}, and not in line")
            return current.expected_again(self._clock() + TIME_TO_COME)

        try:
            self._pass_on(self._ledger.change(run, expected))
        except WrongState:
            return

    def _is_live(self, team_id: str, entry: Entry, known: Mapping[str, Run] | None = None) -> bool:
        listed = (known or {}).get(entry.run_id)
        if listed and listed.is_live and entry.is_of(listed):
            return True  # or was so a moment ago: no worse than a place that is free a little later
        try:
            run = self._ledger.find(team_id, entry.run_id)
        except RunNotFound:
            return False
        return run.is_live and entry.is_of(run)

    def _runs_of(self, team_id: str, entries: Sequence[Entry]) -> Iterator[Run]:
        for each in entries:
            try:
                yield self._ledger.find(team_id, each.run_id)
            except RunNotFound:
                continue

    def _show(self, line: Line, runs: Iterator[Run] | Sequence[Run]) -> None:
        for run in runs:
            entry = line.entry_of(run)
            turn = line.turn_of(entry) if entry else None
            if turn is None or _is_shown(line, run):
                continue
            try:
                run = self._ledger.change(run, lambda current: current.moved_to(turn))  # noqa: B023
            except WrongState:
                continue
            self._announcer.try_to_show(run, brisk=True)


def _is_shown(line: Line, run: Run) -> bool:
    entry = line.entry_of(run)
    turn = line.turn_of(entry) if entry else None
    return turn is None or not run.is_waiting or run.turn == run.turn_shown == turn
