"""What becomes of a press of Cancel."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from runs.access import is_admin
from runs.announcer import Announcer
from runs.clients import Clients
from runs.endings import Endings
from runs.errors import Refused, RunNotFound, WrongState
from runs.in_hand import InHand
from runs.ledger import Ledger
from runs.places import Places
from runs.run import Run


class Cancels:
    def __init__(
        self,
        *,
        ledger: Ledger,
        clients: Clients,
        announcer: Announcer,
        places: Places,
        endings: Endings,
        in_hand: InHand,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._clients = clients
        self._announcer = announcer
        self._places = places
        self._endings = endings
        self._in_hand = in_hand
        self._clock = clock

    def cancel(self, run: Run, actor: str) -> Run:
        """Raises Refused (not theirs to cancel), WrongState (it has ended) or one of TROUBLE."""
        client = self._clients.patient(run.team_id, run.enterprise_id)
        if actor != run.requester and not is_admin(client, actor, run.team_id):
            raise Refused(
                f"Only <@{run.requester}>, who started this run, or a workspace admin can cancel it."
            )
        run = self._cancelled(run, actor)
        if run.is_live:
            return self._announcer.show(run)
        self._places.leave(run)
        self._endings.announce(run)
        return run

    def accept(self, *, team_id: str, run_id: str, actor: str) -> None:
        """Stops what is the actor's own. Whether they may cancel somebody else's, Slack has to be asked."""
        with suppress(RunNotFound, WrongState):
            run = self._ledger.find(team_id, run_id)
            if actor == run.requester:
                self._cancelled(run, actor)

    def _cancelled(self, run: Run, actor: str) -> Run:
        run = self._ledger.change(run, lambda current: current.cancel_asked(actor, self._clock()))
        self._in_hand.look_again(run.id)
        return run
