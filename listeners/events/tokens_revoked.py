"""Tokens of people, of the bot, or of both were revoked. https://docs.slack.dev/reference/events/tokens_revoked"""

from typing import Any

from slack_bolt import Ack, BoltContext

from listeners.lazy import lazy_retry_safe
from oauth.bot_client import Workspace
from oauth.revocations import Revocations


def ack_tokens_revoked(ack: Ack) -> None:
    ack()


@lazy_retry_safe
def run_tokens_revoked(
    body: dict[str, Any], event: dict[str, Any], context: BoltContext, revocations: Revocations
) -> None:
    of = Workspace(context.team_id, context.enterprise_id, context.is_enterprise_install)
    tokens = event.get("tokens") or {}
    revocations.tokens_revoked(
        of, body.get("event_time"), users=tokens.get("oauth") or [], bots=tokens.get("bot") or []
    )
