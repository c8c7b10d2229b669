"""Taking a run in hand: it is checked, and then waits for its approvers, or for its turn, or begins.

Whoever takes it up has it alone, under a lease, until it says otherwise on the run's record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from runs.announcer import Announcer
from runs.checks import Checks
from runs.decisions import Decisions
from runs.endings import Endings, raise_if_broken
from runs.errors import WrongState
from runs.failures import explain
from runs.hands import Hands
from runs.in_hand import InHand
from runs.ledger import Ledger
from runs.places import Places
from runs.run import Run, RunState, Turn
from runs.work import Work

log = logging.getLogger("errand.runs")

Start = Callable[[Callable[[], object]], object]


class TakingUp:
    """`start` calls what it is given soon, in a place where that keeps no ack waiting."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        announcer: Announcer,
        checks: Checks,
        decisions: Decisions,
        places: Places,
        endings: Endings,
        work: Work,
        in_hand: InHand,
        hands: Callable[[], Hands],
        start: Start,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._checks = checks
        self._decisions = decisions
        self._places = places
        self._endings = endings
        self._work = work
        self._in_hand = in_hand
        self._hands = hands
        self._start = start
        self._clock = clock

    def take_up(self, run: Run, seq: int | None = None) -> Run | None:
        """None if somebody else has it in hand, or had it at `seq`.

        Raises RunFailed if it failed at once, where runs are carried out at once, and TROUBLE if it was turned away
        and Slack cannot be reached to say so.
        """
        hands = self._hands()
        taken = self._taken(run, hands, seq)
        if taken is None:
            return None
        run = taken
        try:
            job, run = self._checks.check(run)
            is_to_be_approved = run.state is RunState.AWAITING_APPROVAL
            if is_to_be_approved:
                run = self._decisions.open(job, run)
            needs_place = run.state is RunState.QUEUED and not is_to_be_approved and not run.has_place
            turn = self._places.enter(job, run) if needs_place else None
        except Exception as error:
            return self._turn_away(run, hands, error)
        if is_to_be_approved or not run.is_live:
            self._in_hand.release(run.id)  # whoever approves it may do so while others are still being asked
            if run.is_open:
                self._decisions.ask(run)
            return run
        if turn:
            return self._put_in_line(run, turn)
        try:
            if needs_place:
                self._announcer.try_to_show(run)
        finally:
            self._start(lambda: self._work.do(job, run, hands))
        return run

    def _taken(self, run: Run, hands: Hands, seq: int | None) -> Run | None:
        if not self._in_hand.claim(run.id):
            return None
        try:
            return self._ledger.change(
                run,
                lambda current: current.taken(hands.owner, self._clock(), lease_until=hands.until, seq=seq),
            )
        except WrongState:
            self._in_hand.release(run.id)
            log.info("Run %s is in hand already", run.id)
            return None
        except BaseException:
            self._in_hand.release(run.id)
            raise

    def _put_in_line(self, run: Run, turn: Turn) -> Run:
        self._in_hand.release(run.id)  # before its turn can come
        try:
            run = self._ledger.change(
                run, lambda current: current.held_by(run.owner).waits(turn, self._clock())
            )
        except WrongState:
            return self._places.leave_if_ended(run)
        self._places.keep_waiting(run)
        self._announcer.try_to_show(run)
        return run

    def _turn_away(self, run: Run, hands: Hands, error: Exception) -> Run:
        """Ends a run that never began, and tells its requester alone: what they asked for may be private."""
        text, reference = explain(error, doing=f"Preparing run {run.id} of {run.job}")
        try:
            run = self._ledger.change(
                run, lambda current: current.held_by(hands.owner).failed(text, self._clock(), reference)
            )
            if run.approvals_needed == len(run.approvals):
                self._places.leave(run)
            self._endings.announce(run)
        except WrongState:
            return self._places.leave_if_ended(run)
        finally:
            self._in_hand.release(run.id)
        return raise_if_broken(run)
