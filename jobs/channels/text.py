"""Slack's message text as a person reads it. https://docs.slack.dev/messaging/formatting-message-text"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

NameOf = Callable[[str], str]

# In Slack's text every literal <, > and & is an entity, so what stands between < and > is always markup.
MARKUP = re.compile(r"<([^<>]+)>")


def readable(text: str, name_of: NameOf) -> str:
    """Mentions by name, links as they look with their address, entities as their letters."""
    return _unescape(MARKUP.sub(lambda found: _spoken(found[1], name_of), text))


def message_text(message: dict[str, Any], name_of: NameOf) -> str:
    """Many apps leave `text` empty and say everything in attachments or blocks."""
    raw = message.get("text") or _attached(message) or "\n".join(_block_texts(message.get("blocks", [])))
    return readable(raw, name_of)


def _spoken(markup: str, name_of: NameOf) -> str:
    target, _, label = markup.partition("|")
    match target[0]:
        case "@":
            return f"@{name_of(target[1:])}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target[1:], label)
    return _link(target, label)


def _special(command: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@platform>`, `<!date^1392734382^{date}|18 Feb 2014>`: the label will do."""
    if label:
        return label if label.startswith("@") or "^" in command else f"@{label}"
    return f"@{command.removeprefix('subteam^')}"


def _link(address: str, label: str) -> str:
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    says_no_more = label in {"", address, bare} or address.split("://")[-1].rstrip("/") == label
    return bare if says_no_more else f"{label} ({bare})"


def _unescape(text: str) -> str:
    """&amp; last: what somebody typed as `&lt;` comes as `&amp;lt;`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _attached(message: dict[str, Any]) -> str:
    return "\n".join(filter(None, map(_attachment_text, message.get("attachments", []))))


def _attachment_text(attachment: dict[str, Any]) -> str:
    said = filter(None, (attachment.get(key) for key in ("pretext", "title", "text")))
    return "\n".join(said) or attachment.get("fallback", "")


def _block_texts(node: Any) -> list[str]:
    """The texts of some blocks, in order: a `text` that is a string is said, anything else holds more."""
    if isinstance(node, list):
        return [text for each in node for text in _block_texts(each)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("text"), str):
        return [node["text"]]
    return [text for value in node.values() for text in _block_texts(value)]
