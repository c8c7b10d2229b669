"""Who is in a group, as a workspace admin has said."""

from typing import Any

from slack_bolt import Ack, BoltContext

from blocks.groups import read_group_form
from listeners.clicks import clicked_by
from runs.errors import Refused
from runs.service import RunService


def ack_group_form(ack: Ack) -> None:
    ack()


def run_group_form(view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    """Done once, for doing it again would find the group changed. Raises Refused and GroupChanged."""
    team_id, actor = clicked_by(context)
    answers = read_group_form(view["private_metadata"], view["state"]["values"])
    if answers is None:
        raise Refused("I can't read this form. Open it again from my App Home.")
    enterprise_id = context.enterprise_id
    runs.groups.change(
        team_id=team_id,
        enterprise_id=enterprise_id,
        actor=actor,
        name=answers.name,
        people=answers.people,
        usergroups=answers.usergroups,
        version=answers.version,
    )
    runs.publish_home(team_id=team_id, enterprise_id=enterprise_id, user_id=actor)
