"""What a menu in a job's form offers, each time somebody opens it or types: looked up while Slack waits."""

from typing import Any

from slack_bolt import Ack, BoltContext

from blocks.form import build_options, name_of_field
from blocks.origin import Origin
from listeners.clicks import clicked_by
from runs.service import RunService


def ack_choices(ack: Ack, body: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    team_id, user_id = clicked_by(context)
    origin = Origin.load(body.get("view", {}).get("private_metadata", ""))
    found = runs.choices.offered(
        origin.job,
        name_of_field(body["block_id"]),
        query=body.get("value") or "",
        requester=user_id,
        team_id=team_id,
        enterprise_id=context.enterprise_id,
    )
    ack(options=build_options(found))
