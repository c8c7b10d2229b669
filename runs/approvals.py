"""Who may request a job and who may approve a run of it; what is checked again before it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from runs.errors import Refused
from runs.groups import BUILT_IN, EVERYONE, in_words
from runs.job import Job, Jobs
from runs.ledger import Ledger
from runs.people import People, Roll
from runs.run import Run, inputs_hash

# One message each: Slack takes about one a second, and a request that fifty people get is nobody's to answer.
MOST_ASKED = 25

HOW_TO_FILL = "A workspace admin can change who is in a group, in my App Home."


class Approvals:
    def __init__(self, *, jobs: Jobs, ledger: Ledger, people: People, clock: Callable[[], float]) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._people = people
        self._clock = clock

    def check_requester(self, job: Job, team_id: str, enterprise_id: str | None, requester: str) -> None:
        """Raises Refused if the job is not for `requester`, who is known to be a full member."""
        if EVERYONE in job.requesters:
            return
        roll = self._people.now(team_id, enterprise_id)
        if not roll.is_one_of(requester, job.requesters):
            raise Refused(
                f"Only {in_words(job.requesters, either='and')} can run this job."
                + _how_to_join(roll, job.requesters)
            )

    def find_approvers(self, job: Job, run: Run) -> tuple[tuple[str, ...], bool]:
        """Whom to send a direct message, and whether more people than these may approve.

        Raises Refused if too few people can be reached to ever approve it.
        """
        roll = self._roll(run)
        everybody = roll.those_of(job.approvers)
        others = (each for each in everybody if job.self_approval or each != run.requester)
        found = tuple(islice(others, MOST_ASKED + 1))
        if len(found) < job.approvals_needed:
            raise Refused(_too_few(len(found), job, roll))
        return found[:MOST_ASKED], len(found) > MOST_ASKED

    def approve(self, run: Run, actor: str, reason: str | None = None) -> Run:
        """`reason` is for the requester's own approval, which is not possible without one, and for no other.

        Expired, if that is what it turns out to be. Raises Refused and WrongState.
        """
        own = actor == run.requester
        if reason is None:
            self._check_approver(self._job(run), run, actor)
        else:
            self.check_own(run, actor)
        if own and not reason:
            raise Refused(
                "To approve what you asked for yourself, say why: everybody who was asked can read it."
            )
        return self._decide(run, lambda current: current.approved(actor, self._clock(), reason))

    def deny(self, run: Run, actor: str, reason: str) -> Run:
        """Expired, if that is what it turns out to be. Raises Refused and WrongState."""
        self.check_denial(run, actor)
        return self._decide(run, lambda current: current.denied(actor, reason, self._clock()))

    def check_own(self, run: Run, actor: str) -> None:
        """Raises Refused if it is not theirs to approve as their own."""
        if actor != run.requester:
            raise Refused(f"Only <@{run.requester}> has to say why. To approve this run, press Approve.")
        self._check_approver(self._job(run), run, actor)

    def check_denial(self, run: Run, actor: str) -> None:
        """Raises Refused if it is not theirs to deny."""
        if actor == run.requester:
            raise Refused("You asked for this run yourself: press Cancel to take it back.")
        self._check_approver(self._job(run), run, actor)

    def expire(self, run: Run) -> Run:
        """Raises WrongState if somebody has decided meanwhile."""
        return self._ledger.change(run, lambda current: current.expired(self._clock()))

    def is_approver(self, run: Run, actor: str) -> bool:
        """Whether they were asked, have decided, or could."""
        known = {*run.to_ask, run.denied_by, *(each.actor for each in run.approvals)}
        if actor in known:
            return True
        job = self._jobs.get(run.job)
        return bool(job and job.approvers) and self._roll(run).is_one_of(actor, job.approvers if job else ())

    def check_again(self, job: Job, run: Run, inputs: Mapping[str, Any]) -> None:
        """Before it begins: whether it was approved as it is now, by enough of those who may do so now.

        Raises Refused.
        """
        needed = max(job.approvals_needed, run.approvals_needed)
        if not needed:
            return
        if needed > len(run.approvals):
            raise Refused(
                f"The job has been changed since this was asked for: it needs {_count(needed, 'approval')} now."
                " Run it again."
            )
        if any(approval.inputs_hash != inputs_hash(job.name, inputs) for approval in run.approvals):
            raise Refused(
                "What would be done now is not what was approved. Run it again, to have that approved."
            )
        roll = self._roll(run)
        counted = [each for each in run.approvals if self._may_approve(roll, job, run, each.actor)]
        if len(counted) < needed:
            gone = ", ".join(f"<@{each.actor}>" for each in run.approvals if each not in counted)
            raise Refused(f"{gone} approved this, but may not do so any more. Run it again.")

    def _check_approver(self, job: Job, run: Run, actor: str) -> None:
        if not job.approvers:
            raise Refused("This job needs no approval any more. Cancel this run, and run it again.")
        if actor == run.requester and not job.self_approval:
            raise Refused("You asked for this run yourself, so somebody else has to approve it.")
        roll = self._roll(run)
        if not roll.is_one_of(actor, job.approvers):
            raise Refused(
                f"Only {in_words(job.approvers, either='and')} can decide on this run."
                + _how_to_join(roll, job.approvers)
            )

    def _may_approve(self, roll: Roll, job: Job, run: Run, actor: str) -> bool:
        is_own = actor == run.requester
        return (job.self_approval or not is_own) and roll.is_one_of(actor, job.approvers)

    def _decide(self, run: Run, step: Callable[[Run], Run]) -> Run:
        def decided(current: Run) -> Run:
            now = self._clock()
            return current.expired(now) if current.has_expired(now) else step(current)

        return self._ledger.change(run, decided)

    def _job(self, run: Run) -> Job:
        """Raises UnknownJob if the code no longer has it."""
        return self._jobs.named(run.job)

    def _roll(self, run: Run) -> Roll:
        return self._people.now(run.team_id, run.enterprise_id)


def _too_few(found: int, job: Job, roll: Roll) -> str:
    who = in_words(job.approvers)
    besides = "" if job.self_approval else " besides you"
    if found:
        needs = f"This needs {_count(job.approvals_needed, 'approval')} by {who}, and only {found} of them{besides}"
        return f"{needs} could give one, so it does not run. {HOW_TO_FILL}"
    return f"This has to be approved by {who}, and nobody{besides} could do that, so it does not run." + (
        _unfilled(roll, job.approvers) or f" {HOW_TO_FILL}"
    )


def _unfilled(roll: Roll, names: tuple[str, ...]) -> str:
    unfilled = roll.unfilled(names)
    return f" Nobody is in {in_words(unfilled)} yet. {HOW_TO_FILL}" if unfilled else ""


def _how_to_join(roll: Roll, names: tuple[str, ...]) -> str:
    has_groups = any(name not in BUILT_IN for name in names)
    return _unfilled(roll, names) or (f" {HOW_TO_FILL}" if has_groups else "")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
