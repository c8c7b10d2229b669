"""dialog.open: forms of before modals (https://docs.slack.dev/reference/methods/dialog.open)."""

from simulator.errors import ApiError
from simulator.legacy.dialog_check import check_dialog
from simulator.legacy.dialogs import open_dialog
from simulator.state import Json
from simulator.triggers import Trigger
from simulator.web_api.call import Call

# What this method calls what is wrong with a trigger, by the names that views.open has for it.
TRIGGER_ERRORS = {
    "invalid_trigger_id": "invalid_trigger",
    "exchanged_trigger_id": "trigger_exchanged",
    "expired_trigger_id": "trigger_expired",
}


def open_a_dialog(call: Call) -> Json:
    trigger = _trigger(call)
    dialog = call.structure("dialog")
    if dialog is None:
        raise ApiError("missing_dialog")
    problems = check_dialog(dialog)
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise ApiError("validation_errors", response_metadata={"messages": messages})
    trigger.exchanged = True
    open_dialog(call.sim, trigger, dialog)
    return {}


def _trigger(call: Call) -> Trigger:
    if not call.text("trigger_id"):
        raise ApiError("missing_trigger")
    try:
        return call.sim.triggers.find(call.text("trigger_id"))
    except ApiError as error:
        raise ApiError(TRIGGER_ERRORS[error.error]) from None
