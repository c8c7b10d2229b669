"""The life of runs: asked for, begun, carried out, cancelled, accounted for.

    accept        in the ack: the run is on record, so that nothing is acked and forgotten
    begin         lazy work: takes the run in hand, checks what its requester may do, posts its message, and asks
                  approvers if it needs them, or has it wait for its turn: see runs/taking_up.py
    approve, deny what they answer: with its last approval a run goes on, see runs/decisions.py
    go_on         on Lambda, in another invocation: its turn has come, or it goes on from its last checkpoint, or once
                  more after a crash
    cancel        see runs/cancels.py
    account       at start and every minute or few: for runs whose owner died, or whose end could not be told, see
                  runs/accounts.py

When its turn has come, runs/work.py calls its job; runs/endings.py tells how it ended.

Whoever changes a run goes through `Ledger.change`: read, decide, write only if nobody wrote in between. So two
clicks, a request delivered twice or a crash at any point never run a job twice, nor leave a run unaccounted for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from runs.access import is_admin
from runs.context import OpenAws, no_aws
from runs.errors import Refused
from runs.groups import GroupStore
from runs.job import Job, Jobs
from runs.run import Run, RunRequest, new_run

if TYPE_CHECKING:
    from runs.announcer import Render
    from runs.approver_messages import RenderRequest
    from runs.assembly import Assembly
    from runs.choices import Choices
    from runs.clients import Clients
    from runs.group_admin import GroupAdmin
    from runs.hands import Hands
    from runs.home import RenderHome
    from runs.ledger import Ledger
    from runs.line import LineStore
    from runs.people import People
    from runs.results.sending import Draw
    from runs.taking_up import Start

MOST_RUNNING = 10  # in a workspace at once, unless MAX_RUNNING_JOBS says otherwise

HandOn = Callable[[Run], None]


class RunService:
    """One for a process.

    `start` calls what it is given soon, in a place where that keeps no ack waiting. `hand_on` has `go_on` called for
    the run in another invocation; without it, `start` does so in this process. `hands` are the caller's own, now.
    `most_running` runs of a workspace are at work at once, the others wait in a line of `open_lines`.
    `acks_are_durable`: a request whose ack has left is not forgotten, whatever happens; so nothing is recorded in acks.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        ledger: Ledger,
        clients: Clients,
        groups: GroupStore,
        render: Render,
        render_request: RenderRequest,
        render_home: RenderHome,
        draw: Draw,
        open_lines: Callable[[], LineStore],
        start: Start,
        most_running: int = MOST_RUNNING,
        secrets: Mapping[str, str] | None = None,
        aws: OpenAws = no_aws,
        command_suffix: str = "",
        hand_on: HandOn | None = None,
        hands: Callable[[], Hands] | None = None,
        acks_are_durable: bool = False,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.jobs = jobs
        self.recent = ledger.recent
        self.find = ledger.find
        self.client = clients.patient
        self.run_command = f"/run{command_suffix}"  # what people type on this stage
        self.runs_command = f"/runs{command_suffix}"
        self._ledger = ledger
        self._clients = clients
        self._group_store = groups
        # empty ones, too, say where to set what is missing
        self._secrets = {} if secrets is None else secrets
        self._render = render
        self._render_request = render_request
        self._render_home = render_home
        self._draw = draw
        self._open_lines = open_lines
        self._start = start
        self._most_running = most_running
        self._aws = aws
        self._hand_on = hand_on
        self._hands = hands
        self.acks_are_durable = acks_are_durable
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        if not acks_are_durable:
            # Threads share them here, and must not make two at once; nor is there a cold start to spare.
            _ = self._parts, self.choices

    def __deepcopy__(self, memo: object) -> RunService:
        """Bolt copies a request's context for its lazy listeners; the service in it is still this one."""
        return self

    # What follows is imported late: no ack has anything to do with it, and a cold start pays for every module.

    @cached_property
    def _parts(self) -> Assembly:
        from runs.assembly import Assembly

        return Assembly(
            jobs=self.jobs,
            ledger=self._ledger,
            clients=self._clients,
            people=self.people,
            groups=self.groups,
            open_choices=lambda: self.choices,
            lines=self._open_lines(),
            render=self._render,
            render_request=self._render_request,
            render_home=self._render_home,
            draw=self._draw,
            start=self._start,
            most_running=self._most_running,
            secrets=self._secrets,
            aws=self._aws,
            hand_on=self._hand_on,
            hands=self._hands,
            clock=lambda: self._clock(),
            monotonic=self._monotonic,
            sleep=self._sleep,
        )

    @cached_property
    def people(self) -> People:
        from runs.people import People

        return People(self._group_store, self._clients, monotonic=self._monotonic)

    @cached_property
    def groups(self) -> GroupAdmin:
        from runs.group_admin import GroupAdmin

        return GroupAdmin(
            names=self.jobs.groups, store=self._group_store, clients=self._clients, clock=self._clock
        )

    @cached_property
    def choices(self) -> Choices:
        """What functions of the team look up."""
        from runs.choices import Choices

        return Choices(jobs=self.jobs, people=self.people, secrets=self._secrets, monotonic=self._monotonic)

    @property
    def publish_home(self) -> Callable[..., None]:
        return self._parts.homes.publish

    def accept(self, request: RunRequest) -> None:
        """In an ack: puts the run on record, once for all deliveries of the request; the app's next start finds it.

        Where acks are durable there is nothing to do, and no time to do it in.
        """
        if not self.acks_are_durable:
            self._record(request)

    def begin(self, request: RunRequest, *, anew: bool = False) -> Run | None:
        """Checks, announces and starts the run that `request` asks for; None if that has been done before.

        `anew`: a run that was turned away before it began is tried once more, for this requester.
        Raises RunFailed if it failed at once, where runs are carried out at once, and TROUBLE if it was turned away
        and Slack cannot be reached to say so.
        """
        run = self._record(request)
        if anew and run.was_turned_away:
            needed = self._approvals_needed(request)
            run = self._ledger.change(
                run, lambda current: current.asked_anew(request, self._clock(), approvals_needed=needed)
            )
        return self._parts.taking_up.take_up(run)

    def go_on(self, *, team_id: str, run_id: str, seq: int) -> Run | None:
        """What was handed on at `seq`; None if somebody has taken it up before. Raises RunNotFound and RunFailed."""
        return self._parts.go_on(team_id=team_id, run_id=run_id, seq=seq)

    def cancel(self, *, team_id: str, run_id: str, actor: str) -> Run:
        """Raises RunNotFound, Refused (not theirs to cancel), WrongState (it has ended) or one of TROUBLE."""
        return self._parts.cancels.cancel(self._ledger.find(team_id, run_id), actor)

    def accept_cancel(self, *, team_id: str, run_id: str, actor: str) -> None:
        """In an ack, as `accept`: stops what is the actor's own, for lazy work may have to wait for Slack.

        `cancel` tells what came of it.
        """
        if not self.acks_are_durable:
            self._parts.cancels.accept(team_id=team_id, run_id=run_id, actor=actor)

    def approve(self, *, team_id: str, run_id: str, actor: str, reason: str | None = None) -> Run:
        """`reason` is the requester's own, for approving their own run.

        Raises RunNotFound, Refused (not theirs to approve) and WrongState (it is too late).
        """
        run = self._parts.decisions.approve(self._ledger.find(team_id, run_id), actor, reason)
        self._parts.homes.try_to_refresh(run, actor, *run.to_ask)
        return run

    def deny(self, *, team_id: str, run_id: str, actor: str, reason: str) -> Run:
        """Raises RunNotFound, Refused (not theirs to deny), WrongState (it is too late) or one of TROUBLE."""
        return self._parts.decisions.deny(self._ledger.find(team_id, run_id), actor, reason)

    def check_requester(self, job: Job, team_id: str, enterprise_id: str | None, user_id: str) -> None:
        """Before they fill in its form. Raises Refused (it is not for them) or one of TROUBLE."""
        self._parts.approvals.check_requester(job, team_id, enterprise_id, user_id)

    def check_denial(self, run: Run, actor: str) -> None:
        """Before they are asked why. Raises Refused (not theirs to deny) or one of TROUBLE."""
        self._parts.approvals.check_denial(run, actor)

    def check_own_approval(self, run: Run, actor: str) -> None:
        """Before they are asked why. Raises Refused (not theirs to approve so) or one of TROUBLE."""
        self._parts.approvals.check_own(run, actor)

    def may_see_inputs(self, run: Run, reader: str) -> bool:
        """Its inputs may name private channels: they are for its requester, its approvers and workspace admins.

        Raises one of TROUBLE.
        """
        if reader == run.requester or self._parts.approvals.is_approver(run, reader):
            return True
        try:
            return is_admin(self.client(run.team_id, run.enterprise_id), reader, run.team_id)
        except Refused:
            return False  # of another workspace

    def refresh(self, run: Run, actor: str | None = None) -> Run:
        """Makes the run's message agree with its record again, and what `actor` was sent as an approver."""
        if actor is not None:
            self._parts.decisions.refresh(run, actor)
            self._parts.homes.try_to_refresh(run, actor)
        return self._parts.announcer.show(run)

    def recover(self) -> None:
        """Accounts for what earlier processes left: called once, at start, when every other owner is dead.

        What this process has done meanwhile is in hand, or free to be taken by whoever comes first.
        """
        self._parts.accounts.recover()

    def account(self) -> None:
        """Accounts for the runs that nobody is at work on, and tells of ends that could not be told at the time."""
        self._parts.accounts.account()

    def _record(self, request: RunRequest) -> Run:
        needed = self._approvals_needed(request)
        return self._ledger.create(new_run(request, self._clock(), approvals_needed=needed))

    def _approvals_needed(self, request: RunRequest) -> int:
        job = self.jobs.get(request.job)
        return job.approvals_needed if job else 0
