"""Authorization of requests. Bolt's own way asks Slack (`auth.test`) at every one of them; this one never does."""

from __future__ import annotations

from typing import Any, Protocol

from slack_bolt import BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk.oauth.installation_store import Installation

from oauth.bot_client import BotClient, Workspace
from oauth.bots import BotIdentity, Bots, NotAuthorized, NotInstalled, OneBot, identify_bot

__all__ = ["BotIdentity", "BotsAuthorize", "OneBot", "identify_bot"]


# Slack waits three for an ack. One that says what went wrong tells more than Slack's own error does.
SECONDS_FOR_AN_ACK = 2


class Users(Protocol):
    """The installations of those who let the app act for them."""

    def find(self, of: Workspace, user_id: str) -> Installation | None: ...


class BotsAuthorize(Authorize):
    """`users`: of an app for many workspaces, in which people may have let it act for them."""

    def __init__(self, bots: Bots, users: Users | None = None) -> None:
        self._bots = bots
        self._users = users

    def __call__(
        self,
        *,
        context: BoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """None, which Bolt answers for us, for an event from where the app is not installed.

        An ack that need not know the bot gets a result without a token, and a client that finds it at its first call.
        Events need the bot's ids, for Bolt passes over what the bot itself did. Lazy work without an installation
        gets a client that raises NotInstalled, so that its person is told. Any other request raises NotAuthorized.
        """
        of = Workspace(team_id, enterprise_id, context.is_enterprise_install)
        is_event, is_lazy = bool(context.get("is_event")), bool(context.get("is_lazy"))
        context["client"] = self._client(context, of, is_awaited=not (is_event or is_lazy), may_wait=is_lazy)
        if not (self._bots.is_at_hand or is_event or is_lazy):
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
        try:
            bot = self._find(of, may_wait=is_lazy)
        except NotAuthorized:
            if not (is_event or is_lazy):
                raise
            bot = None
        if bot is None and is_event and not is_lazy:
            return None
        return self._result(of, bot, user_id)

    def _find(self, of: Workspace, *, may_wait: bool) -> BotIdentity:
        bot = self._bots.find(
            team_id=of.team_id,
            enterprise_id=of.enterprise_id,
            is_enterprise_install=of.is_enterprise_install,
            may_wait=may_wait,
        )
        if bot is None:
            raise NotInstalled
        return bot

    def _result(self, of: Workspace, bot: BotIdentity | None, user_id: str | None) -> AuthorizeResult:
        """Bolt gives its token to the context's client; without one, the client finds out by itself why."""
        user = self._users.find(of, user_id) if bot and self._users and user_id else None
        return AuthorizeResult(
            enterprise_id=of.enterprise_id,
            team_id=of.team_id,
            bot_id=bot.bot_id if bot else None,
            bot_user_id=bot.bot_user_id if bot else None,
            bot_token=bot.token if bot else None,
            bot_scopes=bot.scopes if bot else None,
            user_id=user_id,
            user_token=user.user_token if user else None,
            user_scopes=user.user_scopes if user else None,
        )

    def _client(self, context: BoltContext, of: Workspace, *, is_awaited: bool, may_wait: bool) -> BotClient:
        like: Any = context.client
        return BotClient(
            self._bots,
            of,
            may_wait=may_wait,
            base_url=like.base_url,
            timeout=min(like.timeout, SECONDS_FOR_AN_ACK) if is_awaited else like.timeout,
            logger=getattr(like, "_logger", None),
        )
