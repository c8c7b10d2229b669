"""Values as people read them: on one line, without what would act on whoever reads it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from runs.mrkdwn import cut, sayable

LONGEST_CELL: Final = 200  # characters; the file that goes along has all of them

# Marks that turn the direction of what follows, also beyond their own cell.
_TURNS: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINER: Final = "\u200d"  # makes one emoji of several
_EMOJI_LOOK: Final = "\ufe0f"


@dataclass(frozen=True)
class Link:
    """Text that leads to an address; where there are no links, text alone."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


def shown(value: Any) -> str:
    """None is empty; a number has the digits that matter; text is cut, on one line, without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return cut(one_line(str(value)[: 5 * LONGEST_CELL]), LONGEST_CELL)


def one_line(text: str) -> str:
    return " ".join("".join(map(_harmless, sayable(text))).split())


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def with_thousands(number: float) -> str:
    """12345.678 → 12,345.678: for quantities, which identifiers that are numbers are not."""
    if isinstance(number, int):
        return f"{number:,}"
    text = _decimal(number)
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() and whole != "-0" else text


def _decimal(number: float) -> str:
    """0.1 + 0.2 → 0.3, 2.0 → 2, 1e-9 → 1e-09"""
    if not math.isfinite(number):
        return str(number)
    if number and not 1e-4 <= abs(number) < 1e15:
        return f"{number:.4g}"
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _harmless(character: str) -> str:
    if character in _TURNS:
        return ""
    is_control = unicodedata.category(character) in ("Cc", "Zl", "Zp")
    return " " if is_control else character


# --- how wide it is where every character has the same width ---


def width(text: str) -> int:
    """Columns of a terminal. Chinese, Japanese, Korean and emoji take two; combining marks none."""
    return sum(columns for _, columns in _clusters(text))


def fit(text: str, columns: int) -> str:
    """Cut to that width, the last character “…” if anything was dropped. No letter loses its accents."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for cluster, wide in _clusters(text):
        if used + wide > columns - 1:
            break
        kept.append(cluster)
        used += wide
    return "".join(kept).rstrip() + "…"


def padded(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * (columns - width(text))
    return space + text if right else text + space


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """What is drawn as one, and its width: a letter with its accents, an emoji with all that is joined to it."""
    cluster, wide, joined = "", 0, False
    for character in text:
        joins = joined or character in (_JOINER, _EMOJI_LOOK) or _is_modifier(character)
        pairs = _is_flag_letter(character) and len(cluster) == 1 and _is_flag_letter(cluster)
        if cluster and (joins or pairs or not _columns(character)):
            cluster += character
            wide = 2 if character == _EMOJI_LOOK or pairs else max(wide, _columns(character))
        else:
            if cluster:
                yield cluster, wide
            cluster, wide = character, _columns(character)
        joined = character == _JOINER
    if cluster:
        yield cluster, wide


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_modifier(character: str) -> bool:
    """A skin tone."""
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def label(text: Any, limit: int) -> str:
    return cut(shown(text), limit)
