"""Slack's rules for text: https://docs.slack.dev/messaging/formatting-message-text"""

from __future__ import annotations

import re

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
# these notify people; a date (<!date^…>) does not
_HALF = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)$")
_BROADCAST = re.compile(r"<!(?=channel|here|everyone|subteam)")


def escape(text: str, limit: int | None = None) -> str:
    """So that no link, mention or `<!channel>` in a person's text comes alive in ours; cut to `limit` first."""
    return (text if limit is None else cut(text, limit)).translate(_ENTITIES)


def unescape(text: str) -> str:
    """What a person typed: Slack escapes the text of a command before sending it."""
    return re.sub("&(?:amp|lt|gt);", lambda found: _CHARACTERS[found[0]], text)


def sayable(text: str) -> str:
    """Half a surrogate pair, which UTF-8 cannot carry (a file's odd name, a cut emoji), becomes a question mark."""
    return text.encode(errors="replace").decode()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them “…” if any were dropped."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut_mrkdwn(text: str, limit: int) -> str:
    """As `cut`, but of an entity, a mention or a link at the end nothing is left rather than half of it."""
    return text if len(text) <= limit else _HALF.sub("", text[: limit - 1]) + "…"


def without_broadcasts(text: str) -> str:
    """`text` with its formatting, links and mentions, save those that would notify a whole channel or group."""
    return _BROADCAST.sub("&lt;!", text)
