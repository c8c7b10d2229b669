"""Messages that mean the same are one: what differs between them is left open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST = 160  # characters of a pattern

# What a line begins with, that says when and in which invocation rather than what.
_LEADS = (
    r"\[(?:ERROR|CRITICAL|FATAL)\]\s+",
    r"\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\s+",
    r"(?:RequestId:\s*)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\s+(?:Error:\s*)?",
)
_LEAD = re.compile(f"(?:{'|'.join(_LEADS)})*")
_OPEN = re.compile(
    r"(?P<id>\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8,}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)"
)


@dataclass(frozen=True)
class Pattern:
    text: str
    count: int
    last_seen: str
    example: str


def patterns_of(messages: Iterable[tuple[str, str]]) -> list[Pattern]:
    """Of (when, message), the newest first: the most frequent ones first."""
    found: dict[str, Pattern] = {}
    for when, message in messages:
        said = essence(message)
        text = pattern(said)
        known = found.get(text)
        if known:
            found[text] = Pattern(text, known.count + 1, max(known.last_seen, when), known.example)
        else:
            found[text] = Pattern(text, 1, when, said)
    return sorted(found.values(), key=lambda each: (-each.count, each.text))


def essence(message: str) -> str:
    """Its first line, without when and where; of a structured one its message."""
    text = _structured(message) or message
    text = text[_lead_end(text) :].strip()
    return (text.splitlines() or [""])[0].strip()[:1_000] or "(empty)"


def pattern(text: str) -> str:
    """With <id>, <time> and <number> for what differs from one message to the next."""
    opened = _OPEN.sub(lambda found: f"<{found.lastgroup}>", text)
    return opened if len(opened) <= LONGEST else opened[: LONGEST - 1] + "…"


def _lead_end(text: str) -> int:
    lead = _LEAD.match(text)
    return lead.end() if lead else 0


def _structured(message: str) -> str:
    """What Lambda's JSON logs, and most libraries', call the message; with the error's type before it."""
    if not message.lstrip().startswith("{"):
        return ""
    try:
        told: Any = json.loads(message)
    except (ValueError, RecursionError):
        return ""
    names = ("errorMessage", "message", "msg", "error")
    said = next((str(told[name]) for name in names if told.get(name)), "")
    kind = told.get("errorType")
    return f"{kind}: {said}" if kind and kind not in said else said
