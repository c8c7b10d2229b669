"""Tokens that expire are renewed before they do, by one at a time: a refresh token is good for a single use.

https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from oauth.bots import NotAuthorized, NotInstalled

if TYPE_CHECKING:
    from oauth.leases import Leases

log = logging.getLogger("errand.rotation")

# The SDK logs what it sends and gets at DEBUG, and here that is tokens.
_SILENT = logging.getLogger("errand.rotation.slack")
_SILENT.setLevel(logging.INFO)

AHEAD = (
    2 * 3600
)  # seconds before its end in which a token is renewed by whoever has the time; it lives for 12 hours
LEASE = 30  # seconds; longer than asking Slack and saving its answer take
PAUSE = 0.2  # seconds between two looks at whether somebody else is done
LOOKS = 60  # of whoever has the time
LOOKS_IN_AN_ACK = 8  # Slack waits three seconds
ANEW_AFTER = 60  # seconds until somebody who could go on with the old token asks Slack again
TRIES_TO_SAVE = 4  # a new token that is lost cannot be had again

# Slack's word that this refresh token is good for nothing. What else it says is about our settings, or its own trouble.
REFUSED = {"invalid_refresh_token", "token_revoked", "token_expired", "account_inactive"}

TROUBLE = (SlackClientError, OSError, HTTPException, ValueError)

Record = TypeVar("Record", Bot, Installation)


class RenewalRefused(NotAuthorized):
    """Slack does not renew the token, and the old one is no good any more."""

    def __init__(self) -> None:
        super().__init__(
            "Slack does not let me into this workspace any more. Ask an admin to open my install page and install me"
            " again."
        )


class RenewalFailed(Exception):
    """A token has expired, and nobody got a new one: Slack is in trouble, or our settings are wrong."""


class Rotation:
    """One for a process. A lease of the workspace's is held while Slack is asked and its answer is saved."""

    def __init__(
        self,
        open_store: Callable[[], InstallationStore],
        open_leases: Callable[[], Leases],
        *,
        api_url: str,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._open_store = open_store
        self._open_leases = open_leases
        self._client = WebClient(base_url=api_url, timeout=10, logger=_SILENT)
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._sleep = sleep
        self._unsaved: dict[
            str, Bot
        ] = {}  # what Slack made of a refresh token, where the store did not take it
        self._put_off: dict[str, float] = {}  # by refresh token, until when Slack need not be asked again

    def current(self, bot: Bot, *, may_wait: bool) -> Bot:
        """The bot with a token that is good: its own, unless that has ended, or will soon and there is time.

        Raises NotAuthorized, RenewalFailed, and what the store raises.
        """
        ahead = AHEAD if may_wait else 0
        if not self._ends_within(bot, ahead):
            return bot
        has_ended = self._ends_within(bot, 0)
        if not has_ended and self._is_put_off(bot.bot_refresh_token):
            return bot
        try:
            return self._renewed(bot, lambda stored: self._ends_within(stored, ahead), may_wait)
        except (RenewalRefused, RenewalFailed) as error:
            if has_ended:
                raise
            log.warning("The old token of workspace %s is used for now: %s", _name(bot), error)
            return bot

    def in_place_of(self, bot: Bot) -> Bot:
        """One whose token Slack refuses, whatever its end says. Raises like `current`."""
        return self._renewed(bot, lambda stored: stored.bot_token == bot.bot_token, may_wait=False)

    def current_user(self, installation: Installation) -> Installation:
        """The same for a user's token. One that cannot be renewed is left as it is: Slack says what it thinks of it."""
        at = installation.user_token_expires_at
        if at is None or not installation.user_refresh_token or at > self._clock() + AHEAD:
            return installation
        if self._is_put_off(installation.user_refresh_token):
            return installation
        refreshed = installation.user_refresh_token
        try:
            return self._one_at_a_time(
                _lease_of(installation),
                read=lambda: self._stored_installation(installation),
                is_stale=lambda stored: stored.user_refresh_token == refreshed,
                renew=self._renew_user,
                looks=LOOKS,
            )
        except (NotAuthorized, RenewalFailed) as error:
            log.warning("The token of user %s of %s: %s", installation.user_id, _name(installation), error)
            return installation

    def renew_all(self, bots: Iterable[Bot]) -> None:
        """Those near their end, ahead of time. What goes wrong with one keeps none of the others waiting."""
        for bot in bots:
            try:
                self.current(bot, may_wait=True)
            except Exception as error:
                log.error("The token of workspace %s was not renewed: %s", _name(bot), type(error).__name__)

    def _ends_within(self, bot: Bot, seconds: float) -> bool:
        if bot.bot_token_expires_at is None or not bot.bot_refresh_token:
            return False
        return bot.bot_token_expires_at <= self._clock() + seconds

    def _is_put_off(self, refresh_token: str | None) -> bool:
        return self._put_off.get(refresh_token or "", 0.0) > self._clock()

    def _renewed(self, bot: Bot, is_stale: Callable[[Bot], bool], may_wait: bool) -> Bot:
        return self._one_at_a_time(
            _lease_of(bot),
            read=lambda: self._stored(bot),
            is_stale=is_stale,
            renew=self._renew,
            looks=LOOKS if may_wait else LOOKS_IN_AN_ACK,
        )

    def _one_at_a_time(
        self,
        lease: str,
        *,
        read: Callable[[], Record],
        is_stale: Callable[[Record], bool],
        renew: Callable[[Record], Record],
        looks: int,
    ) -> Record:
        leases = self._open_leases()
        for _ in range(looks):
            holder = leases.take(lease, LEASE)
            if holder:
                try:
                    stored = read()
                    return renew(stored) if is_stale(stored) else stored
                finally:
                    _release(leases, lease, holder)
            self._sleep(PAUSE)
            stored = read()
            if not is_stale(stored):
                return stored
        raise RenewalFailed("somebody else is at it, and not done yet")

    def _renew(self, stored: Bot) -> Bot:
        assert stored.bot_refresh_token, "nobody renews a token that does not expire"
        renewed = self._unsaved.get(stored.bot_refresh_token)
        if renewed is None:
            try:
                answer = self._ask(stored.bot_refresh_token, "bot")
            except RenewalRefused:
                return self._after_refusal(stored)
            renewed = _copy(stored)
            renewed.bot_token = answer["access_token"]
            renewed.bot_refresh_token = answer.get("refresh_token")
            renewed.bot_token_expires_at = self._end(answer)
        return self._saved(stored, renewed)

    def _renew_user(self, stored: Installation) -> Installation:
        """The rest of the record is as it was read under the lease, so no bot's token goes back to an older one."""
        assert stored.user_refresh_token, "nobody renews a token that does not expire"
        answer = self._ask(stored.user_refresh_token, "user")
        renewed = _copy(stored)
        renewed.user_token = answer["access_token"]
        renewed.user_refresh_token = answer.get("refresh_token")
        renewed.user_token_expires_at = self._end(answer)
        self._persist(lambda: self._replace_installation(stored, renewed), _name(stored))
        return renewed

    def _replace_installation(self, stored: Installation, renewed: Installation) -> None:
        """Where the store can, without the bot: somebody may have installed it anew while Slack was asked."""
        store = self._open_store()
        if hasattr(getattr(store, "inner", store), "replace_installation"):
            store.replace_installation(stored, renewed)  # type: ignore[attr-defined]
        else:
            store.save(renewed)

    def _ask(self, refresh_token: str, token_type: str) -> Any:
        """Raises RenewalRefused, and RenewalFailed with what a log may show."""
        self._put_off[refresh_token] = self._clock() + ANEW_AFTER
        try:
            answer = self._client.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret,
                grant_type="refresh_token",
                refresh_token=refresh_token,
            )
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code in REFUSED:
                log.error("Slack refuses to renew a token: %s", code)
                raise RenewalRefused from None
            raise RenewalFailed(f"Slack answered {code if code.isidentifier() else 'no JSON'}") from None
        except TROUBLE as error:
            raise RenewalFailed(f"Slack cannot be reached: {type(error).__name__}") from None
        if answer.get("token_type") != token_type or not answer.get("access_token"):
            raise RenewalFailed(f"Slack answered without a {token_type}'s token")
        del self._put_off[refresh_token]
        return answer

    def _after_refusal(self, stored: Bot) -> Bot:
        """The refresh token may have been used up in the meantime by an installation, which takes no lease."""
        again = self._stored(stored)
        if again.bot_refresh_token != stored.bot_refresh_token:
            return again
        log.error("Workspace %s has to install the app again: Slack renews its token no more", _name(stored))
        if self._ends_within(stored, 0):
            delete_bot(self._open_store(), stored)
        raise RenewalRefused

    def _end(self, answer: Any) -> int | None:
        return int(self._clock()) + int(answer["expires_in"]) if answer.get("expires_in") else None

    def _saved(self, stored: Bot, renewed: Bot) -> Bot:
        """What is stored by now. A workspace that has left is not brought back, nor a fresh installation undone."""
        assert stored.bot_refresh_token, "nobody renews a token that does not expire"
        in_place: list[bool] = []
        if not self._persist(lambda: in_place.append(self._replace(stored, renewed)), _name(renewed)):
            self._unsaved[stored.bot_refresh_token] = renewed  # for whoever comes next, in this process
            return renewed
        self._unsaved.pop(stored.bot_refresh_token, None)
        return renewed if in_place[-1] else self._stored(stored)

    def _replace(self, stored: Bot, renewed: Bot) -> bool:
        """Bots first, for that is what everybody reads; our own stores then tell the same of installations."""
        store = self._open_store()
        if hasattr(getattr(store, "inner", store), "replace_bot"):
            return bool(store.replace_bot(stored, renewed))  # type: ignore[attr-defined]
        store.save_bot(renewed)
        installation = store.find_installation(
            enterprise_id=renewed.enterprise_id or None,
            team_id=renewed.team_id or None,
            is_enterprise_install=renewed.is_enterprise_install,
        )
        if installation:
            installation.bot_token = renewed.bot_token
            installation.bot_refresh_token = renewed.bot_refresh_token
            installation.bot_token_expires_at = renewed.bot_token_expires_at
            store.save(installation)
        return True

    def _persist(self, save: Callable[[], object], workspace: str) -> bool:
        """Slack gives a token once, so it is not let go of for one failed write. False if all of them failed."""
        for attempt in range(TRIES_TO_SAVE):
            try:
                save()
                return True
            except Exception as error:
                log.error(
                    "The renewed token of workspace %s could not be saved: %s",
                    workspace,
                    type(error).__name__,
                )
                self._sleep(PAUSE * 2**attempt)
        return False

    def _stored(self, bot: Bot) -> Bot:
        """As it is now. Raises NotInstalled."""
        stored = self._open_store().find_bot(
            enterprise_id=bot.enterprise_id or None,
            team_id=bot.team_id or None,
            is_enterprise_install=bot.is_enterprise_install,
        )
        if stored is None:
            raise NotInstalled
        return stored

    def _stored_installation(self, installation: Installation) -> Installation:
        stored = self._open_store().find_installation(
            enterprise_id=installation.enterprise_id or None,
            team_id=installation.team_id or None,
            user_id=installation.user_id,
            is_enterprise_install=installation.is_enterprise_install,
        )
        if stored is None:
            raise NotInstalled
        return stored


def _release(leases: Leases, lease: str, holder: str) -> None:
    """One that is not let go of ends by itself: no reason to do without the token that was got under it."""
    try:
        leases.release(lease, holder)
    except Exception as error:
        log.warning("The lease %s was not let go of: %s", lease, type(error).__name__)


def delete_bot(store: InstallationStore, bot: Bot) -> None:
    """Unless another one has taken its place: where the store can, in one step."""
    if hasattr(getattr(store, "inner", store), "remove_bot"):
        store.remove_bot(bot)  # type: ignore[attr-defined]
        return
    stored = store.find_bot(
        enterprise_id=bot.enterprise_id or None,
        team_id=bot.team_id or None,
        is_enterprise_install=bot.is_enterprise_install,
    )
    if stored and stored.bot_token == bot.bot_token:
        store.delete_bot(enterprise_id=bot.enterprise_id or None, team_id=bot.team_id or None)


def _copy(record: Record) -> Record:
    return type(record)(**record.to_dict_for_copying())


def _name(record: Bot | Installation) -> str:
    return record.team_id or record.enterprise_id or "?"


def _lease_of(record: Bot | Installation) -> str:
    """Of all tokens of a workspace: what is saved for a user holds the bot's too."""
    return f"rotation#{record.enterprise_id or ''}#{record.team_id or ''}"
