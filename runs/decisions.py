"""A run that has to be approved: asked for, decided on, and everybody who was asked kept told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from runs.announcer import Announcer
from runs.approvals import Approvals
from runs.approver_messages import ApproverMessages
from runs.clients import TROUBLE
from runs.errors import WrongState
from runs.job import Job
from runs.ledger import Ledger
from runs.mrkdwn import cut, escape, without_broadcasts
from runs.run import ENDINGS, Decision, Run, RunState

log = logging.getLogger("errand.approvals")

LONGEST_REASON = 500

WATCHED = 60  # seconds: so long whoever asked for a run may still be looking at its message

NOBODY_REACHED = "I can't write to anybody who could approve this, so it does not run."


class Decisions:
    """`pass_on` has a run that was approved go on, `announce_end` tells of one that has ended."""

    def __init__(
        self,
        *,
        approvals: Approvals,
        messages: ApproverMessages,
        ledger: Ledger,
        announcer: Announcer,
        pass_on: Callable[[Run], None],
        announce_end: Callable[[Run], None],
        clock: Callable[[], float],
    ) -> None:
        self._approvals = approvals
        self._messages = messages
        self._ledger = ledger
        self._announcer = announcer
        self._pass_on = pass_on
        self._announce_end = announce_end
        self._clock = clock

    def open(self, job: Job, run: Run) -> Run:
        """In its approvers' hands, unless it was cancelled meanwhile. Raises Refused if too few can be reached."""
        to_ask, unasked = self._approvals.find_approvers(job, run)
        now = self._clock()

        def opened(current: Run) -> Run:
            if current.state is not RunState.AWAITING_APPROVAL:
                return current
            return current.held_by(run.owner).opened(
                to_ask, now, until=now + job.approval_expires, unasked=unasked
            )

        return self._ledger.change(run, opened)

    def ask(self, run: Run) -> None:
        """Shows the request where it was made, and sends it to the approvers."""
        self.bring_in_step(run)
        run = self._ledger.find(run.team_id, run.id)
        if run.is_open and _is_out_of_reach(run):
            self._announce_end(
                self._ledger.change(
                    run,
                    lambda current: (
                        current.failed(NOBODY_REACHED, self._clock()) if current.is_open else current
                    ),
                )
            )

    def approve(self, run: Run, actor: str, reason: str | None = None) -> Run:
        """Raises Refused, and WrongState if it is too late."""
        is_new = all(each.actor != actor for each in run.approvals)
        run = self._approvals.approve(run, actor, cut(reason, LONGEST_REASON) if reason else None)
        self._raise_if_expired(run)
        if run.state is RunState.QUEUED:
            self._announcer.try_to_show(run, brisk=True)
            # Before anybody else is told. Whoever approved it twice may start it twice, but it is taken up once.
            self._pass_on(run)
        self.bring_in_step(run)
        if is_new and actor == run.requester:
            self._announce(run, f"<@{actor}> approved their own run: {escape(reason or '', LONGEST_REASON)}")
        elif is_new and run.decision is Decision.APPROVED:
            self._announce(run, f"<@{run.requester}> <@{actor}> approved this run, so it goes ahead.")
        return run

    def deny(self, run: Run, actor: str, reason: str) -> Run:
        """Raises Refused, and WrongState if it is too late."""
        run = self._approvals.deny(run, actor, cut(reason, LONGEST_REASON))
        self._raise_if_expired(run)
        self._announce_end(run)
        return run

    def expire(self, run: Run) -> None:
        self._announce_end(self._approvals.expire(run))

    def refresh(self, run: Run, actor: str) -> None:
        """After a press of a button that should have been gone. Raises one of TROUBLE."""
        self._messages.refresh(run, actor)

    def bring_in_step(self, run: Run) -> None:
        """Shows everybody who was asked how it stands. What does not reach them now is left for `catch_up`."""
        try:
            if run.decision is Decision.OPEN:
                self._announcer.show(run)
            shown = self._messages.bring_in_step(run)
        except TROUBLE as error:
            log.warning("The approval of run %s could not be shown: %s", run.id, type(error).__name__)
            return
        if shown is None:
            return

        def told(current: Run) -> Run:
            is_same = current.standing == shown.standing
            return replace(current, decision_shown=shown.standing) if is_same else current

        self._ledger.change(run, told)

    def catch_up(self, run: Run, since: float) -> None:
        """Of what has been out of step since `since`, while nobody is at it."""
        last = run.history[-1].at if run.lease_until is None else run.lease_until
        if not run.is_decision_shown and last <= since and not self._messages.is_busy(run.id):
            self.bring_in_step(run)

    def _raise_if_expired(self, run: Run) -> None:
        """The click that found out tells of it, too."""
        if run.state is RunState.EXPIRED:
            self._announce_end(run)
            raise WrongState(f"This is too late: the run {ENDINGS[RunState.EXPIRED]}.")

    def _announce(self, run: Run, text: str) -> None:
        """The edit of a message tells nobody. Nothing depends on this, so it is tried once."""
        try:
            self._announcer.tell_in_thread(self._ledger.find(run.team_id, run.id), text)
        except TROUBLE as error:
            log.warning("An approval of run %s was not announced: %s", run.id, type(error).__name__)


def news_of(run: Run) -> str | None:
    """What its requester is told of an end that they did not bring about; the edit of a message tells nobody."""
    if run.state is RunState.CANCELLED and run.cancelled_by not in (None, run.requester):
        return f"<@{run.cancelled_by}> cancelled this run."
    if run.state is RunState.DENIED:
        return f"<@{run.denied_by}> denied this run: {escape(run.denial_reason or '')}"
    if run.state is RunState.EXPIRED:
        return "Too few people approved this run in time, so it did not run. You can run it again, to ask once more."
    if run.state is RunState.FAILED and run.started_at is None and run.expires_at is not None:
        return f"This did not run. {without_broadcasts(run.error or '')}"
    if run.state is RunState.FAILED and run.started_at is not None and run.ended_at is not None:
        is_unwatched = run.ended_at - run.started_at >= WATCHED
        return f"This run failed. {without_broadcasts(run.error or '')}" if is_unwatched else None
    return None


def _is_out_of_reach(run: Run) -> bool:
    """Nobody who could approve it can see a button."""
    is_direct = run.message is None or run.message.channel_id.startswith("D")
    is_complete = {each.user for each in run.asked} == set(run.to_ask)
    return is_direct and is_complete and not run.unasked and not any(each.ts for each in run.asked)
