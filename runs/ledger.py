"""The record of runs, as the rest of Errand changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from runs.errors import RunChanged, RunNotFound
from runs.run import Event, Run, RunState
from runs.store import RunStore


class Ledger:
    def __init__(self, store: RunStore) -> None:
        self._store = store
        self.recent = store.recent
        self.unsettled = store.unsettled
        self.save_checkpoint = store.save_checkpoint

    def create(self, run: Run) -> Run:
        """Puts `run` on record unless one of its id is, and returns the one that is."""
        stored = self._store.create(run)
        if stored is run:
            _tell(run, run.history)
        return stored

    def find(self, team_id: str, run_id: str) -> Run:
        """Raises RunNotFound."""
        run = self._store.find(team_id=team_id, run_id=run_id)
        if run is None:
            raise RunNotFound("I have no record of this run any more.")
        return run

    def change(self, run: Run, step: Callable[[Run], Run]) -> Run:
        """Reads the run as it is now, lets `step` make the next record of it, and writes that.

        If somebody else wrote in between, it does so again, so `step` always decides on the truth. What `step` raises
        (WrongState, mostly) goes to the caller, and nothing is written. A step that returns its run writes nothing.
        """
        while True:
            current = self.find(run.team_id, run.id)
            following = step(current)
            if following is current:
                return current
            try:
                stored = self._store.replace(following)
            except RunChanged:
                continue
            _tell(stored, _news(current, stored))
            return stored

    def is_cancelled(self, run: Run) -> bool:
        """Whether the work on it should stop: somebody pressed Cancel, or it was given up for lost."""
        current = self.find(run.team_id, run.id)
        is_ours = current.state is RunState.RUNNING and current.owner == run.owner
        return current.cancelled_by is not None or not is_ours

    def load_checkpoint(self, run: Run) -> str | None:
        if run.seq < 2:
            return None  # nobody has had it in hand before
        return self._store.load_checkpoint(team_id=run.team_id, run_id=run.id)


def _tell(run: Run, events: Sequence[Event]) -> None:
    if events:
        from runs.audit import audit_run  # late: no ack on Lambda changes a run

        audit_run(run, events)


def _news(earlier: Run, later: Run) -> tuple[Event, ...]:
    """A run that is asked for anew begins its history anew."""
    known = len(earlier.history)
    return later.history[known:] if later.history[:known] == earlier.history else later.history
