"""The Cancel button of a run's message."""

from typing import Any

from slack_bolt import Ack, BoltContext

from listeners.clicks import clicked_by
from runs.errors import WrongState
from runs.service import RunService


def ack_cancel(ack: Ack, action: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    team_id, user_id = clicked_by(context)
    runs.accept_cancel(team_id=team_id, run_id=action["value"], actor=user_id)
    ack()


def run_cancel(action: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    team_id, user_id = clicked_by(context)
    try:
        runs.cancel(team_id=team_id, run_id=action["value"], actor=user_id)
    except WrongState:
        # a click on a message that was out of date
        runs.refresh(runs.find(team_id, action["value"]), user_id)
        raise
