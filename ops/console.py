"""What the builder reads in the terminal: short, aligned, and in colour only where colour is wanted."""

import os
import sys
from collections.abc import Sequence
from typing import TextIO

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "cyan": "36"}


def has_colour() -> bool:
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")


def is_terminal(stream: TextIO) -> bool:
    """One that colours and redrawn lines make sense on."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, *styles: str) -> str:
    if not has_colour():
        return text
    return f"\033[{';'.join(STYLES[style] for style in styles)}m{text}\033[0m"


def say(text: str = "") -> None:
    _write(sys.stdout, text)


def say_rows(rows: dict[str, str]) -> None:
    width = max(map(len, rows))
    for name, text in rows.items():
        say(f"  {paint(name.ljust(width), 'dim')}  {text}")


def say_table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    say(f"  {paint(_in_columns(heads, widths), 'dim')}")
    for line in lines:
        say(f"  {_in_columns(line, widths)}")


def _in_columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def complain(text: str) -> None:
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    """A terminal that was closed, or a `| head` that has had enough, is no reason to fail: there is more to stop."""
    try:
        print(text, file=stream, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
