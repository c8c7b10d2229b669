"""Telling how a run ended: its requester, and whoever was asked to approve it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from runs.announcer import Announcer
from runs.clients import TROUBLE
from runs.decisions import news_of
from runs.errors import RunFailed
from runs.home import Homes
from runs.ledger import Ledger
from runs.run import LOST, Decision, Run, RunState

log = logging.getLogger("errand.runs")

# It awaited people in whose App Home it still stands.
UNAPPROVED = (Decision.DENIED, Decision.EXPIRED, Decision.DROPPED)


class Endings:
    """`bring_in_step` shows whoever was asked to approve a run how it stands."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        announcer: Announcer,
        homes: Homes,
        bring_in_step: Callable[[Run], None],
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._homes = homes
        self._bring_in_step = bring_in_step

    def announce(self, run: Run) -> None:
        """Raises one of TROUBLE if Slack cannot be reached: `account` tries again."""
        try:
            if run.announced is not run.state:
                self._tell(run)
            if not run.is_decision_shown:
                self._bring_in_step(run)
        except TROUBLE as error:
            if not getattr(error, "is_final", False):
                raise
            log.warning("Nobody can be told how run %s ended: %s", run.id, error)
            self.give_up(run)

    def give_up(self, run: Run) -> None:
        """Nobody will ever be told."""
        self._ledger.change(run, lambda current: current.told())

    def _tell(self, run: Run) -> None:
        if run.was_turned_away:
            self._announcer.tell(run, f":warning: {run.error}")
            return
        if run.state is RunState.LOST:
            # Before the edit, which notifies nobody, but after which the requester counts as told.
            self._announcer.tell_in_thread(run, f"<@{run.requester}> {LOST}")
        news = news_of(run)
        if news:
            self._announcer.tell_in_thread(run, f"<@{run.requester}> {news}")
        self._announcer.show(run)
        waited = (run.denied_by or "", *run.to_ask) if run.decision in UNAPPROVED else ()
        self._homes.try_to_refresh(run, run.requester, *waited)


def raise_if_broken(run: Run) -> Run:
    """What nobody foresaw is raised once it is recorded and told: it is an error to whoever watches over Errand."""
    if run.reference:
        raise RunFailed(f"run {run.id} failed, reference {run.reference}")
    return run
