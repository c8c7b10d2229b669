"""The few pieces of Block Kit that every message and modal here is made of.

Limits: https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

import time
from typing import Any

from runs.mrkdwn import cut, cut_mrkdwn

Block = dict[str, Any]

MOST_BLOCKS = 50  # of a message
# Bytes of a message's blocks. Undocumented, but it is refused from about 13,000: https://github.com/slackapi/bolt-js/issues/2509
MESSAGE_ROOM = 12_000
SECTION_TEXT = 3_000
PLAIN_TEXT = 150  # a header's; buttons have a limit of their own
BUTTON_TEXT = 75
MODAL_TITLE = 24
BUTTON_VALUE = 2_000
CONFIRM_TEXT = 300


def plain(text: str, limit: int = PLAIN_TEXT) -> Block:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": cut_mrkdwn(text, SECTION_TEXT)}}
    return block | ({"accessory": accessory} if accessory else {})


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut_mrkdwn(text, SECTION_TEXT)}]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(
    text: str, action_id: str, value: str, *, style: str | None = None, confirm: Block | None = None
) -> Block:
    element = {"type": "button", "text": plain(text, BUTTON_TEXT), "action_id": action_id, "value": value}
    return element | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def ask_twice(title: str, text: str, confirm: str) -> Block:
    """What a dangerous button asks before it is sent. `text` is mrkdwn."""
    return {
        "title": plain(title, 100),
        "text": {"type": "mrkdwn", "text": cut_mrkdwn(text, CONFIRM_TEXT)},
        "confirm": plain(confirm, 30),
        "deny": plain("Not yet"),
        "style": "danger",
    }


def when(epoch: float) -> str:
    """A moment, in the reader's own time zone and words: today, yesterday, tomorrow."""
    in_utc = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(epoch))  # where a client knows no dates
    return f"<!date^{int(epoch)}^{{date_short_pretty}} at {{time}}|{in_utc}>"
