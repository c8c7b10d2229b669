"""What is done at the same time, one boundary after the other: a test says who goes on, how far, and who dies where.

Each task is a thread, of which one has its turn at a time. So a fault is found in the same order again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from runs.hands import Hands

Done = TypeVar("Done")

FAR = 1_000_000  # boundaries: to the end
JOB = -1  # to where a job is at work
CHANGED_LINE = -2  # to where the line was written, and the runs in it were not yet
IN_LINE = -4  # to where it is in line, has looked at whom it waits for, and nothing of that is on record yet
READ_LINE = -3  # to where the line was read, and is about to be written


class Died(BaseException):
    """As when memory or time runs out: nothing of ours gets to say anything any more."""


@dataclass
class Trouble:
    """`left` calls fail; if `is_done`, what they were to do was done all the same."""

    error: Callable[[], Exception]
    left: int
    is_done: bool = False


@dataclass(eq=False)
class Task:
    """`hands` are those that a run which it takes is in."""

    name: str
    work: Callable[[], object]
    hands: Hands
    began: int
    may_park_anywhere: bool
    is_dead: bool = False
    is_late: bool = False  # a clock that was set forward says that it is dead
    is_done: bool = False
    error: Exception | None = None
    _steps: int = 0
    _left: int = 0
    _earlier: tuple[str, ...] = ()
    _go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _is_started: bool = False
    _dies: bool = False

    def go_on(self, steps: int, *, dies: bool = False) -> None:
        """Over so many boundaries. There it waits, or dies."""
        if not self._is_started:
            self._is_started = True
            threading.Thread(target=self._run, daemon=True, name=self.name).start()
        self._steps, self._left, self._dies = steps, steps, dies
        self._go.release()
        self._back.acquire()

    def die(self) -> None:
        self.is_dead = True
        if not self.is_done:
            self.go_on(FAR)  # and it does not come far

    def reach(self, kind: str) -> None:
        """Where it may be stopped, or end."""
        is_here = self._is_there(kind)
        self._left = max(0, self._left - 1)
        self._earlier = (*self._earlier[-1:], kind)
        if is_here and not self.is_dead:
            if self._dies:
                self.is_dead = True
            elif self.may_park_anywhere or kind == "job":
                self._back.release()
                self._go.acquire()
        if self.is_dead:
            raise Died

    def _is_there(self, kind: str) -> bool:
        if self._steps == JOB:
            return kind == "job"
        if self._steps == CHANGED_LINE:
            return self._earlier == ("line", "line") and kind != "line"  # read, and written
        if self._steps == IN_LINE:
            return self._earlier == ("line", "store") and kind == "store"
        if self._steps == READ_LINE:
            return self._earlier[-1:] == ("line",) and kind == "line"
        return self._left == 0

    def _run(self) -> None:
        self._go.acquire()
        try:
            if self.is_dead:
                return
            self.work()
        except Died:
            self.is_dead = True
        except Exception as error:
            self.error = error
        finally:
            self.is_done = True
            self._back.release()


class Tasks:
    """`moment` counts the boundaries that were reached."""

    def __init__(self) -> None:
        self.current: Task | None = None
        self.parked: list[Task] = []
        self.troubles: dict[str, Trouble] = {}
        self.moment = 0

    def cross(self, kind: str, effect: Callable[[], Done]) -> Done:
        """`effect` is what happens beyond this process, where it may fail, or be overtaken, or never be reached."""
        if self.current is None:
            return effect()
        self.moment += 1
        self.current.reach(kind)
        trouble = self.troubles.get(kind)
        if trouble and trouble.left > 0:
            trouble.left -= 1
            if trouble.is_done:
                effect()
            raise trouble.error()
        return effect()

    def go_on(self, task: Task, steps: int = FAR, *, dies: bool = False) -> None:
        before, self.current = self.current, task
        if task in self.parked:
            self.parked.remove(task)
        try:
            task.go_on(steps, dies=dies)
        finally:
            self.current = before
        if not task.is_done:
            self.parked.append(task)

    def kill(self, task: Task) -> None:
        before, self.current = self.current, task
        try:
            task.die()
        finally:
            self.current = before
        if task in self.parked:
            self.parked.remove(task)
