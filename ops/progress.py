"""A bar for work of many pieces: it moves on a terminal, elsewhere it says a line now and then. To standard error."""

import shutil
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from ops.console import complain, is_terminal

WIDTH = 24
REDRAWN_AFTER = 0.1  # seconds
SAID_AFTER = 10.0  # seconds, where there is no terminal


class Progress:
    """`with Progress("Re-encrypting", 40) as bar: … bar.step("T0123")`. A total of None is not known yet."""

    def __init__(
        self,
        title: str,
        total: int | None = None,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._total = total
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_terminal = is_terminal(self._stream)
        self._done = 0
        self._due_at = self._clock() + (0 if self._is_terminal else SAID_AFTER)
        self._is_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self, text: str = "", *, by: int = 1) -> None:
        self._done += by
        now = self._clock()
        if now < self._due_at:
            return
        self._due_at = now + (REDRAWN_AFTER if self._is_terminal else SAID_AFTER)
        if self._is_terminal:
            self._draw(self.line(text))
        else:
            complain(self.line(text))

    def line(self, text: str = "") -> str:
        if self._total is None:
            return f"  {self._title} {self._done:,} {text}".rstrip()
        full = WIDTH * min(self._done, self._total) // max(self._total, 1)
        bar = "▓" * full + "░" * (WIDTH - full)
        return f"  {self._title} {bar} {self._done:,} of {self._total:,} {text}".rstrip()

    def say(self, text: str) -> None:
        """A line that stays, above the bar."""
        self.clear()
        complain(text)

    def clear(self) -> None:
        """Only what was drawn: whatever comes next begins on a line of its own."""
        if self._is_drawn:
            self._draw("")
            self._is_drawn = False

    def _draw(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        try:
            self._stream.write(f"\r\033[K{line[:width]}")
            self._stream.flush()
        except OSError:
            self._is_terminal = False  # it was closed; the work goes on
        self._is_drawn = bool(line)
