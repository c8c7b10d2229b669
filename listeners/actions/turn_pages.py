"""Older and Newest, under a list of runs."""

from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from blocks.origin import RunQuery
from listeners.clicks import clicked_by
from listeners.commands.runs import build_page
from listeners.lazy import lazy_retry_safe
from runs.service import RunService


def ack_turn_page(ack: Ack) -> None:
    ack()


@lazy_retry_safe
def run_older(respond: Respond, action: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    team_id, reader = clicked_by(context)
    page = build_page(RunQuery.load(action["value"]), runs, team_id=team_id, reader=reader)
    respond(response_type="ephemeral", replace_original=True, **page)


@lazy_retry_safe
def run_newest(respond: Respond, action: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    run_older(respond, action, context, runs)
