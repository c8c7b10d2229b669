"""What a function says, as a person reads it in a message: as code, so that nothing in it acts on them."""

from __future__ import annotations

import json
import re

from runs.mrkdwn import escape

MOST_SHOWN = 800  # characters: answer and log together fit a message whose result is not made a file of


def readable_json(text: str) -> str:
    """Indented; a text alone without its quotes. What is no JSON stays as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) and value else json.dumps(value, indent=2, ensure_ascii=False)


def is_long(text: str) -> bool:
    return len(escape(text)) > MOST_SHOWN


def shown(text: str, *, from_end: bool = False) -> str:
    """In a block of code. Of a long one the last whole lines, `from_end`."""
    if from_end and is_long(text):
        text = _last_lines(text)
    return f"```\n{escape(text.replace('`', 'ˋ'))}\n```"


def _last_lines(text: str) -> str:
    kept: list[str] = []
    room = MOST_SHOWN
    for line in reversed(text.splitlines()):
        room -= len(escape(line)) + 1
        if room < 0:
            break
        kept.insert(0, line)
    return "\n".join(["…", *(kept or [text[-MOST_SHOWN // 6 :]])])


def in_file(function: str) -> str:
    """A part of a file's name: of an ARN, the function's own name."""
    return re.sub(r"[^\w-]+", "-", ":".join(function.split(":")[6:]) or function)
