"""What an app's message holds besides its text: blocks, attachments, metadata, a name and a face of its own."""

import json
import re
from typing import Any

from simulator.blocks import check_blocks, with_ids
from simulator.errors import ApiError
from simulator.legacy.attachments import check_actions, numbered
from simulator.state import Json
from simulator.text import from_app

# Undocumented, but messages are refused from about here: https://github.com/slackapi/bolt-js/issues/2509
BLOCKS_LIMIT = 13_000
ATTACHMENTS_LIMIT = 100
METADATA_LIMIT = 16_000
EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+")
TEXTS = ("text", "pretext", "title", "fallback", "author_name", "footer")


def accept_blocks(blocks: Any) -> list[Json]:
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    _check(blocks, "/blocks")
    return with_ids(blocks)


def accept_attachments(attachments: Any) -> list[Json]:
    """Secondary attachments, numbered from 1 (https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments)."""
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > ATTACHMENTS_LIMIT:
        raise ApiError("too_many_attachments")
    return [_attachment(number, each) for number, each in enumerate(attachments, start=1)]


def accept_metadata(metadata: Any) -> Json | None:
    """None for one of a shape that Slack passes over, with a warning (https://docs.slack.dev/messaging/message-metadata)."""
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    if not EVENT_TYPE.fullmatch(str(metadata.get("event_type") or "")):
        return None
    if not isinstance(metadata.get("event_payload"), dict):
        return None
    if len(json.dumps(metadata, ensure_ascii=False)) > METADATA_LIMIT:
        raise ApiError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def all_blocks(message: Json) -> list[Json]:
    """Those of the message and of its attachments: a button may be in any of them."""
    inside = [block for each in message.get("attachments", ()) for block in each.get("blocks", ())]
    return [*message.get("blocks", ()), *inside]


def _attachment(number: int, attachment: Json) -> Json:
    accepted = {**attachment, "id": number}
    for key in TEXTS:
        if isinstance(accepted.get(key), str):
            accepted[key] = from_app(accepted[key])
    if attachment.get("actions"):
        problems = check_actions(attachment, f"/attachments/{number - 1}")
        if problems:
            messages = [f"[ERROR] {problem}" for problem in problems]
            raise ApiError("invalid_attachments", response_metadata={"messages": messages})
        accepted["actions"] = numbered(attachment["actions"])
    blocks = attachment.get("blocks")
    if blocks:
        if not isinstance(blocks, list):
            raise ApiError("invalid_blocks_format")
        _check(blocks, f"/attachments/{number - 1}/blocks")
        accepted["blocks"] = with_ids(blocks)
        accepted.setdefault("fallback", "[no preview available]")
    return accepted


def _check(blocks: list[Any], pointer: str) -> None:
    problems = check_blocks(blocks, "message", pointer)
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise ApiError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_LIMIT:
        raise ApiError("msg_blocks_too_long")
