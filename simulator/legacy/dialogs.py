"""What is sent of a dialog, and what the app may answer (https://docs.slack.dev/legacy/legacy-dialogs)."""

from typing import Any

from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.legacy.dialog_form import build_modal, read_submission
from simulator.payloads import action_ts, channel_label, interaction_payload
from simulator.state import Json, View
from simulator.triggers import Trigger
from simulator.views import open_view


def open_dialog(sim: Simulator, trigger: Trigger, dialog: Json) -> View:
    """Shows a dialog that has been checked, as a modal."""
    view = open_view(sim, trigger, build_modal(dialog))
    view.dialog = dialog
    return view


def submission_payload(sim: Simulator, view: View, dialog: Json) -> Json:
    payload = _payload(sim, view, dialog, "dialog_submission")
    entered = read_submission(dialog, view.values)
    return payload | {"submission": entered, "response_url": _response_url(sim, view)}


def cancellation_payload(sim: Simulator, view: View, dialog: Json) -> Json:
    payload = _payload(sim, view, dialog, "dialog_cancellation")
    return payload | {"response_url": _response_url(sim, view)}


def suggestion_payload(sim: Simulator, view: View, dialog: Json, *, name: str, query: str) -> Json:
    return _payload(sim, view, dialog, "dialog_suggestion") | {"name": name, "value": query}


def errors_in(dialog: Json, answer: Json) -> dict[str, str]:
    """What the app wants corrected, by the elements' names; empty if it took the form.

    Raises ApiError for what Slack does not take: a body that is neither empty nor `{"errors": [{name, error}]}`.
    """
    if not answer:
        return {}
    errors, names = answer.get("errors"), {each["name"] for each in dialog["elements"]}
    if not isinstance(errors, list) or not all(_is_error(each, names) for each in errors):
        raise ApiError("invalid_errors" if "errors" in answer else "body_not_empty")
    return {each["name"]: each["error"] for each in errors}


def _is_error(error: Any, names: set[str]) -> bool:
    return isinstance(error, dict) and error.get("name") in names and isinstance(error.get("error"), str)


def _payload(sim: Simulator, view: View, dialog: Json, kind: str) -> Json:
    channel = sim.workspace.channels[view.channel] if view.channel else None
    return interaction_payload(sim, kind, view.user) | {
        "callback_id": dialog["callback_id"],
        "state": dialog.get("state") or "",
        "action_ts": action_ts(),
        "channel": {"id": channel.id, "name": channel_label(channel)} if channel else None,
    }


def _response_url(sim: Simulator, view: View) -> str:
    """It posts where the dialog was opened; empty if that was in no conversation."""
    if not view.channel:
        return ""
    path = sim.response_urls.issue(
        "app", sim.workspace.team_id, user=view.user, channel=view.channel, message_ts=None, ephemeral=False
    )
    return sim.url + path
