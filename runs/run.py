"""One run of a job: what is recorded of it, and the only ways it may change.

A change never edits a run; it returns a new one. The store then replaces the old by the new only if nobody else
did so first (`RunStore.replace`), which makes every transition here one conditional write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runs.errors import WrongState
from runs.run_parts import (
    Approval,
    ApproverMessage,
    Event,
    FileRef,
    MessageRef,
    Progress,
    ResultRef,
    Turn,
)
from runs.run_request import Results, RunRequest, key_of_another, run_id, run_id_of
from runs.states import ENDINGS, LIVE, LOST, NEVER_TAKEN_UP, NEXT_STATES, Decision, RunState

# Whoever has to do with runs finds all of it here.
__all__ = [
    "ENDINGS",
    "LIVE",
    "LOST",
    "NEXT_STATES",
    "Approval",
    "ApproverMessage",
    "Decision",
    "Event",
    "FileRef",
    "MessageRef",
    "Progress",
    "ResultRef",
    "Results",
    "Run",
    "RunRequest",
    "RunState",
    "Turn",
    "again",
    "inputs_hash",
    "key_of_another",
    "new_run",
    "run_id",
    "run_id_of",
]


@dataclass(frozen=True)
class Run:
    """Times are in epoch seconds, people are Slack user ids."""

    id: str
    team_id: str
    requester: str
    job: str
    inputs: Mapping[str, Any]
    created_at: float
    enterprise_id: str | None = None
    results: Results = Results.DM
    channel_id: str | None = None
    response_url: str | None = field(default=None, repr=False)
    state: RunState = RunState.QUEUED
    owner: str | None = None  # who has the run in hand; None between two owners
    lease_until: float | None = None  # when its owner is surely dead; None if no clock tells
    seq: int = 0  # how often it has been taken in hand; a `start` names the seq that it may raise
    attempts: int = 0
    started_at: float | None = None
    ended_at: float | None = None
    cancelled_by: str | None = None
    progress: Progress | None = None
    message: MessageRef | None = None
    message_note: str | None = None  # why the message is not where the run was asked for
    result: str | None = None
    files: tuple[FileRef, ...] = ()
    shown: tuple[ResultRef, ...] = ()
    error: str | None = None
    reference: str | None = None
    log_tail: tuple[str, ...] = ()  # the last lines that its job logged
    announced: RunState | None = None  # the state that the requester was last told
    history: tuple[Event, ...] = ()
    approvals_needed: int = 0
    approvals: tuple[Approval, ...] = ()  # of different people
    expires_at: float | None = None  # until when it can be approved; None until approvers are asked
    to_ask: tuple[str, ...] = ()  # who is sent a direct message
    unasked: bool = False  # whether more people may approve than are sent one
    asked: tuple[ApproverMessage, ...] = ()
    decision_shown: str = (
        ""  # the `standing` that its message and the approvers' were last brought in step with
    )
    denied_by: str | None = None
    denial_reason: str | None = None
    turn: Turn | None = None  # while it waits in line
    turn_shown: Turn | None = None  # in its message
    has_place: bool = False  # it has waited long enough, or has begun before
    version: int = 1

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_settled(self) -> bool:
        """Ended, and whoever was asked or told of it knows."""
        return not self.is_live and self.announced is self.state and self.is_decision_shown

    @property
    def is_open(self) -> bool:
        """Whether it waits for people to approve it, who are being asked or have been."""
        return self.state is RunState.AWAITING_APPROVAL and self.expires_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it waits in line, in nobody's hands."""
        return self.state is RunState.QUEUED and self.turn is not None

    @property
    def is_approved(self) -> bool:
        """Nothing, or nothing more, is to be approved."""
        return len({approval.actor for approval in self.approvals}) >= self.approvals_needed

    @property
    def decision(self) -> Decision:
        if not self.approvals_needed:
            return Decision.NONE_NEEDED
        if self.state is RunState.AWAITING_APPROVAL:
            return Decision.OPEN
        ended = {RunState.DENIED: Decision.DENIED, RunState.EXPIRED: Decision.EXPIRED}
        return ended.get(self.state, Decision.APPROVED if self.is_approved else Decision.DROPPED)

    @property
    def standing(self) -> str:
        """What approvers are shown, in short: another one when their messages have to change."""
        is_open = self.decision is Decision.OPEN
        return f"{self.decision} {len(self.approvals)}" if is_open else self.decision

    @property
    def is_decision_shown(self) -> bool:
        return self.expires_at is None or self.decision_shown == self.standing

    @property
    def was_turned_away(self) -> bool:
        """Refused before it began, which its requester alone was told."""
        return self.state is RunState.FAILED and self.started_at is None and self.message is None

    def is_unattended(self, since: float) -> bool:
        """Somebody should be at work on it, but its lease ended before `since`, or if it has none nothing has
        happened to it after `since`."""
        last = self.history[-1].at if self.lease_until is None else self.lease_until
        return self.is_live and not self.is_open and not self.is_waiting and last <= since

    def asked_anew(self, request: RunRequest, at: float, *, approvals_needed: int = 0) -> Run:
        """As if it had never been turned away. Raises WrongState if it was not."""
        if not self.was_turned_away:
            raise WrongState(f"run {self.id} is {self.state}")
        fresh = new_run(request, at, approvals_needed=approvals_needed)
        return replace(fresh, version=self.version, seq=self.seq)

    def taken(
        self, owner: str, at: float = 0.0, *, lease_until: float | None = None, seq: int | None = None
    ) -> Run:
        """In `owner`'s hands: it alone goes on with the run. Whoever passes `seq` may do so only once for each.

        Raises WrongState if the run has ended, is at work, or is in somebody's hands (a repeated delivery).
        """
        is_free = self.owner is None or (self.state is not RunState.RUNNING and self._is_abandoned(owner, at))
        is_kept = self.is_open or self.is_waiting
        if not self.is_live or is_kept or not is_free or seq not in (None, self.seq):
            raise WrongState(f"run {self.id} is {self.state} and owned by {self.owner}, at seq {self.seq}")
        return replace(self, owner=owner, lease_until=lease_until, seq=self.seq + 1)

    def _is_abandoned(self, owner: str, at: float) -> bool:
        """Owners without a lease are processes: they hold a lock, so whoever asks is the only one alive."""
        return self.owner != owner if self.lease_until is None else self.lease_until <= at

    def handed_over(self, at: float, until: float) -> Run:
        """At a checkpoint, between two owners: the next one is expected by `until`."""
        if self.state is not RunState.RUNNING:
            raise WrongState(f"run {self.id} is {self.state}")
        return replace(self, owner=None, lease_until=until, history=(*self.history, Event(at, "continued")))

    def given_up(self, at: float) -> Run:
        """Lost without anybody having been at work on it."""
        return self.lost(at) if self.state is RunState.RUNNING else self.failed(NEVER_TAKEN_UP, at)

    def expected_again(self, until: float) -> Run:
        """Nobody took it in hand by the time it was expected. Whoever was asked before comes too late now."""
        if not self.is_live or self.is_open or (self.state is RunState.RUNNING and self.owner is not None):
            raise WrongState(f"run {self.id} is {self.state} and owned by {self.owner}")
        return replace(self, owner=None, lease_until=until, seq=self.seq + 1, turn=None)

    def waits(self, turn: Turn, at: float) -> Run:
        """Out of its owner's hands, and in line: nobody takes it before it is `called`."""
        if self.state is not RunState.QUEUED:
            raise WrongState(f"run {self.id} is {self.state}")
        history = (*self.history, Event(at, "put in line"))
        return replace(self, owner=None, lease_until=None, turn=turn, history=history)

    def moved_to(self, turn: Turn) -> Run:
        """To another place in line."""
        if not self.is_waiting:
            raise WrongState(f"run {self.id} is {self.state}, and not in line")
        return self if self.turn == turn else replace(self, turn=turn)

    def called(self, at: float, until: float) -> Run:
        """Its turn has come: somebody is expected to take it by `until`."""
        if not self.is_waiting:
            raise WrongState(f"run {self.id} is {self.state}, and not in line")
        history = (*self.history, Event(at, "its turn came"))
        return replace(self, turn=None, has_place=True, lease_until=until, seq=self.seq + 1, history=history)

    def held_by(self, owner: str | None) -> Run:
        """The run itself. Raises WrongState if it is in other hands."""
        if self.owner != owner:
            raise WrongState(f"run {self.id} is in other hands")
        return self

    def worked_on_by(self, owner: str | None) -> Run:
        """The run itself. Raises WrongState unless it is running, and in the hands of `owner`."""
        if self.state is not RunState.RUNNING:
            raise WrongState(f"run {self.id} is {self.state}")
        return self.held_by(owner)

    def resolved(self, inputs: Mapping[str, Any]) -> Run:
        """With ids for the names in its inputs. Raises WrongState once approvers are asked, or it has ended."""
        if not self.is_live or self.expires_at is not None:
            raise WrongState(f"run {self.id} is {self.state}, and its inputs stay as they are")
        return replace(self, inputs=inputs)

    def opened(self, to_ask: Sequence[str], at: float, *, until: float, unasked: bool = False) -> Run:
        """Out of its owner's hands and into those of its approvers: `to_ask`, and more of them if some are `unasked`.

        From here on its inputs stay as they are: they are what is approved. The lease stays too: until it ends, the
        owner is asking them.
        """
        if self.state is not RunState.AWAITING_APPROVAL or self.is_open:
            raise WrongState(f"run {self.id} is {self.state}")
        return replace(
            self,
            owner=None,
            expires_at=until,
            to_ask=tuple(to_ask),
            unasked=unasked,
            history=(*self.history, Event(at, "approval asked for")),
        )

    def approved(self, actor: str, at: float, reason: str | None = None) -> Run:
        """With the last approval that it needs it is queued. A second one of the same person changes nothing.

        Raises WrongState, written for `actor`, if it is too late.
        """
        is_counted = any(approval.actor == actor for approval in self.approvals)
        if is_counted and not self.has_expired(at) and self.decision in (Decision.OPEN, Decision.APPROVED):
            return self
        self._raise_unless_undecided(at)
        approval = Approval(actor, at, inputs_hash(self.job, self.inputs), reason)
        run = replace(self, approvals=(*self.approvals, approval))
        if run.is_approved:
            return run._moved(RunState.QUEUED, at, "approved", actor, lease_until=None)
        return replace(run, history=(*run.history, Event(at, "approved", actor)))

    def denied(self, actor: str, reason: str, at: float) -> Run:
        """Raises WrongState, written for `actor`, if it is too late. The same denial again changes nothing."""
        if self.state is RunState.DENIED and self.denied_by == actor:
            return self
        self._raise_unless_undecided(at)
        return self._moved(RunState.DENIED, at, "denied", actor, denied_by=actor, denial_reason=reason)

    def has_expired(self, at: float) -> bool:
        """Whether it is to be `expired`: it waits, and its time is up."""
        return self.is_open and self.expires_at is not None and at >= self.expires_at

    def expired(self, at: float) -> Run:
        if not self.has_expired(at):
            raise WrongState(f"run {self.id} is {self.state} and can be approved until {self.expires_at}")
        return self._moved(RunState.EXPIRED, at, "expired")

    def told(self) -> Run:
        """Whoever could be told of how it stands has been, or never will be."""
        return replace(self, announced=self.state, decision_shown=self.standing)

    def asked_of(self, message: ApproverMessage) -> Run:
        """One of `to_ask` has been sent `message`."""
        if any(each.user == message.user for each in self.asked):
            return self
        return replace(self, asked=(*self.asked, message))

    def _raise_unless_undecided(self, at: float) -> None:
        if self.has_expired(at):
            raise WrongState(f"This is too late: the run {ENDINGS[RunState.EXPIRED]}.")
        if self.decision is Decision.APPROVED:
            raise WrongState("This run has already been approved.")
        if not self.is_live:
            raise WrongState(f"This run has already ended: it {ENDINGS[self.state]}.")
        if not self.is_open:
            raise WrongState("This run does not wait for approval.")

    def started(self, owner: str, at: float) -> Run:
        """Raises WrongState if it is not queued in the hands of `owner`, or not approved as it is now."""
        if not self.is_approved:
            raise WrongState(f"run {self.id} has {len(self.approvals)} of {self.approvals_needed} approvals")
        if any(approval.inputs_hash != inputs_hash(self.job, self.inputs) for approval in self.approvals):
            raise WrongState(f"run {self.id} was approved with other inputs")
        return self.held_by(owner)._moved(
            RunState.RUNNING, at, "started", started_at=at, attempts=self.attempts + 1
        )

    def succeeded(
        self, result: str | None, at: float, undelivered: str | None = None, reference: str | None = None
    ) -> Run:
        """`undelivered` says why the result did not reach its requester: the work is done all the same."""
        return self._moved(
            RunState.SUCCEEDED, at, "succeeded", result=result, error=undelivered, reference=reference
        )

    def failed(self, error: str, at: float, reference: str | None = None) -> Run:
        return self._moved(RunState.FAILED, at, "failed", error=error, reference=reference)

    def cancelled(self, at: float) -> Run:
        return self._moved(RunState.CANCELLED, at, "stopped")

    def lost(self, at: float) -> Run:
        return self._moved(RunState.LOST, at, "lost")

    def requeued(self, at: float) -> Run:
        """Back in the queue after its owner died; only for jobs that are safe to run twice."""
        if self.state is not RunState.RUNNING:
            raise WrongState(f"run {self.id} is {self.state}")
        return self._moved(
            RunState.QUEUED,
            at,
            "queued again",
            owner=None,
            lease_until=None,
            progress=None,
            files=(),
            shown=(),
            has_place=True,
        )

    def cancel_asked(self, actor: str, at: float) -> Run:
        """A run that waits ends here; a running one ends when its job next reports progress.

        Asked twice, it is the same run. Raises WrongState if the run has ended.
        """
        if self.state in (RunState.AWAITING_APPROVAL, RunState.QUEUED):
            return self._moved(RunState.CANCELLED, at, "cancelled", actor, cancelled_by=actor)
        if self.state is RunState.CANCELLED and self.cancelled_by == actor:
            return self  # the same click, delivered again
        if self.state is not RunState.RUNNING:
            raise WrongState(f"This run has already ended: it {ENDINGS[self.state]}.")
        if self.cancelled_by:
            return self
        return replace(self, cancelled_by=actor, history=(*self.history, Event(at, "cancelled", actor)))

    def _moved(self, to: RunState, at: float, what: str, actor: str | None = None, **changes: Any) -> Run:
        if to not in NEXT_STATES[self.state]:
            raise WrongState(f"run {self.id} cannot go from {self.state} to {to}")
        ended_at = None if to in LIVE else at
        event = Event(at, what, actor)
        return replace(
            self, state=to, ended_at=ended_at, turn=None, history=(*self.history, event), **changes
        )


def new_run(request: RunRequest, at: float, *, approvals_needed: int = 0) -> Run:
    return Run(
        id=run_id(request),
        team_id=request.team_id,
        enterprise_id=request.enterprise_id,
        requester=request.requester,
        job=request.job,
        inputs=request.inputs,
        results=request.results,
        channel_id=request.channel_id,
        response_url=request.response_url,
        created_at=at,
        state=RunState.AWAITING_APPROVAL if approvals_needed else RunState.QUEUED,
        approvals_needed=approvals_needed,
        history=(Event(at, "asked for", request.requester),),
    )


def inputs_hash(job: str, inputs: Mapping[str, Any]) -> str:
    """Of what is approved: the same for the same job and inputs, in whatever order they stand."""
    canonical = json.dumps([job, inputs], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def again(run: Run, *, requester: str, response_url: str | None) -> RunRequest:
    """The same job and inputs, for whoever pressed the button. Raises WrongState while the run is under way."""
    if run.is_live:
        raise WrongState("This run is still under way.")
    return RunRequest(
        key=key_of_another(run.id),
        team_id=run.team_id,
        enterprise_id=run.enterprise_id,
        requester=requester,
        job=run.job,
        inputs=run.inputs,
        results=run.results,
        channel_id=run.channel_id,
        response_url=response_url,
    )
