"""Views: modals and App Home (https://docs.slack.dev/reference/views)."""

from typing import Any

from simulator.blocks.checker import Json, Node, Problems, Surface
from simulator.blocks.layout import check_blocks
from simulator.blocks.objects import check_text

SHARED = ("blocks", "private_metadata", "callback_id", "external_id")
MODAL = (*SHARED, "title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled")


def check_view(view: Json, surface: Surface) -> list[str]:
    """What is wrong with a view, in Slack's words."""
    problems = Problems(surface)
    node = Node(view, "/view", problems)
    if node.need("type"):
        node.one_of("type", {surface})
    node.text("private_metadata", most=3000)
    node.text("callback_id", most=255)
    node.text("external_id", most=255)
    if surface == "modal":
        _check_modal(node)
    else:
        node.only(*SHARED)
    if node.need("blocks"):
        problems.found += check_blocks(view["blocks"], surface, "/view/blocks")
    return problems.found


def _check_modal(node: Node) -> None:
    node.only(*MODAL)
    check_text(node, "title", most=24, required=True)
    check_text(node, "close", most=24)
    check_text(node, "submit", most=24)
    node.flag("clear_on_close", "notify_on_close", "submit_disabled")
    if not node.has("submit") and _has_input(node.value.get("blocks")):
        node.wrong("missing required field: submit (a modal with inputs needs it)")


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
