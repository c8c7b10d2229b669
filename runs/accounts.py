"""Accounting for runs whose owner died, that nobody took up, or whose end could not be told at the time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from runs.decisions import Decisions
from runs.endings import Endings
from runs.errors import WrongState
from runs.failures import explain
from runs.hands import PATIENCE, TIME_TO_COME
from runs.in_hand import InHand
from runs.job import Jobs
from runs.ledger import Ledger
from runs.places import Places
from runs.run import Run, RunState

log = logging.getLogger("errand.runs")

MOST_ATTEMPTS = 3  # a retry_safe job that takes the whole process down with it must not do so for ever

MOST_TURNS = 200  # a run that nobody ever takes up must not be sent on for ever either

A_DAY = 24 * 3600  # seconds


class Accounts:
    """`hand_on` has a run that is in nobody's hands taken up."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        ledger: Ledger,
        decisions: Decisions,
        places: Places,
        endings: Endings,
        in_hand: InHand,
        hand_on: Callable[[Run], None],
        clock: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._decisions = decisions
        self._places = places
        self._endings = endings
        self._in_hand = in_hand
        self._hand_on = hand_on
        self._clock = clock

    def recover(self) -> None:
        """When every other owner is dead, whatever their clock said: it may have been set back since."""
        self._account(since=float("inf"))

    def account(self) -> None:
        self._account(since=self._clock() - PATIENCE)

    def _account(self, since: float) -> None:
        """What goes wrong with one run keeps none of the others waiting; it is looked at again the next time."""
        unsettled = list(self._ledger.unsettled())
        for run in unsettled:
            try:
                self._account_for(run, since)
            except Exception as error:
                explain(error, doing=f"Accounting for run {run.id}")
        for team_id in dict.fromkeys(run.team_id for run in unsettled if run.is_waiting):
            live = [run for run in unsettled if run.is_live and run.team_id == team_id]
            try:
                self._places.heal(team_id, live)
            except Exception as error:
                explain(error, doing=f"Looking after the line of {team_id}")

    def _account_for(self, run: Run, since: float) -> None:
        """Leaves alone what has happened after `since`: whoever did it may be about to go on."""
        if run.id in self._in_hand:
            return
        if run.ended_at is not None:
            self._tell_late(run, run.ended_at, since)
        elif run.is_unattended(since):
            run = self._ledger.change(run, lambda current: self._after_its_owner(current, since))
            if run.is_live:
                self._hand_on(run)
            else:
                self._places.leave(run)
                self._endings.announce(run)
        elif run.has_expired(self._clock()):
            self._decisions.expire(run)
        else:
            self._decisions.catch_up(run, since)

    def _tell_late(self, run: Run, ended_at: float, since: float) -> None:
        if ended_at < self._clock() - A_DAY:
            log.warning("Nobody could be told how run %s ended; giving up", run.id)
            self._endings.give_up(run)
        elif ended_at <= since:
            self._places.leave(run)
            self._endings.announce(run)

    def _after_its_owner(self, run: Run, since: float) -> Run:
        now = self._clock()
        if run.id in self._in_hand or not run.is_unattended(since):
            raise WrongState(f"run {run.id} has been taken in hand just now")
        if run.state is RunState.RUNNING and run.owner is not None:
            run = self._after_a_crash(run)
        if not run.is_live:
            return run
        return run.expected_again(now + TIME_TO_COME) if run.seq < MOST_TURNS else run.given_up(now)

    def _after_a_crash(self, run: Run) -> Run:
        job = self._jobs.get(run.job)
        if run.cancelled_by:
            return run.cancelled(self._clock())
        if job and job.retry_safe and run.attempts < MOST_ATTEMPTS:
            return run.requeued(self._clock())
        return run.lost(self._clock())
