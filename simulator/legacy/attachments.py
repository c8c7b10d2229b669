"""Buttons and menus in attachments, as Slack checks and keeps them.

https://docs.slack.dev/legacy/legacy-messaging/legacy-interactive-message-field-guide
"""

from simulator.blocks.checker import Json, Node, Problems
from simulator.legacy.menus import IN_ATTACHMENT, check_menu

MOST = 5
LONGEST = 2000
STYLES = {"default", "primary", "danger"}


def check_actions(attachment: Json, pointer: str) -> list[str]:
    """What is wrong with an attachment's `actions`, and where. Only buttons that are links need no `callback_id`."""
    problems = Problems("message")
    node = Node(attachment, pointer, problems)
    actions = node.children("actions", most=MOST, least=0)
    for action in actions:
        _check_action(action)
    if not all(is_link(action.value) for action in actions):
        node.text("callback_id", least=1, most=255, required=True)
    return problems.found


def numbered(actions: list[Json]) -> list[Json]:
    """Each with its `id`, which is its place from 1 as text."""
    return [{**action, "id": str(place)} for place, action in enumerate(actions, start=1)]


def is_link(action: Json) -> bool:
    """A button that leads to a page, of which the app hears nothing."""
    return action.get("type") == "button" and bool(action.get("url"))


def find_action(message: Json, attachment_id: int, action_id: str) -> tuple[Json, Json] | None:
    """The attachment and its action, if they are there."""
    for attachment in message.get("attachments", ()):
        for action in attachment.get("actions") or () if attachment["id"] == attachment_id else ():
            if action["id"] == action_id:
                return attachment, action
    return None


def _check_action(node: Node) -> None:
    node.text("text", least=1, most=LONGEST, required=True)
    if not is_link(node.value):
        node.text("name", most=LONGEST, required=True)
    if node.has("confirm"):
        _check_confirm(node)
    if node.need("type"):
        node.by_type({"button": _check_button, "select": _check_select}, "action")


def _check_button(node: Node) -> None:
    node.text("value", most=LONGEST)
    node.address("url")
    node.one_of("style", STYLES)


def _check_select(node: Node) -> None:
    check_menu(node, IN_ATTACHMENT)
    for option in node.children("selected_options", most=100, least=0, required=False):
        option.text("value", most=LONGEST, required=True)


def _check_confirm(node: Node) -> None:
    confirm = node.child("confirm")
    if confirm is not None:
        confirm.text("text", least=1, most=LONGEST, required=True)
        for key in ("title", "ok_text", "dismiss_text"):
            confirm.text(key, most=LONGEST)
