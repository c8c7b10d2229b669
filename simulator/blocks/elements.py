"""Block elements: buttons, menus and inputs (https://docs.slack.dev/reference/block-kit/block-elements)."""

import datetime
import re
from collections.abc import Callable

from simulator.blocks.checker import Node
from simulator.blocks.objects import (
    check_confirm,
    check_dispatch,
    check_filter,
    check_option,
    check_options,
    check_text,
)

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
COMMON = ("action_id", "focus_on_load")


def check_button(node: Node) -> None:
    node.only("text", "action_id", "url", "value", "style", "confirm", "accessibility_label")
    check_text(node, "text", most=75, required=True)
    _check_action_id(node)
    node.address("url", start=r"[a-zA-Z][\w+.-]*:\S")
    node.text("value", most=2000)
    node.text("accessibility_label", most=75)
    node.one_of("style", {"primary", "danger"})
    check_confirm(node)


def check_icon_button(node: Node) -> None:
    node.only("action_id", "icon", "text", "accessibility_label", "value", "visible_to_user_ids", "confirm")
    if node.need("icon"):
        node.one_of("icon", {"trash"})
    check_text(node, "text", most=75, required=True)
    _check_action_id(node)
    node.text("value", most=2000)
    node.text("accessibility_label", most=75)
    node.texts("visible_to_user_ids", most=10)
    check_confirm(node)


def check_feedback_buttons(node: Node) -> None:
    node.only("action_id", "positive_button", "negative_button")
    _check_action_id(node)
    for key in ("positive_button", "negative_button"):
        button = node.child(key) if node.need(key) else None
        if button is not None:
            button.only("text", "value", "accessibility_label")
            check_text(button, "text", most=75, required=True)
            button.text("value", most=2000, required=True)
            button.text("accessibility_label", most=75)


def check_image_element(node: Node) -> None:
    node.only("image_url", "alt_text", "slack_file")
    node.text("alt_text", most=2000, required=True)
    if not node.has("slack_file"):
        node.address("image_url", required=True)


def check_overflow(node: Node) -> None:
    node.only("action_id", "options", "confirm")
    _check_action_id(node)
    check_options(node, most=5, linked=True)
    check_confirm(node)


def check_static_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "options", "option_groups", "initial_option", "confirm")
    _check_menu(node)
    check_options(node, most=100, initial="initial_option", groups=True)


def check_multi_static_select(node: Node) -> None:
    node.only(
        *COMMON, "placeholder", "options", "option_groups", "initial_options", "confirm", "max_selected_items"
    )
    _check_menu(node)
    check_options(node, most=100, initial="initial_options", groups=True)


def check_external_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_option", "min_query_length", "confirm")
    _check_menu(node)
    node.number("min_query_length", least=0, most=1000)
    initial = node.child("initial_option")
    if initial is not None:
        check_option(initial, plain=True, linked=False)


def check_multi_external_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_options", "min_query_length", "confirm", "max_selected_items")
    _check_menu(node)
    node.number("min_query_length", least=0, most=1000)
    for option in node.children("initial_options", most=100, required=False):
        check_option(option, plain=True, linked=False)


def check_conversations_select(node: Node) -> None:
    node.only(
        *COMMON,
        "placeholder",
        "initial_conversation",
        "default_to_current_conversation",
        "confirm",
        "filter",
        "response_url_enabled",
    )
    _check_menu(node)
    node.text("initial_conversation", most=255)
    check_filter(node)


def check_multi_conversations_select(node: Node) -> None:
    node.only(
        *COMMON,
        "placeholder",
        "initial_conversations",
        "default_to_current_conversation",
        "confirm",
        "filter",
        "max_selected_items",
    )
    _check_menu(node)
    node.texts("initial_conversations", most=100)
    check_filter(node)


def check_channels_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_channel", "confirm", "response_url_enabled")
    _check_menu(node)
    node.text("initial_channel", most=255)


def check_multi_channels_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_channels", "confirm", "max_selected_items")
    _check_menu(node)
    node.texts("initial_channels", most=100)


def check_users_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_user", "confirm")
    _check_menu(node)
    node.text("initial_user", most=255)


def check_multi_users_select(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_users", "confirm", "max_selected_items")
    _check_menu(node)
    node.texts("initial_users", most=100)


def check_datepicker(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_date", "confirm")
    _check_menu(node)
    initial = node.text("initial_date", most=10)
    if initial is not None and not _is_date(initial):
        node.wrong("must be a date in the format YYYY-MM-DD", "initial_date")


def check_timepicker(node: Node) -> None:
    node.only(*COMMON, "placeholder", "initial_time", "confirm", "timezone")
    _check_menu(node)
    node.text("timezone", most=100)
    initial = node.text("initial_time", most=5)
    if initial is not None and not TIME.fullmatch(initial):
        node.wrong("must be a time in the format HH:mm", "initial_time")


def check_datetimepicker(node: Node) -> None:
    node.only(*COMMON, "initial_date_time", "confirm")
    _check_menu(node)
    node.number("initial_date_time", least=1_000_000_000, most=9_999_999_999)


def check_checkboxes(node: Node) -> None:
    node.only(*COMMON, "options", "initial_options", "confirm")
    _check_menu(node)
    check_options(node, most=10, plain=False, initial="initial_options")


def check_radio_buttons(node: Node) -> None:
    node.only(*COMMON, "options", "initial_option", "confirm")
    _check_menu(node)
    check_options(node, most=10, plain=False, initial="initial_option")


def check_plain_text_input(node: Node) -> None:
    node.only(
        *COMMON,
        "placeholder",
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "dispatch_action_config",
    )
    _check_menu(node)
    node.text("initial_value", most=3000)
    node.flag("multiline")
    node.number("min_length", least=0, most=3000)
    node.number("max_length", least=1, most=3000)
    least, most = node.value.get("min_length"), node.value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        node.wrong("must not be less than min_length", "max_length")


def check_rich_text_input(node: Node) -> None:
    """Its first value is a rich_text block, as is what comes back."""
    node.only(*COMMON, "placeholder", "initial_value", "dispatch_action_config", "min_lines", "max_lines")
    _check_menu(node)
    node.number("min_lines", least=1, most=100)
    node.number("max_lines", least=1, most=100)
    initial = node.child("initial_value")
    if initial is not None and initial.value.get("type") != "rich_text":
        node.wrong("must provide a rich_text block", "initial_value")


def check_typed_input(node: Node) -> None:
    """email_text_input and url_text_input"""
    node.only(*COMMON, "placeholder", "initial_value", "dispatch_action_config")
    _check_menu(node)
    node.text("initial_value", most=3000)


def check_file_input(node: Node) -> None:
    node.only("action_id", "filetypes", "max_files")
    _check_action_id(node)
    node.texts("filetypes", most=100)
    node.number("max_files", least=1, most=10)


def check_workflow_button(node: Node) -> None:
    """It begins a workflow by its link trigger and sends the app nothing."""
    node.only("text", "action_id", "workflow", "style", "accessibility_label")
    check_text(node, "text", most=75, required=True)
    _check_action_id(node)
    node.text("accessibility_label", most=75)
    node.one_of("style", {"primary", "danger"})
    workflow = node.child("workflow") if node.need("workflow") else None
    trigger = workflow.child("trigger") if workflow and workflow.need("trigger") else None
    if trigger is not None:
        trigger.only("url", "customizable_input_parameters")
        trigger.text("url", least=1, most=3000, required=True)
        for parameter in trigger.children("customizable_input_parameters", most=100, least=0, required=False):
            parameter.text("name", most=255, required=True)
            parameter.need("value")


def check_number_input(node: Node) -> None:
    node.only(
        *COMMON,
        "placeholder",
        "is_decimal_allowed",
        "initial_value",
        "min_value",
        "max_value",
        "dispatch_action_config",
    )
    _check_menu(node)
    if node.need("is_decimal_allowed"):
        node.flag("is_decimal_allowed")
    for key in ("initial_value", "min_value", "max_value"):
        value = node.text(key, most=64)
        if value is not None and not _is_number(value, decimal=bool(node.value.get("is_decimal_allowed"))):
            node.wrong("must be a number", key)


BUTTONS: dict[str, Callable[[Node], None]] = {
    "button": check_button,
    "overflow": check_overflow,
    "workflow_button": check_workflow_button,
}
MENUS: dict[str, Callable[[Node], None]] = {
    "static_select": check_static_select,
    "multi_static_select": check_multi_static_select,
    "external_select": check_external_select,
    "multi_external_select": check_multi_external_select,
    "conversations_select": check_conversations_select,
    "multi_conversations_select": check_multi_conversations_select,
    "channels_select": check_channels_select,
    "multi_channels_select": check_multi_channels_select,
    "users_select": check_users_select,
    "multi_users_select": check_multi_users_select,
    "datepicker": check_datepicker,
    "timepicker": check_timepicker,
    "datetimepicker": check_datetimepicker,
    "checkboxes": check_checkboxes,
    "radio_buttons": check_radio_buttons,
}
TEXTS: dict[str, Callable[[Node], None]] = {
    "plain_text_input": check_plain_text_input,
    "number_input": check_number_input,
    "rich_text_input": check_rich_text_input,
    "email_text_input": check_typed_input,
    "url_text_input": check_typed_input,
}
IN_CONTEXT_ACTIONS: dict[str, Callable[[Node], None]] = {
    "feedback_buttons": check_feedback_buttons,
    "icon_button": check_icon_button,
}
IN_SECTION = {**BUTTONS, **MENUS, "image": check_image_element}
del IN_SECTION["datetimepicker"]  # only in actions and inputs
IN_ACTIONS = {**BUTTONS, **MENUS, "rich_text_input": check_rich_text_input}
IN_INPUT = {**MENUS, **TEXTS, "file_input": check_file_input}


def _check_menu(node: Node) -> None:
    _check_action_id(node)
    check_text(node, "placeholder", most=150)
    check_confirm(node)
    node.flag("focus_on_load", "default_to_current_conversation", "response_url_enabled")
    node.number("max_selected_items", least=1, most=100)
    check_dispatch(node)
    if node.value.get("focus_on_load") is True:
        node.once("element with focus_on_load", "focus_on_load")


def _check_action_id(node: Node) -> None:
    node.text("action_id", least=1, most=255)


def _is_date(text: str) -> bool:
    try:
        return bool(DATE.fullmatch(text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _is_number(text: str, *, decimal: bool) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?" if decimal else r"-?\d+", text))
