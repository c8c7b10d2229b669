"""Submitting and closing modals, and what the app answers to it."""

from typing import Any

from simulator.actions import chosen
from simulator.blocks import find_element, with_those_inside
from simulator.core import Simulator
from simulator.deliveries import Ack
from simulator.errors import ApiError, SimError
from simulator.form_checks import check_form
from simulator.legacy.dialogs import cancellation_payload, errors_in, submission_payload
from simulator.payloads import view_closed_payload, view_submission_payload
from simulator.state import Json, View
from simulator.views import clear_views, close_view, parse_view, push_view, state_of, update_view

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(sim: Simulator, view: View, values: Json, *, skip_client_checks: bool) -> Json:
    """Sends the form to the app and does what it answers; `errors` come from Slack's own checks too."""
    view.values = state_of(view, _entered(sim, view, values))
    errors = {} if skip_client_checks else check_form(view)
    if errors:
        return {"response_action": "errors", "errors": errors, "ack": None}
    ack = await sim.deliveries.deliver("interactive", _submission(sim, view))
    answer: Json = {"ack": ack.to_json()}
    if not ack.ok:
        _trouble(sim, view)
        return answer
    try:
        return answer | (_obey_dialog if view.dialog else _obey)(sim, view, ack.payload or {})
    except ApiError as error:
        _trouble(sim, view)
        detail = error.details.get("response_metadata", {}).get("messages", [])
        return {"ack": {**ack.to_json(), "status": "failed", "error": error.error, "messages": detail}}


async def close(sim: Simulator, view: View, *, everything: bool) -> Ack | None:
    """A person closes a modal; the app hears of it if it asked to."""
    cleared = everything or bool(view.definition.get("clear_on_close"))
    if cleared:
        _clear(sim, view.user)
    else:
        close_view(sim, view)
    if view.dialog and view.dialog.get("notify_on_cancel"):
        return await sim.deliveries.deliver("interactive", cancellation_payload(sim, view, view.dialog))
    if not view.definition.get("notify_on_close"):
        return None
    payload = view_closed_payload(sim, view, view.user, cleared=cleared)
    return await sim.deliveries.deliver("interactive", payload)


def _submission(sim: Simulator, view: View) -> Json:
    if view.dialog:
        return submission_payload(sim, view, view.dialog)
    trigger_id = sim.triggers.issue(view.user, view_id=view.id)
    return view_submission_payload(sim, view, view.user, trigger_id)


def _obey_dialog(sim: Simulator, view: View, answer: Json) -> Json:
    """A dialog stays open with what the app wants corrected, or is closed."""
    errors = errors_in(view.dialog or {}, answer)
    if errors:
        return {"response_action": "errors", "errors": errors}
    if view in sim.workspace.modals.get(view.user, []):
        close_view(sim, view)
    return {}


def _obey(sim: Simulator, view: View, answer: Json) -> Json:
    """https://docs.slack.dev/surfaces/modals#updating_views"""
    action = answer.get("response_action")
    if view not in sim.workspace.modals.get(view.user, []):
        return {}  # closed or replaced while the app was thinking
    if action is None:
        close_view(sim, view)
    elif action == "errors":
        return {"response_action": "errors", "errors": _errors(view, answer.get("errors"))}
    elif action == "update":
        update_view(sim, view, parse_view(sim, answer.get("view"), "modal"))
    elif action == "push":
        push_view(sim, view, parse_view(sim, answer.get("view"), "modal"))
    elif action == "clear":
        _clear(sim, view.user)
    else:
        raise ApiError("invalid_response_action")
    return {"response_action": action} if action else {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Errors must name input blocks of this view, or Slack shows none of them."""
    inputs = {block["block_id"] for block in with_those_inside(view.blocks) if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise ApiError("invalid_errors")
    return {block_id: str(message) for block_id, message in errors.items()}


def _entered(sim: Simulator, view: View, values: Json) -> Json:
    """Only what elements of this view can hold, their options as they stand in the blocks."""
    entered: Json = {}
    for block_id, elements in values.items():
        for action_id, fields in elements.items() if isinstance(elements, dict) else ():
            found = find_element(view.blocks, block_id, action_id)
            if found is None or not isinstance(fields, dict):
                raise SimError(
                    "no_such_element", f"The view has no field {block_id} / {action_id}.", status=404
                )
            entered.setdefault(block_id, {})[action_id] = chosen(sim, view.user, found[1], fields)
    return {**view.values, **entered}


def _clear(sim: Simulator, user_id: str) -> None:
    clear_views(sim, user_id)
    sim.live.publish({"type": "views_cleared"}, [user_id])


def _trouble(sim: Simulator, view: View) -> None:
    sim.live.publish({"type": "toast", "level": "error", "text": TROUBLE}, [view.user])
