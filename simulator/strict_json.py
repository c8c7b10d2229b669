"""JSON as other parties can read it back: no NaN, no half characters, no bottomless nesting."""

import json
from typing import Any


def parse_json(raw: bytes | str) -> Any:
    """Raises ValueError for anything but JSON that every parser takes."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is a ValueError here
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
