"""Everything behind RunService, put together once there is work to do: acks on Lambda need none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from runs.accounts import Accounts
from runs.announcer import Announcer, Render
from runs.approvals import Approvals
from runs.approver_messages import ApproverMessages, RenderRequest
from runs.cancels import Cancels
from runs.checks import Checks
from runs.clients import Clients
from runs.context import OpenAws
from runs.decisions import Decisions
from runs.endings import Endings
from runs.failures import explain
from runs.group_admin import GroupAdmin
from runs.hands import Hands
from runs.home import Homes, RenderHome
from runs.in_hand import InHand
from runs.job import Jobs
from runs.ledger import Ledger
from runs.people import People
from runs.places import Places
from runs.results.sending import Draw
from runs.run import Run
from runs.taking_up import Start, TakingUp
from runs.work import Work

if TYPE_CHECKING:
    from runs.choices import Choices
    from runs.line import LineStore


class Assembly:
    """With the arguments of RunService."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        ledger: Ledger,
        clients: Clients,
        people: People,
        groups: GroupAdmin,
        open_choices: Callable[[], Choices],
        lines: LineStore,
        render: Render,
        render_request: RenderRequest,
        render_home: RenderHome,
        draw: Draw,
        start: Start,
        most_running: int,
        secrets: Mapping[str, str],
        aws: OpenAws,
        hand_on: Callable[[Run], None] | None,
        hands: Callable[[], Hands] | None,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._start = start
        self._hand_on = hand_on or self._go_on_here
        in_hand = InHand(monotonic=monotonic)
        this_process = Hands()
        self.announcer = Announcer(ledger=ledger, clients=clients, render=render)
        self.approvals = Approvals(jobs=jobs, ledger=ledger, people=people, clock=clock)
        self.homes = Homes(
            jobs=jobs,
            ledger=ledger,
            clients=clients,
            people=people,
            groups=groups,
            render=render_home,
            clock=clock,
        )
        endings = Endings(
            ledger=ledger,
            announcer=self.announcer,
            homes=self.homes,
            bring_in_step=lambda run: self.decisions.bring_in_step(run),
        )
        self.decisions = Decisions(
            approvals=self.approvals,
            messages=ApproverMessages(ledger=ledger, clients=clients, render=render_request),
            ledger=ledger,
            announcer=self.announcer,
            pass_on=self._pass_on,
            announce_end=endings.announce,
            clock=clock,
        )
        places = Places(
            store=lines,
            ledger=ledger,
            announcer=self.announcer,
            most=most_running,
            pass_on=self._pass_on,
            clock=clock,
            sleep=sleep,
        )
        self.taking_up = TakingUp(
            ledger=ledger,
            announcer=self.announcer,
            checks=Checks(
                jobs=jobs,
                ledger=ledger,
                clients=clients,
                approvals=self.approvals,
                open_choices=open_choices,
            ),
            decisions=self.decisions,
            places=places,
            endings=endings,
            work=Work(
                ledger=ledger,
                announcer=self.announcer,
                clients=clients,
                places=places,
                endings=endings,
                in_hand=in_hand,
                pass_on=self._pass_on,
                draw=draw,
                secrets=secrets,
                aws=aws,
                clock=clock,
                monotonic=monotonic,
                sleep=sleep,
            ),
            in_hand=in_hand,
            hands=hands or (lambda: this_process),
            start=start,
            clock=clock,
        )
        self.cancels = Cancels(
            ledger=ledger,
            clients=clients,
            announcer=self.announcer,
            places=places,
            endings=endings,
            in_hand=in_hand,
            clock=clock,
        )
        self.accounts = Accounts(
            jobs=jobs,
            ledger=ledger,
            decisions=self.decisions,
            places=places,
            endings=endings,
            in_hand=in_hand,
            hand_on=self._hand_on,
            clock=clock,
        )
        self._ledger = ledger

    def go_on(self, *, team_id: str, run_id: str, seq: int) -> Run | None:
        return self.taking_up.take_up(self._ledger.find(team_id, run_id), seq)

    def _go_on_here(self, run: Run) -> None:
        self._start(lambda: self.go_on(team_id=run.team_id, run_id=run.id, seq=run.seq))

    def _pass_on(self, run: Run) -> None:
        if run.owner is not None:
            return  # in other hands
        try:
            self._hand_on(run)
        except Exception as error:
            # Its next owner is missed soon: see `account`.
            explain(error, doing=f"Handing on run {run.id}")
