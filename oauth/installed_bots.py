"""The bots of an app for many workspaces: one stored-bot read, behind a cache that forgets soon."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import NamedTuple

from slack_sdk.oauth.installation_store import Bot, InstallationStore

from oauth.bots import BotIdentity, NotAllowed, NotInstalled, TokenDoubted
from oauth.rotation import RenewalRefused, Rotation, delete_bot

log = logging.getLogger("errand.installations")

KEPT_FOR = 60.0  # seconds that a token may outlive its uninstallation in a warm environment
MOST_KEPT = 1_000  # workspaces

OpenStore = Callable[[], InstallationStore]
Key = tuple[str, str, bool]  # enterprise id, team id, whether only an org-wide installation will do


class _Kept(NamedTuple):
    bot: Bot
    until: float


class InstalledBots:
    """`open_store` gives the store, made at its first use: a cold start pays for nothing that it may never need.

    `allowed` are ids of teams or enterprises; none: any. What the store cannot read it raises, and so does this: a
    workspace whose record is denied or damaged is not one where the app is not installed.
    """

    def __init__(
        self,
        open_store: OpenStore,
        *,
        allowed: Collection[str] = (),
        rotation: Rotation | None = None,
        is_at_hand: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_at_hand = is_at_hand
        self._open_store = open_store
        self._allowed = frozenset(allowed)
        self._rotation = rotation
        self._monotonic = monotonic
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._forgotten = 0  # how often: what was read before is not kept after

    def __deepcopy__(self, memo: object) -> InstalledBots:
        """Bolt copies a request's context for its lazy listeners; the cache in it is still this one."""
        return self

    def check(self, *, team_id: str | None, enterprise_id: str | None) -> None:
        """Raises NotAllowed."""
        if self._allowed and self._allowed.isdisjoint({team_id, enterprise_id}):
            raise NotAllowed

    def find(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        may_wait: bool = False,
    ) -> BotIdentity | None:
        """The team's own installation comes first, unless the request says that it is of the org-wide one."""
        self.check(team_id=team_id, enterprise_id=enterprise_id)
        key = (enterprise_id or "", team_id or "", bool(is_enterprise_install))
        bot = self._remembered(key) or self._read(key)
        if bot and self._rotation:
            current = self._rotation.current(bot, may_wait=may_wait)
            if current is not bot:
                self.forget(team_id=bot.team_id, enterprise_id=bot.enterprise_id)
            bot = current
        return identity(bot) if bot else None

    def refused(
        self,
        bot_token: str,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        is_dead: bool = True,
    ) -> str:
        """What is stored is deleted only if it is this very token: somebody may have installed the app anew."""
        self.forget(team_id=team_id, enterprise_id=enterprise_id)
        bot = find_stored_bot(
            self._open_store(),
            team_id=team_id,
            enterprise_id=enterprise_id,
            is_enterprise_install=is_enterprise_install,
        )
        if bot is None:
            raise NotInstalled
        if bot.bot_token != bot_token:
            return bot.bot_token
        if not is_dead:
            log.error(
                "Slack does not take the token of workspace %s: it may be dead, or this address not one that Slack"
                " lets in",
                team_id or enterprise_id,
            )
            raise TokenDoubted
        try:
            if self._rotation and bot.bot_refresh_token:
                return self._rotation.in_place_of(bot).bot_token
        except RenewalRefused:
            pass  # there is no way left, then
        log.error("Slack refuses the token of workspace %s: its bot is deleted", team_id or enterprise_id)
        delete_bot(self._open_store(), bot)
        raise NotInstalled

    def forget(self, *, team_id: str | None, enterprise_id: str | None) -> None:
        """An org-wide installation serves teams whose ids nobody knows here: all of its enterprise are forgotten."""
        with self._lock:
            self._forgotten += 1
            for key in [key for key in self._kept if _concerns(key, team_id, enterprise_id)]:
                del self._kept[key]

    def _remembered(self, key: Key) -> Bot | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.until <= self._monotonic():
                return None
            self._kept.move_to_end(key)
            return kept.bot

    def _read(self, key: Key) -> Bot | None:
        """Only what was found is kept: an installation works from its first second on."""
        forgotten = self._forgotten
        enterprise_id, team_id, is_org_wide = key
        bot = find_stored_bot(
            self._open_store(),
            team_id=team_id or None,
            enterprise_id=enterprise_id or None,
            is_enterprise_install=is_org_wide,
        )
        if bot:
            with self._lock:
                if self._forgotten == forgotten:
                    self._keep(key, bot)
        return bot

    def _keep(self, key: Key, bot: Bot) -> None:
        self._kept[key] = _Kept(bot, self._monotonic() + KEPT_FOR)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def find_stored_bot(
    store: InstallationStore,
    *,
    team_id: str | None,
    enterprise_id: str | None,
    is_enterprise_install: bool | None = None,
) -> Bot | None:
    if team_id and not is_enterprise_install:
        bot = store.find_bot(enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=False)
        if bot:
            return bot
    if not enterprise_id:
        return None
    return store.find_bot(enterprise_id=enterprise_id, team_id=None, is_enterprise_install=True)


def identity(bot: Bot) -> BotIdentity:
    return BotIdentity(
        team_id=bot.team_id or None,
        bot_id=bot.bot_id,
        bot_user_id=bot.bot_user_id,
        token=bot.bot_token,
        enterprise_id=bot.enterprise_id or None,
        scopes=tuple(bot.bot_scopes),
    )


def _concerns(key: Key, team_id: str | None, enterprise_id: str | None) -> bool:
    kept_enterprise, kept_team, _ = key
    if not team_id or enterprise_id:
        return kept_enterprise == (enterprise_id or "")
    return kept_team == team_id
