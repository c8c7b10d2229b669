"""Dialogs as Slack checks them (https://docs.slack.dev/reference/methods/dialog.open)."""

from typing import Any

from simulator.blocks.checker import Json, Node, Problems
from simulator.legacy.menus import IN_DIALOG, check_menu

# The most characters of what can be typed into each kind of field.
TYPED = {"text": 150, "textarea": 3000}
SUBTYPES = {"email", "number", "tel", "url"}
ALL_HAVE = ("label", "name", "type", "placeholder", "hint", "optional", "value")
TYPED_HAVE = ("min_length", "max_length", "subtype")
MENUS_HAVE = ("data_source", "options", "option_groups", "selected_options", "min_query_length")


def check_dialog(dialog: Any) -> list[str]:
    """What is wrong with a dialog, and where; its pointers begin at the dialog."""
    problems = Problems("modal")
    if not isinstance(dialog, dict):
        problems.add("must provide an object", "/")
        return problems.found
    node = Node(dialog, "", problems)
    node.only("callback_id", "title", "submit_label", "state", "notify_on_cancel", "elements")
    node.text("callback_id", least=1, most=255, required=True)
    node.text("title", least=1, most=24, required=True)
    label = node.text("submit_label", most=24)
    if label and " " in label.strip():
        node.wrong("must be one word", "submit_label")
    node.text("state", most=3000)
    node.flag("notify_on_cancel")
    elements = node.children("elements", most=10)
    for element in elements:
        _check_element(element)
    _check_names(node, [element.value for element in elements])
    return problems.found


def _check_element(node: Node) -> None:
    node.text("label", least=1, most=48, required=True)
    node.text("name", least=1, most=300, required=True)
    node.text("placeholder", most=150)
    node.text("hint", most=150)
    node.flag("optional")
    if node.need("type"):
        node.by_type({"text": _check_typed, "textarea": _check_typed, "select": _check_select}, "element")


def _check_typed(node: Node) -> None:
    node.only(*ALL_HAVE, *TYPED_HAVE)
    most = TYPED[node.value["type"]]
    node.number("min_length", least=0, most=most)
    node.number("max_length", least=1, most=most)
    node.text("value", most=most)
    node.one_of("subtype", SUBTYPES)


def _check_select(node: Node) -> None:
    node.only(*ALL_HAVE, *MENUS_HAVE)
    node.text("value", most=IN_DIALOG.longest_value)
    check_menu(node, IN_DIALOG)
    for option in node.children("selected_options", most=100, least=0, required=False):
        option.text("label", least=1, most=IN_DIALOG.longest_text, required=True)
        option.text("value", most=IN_DIALOG.longest_value, required=True)


def _check_names(node: Node, elements: list[Json]) -> None:
    names = [each["name"] for each in elements if isinstance(each.get("name"), str)]
    if len(set(names)) < len(names):
        node.wrong("element names must be unique", "elements")
