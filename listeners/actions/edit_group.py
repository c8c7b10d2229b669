"""The button in App Home with which a workspace admin says who is in a group."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.groups import build_group_modal, build_loading_group_modal
from listeners.clicks import clicked_by
from listeners.errors import build_failure_modal
from listeners.lazy import lazy_retry_safe
from listeners.modals import named, replace_modal
from runs.errors import Refused
from runs.service import RunService


def ack_edit_group(ack: Ack, action: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
    # Its trigger_id lives for three seconds, and looking everything up may take longer.
    loading = named(build_loading_group_modal(action["value"]), body["trigger_id"])
    client.views_open(trigger_id=body["trigger_id"], view=loading)
    ack()


@lazy_retry_safe
def run_edit_group(
    action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService
) -> None:
    try:
        modal = _modal(action["value"], context, runs)
    except Refused as refusal:
        modal = build_failure_modal(str(refusal))
    replace_modal(body["trigger_id"], modal, context, runs)


def _modal(name: str, context: BoltContext, runs: RunService) -> dict[str, Any]:
    """Raises Refused."""
    team_id, actor = clicked_by(context)
    runs.groups.check_admin(team_id=team_id, enterprise_id=context.enterprise_id, actor=actor)
    group = runs.groups.find(team_id=team_id, name=name)
    try:
        usergroups = runs.groups.usergroups(team_id=team_id, enterprise_id=context.enterprise_id)
        problem = ""
    except Refused as refusal:
        usergroups, problem = [], str(refusal)
    return build_group_modal(group, runs.jobs, usergroups, problem=problem)
