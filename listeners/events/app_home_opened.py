"""App Home: the jobs, and the viewer's recent runs."""

from typing import Any

from slack_bolt import Ack, BoltContext

from listeners.lazy import lazy_retry_safe
from runs.service import RunService


def ack_app_home_opened(ack: Ack, event: dict[str, Any], context: BoltContext) -> None:
    context["lazy"] = event.get("tab", "home") == "home"  # the Messages tab needs nothing
    ack()


@lazy_retry_safe
def run_app_home_opened(event: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    assert context.team_id, "Slack names the workspace in every event"
    runs.publish_home(team_id=context.team_id, enterprise_id=context.enterprise_id, user_id=event["user"])
