"""App Home: what awaits somebody, what they may run and have run, and for admins who is in the groups."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from runs.access import is_admin_of, why_no_member
from runs.clients import Clients
from runs.errors import Refused
from runs.group_admin import GroupAdmin
from runs.groups import EVERYONE, Group
from runs.job import Job, Jobs
from runs.ledger import Ledger
from runs.people import People, Roll
from runs.run import Run, RunState

log = logging.getLogger("errand.home")

RUNS_AT_HOME = 8
MOST_LOOKED_THROUGH = 50  # runs that wait for anybody's approval, to find those that wait for one person
MOST_REFRESHED = 10  # people whose App Home is brought up to date after a decision, in case they look at it

STRANGER = "I can't find your account in this workspace."


@dataclass(frozen=True)
class Home:
    """One person's. `barred` are the names of jobs that are not for them, `groups` are for admins only."""

    reader: str
    refusal: str = ""  # why they may run nothing
    waiting: tuple[Run, ...] = ()  # for their approval; the first to expire comes first
    barred: frozenset[str] = frozenset()
    recent: tuple[Run, ...] = ()
    groups: tuple[Group, ...] = ()


RenderHome = Callable[[Home], dict[str, Any]]


class Homes:
    """What is shown may be a minute old; nothing is decided by it."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        ledger: Ledger,
        clients: Clients,
        people: People,
        groups: GroupAdmin,
        render: RenderHome,
        clock: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._clients = clients
        self._people = people
        self._groups = groups
        self._render = render
        self._clock = clock

    def publish(self, *, team_id: str, enterprise_id: str | None, user_id: str) -> None:
        """Of somebody who has opened it, or changed what it shows. Raises one of TROUBLE."""
        client = self._clients.patient(team_id, enterprise_id)
        self._publish(client, team_id, enterprise_id, user_id)

    def try_to_refresh(self, run: Run, *people: str) -> None:
        """After `run` has changed: they may be looking. Nobody can say whether they are."""
        for user_id in list(dict.fromkeys(filter(None, people)))[:MOST_REFRESHED]:
            try:
                client = self._clients.brisk(run.team_id, run.enterprise_id)
                self._publish(client, run.team_id, run.enterprise_id, user_id, news=run)
            except Exception as error:
                log.info("App Homes were not refreshed after run %s: %s", run.id, type(error).__name__)
                return

    def _publish(
        self,
        client: WebClient,
        team_id: str,
        enterprise_id: str | None,
        user_id: str,
        news: Run | None = None,
    ) -> None:
        roll = self._people.lately(team_id, enterprise_id)
        home = self._home(roll, team_id, user_id, news)
        client.views_publish(user_id=user_id, view=self._render(home))

    def _home(self, roll: Roll, team_id: str, user_id: str, news: Run | None) -> Home:
        recent = self._ledger.recent(team_id=team_id, requester=user_id, limit=RUNS_AT_HOME)
        shown = tuple(_as_it_is_now(recent, news))
        user = roll.user(user_id)
        refusal = why_no_member(user, team_id) if user else STRANGER
        if refusal or not user:
            return Home(user_id, refusal=refusal, recent=shown)
        return Home(
            user_id,
            waiting=self._waiting(roll, team_id, user_id, news),
            barred=frozenset(
                job.name for job in self._jobs.values() if not _is_for(roll, user_id, job.requesters)
            ),
            recent=shown,
            groups=tuple(self._groups.all(team_id=team_id)) if is_admin_of(user, team_id) else (),
        )

    def _waiting(self, roll: Roll, team_id: str, user_id: str, news: Run | None) -> tuple[Run, ...]:
        if not any(job.approvers for job in self._jobs.values()):
            return ()
        found = self._ledger.recent(
            team_id=team_id, state=RunState.AWAITING_APPROVAL, limit=MOST_LOOKED_THROUGH
        )
        now = self._clock()
        waiting = (run for run in _as_it_is_now(found, news) if run.is_open and not run.has_expired(now))
        own = (run for run in waiting if self._awaits(roll, run, user_id))
        return tuple(sorted(own, key=lambda run: run.expires_at or 0.0))

    def _awaits(self, roll: Roll, run: Run, user_id: str) -> bool:
        job = self._jobs.get(run.job)
        if job is None or any(each.actor == user_id for each in run.approvals):
            return False
        return _may_decide(roll, job, run, user_id)


def _may_decide(roll: Roll, job: Job, run: Run, user_id: str) -> bool:
    if user_id == run.requester and not job.self_approval:
        return False
    try:
        return roll.is_one_of(user_id, job.approvers)
    except Refused:
        return False  # nobody can say: they may still be asked directly


def _is_for(roll: Roll, user_id: str, names: tuple[str, ...]) -> bool:
    try:
        return EVERYONE in names or roll.is_one_of(user_id, names)
    except Refused:
        return True  # nobody can say: it is checked before it runs


def _as_it_is_now(runs: Iterable[Run], news: Run | None) -> list[Run]:
    """An index may lag behind what was written a moment ago."""
    return [news if news and each.id == news.id else each for each in runs]
