"""What Slack's word that tokens are dead does to the store. Its two events come in any order, twice, and late."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from typing import Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from oauth.bot_client import Workspace
from oauth.bots import DEAD_TOKEN, DOUBTED, Bots

log = logging.getLogger("errand.installations")

# Seconds by which our clock may be ahead of Slack's, which alone knows when. Nobody installs again within them.
CLOCKS_DIFFER = 3

# Seconds after which Slack has given up delivering an event, and Lambda too: a time before that tells nothing.
LATEST = 25 * 3600


class Revocations(Protocol):
    """`at` is the event's own time: what was installed after it is left alone. None: it does not say when."""

    def app_uninstalled(self, of: Workspace, at: float | None) -> None: ...

    def tokens_revoked(
        self, of: Workspace, at: float | None, *, users: Collection[str], bots: Collection[str]
    ) -> None: ...


class StoredRevocations:
    """Deletes by ids and dates alone: a key that opens no token any more keeps none of them in the store."""

    def __init__(
        self,
        open_store: Callable[[], InstallationStore],
        bots: Bots,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open_store = open_store
        self._bots = bots
        self._clock = clock

    def __deepcopy__(self, memo: object) -> StoredRevocations:
        """Bolt copies a request's context for its lazy listeners; the store is still this one."""
        return self

    def app_uninstalled(self, of: Workspace, at: float | None) -> None:
        of, store = _recorded(of), self._store()
        found = (_bot(store, of), _installation(store, of))
        if self._is_overtaken(at, *found):
            log.info("Workspace %s has been installed again since it was uninstalled", _name(of))
            return
        self._open_store().delete_all(enterprise_id=of.enterprise_id, team_id=of.team_id)
        self._bots.forget(team_id=of.team_id, enterprise_id=of.enterprise_id)
        log.info("Workspace %s has uninstalled the app: its tokens are deleted", _name(of))

    def tokens_revoked(
        self, of: Workspace, at: float | None, *, users: Collection[str], bots: Collection[str]
    ) -> None:
        of, store = _recorded(of), self._store()
        for user_id in users:
            if not self._is_overtaken(at, _installation(store, of, user_id)):
                self._open_store().delete_installation(
                    enterprise_id=of.enterprise_id, team_id=of.team_id, user_id=user_id
                )
        if bots and not self._is_overtaken(at, _bot(store, of)):
            self._open_store().delete_bot(enterprise_id=of.enterprise_id, team_id=of.team_id)
            self._bots.forget(team_id=of.team_id, enterprise_id=of.enterprise_id)
        log.info("Workspace %s has revoked tokens of %d users and %d bots", _name(of), len(users), len(bots))

    def _is_overtaken(self, at: float | None, *found: Bot | Installation | None) -> bool:
        if at is None or at < self._clock() - LATEST:
            return False
        return any(record is not None and record.installed_at > at + CLOCKS_DIFFER for record in found)

    def _store(self) -> InstallationStore:
        """As it lies there, sealed if it is."""
        store = self._open_store()
        return getattr(store, "inner", store)


class RevocationsOfSettings:
    """Of an app in one workspace, whose token is a setting: a person has to change it.

    Slack tells it of every workspace that the same app was in, and of those it has nothing.
    """

    def __init__(self, bots: Bots) -> None:
        self._bots = bots

    def __deepcopy__(self, memo: object) -> RevocationsOfSettings:
        """As of the one above."""
        return self

    def app_uninstalled(self, of: Workspace, at: float | None) -> None:
        if self._is_ours(of):
            log.error(
                "The app was uninstalled: install it again, and put its new SLACK_BOT_TOKEN into the settings"
            )

    def tokens_revoked(
        self, of: Workspace, at: float | None, *, users: Collection[str], bots: Collection[str]
    ) -> None:
        if bots and self._is_ours(of):
            log.error("SLACK_BOT_TOKEN was revoked: put a new one into the settings")

    def _is_ours(self, of: Workspace) -> bool:
        try:
            ours = self._bots.find(team_id=of.team_id, enterprise_id=of.enterprise_id)
        except SlackApiError as error:
            if error.response.get("error") in (*DEAD_TOKEN, DOUBTED):
                return True  # nobody can be asked any more whose token it was, for it is dead
            raise
        if ours is None:
            log.info("SLACK_BOT_TOKEN is not that of workspace %s, which lets the app in no more", _name(of))
        return ours is not None


def _recorded(of: Workspace) -> Workspace:
    """As installations are kept: an org-wide one without a team."""
    is_org_wide = of.is_enterprise_install or not of.team_id or of.team_id == of.enterprise_id
    return Workspace(None if is_org_wide else of.team_id, of.enterprise_id, is_org_wide)


def _bot(store: InstallationStore, of: Workspace) -> Bot | None:
    return store.find_bot(
        enterprise_id=of.enterprise_id, team_id=of.team_id, is_enterprise_install=of.is_enterprise_install
    )


def _installation(store: InstallationStore, of: Workspace, user_id: str | None = None) -> Installation | None:
    return store.find_installation(
        enterprise_id=of.enterprise_id,
        team_id=of.team_id,
        user_id=user_id,
        is_enterprise_install=of.is_enterprise_install,
    )


def _name(of: Workspace) -> str:
    return of.team_id or of.enterprise_id or "?"
