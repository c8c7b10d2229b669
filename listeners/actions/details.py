"""The Details button of a run, in its message or in a list: a modal with all that its reader may know."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from listeners.clicks import clicked_by
from listeners.lazy import lazy_retry_safe
from listeners.modals import named, replace_modal
from runs.errors import RunNotFound
from runs.service import RunService


def ack_details(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    from blocks.run_details import build_loading_modal  # late: most cold starts are for something else

    # Its trigger_id lives for three seconds, and reading the record may take longer.
    client.views_open(trigger_id=body["trigger_id"], view=named(build_loading_modal(), body["trigger_id"]))
    ack()


@lazy_retry_safe
def run_details(action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    replace_modal(body["trigger_id"], _modal(action["value"], context, runs), context, runs)


def _modal(run_id: str, context: BoltContext, runs: RunService) -> dict[str, Any]:
    from blocks.run_details import build_details_modal, build_note_modal

    team_id, reader = clicked_by(context)
    try:
        run = runs.find(team_id, run_id)
    except RunNotFound as error:
        return build_note_modal(str(error))
    return build_details_modal(
        run, runs.jobs.get(run.job), reader=reader, may_see=runs.may_see_inputs(run, reader)
    )
