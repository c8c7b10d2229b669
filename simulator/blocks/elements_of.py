"""Finding elements in stored blocks, and what each of them holds."""

import base64
import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from simulator.blocks.checker import Json

# For each element that holds something: the field of its state, and the field with its first value.
HOLDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
LISTS = {"selected_options", "selected_conversations", "selected_channels", "selected_users", "files"}


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and element has an id.

    A block that stays as it was in its place keeps its id, so that a press is not lost to an update of
    the rest of the message a moment before.
    """
    blocks = copy.deepcopy(blocks)
    for place, block in enumerate(with_those_inside(blocks)):
        if not block.get("block_id"):
            block["block_id"] = _id_of(place, block)
        for number, element in enumerate(elements_in(block)):
            if not element.get("action_id"):
                element["action_id"] = _id_of(number, element)
    return blocks


def with_those_inside(blocks: list[Json]) -> Iterator[Json]:
    """The blocks, each before those that it holds: a carousel's cards, a container's children."""
    for block in blocks:
        yield block
        if block.get("type") == "carousel":
            yield from block["elements"]
        elif block.get("type") == "container":
            yield from block["child_blocks"]


def elements_in(block: Json) -> Iterator[Json]:
    """The interactive elements of a block."""
    candidates = [block.get("element"), block.get("accessory")]
    if block.get("type") in ("actions", "context_actions"):
        candidates += block["elements"]
    if block.get("type") == "card":
        candidates += block.get("actions") or []
    return (each for each in candidates if isinstance(each, dict) and each["type"] != "image")


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The block and its element, if they are there."""
    for block in with_those_inside(blocks):
        for element in elements_in(block) if block["block_id"] == block_id else ():
            if element["action_id"] == action_id:
                return block, element
    return None


def stateful_elements(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    return (
        (b["block_id"], e) for b in with_those_inside(blocks) for e in elements_in(b) if e["type"] in HOLDS
    )


def initial_value(element: Json) -> Any:
    field, initial = HOLDS[element["type"]]
    return element.get(initial, [] if field in LISTS else None)


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return grouped or list(element.get("options", ()))


def _id_of(place: int, content: Json) -> str:
    digest = hashlib.sha256(f"{place} {json.dumps(content, sort_keys=True)}".encode()).digest()
    return base64.urlsafe_b64encode(digest)[:5].decode()
