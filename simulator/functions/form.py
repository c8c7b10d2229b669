"""What a workflow asks for before it runs a step, as a form: one field for each input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.blocks import check_option_of_app
from simulator.functions.definitions import Function, Parameter

if TYPE_CHECKING:
    from simulator.state import Json

INTERACTIVITY = "slack#/types/interactivity"
CONTEXT = "slack#/types/user_context"
TITLE = 24
TEXT = 75
HINT = 2000
OPTIONS = 100
ELEMENTS: dict[str, Json] = {
    "integer": {"type": "number_input", "is_decimal_allowed": False},
    "number": {"type": "number_input", "is_decimal_allowed": True},
    "slack#/types/user_id": {"type": "users_select"},
    CONTEXT: {"type": "users_select"},
    "slack#/types/channel_id": {"type": "conversations_select"},
    "slack#/types/date": {"type": "datepicker"},
    "slack#/types/timestamp": {"type": "datetimepicker"},
    "slack#/types/rich_text": {"type": "rich_text_input"},
}
YES_OR_NO = (("true", "Yes"), ("false", "No"))


def build_form(function: Function, offered: dict[str, list[Json]]) -> Json:
    """A modal that Slack shows for itself; `offered` are the options of inputs that the app fills.

    Each field's `block_id` is the input's name.
    """
    asked = [each for each in function.inputs if each.type != INTERACTIVITY]
    fields = [_field(each, offered.get(each.name)) for each in asked]
    about = {"type": "section", "text": _plain(function.description or "Runs this step once.", 3000)}
    return {
        "type": "modal",
        "title": _plain(function.title, TITLE),
        "submit": _plain("Run", TITLE),
        "close": _plain("Cancel", TITLE),
        "blocks": [about, *fields],
    }


def read_inputs(function: Function, given: Json) -> Json:
    """The inputs with their types' own values: of a person, and of a number that was typed."""
    return {
        each.name: _value(each, given[each.name])
        for each in function.inputs
        if given.get(each.name) not in (None, "")
    }


def _field(parameter: Parameter, offered: list[Json] | None) -> Json:
    hint = parameter.hint or parameter.description
    return {
        "type": "input",
        "block_id": parameter.name,
        "optional": not parameter.is_required,
        "label": _plain(parameter.title, HINT),
        "element": {"action_id": "value", **_element(parameter, offered)},
    } | ({"hint": _plain(hint, HINT)} if hint else {})


def _element(parameter: Parameter, offered: list[Json] | None) -> Json:
    choices = YES_OR_NO if parameter.type == "boolean" else parameter.choices
    options = offered or [{"text": _plain(text, TEXT), "value": value} for value, text in choices]
    if options:
        return {"type": "static_select", "options": options[:OPTIONS]}
    return ELEMENTS.get(parameter.type, {"type": "plain_text_input"})


def options_in(outputs: Json) -> list[Json]:
    """What a function of options has answered, as far as it is options."""
    options: Any = outputs.get("options")
    if not isinstance(options, list):
        return []
    return [each for each in options if not check_option_of_app(each)]


def _value(parameter: Parameter, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if parameter.type == CONTEXT:
        return {"id": value, "secret": ""}
    if parameter.type == "boolean":
        return value == "true"
    if parameter.type in ("integer", "number", "slack#/types/timestamp", "array", "object"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": text[:most], "emoji": True}
