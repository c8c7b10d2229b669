"""The function below an `@job(…)`: what it takes, what it must not be, and where it stands."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runs.inputs import BadDeclaration

if TYPE_CHECKING:
    from runs.context import RunContext

JobFunction = Callable[[Any, "RunContext"], str | None]

BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def inputs_of(function: JobFunction) -> type:
    """The class that its first parameter is annotated with. Raises BadDeclaration."""
    if problem := _problem(function):
        raise bad(function, problem)
    parameters = list(inspect.signature(function).parameters.values())
    if [each.kind in BY_POSITION for each in parameters] != [True, True]:
        raise bad(function, "a job takes two parameters, by position: its inputs and the RunContext")
    name = parameters[0].name
    # not get_type_hints: RunContext is imported for type checkers only, so it may not resolve here
    annotation = inspect.get_annotations(function).get(name)
    if isinstance(annotation, str):
        annotation = _resolved(function, annotation)
    if not isinstance(annotation, type):
        raise bad(function, f"annotate {name!r} with the frozen dataclass of the job's inputs")
    if (annotation.__module__, annotation.__name__) == ("runs.context", "RunContext"):
        raise bad(function, f"the inputs come first, then the RunContext: change {name!r} and the other over")
    return annotation


def never_done(function: object) -> str | None:
    """What is wrong with one that does nothing when it is called, a listener too."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return "it is `async`, and nobody would await it. Instead: a plain `def`"
    if inspect.isgeneratorfunction(function):
        return "it is a generator, and nobody would go through it. Instead: return what it finds, without a yield"
    return None


def bad(declared: object, problem: str, instead: str = "") -> BadDeclaration:
    return BadDeclaration(*_place_of(declared), problem, instead)


def place(function: JobFunction) -> str:
    return ":".join(map(str, _place_of(function)))


def _problem(function: object) -> str | None:
    if inspect.isclass(function):
        return "@job stands above a class. Instead: a function that takes the inputs and the RunContext"
    if not inspect.isfunction(inspect.unwrap(function)):  # type: ignore[arg-type]
        return f"@job stands above something that is no function: {type(function).__name__}"
    return never_done(function)


def _resolved(function: JobFunction, annotation: str) -> object:
    """An annotation written as text, or made one by `from __future__ import annotations`."""
    holder = type("Holder", (), {"__annotations__": {"inputs": annotation}})
    names = {**getattr(function, "__globals__", {}), **inspect.getclosurevars(function).nonlocals}
    try:
        return typing.get_type_hints(holder, globalns=names)["inputs"]
    except NameError:
        return None


def _place_of(declared: object) -> tuple[str, int]:
    code = getattr(inspect.unwrap(declared), "__code__", None)  # type: ignore[arg-type]
    return (code.co_filename, code.co_firstlineno) if code else _place_of_caller()


def _place_of_caller() -> tuple[str, int]:
    """Of what has no place of its own: the line outside of this package that brought it here."""
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno
