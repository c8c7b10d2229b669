"""Where the bot of a workspace, with its token, is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

# What Slack answers when a token is good for nothing any more.
DEAD_TOKEN = frozenset({"token_revoked", "token_expired", "account_inactive"})

# It may be as dead, or Slack lets nobody in from this machine's address; nothing is deleted for that.
# https://docs.slack.dev/reference/methods/auth.test#errors
DOUBTED = "invalid_auth"


class NotAuthorized(SlackClientError):
    """There is no token for this workspace, so Slack cannot be called. The message, for a person, says what to do."""

    # runs/ knows errors of this kind by these, for it knows nothing of tokens.
    is_for_people = True  # the message is shown as it is
    is_final = True  # trying again later leads to nothing


class NotInstalled(NotAuthorized):
    """I am not installed in this workspace (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "I am not installed in this workspace any more. Ask an admin to open my install page and install me again."
        )


class TokenDoubted(NotAuthorized):
    """Slack does not take the token, and does not say that it is dead."""

    def __init__(self) -> None:
        super().__init__(
            "Slack does not let me act in this workspace right now. Ask an admin to open my install page and install me"
            " again; if that does not help, whoever looks after me should see which IP addresses Slack lets in."
        )


class NotAllowed(NotAuthorized):
    """Whoever looks after Errand lets other workspaces use it, but not this one."""

    def __init__(self) -> None:
        super().__init__(
            "I may not be used in this workspace. Ask whoever looks after me to add it to ALLOWED_TEAM_IDS."
        )


@dataclass(frozen=True)
class BotIdentity:
    """What `auth.test` says of a bot token. An org-wide installation has no team of its own."""

    team_id: str | None
    bot_id: str
    bot_user_id: str
    token: str = field(repr=False)
    enterprise_id: str | None = None
    scopes: Sequence[str] | None = None  # None: nobody has asked


class Bots(Protocol):
    """`is_at_hand` says that finding one asks nobody over the network, so that an ack need not put it off."""

    @property
    def is_at_hand(self) -> bool: ...

    def find(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        may_wait: bool = False,
    ) -> BotIdentity | None:
        """None where the app is not installed; what cannot be read is raised.

        `may_wait`: nobody expects an answer within seconds, so there is time to renew a token before it expires.
        Raises NotAuthorized.
        """

    def refused(
        self,
        bot_token: str,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        is_dead: bool = True,
    ) -> str | None:
        """Slack does not take this token. Another one that is good; None: nothing can be done, its word stands.

        `is_dead`: it says so. Raises NotAuthorized if the workspace has none that is any good.
        """

    def forget(self, *, team_id: str | None, enterprise_id: str | None) -> None:
        """What was remembered of it: it has just been installed or uninstalled."""


class _NothingStored:
    def refused(
        self,
        bot_token: str,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        is_dead: bool = True,
    ) -> str | None:
        return None

    def forget(self, *, team_id: str | None, enterprise_id: str | None) -> None:
        """Its token is a setting."""


@dataclass(frozen=True)
class OneBot(_NothingStored):
    """An app in one workspace that knows its bot."""

    bot: BotIdentity
    is_at_hand: bool = True

    def find(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        may_wait: bool = False,
    ) -> BotIdentity | None:
        return self.bot if team_id == self.bot.team_id else None


class BotOfToken(_NothingStored):
    """An app in one workspace that has a token alone: Slack is asked once whose it is, when somebody has the time."""

    is_at_hand = False

    def __init__(self, client: WebClient, token: str) -> None:
        self._client = client
        self._token = token
        self._known: OneBot | None = None

    def find(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        is_enterprise_install: bool | None = None,
        may_wait: bool = False,
    ) -> BotIdentity | None:
        if self._known is None:
            self._known = OneBot(identify_bot(self._client, self._token))
        return self._known.find(team_id=team_id, enterprise_id=enterprise_id)


def token_of(
    bots: Bots,
    team_id: str | None,
    enterprise_id: str | None,
    *,
    is_enterprise_install: bool | None = None,
    may_wait: bool = False,
) -> str:
    """Raises NotAuthorized."""
    bot = bots.find(
        team_id=team_id,
        enterprise_id=enterprise_id,
        is_enterprise_install=is_enterprise_install,
        may_wait=may_wait,
    )
    if bot is None:
        raise NotInstalled
    return bot.token


def identify_bot(client: WebClient, token: str) -> BotIdentity:
    """Asks Slack once, at start. Raises SlackApiError if it refuses the token."""
    answer = client.auth_test(token=token)
    return BotIdentity(
        team_id=answer["team_id"],
        bot_id=answer["bot_id"],
        bot_user_id=answer["user_id"],
        enterprise_id=answer.get("enterprise_id"),
        token=token,
    )
