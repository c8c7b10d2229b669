"""Modals and App Home: the stack of views a person sees, and what they entered there."""

from typing import Any

from simulator.blocks import HOLDS, LISTS, check_view, initial_value, stateful_elements, with_ids
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import new_hash, new_id
from simulator.objects import view_object
from simulator.state import Channel, Json, View
from simulator.triggers import Trigger

STACK_LIMIT = 3
SIZE_LIMIT = 250_000


def open_view(sim: Simulator, trigger: Trigger, definition: Json) -> View:
    """Opens a modal for the trigger's person, in place of any that is open."""
    _check_external_id(sim, definition)
    channel = trigger.channel or _channel_of(sim, trigger)
    if clear_views(sim, trigger.user):
        sim.live.publish({"type": "views_cleared"}, [trigger.user])
    return _stack(sim, trigger.user, definition, "view_opened", channel)


def push_view(sim: Simulator, below: View, definition: Json) -> View:
    if len(sim.workspace.modals[below.user]) >= STACK_LIMIT:
        raise ApiError("push_limit_reached")
    _check_external_id(sim, definition)
    return _stack(sim, below.user, definition, "view_pushed", below.channel)


def update_view(sim: Simulator, view: View, definition: Json) -> None:
    """Gives a view new content; what was entered stays where the same element stays."""
    _check_external_id(sim, definition, but=view)
    view.definition = _prepared(sim, definition, view.channel)
    view.hash = new_hash(sim.clock.now())
    view.values = state_of(view, view.values)
    kind = "view_updated" if definition["type"] == "modal" else "home"
    sim.live.publish({"type": kind, "view": view_object(view, sim)}, [view.user])


def publish_home(sim: Simulator, user_id: str, definition: Json) -> View:
    view = sim.workspace.homes.get(user_id)
    if view is None:
        view_id = new_id("V")
        view = View(view_id, user_id, {"type": "home", "blocks": []}, "", root_id=view_id)
        sim.workspace.homes[user_id] = view
    update_view(sim, view, definition)
    return view


def _check_external_id(sim: Simulator, definition: Json, but: View | None = None) -> None:
    """No two views that are there have the same."""
    wanted = definition.get("external_id")
    views = [
        *sim.workspace.homes.values(),
        *(view for stack in sim.workspace.modals.values() for view in stack),
    ]
    if wanted and any(each.definition.get("external_id") == wanted for each in views if each is not but):
        raise ApiError("duplicate_external_id")


def close_view(sim: Simulator, view: View) -> None:
    """Takes a modal off the stack, and what lies on top of it."""
    stack = sim.workspace.modals[view.user]
    for closed in reversed(stack[stack.index(view) :]):
        stack.remove(closed)
        sim.live.publish({"type": "view_closed", "view_id": closed.id}, [view.user])


def clear_views(sim: Simulator, user_id: str) -> list[View]:
    return sim.workspace.modals.pop(user_id, [])


def parse_view(sim: Simulator, definition: Any, surface: str) -> Json:
    """The view if it is one that Slack would take; raises `invalid_arguments` naming what is wrong."""
    if not isinstance(definition, dict):
        raise _invalid(["must provide an object [json-pointer:/view]"])
    problems = check_view(definition, "home" if surface == "home" else "modal")
    if problems:
        raise _invalid(problems)
    if len(str(definition)) > SIZE_LIMIT:
        raise ApiError("view_too_large")
    return definition


def state_of(view: View, values: Json) -> Json:
    """The state of every element that holds something: what was entered, else what it began with."""
    state: Json = {}
    for block_id, element in stateful_elements(view.blocks):
        field, _ = HOLDS[element["type"]]
        entered = values.get(block_id, {}).get(element["action_id"])
        if entered is None or field not in entered:
            value = initial_value(element)
        else:
            value = entered[field] or ([] if field in LISTS else None)
        state.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], field: value}
    return state


def _stack(sim: Simulator, user_id: str, definition: Json, event: str, channel: str | None) -> View:
    stack = sim.workspace.modals.setdefault(user_id, [])
    view_id = new_id("V")
    view = View(
        id=view_id,
        user=user_id,
        definition=_prepared(sim, definition, channel),
        channel=channel,
        hash=new_hash(sim.clock.now()),
        root_id=stack[0].id if stack else view_id,
        previous_id=stack[-1].id if stack else None,
        run=stack[-1].run if stack else "",
    )
    view.values = state_of(view, {})
    stack.append(view)
    sim.live.publish({"type": event, "view": view_object(view, sim)}, [user_id])
    return view


def _channel_of(sim: Simulator, trigger: Trigger) -> str | None:
    view = sim.workspace.modal(trigger.view_id) if trigger.view_id else None
    return view.channel if view else None


def _prepared(sim: Simulator, definition: Json, channel_id: str | None) -> Json:
    """The definition with ids, and with the conversation that `default_to_current_conversation` means."""
    blocks = with_ids(definition["blocks"])
    channel = sim.workspace.channels[channel_id] if channel_id else None
    for _, element in stateful_elements(blocks):
        if channel and element.get("default_to_current_conversation") and _offered(sim, channel, element):
            several = element["type"].startswith("multi_")
            element.setdefault(HOLDS[element["type"]][1], [channel.id] if several else channel.id)
    return {**definition, "blocks": blocks}


def _offered(sim: Simulator, channel: Channel, element: Json) -> bool:
    """Whether the menu's filter lets this conversation through."""
    filters = element.get("filter") or {}
    with_bot = channel.kind == "im" and sim.workspace.bot_user_id in channel.members
    if with_bot and filters.get("exclude_bot_users"):
        return False
    return channel.kind in filters.get("include", [channel.kind])


def _invalid(problems: list[str]) -> ApiError:
    messages = [f"[ERROR] {problem}" for problem in problems]
    return ApiError("invalid_arguments", response_metadata={"messages": messages})
