"""Layout blocks (https://docs.slack.dev/reference/block-kit/blocks)."""

from collections.abc import Callable
from typing import Any

from simulator.blocks.cards import check_card, check_carousel, check_icon, check_video
from simulator.blocks.charts import check_data_visualization
from simulator.blocks.checker import Node, Problems, Surface
from simulator.blocks.elements import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    check_image_element,
)
from simulator.blocks.objects import check_text, check_text_node

MARKDOWN_LIMIT = 12_000
# The parts of rich text, and what each must have.
LEAVES = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "usergroup": "usergroup_id",
    "team": "team_id",
    "date": "timestamp",
    "color": "value",
}
OF_CONTAINER = (
    "title",
    "rich_text_title",
    "subtitle",
    "icon",
    "width",
    "is_collapsible",
    "default_collapsed",
    "has_header_divider",
)
IN_CONTAINER = (
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
TASK_STATES = {"pending", "in_progress", "complete", "error"}
TABLE_CELLS = {"raw_text", "rich_text", "raw_number"}
TABLE_CHARACTERS = 10_000  # of all cells together


def check_section(node: Node) -> None:
    node.only("text", "fields", "accessory", "block_id", "expand")
    if not node.has("fields"):
        node.need("text")
    check_text(node, "text", most=3000, plain=False)
    for each in node.children("fields", most=10, required=False):
        check_text_node(each, most=2000, plain=False)
    accessory = node.child("accessory")
    if accessory is not None:
        accessory.by_type(IN_SECTION, "element type in a section")


def check_context(node: Node) -> None:
    node.only("elements", "block_id")
    for element in node.children("elements", most=10):
        if element.value.get("type") == "image":
            check_image_element(element)
        else:
            check_text_node(element, most=3000, plain=False)


def check_divider(node: Node) -> None:
    node.only("block_id")


def check_header(node: Node) -> None:
    node.only("text", "block_id", "level")
    check_text(node, "text", most=150, required=True)


def check_actions(node: Node) -> None:
    node.only("elements", "block_id")
    elements = node.children("elements", most=25)
    for element in elements:
        element.by_type(IN_ACTIONS, "element type in actions")
    ids = [element.value.get("action_id") for element in elements if element.has("action_id")]
    if len({str(each) for each in ids}) < len(ids):
        node.wrong("`action_id` must be unique within a block", "elements")


def check_context_actions(node: Node) -> None:
    node.only("elements", "block_id")
    if node.surface != "message":
        node.wrong("unsupported block type in a view: context_actions", "type")
    for element in node.children("elements", most=5):
        element.by_type(IN_CONTEXT_ACTIONS, "element type in context_actions")


def check_task_card(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/task-card-block"""
    node.only("task_id", "title", "status", "details", "output", "sources", "block_id")
    _check_agent_block(node)
    node.text("task_id", least=1, most=255, required=True)
    node.text("title", least=1, most=MARKDOWN_LIMIT, required=True)
    node.one_of("status", TASK_STATES)
    for key in ("details", "output"):
        text = node.child(key)
        if text is not None:
            text.by_type({"rich_text": check_rich_text}, "block type")
    for source in node.children("sources", most=100, least=0, required=False):
        source.only("url", "text")
        source.text("url", most=3000, required=True)
        source.text("text", most=3000, required=True)


def check_plan(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/plan-block"""
    node.only("title", "tasks", "block_id")
    _check_agent_block(node)
    node.text("title", least=1, most=MARKDOWN_LIMIT, required=True)
    for task in node.children("tasks", most=100, least=0, required=False):
        task.by_type({"task_card": check_task_card}, "block type in a plan")


def _check_agent_block(node: Node) -> None:
    if node.surface != "message":
        node.wrong(f"unsupported block type in a view: {node.value['type']}", "type")


def check_image(node: Node) -> None:
    node.only("image_url", "alt_text", "title", "slack_file", "block_id")
    check_text(node, "title", most=2000)
    node.text("alt_text", most=2000, required=True)
    if not node.has("slack_file"):
        node.address("image_url", required=True)


def check_input(node: Node) -> None:
    node.only("label", "element", "dispatch_action", "block_id", "hint", "optional")
    check_text(node, "label", most=2000, required=True)
    check_text(node, "hint", most=2000)
    node.flag("dispatch_action", "optional")
    element = node.child("element") if node.need("element") else None
    if element is not None:
        element.by_type(IN_INPUT, "element type in an input")


def check_rich_text(node: Node) -> None:
    node.only("elements", "block_id")
    allowed = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for element in node.children("elements", most=1000):
        if element.need("type"):
            element.one_of("type", allowed)
        if element.value.get("type") == "rich_text_list":
            if element.need("style"):
                element.one_of("style", {"bullet", "ordered"})
            for item in element.children("elements", most=10_000, least=0):
                _check_leaves(item)
        else:
            _check_leaves(element)


def _check_leaves(node: Node) -> None:
    for leaf in node.children("elements", most=10_000, least=0):
        if leaf.need("type"):
            leaf.one_of("type", LEAVES)
        field = LEAVES.get(str(leaf.value.get("type")))
        if field == "timestamp":
            leaf.need(field)
        elif field:
            leaf.text(field, most=40_000, required=True)


def check_markdown(node: Node) -> None:
    node.only("text", "block_id")
    if node.surface != "message":
        node.wrong("unsupported block type in a view: markdown", "type")
    node.text("text", least=1, most=MARKDOWN_LIMIT, required=True)


def check_table(node: Node) -> None:
    node.only("rows", "column_settings", "block_id")
    node.once("table", "type")
    if node.surface != "message":
        node.wrong("unsupported block type in a view: table", "type")
    for setting in node.children("column_settings", most=20, least=0, required=False):
        setting.only("align", "is_wrapped")
        setting.one_of("align", {"left", "center", "right"})
        setting.flag("is_wrapped")
    for number, row in enumerate(node.items("rows", least=1, most=100, required=True)):
        pointer = f"{node.pointer}/rows/{number}"
        if not isinstance(row, list):
            node.problems.add("must provide an array", pointer)
        elif len(row) > 20:
            node.problems.add("no more than 20 items allowed", pointer)
        else:
            _check_cells(row, pointer, node.problems)
    if len(_words(node.value.get("rows"))) > TABLE_CHARACTERS:
        node.wrong(f"no more than {TABLE_CHARACTERS} characters allowed in all cells", "rows")


def _words(value: Any) -> str:
    if isinstance(value, dict):
        own = value.get("text")
        return (own if isinstance(own, str) else "") + _words(value.get("elements"))
    return "".join(map(_words, value)) if isinstance(value, list) else ""


def check_alert(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/alert-block"""
    node.only("text", "level", "block_id")
    if node.surface != "modal":
        node.wrong("unsupported block type outside of modals: alert", "type")
    check_text(node, "text", most=3000, required=True, plain=False)
    node.one_of("level", {"default", "info", "warning", "error", "success"})


def check_container(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/container-block"""
    node.only(*OF_CONTAINER, "child_blocks", "block_id")
    if not node.has("rich_text_title"):
        node.need("title")
    check_text(node, "title", most=150)
    check_text(node, "subtitle", most=150, plain=False)
    title = node.child("rich_text_title")
    if title is not None:
        title.by_type({"rich_text": check_rich_text}, "block type of a title")
    check_icon(node, "icon")
    node.one_of("width", {"narrow", "standard", "wide", "full"})
    node.flag("is_collapsible", "default_collapsed", "has_header_divider")
    for child in node.children("child_blocks", most=10):
        child.block_id()
        child.by_type({each: BLOCKS[each] for each in IN_CONTAINER}, "block type in a container")


def check_data_table(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/data-table-block: the first row is the head."""
    node.only("caption", "rows", "page_size", "row_header_column_index", "block_id")
    if node.surface != "message":
        node.wrong("unsupported block type in a view: data_table", "type")
    node.text("caption", least=1, most=3000, required=True)
    node.number("page_size", least=1, most=100)
    node.number("row_header_column_index", least=0, most=19)
    widths = set()
    for number, row in enumerate(node.items("rows", least=2, most=101, required=True)):
        if not isinstance(row, list):
            node.wrong("must provide an array", f"rows/{number}")
            continue
        widths.add(len(row))
        _check_cells(row, f"{node.pointer}/rows/{number}", node.problems)
        if number == 0 and any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in row):
            node.wrong("rich_text is not supported in the header row", "rows/0")
    if len(widths) > 1 or max(widths, default=1) > 20:
        node.wrong("all rows must have the same number of cells, up to 20", "rows")
    if len(_words(node.value.get("rows"))) > TABLE_CHARACTERS:
        node.wrong(f"no more than {TABLE_CHARACTERS} characters allowed in all cells", "rows")


BLOCKS: dict[str, Callable[[Node], None]] = {
    "alert": check_alert,
    "card": check_card,
    "carousel": check_carousel,
    "container": check_container,
    "section": check_section,
    "context": check_context,
    "context_actions": check_context_actions,
    "divider": check_divider,
    "header": check_header,
    "actions": check_actions,
    "image": check_image,
    "input": check_input,
    "rich_text": check_rich_text,
    "markdown": check_markdown,
    "plan": check_plan,
    "table": check_table,
    "task_card": check_task_card,
    "video": check_video,
    "data_table": check_data_table,
    "data_visualization": check_data_visualization,
}
MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def check_blocks(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """What is wrong with a list of blocks, in Slack's words; an empty list is fine."""
    problems = Problems(surface)
    if not isinstance(blocks, list):
        problems.add("must provide an array", pointer)
        return problems.found
    if len(blocks) > MOST[surface]:
        problems.add(f"no more than {MOST[surface]} items allowed", pointer)
        return problems.found
    for number, block in enumerate(blocks):
        _check_block(block, f"{pointer}/{number}", problems)
    return problems.found


def _check_block(block: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(block, dict):
        problems.add("must provide an object", pointer)
        return
    node = Node(block, pointer, problems)
    node.block_id()
    node.by_type(BLOCKS, "block type")


def _check_cells(cells: list[Any], pointer: str, problems: Problems) -> None:
    for number, cell in enumerate(cells):
        if isinstance(cell, dict):
            node = Node(cell, f"{pointer}/{number}", problems)
            node.check_member(cell.get("type"), "type", TABLE_CELLS)
            if cell.get("type") == "raw_text":
                node.text("text", most=3000, required=True)
            elif cell.get("type") == "rich_text":
                check_rich_text(node)
        else:
            problems.add("must provide an object", f"{pointer}/{number}")
