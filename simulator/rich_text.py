"""What a person wrote, as the rich text block that Slack's own client makes of it.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import html
import re
from collections.abc import Iterator

from simulator.state import Json

PIECE = re.compile(
    r"""<(?P<special>[@\#!]?)(?P<body>[^<>|]+)(?:\|(?P<label>[^<>]*))?>
      | (?<![\w:]):(?P<emoji>[a-z0-9_+'-]+):(?!\w)""",
    re.VERBOSE,
)


BY_A_PERSON = (None, "file_share", "thread_broadcast")


def as_told(message: Json) -> Json:
    """The message as an app gets it: what a person wrote comes as a rich text block too."""
    written = message.get("subtype") in BY_A_PERSON and "bot_id" not in message and message.get("text")
    if not written or "blocks" in message:
        return message
    return {**message, "blocks": [rich_text(message["text"], message["ts"][-5:])]}


def rich_text(text: str, block_id: str) -> Json:
    """One section; marks such as `*` stay as they were typed."""
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _elements(text: str) -> Iterator[Json]:
    end = 0
    for match in PIECE.finditer(text):
        if match.start() > end:
            yield _words(text[end : match.start()])
        yield _piece(match)
        end = match.end()
    if end < len(text):
        yield _words(text[end:])


def _piece(match: re.Match[str]) -> Json:
    if match["emoji"]:
        return {"type": "emoji", "name": match["emoji"]}
    body = html.unescape(match["body"])
    if match["special"] == "@":
        return {"type": "user", "user_id": body}
    if match["special"] == "#":
        return {"type": "channel", "channel_id": body}
    if match["special"] == "!":
        return {"type": "broadcast", "range": body}
    return {"type": "link", "url": body} | ({"text": match["label"]} if match["label"] else {})


def _words(text: str) -> Json:
    return {"type": "text", "text": html.unescape(text)}
