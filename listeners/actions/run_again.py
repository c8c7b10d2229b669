"""The Run again button of a run that has ended: the same job and inputs, for whoever pressed it."""

from typing import Any

from slack_bolt import Ack, BoltContext

from listeners.modals import update_modal
from runs.errors import RunNotFound, WrongState
from runs.run import MessageRef, RunRequest, again, run_id
from runs.service import RunService

AGAIN = ":hourglass_flowing_sand: Asked for once more. Its new message is where this run was asked for."


def ack_again(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService
) -> None:
    if not runs.acks_are_durable:  # for this looks the earlier run up
        runs.accept(request_again(action, body, context, runs))
    ack()


def run_again(action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    request = request_again(action, body, context, runs)
    if runs.begin(request, anew=True) is None:
        if runs.find(request.team_id, run_id(request)).response_url == request.response_url:
            return  # the same click, delivered again
        raise WrongState(
            "This has been run again already. To run it once more, use the newest message's button."
        )
    if body.get("view", {}).get("type") == "modal":  # where nothing else shows that the button was pressed
        from blocks.run_details import build_note_modal

        update_modal(build_note_modal(AGAIN), context, runs, view_id=body["view"]["id"])


def request_again(
    action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService
) -> RunRequest:
    """Raises RunNotFound, and WrongState while the run is still under way."""
    assert context.team_id, "Slack names the workspace of every click"
    assert context.user_id, "and who clicked"
    earlier = runs.find(context.team_id, action["value"])
    container = body.get("container", {})
    pressed = MessageRef(container.get("channel_id", ""), container.get("message_ts", ""))
    if context.user_id != earlier.requester and pressed != earlier.message:
        raise RunNotFound("I have no record of this run any more.")  # a button that is not of its message
    return again(earlier, requester=context.user_id, response_url=context.response_url)
