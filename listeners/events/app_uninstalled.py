"""The app was removed from a workspace: nothing that Slack gave for it is kept. Its runs carry no tokens."""

from typing import Any

from slack_bolt import Ack, BoltContext

from listeners.lazy import lazy_retry_safe
from oauth.bot_client import Workspace
from oauth.revocations import Revocations


def ack_app_uninstalled(ack: Ack) -> None:
    ack()


@lazy_retry_safe
def run_app_uninstalled(body: dict[str, Any], context: BoltContext, revocations: Revocations) -> None:
    of = Workspace(context.team_id, context.enterprise_id, context.is_enterprise_install)
    revocations.app_uninstalled(of, body.get("event_time"))
