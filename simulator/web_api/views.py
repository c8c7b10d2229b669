"""views.*: modals and App Home."""

from typing import Any

from simulator.errors import ApiError
from simulator.objects import view_object
from simulator.state import Json, View
from simulator.triggers import Trigger
from simulator.views import open_view, parse_view, publish_home, push_view, update_view
from simulator.web_api.call import Call, invalid_arguments


def open_modal(call: Call) -> Json:
    trigger = _trigger(call)
    definition = parse_view(call.sim, _view(call), "modal")
    trigger.exchanged = True
    return _shown(call, open_view(call.sim, trigger, definition))


def push_modal(call: Call) -> Json:
    """Only from an interaction inside a modal that is still open."""
    trigger = _trigger(call)
    definition = parse_view(call.sim, _view(call), "modal")
    below = call.workspace.modal(trigger.view_id) if trigger.view_id else None
    if below is None:
        raise ApiError("not_found")
    view = push_view(call.sim, below, definition)
    trigger.exchanged = True
    return _shown(call, view)


def update_modal(call: Call) -> Json:
    view = _known(call)
    surface = view.definition["type"]
    definition = parse_view(call.sim, _view(call), surface)
    _check_hash(call, view)
    update_view(call.sim, view, definition)
    return _answer(call, view)


def publish(call: Call) -> Json:
    if not call.sim.manifest.home_tab:
        raise ApiError("not_enabled")
    user_id = call.required("user_id")
    if user_id not in call.workspace.users:
        raise ApiError("user_not_found")
    definition = parse_view(call.sim, _view(call), "home")
    view = call.workspace.homes.get(user_id)
    if view is not None:
        _check_hash(call, view)
    return _answer(call, publish_home(call.sim, user_id, definition))


def _trigger(call: Call) -> Trigger:
    """In a function's run it goes by another name."""
    pointer = call.text("interactivity_pointer")
    return call.sim.triggers.find(pointer or call.required("trigger_id"))


def _shown(call: Call, view: View) -> Json:
    """A modal that a function's run shows belongs to the run."""
    view.run = call.run.id if call.run else view.run
    return _answer(call, view)


def _view(call: Call) -> Any:
    view = call.structure("view")
    if view is None:
        raise invalid_arguments("missing required field: view")
    return view


def _known(call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    for view in [*call.workspace.homes.values(), *(v for s in call.workspace.modals.values() for v in s)]:
        if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
            return view
    raise ApiError("not_found")


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")


def _answer(call: Call, view: View) -> Json:
    return {"view": view_object(view, call.sim)}
