"""A dialog as the modal that shows it: each element is an input block whose `block_id` is the element's name."""

from simulator.blocks.checker import Json
from simulator.legacy.dialog_check import TYPED
from simulator.legacy.menus import (
    IN_DIALOG,
    LETTERS_FIRST,
    SOURCES,
    chosen_in,
    in_block_kit,
    plain,
    source_of,
    values_of,
)

ACTION_ID = "value"
INITIAL = {"users": "initial_user", "channels": "initial_channel", "conversations": "initial_conversation"}


def build_modal(dialog: Json) -> Json:
    """The modal's definition, of a dialog that has been checked."""
    return {
        "type": "modal",
        "callback_id": dialog["callback_id"],
        "title": plain(dialog["title"]),
        "submit": plain(dialog.get("submit_label") or "Submit"),
        "close": plain("Cancel"),
        "blocks": [_field(element) for element in dialog["elements"]],
    }


def read_submission(dialog: Json, values: Json) -> Json:
    """What was entered, by the elements' names; None for what was left empty."""
    return {
        element["name"]: _entered(element, values.get(element["name"], {}).get(ACTION_ID, {}))
        for element in dialog["elements"]
    }


def _entered(element: Json, state: Json) -> str | None:
    if element["type"] == "select":
        return chosen_in(element, state)
    return state.get("value") or None


def _field(element: Json) -> Json:
    shown = _menu(element) if element["type"] == "select" else _typed(element)
    if element.get("placeholder"):
        shown["placeholder"] = plain(element["placeholder"])
    field: Json = {
        "type": "input",
        "block_id": element["name"],
        "optional": bool(element.get("optional")),
        "label": plain(element["label"]),
        "element": {"action_id": ACTION_ID, **shown},
    }
    return field | ({"hint": plain(element["hint"])} if element.get("hint") else {})


def _typed(element: Json) -> Json:
    """`subtype` is for keyboards on a screen: Slack checks nothing by it."""
    typed = {
        "type": "plain_text_input",
        "multiline": element["type"] == "textarea",
        "min_length": element.get("min_length") or 0,
        "max_length": element.get("max_length") or TYPED[element["type"]],
        "initial_value": element.get("value"),
        "subtype": element.get("subtype"),
    }
    return {key: value for key, value in typed.items() if value is not None}


def _menu(element: Json) -> Json:
    source = source_of(element)
    menu: Json = {"type": SOURCES[source]}
    if source == "external":
        least = element.get("min_query_length")
        menu["min_query_length"] = LETTERS_FIRST if least is None else least
        selected = in_block_kit({"options": element.get("selected_options") or []}, IN_DIALOG)["options"]
        return menu | ({"initial_option": selected[0]} if selected else {})
    if source == "static":
        return menu | _own_options(element)
    return menu | ({INITIAL[source]: element["value"]} if element.get("value") else {})


def _own_options(element: Json) -> Json:
    offered = in_block_kit(element, IN_DIALOG)
    if element.get("value") not in values_of(element):
        return offered
    groups = offered.get("option_groups") or [offered]
    options = (option for group in groups for option in group["options"])
    return offered | {"initial_option": next(each for each in options if each["value"] == element["value"])}
