"""A run whose turn has come: started, carried out, and then handed on or ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runs.announcer import Announcer
from runs.clients import Clients
from runs.context import OpenAws
from runs.endings import Endings, raise_if_broken
from runs.errors import WrongState
from runs.execution import Execution
from runs.hands import Hands
from runs.in_hand import InHand
from runs.job import Job
from runs.ledger import Ledger
from runs.pace import Pace, Watch
from runs.places import Places
from runs.results.sending import Draw
from runs.run import Run, RunState


class Work:
    """`pass_on` has a run that goes on in other hands taken up."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        announcer: Announcer,
        clients: Clients,
        places: Places,
        endings: Endings,
        in_hand: InHand,
        pass_on: Callable[[Run], None],
        draw: Draw,
        secrets: Mapping[str, str],
        aws: OpenAws,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._clients = clients
        self._places = places
        self._endings = endings
        self._in_hand = in_hand
        self._pass_on = pass_on
        self._draw = draw
        self._secrets = secrets
        self._aws = aws
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep

    def do(self, job: Job, run: Run, hands: Hands) -> None:
        """Of what is in hand here, and is not afterwards. Raises RunFailed."""
        try:
            started = self._started(run, hands)
            if started:
                self._carry_out(job, started, hands)
        finally:
            self._in_hand.release(run.id)

    def _started(self, run: Run, hands: Hands) -> Run | None:
        """None if it was cancelled while it waited for its turn. A run that goes on has been started before."""
        if run.state is not RunState.QUEUED:
            return run
        try:
            run = self._ledger.change(run, lambda current: current.started(hands.owner, self._clock()))
        except WrongState:
            self._places.leave_if_ended(run)
            return None
        self._announcer.try_to_show(run, brisk=True)
        return run

    def _carry_out(self, job: Job, run: Run, hands: Hands) -> None:
        with self._in_hand.at_work(run.id) as watch:
            run = self._execution(run.team_id, hands, watch).carry_out(job, run)
        if run.is_live:
            self._pass_on(run)
        else:
            self._places.leave(run)
            self._endings.announce(run)
            raise_if_broken(run)

    def _execution(self, team_id: str, hands: Hands, watch: Watch) -> Execution:
        return Execution(
            ledger=self._ledger,
            announcer=self._announcer,
            clients=self._clients,
            draw=self._draw,
            secrets=self._secrets,
            aws=self._aws,
            pace=Pace(monotonic=self._monotonic, live_runs=self._live_runs(team_id, hands)),
            watch=watch,
            now=self._clock,
            until=hands.until,
            sleep=self._sleep,
        )

    def _live_runs(self, team_id: str, hands: Hands) -> Callable[[], int]:
        if hands.until is None:
            return self._in_hand.count
        # Every invocation has one run; how many others there are is not worth asking more than once.
        count = self._places.count(team_id)
        return lambda: count
