"""Where a job is declared wrongly, and how, in a line for whoever wrote it. Read only when the app cannot start."""

from __future__ import annotations

import dataclasses
import inspect
import linecache
import os
import re
import traceback
from collections.abc import Callable

from runs.inputs import BadDeclaration, ask
from runs.job import job

MUTABLE_DEFAULT = re.compile(r"mutable default .* for field (\w+) is not allowed")

CALLED = re.compile(r"(ask|job|Jobs\.__init__|Job\.__call__)\(\) ")


def _options_of(function: Callable[..., object]) -> str:
    """As one would write them: `ask(label, default=…)`."""
    names = inspect.signature(function).parameters.values()
    shown = (each.name + ("=…" if each.kind is each.KEYWORD_ONLY else "") for each in names)
    return f"{function.__name__}({', '.join(shown)})"


# What to write, where Python says that one of these was called wrongly.
INSTEAD = {
    "ask": _options_of(ask),
    "job": _options_of(job),
    "Jobs.__init__": "one list, Jobs([first, second])",
    "Job.__call__": "its name alone, without the parentheses behind it",
}


def explain_misdeclared(error: Exception) -> str | None:
    """`jobs/report.py:12: …`; None of an error that is no declaration's: its traceback says more."""
    if isinstance(error, BadDeclaration):
        instead = f" Instead: {error.instead}" if error.instead else ""
        return f"{_from_here(error.file)}:{error.line}: {error.problem}{instead}"
    frames = traceback.extract_tb(error.__traceback__)
    if frames and isinstance(error, TypeError) and (called := CALLED.match(str(error))):
        place = f"{_from_here(frames[-1].filename)}:{frames[-1].lineno}"
        return f"{place}: {error}. Instead: {INSTEAD[called[1]]}"
    if not frames or frames[-1].filename != dataclasses.__file__:
        return None
    declared = next(each for each in reversed(frames) if each.filename != dataclasses.__file__)
    line, problem = declared.lineno or 0, str(error)
    mutable = MUTABLE_DEFAULT.match(problem)
    if mutable:
        name = mutable[1]
        line = _line_of(declared.filename, line, name)
        problem = f"{name} has a mutable default, which all runs would share. Instead: ask(default=[…])"
    return f"{_from_here(declared.filename)}:{line}: {problem}"


def _line_of(file: str, first: int, name: str) -> int:
    for line in range(first, len(linecache.getlines(file)) + 1):
        if re.match(rf"\s+{name}\s*:", linecache.getline(file, line)):
            return line
    return first


def _from_here(file: str) -> str:
    """As people know it, if it lies in the folder that they are in."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
