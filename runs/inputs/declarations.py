"""From a frozen dataclass, as the author of a job writes it, to the fields that Errand works with."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, NewType

from runs.inputs.fields import REQUIRED, Choice, Field, Kind, Source, humanised
from runs.inputs.limits import MAX_FIELDS, Unfit, check

ChannelId = NewType("ChannelId", str)
UserId = NewType("UserId", str)

_ASKED = "asked"  # the key of what ask() says in a dataclass field's metadata
_CHOICES: Final = "choices"
_KINDS: Final[Mapping[Any, Kind]] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    date: Kind.DATE,
    ChannelId: Kind.CHANNEL,
    UserId: Kind.USER,
}
_LISTABLE: Final = frozenset({Kind.CHOICE, Kind.LOOKUP, Kind.CHANNEL, Kind.USER})
TOLD_TO_CHOICES: Final = ("query", "requester", "team_id", "secrets")
_TYPES: Final = (
    "str, int, float, bool, date, Literal of strings, an Enum, ChannelId, UserId, "
    "list[] of the last four, or any of these with `| None`"
)


class BadDeclaration(Exception):
    """A dataclass that cannot become a form: where it is, what is wrong, what to write instead."""

    def __init__(self, file: str, line: int, problem: str, instead: str = "") -> None:
        super().__init__(f"{file}:{line}: {problem}{f' Instead: {instead}' if instead else ''}")
        self.file, self.line, self.problem, self.instead = file, line, problem, instead


def ask(
    label: str = "",
    *,
    default: Any = MISSING,
    hint: str = "",
    placeholder: str = "",
    multiline: bool = False,
    minimum: int | float | date | None = None,
    maximum: int | float | date | None = None,
    choices: Callable[..., Any] | Sequence[Any] | None = None,
    min_query_length: int = 0,
) -> Any:
    """A dataclass field that says how to ask for it.

    `label` is the question, by default the name in words; `hint` stands below the answer, `placeholder` in
    it. `minimum` and `maximum` bound numbers and dates, the length of text and the count of a list. Without a
    `default` the answer is required. A list may be a default: every instance gets its own copy.

    `choices`, for a str or a list of them, is a list of texts or of (text, label), or a function that returns one each
    time somebody opens the menu, or types into it after `min_query_length` letters. It may take any of `query` (what
    was typed), `requester`, `team_id` and `secrets`. Slack waits two seconds for it, so it must be quick; what comes
    back is checked by calling it again.
    """
    asked = {
        "label": label,
        "hint": hint,
        "placeholder": placeholder,
        "multiline": multiline,
        "minimum": minimum,
        "maximum": maximum,
        "min_query_length": min_query_length,
    }
    given: dict[str, Any] = {} if default is MISSING else {"default": default}
    if isinstance(default, list):
        given = {"default_factory": default.copy}
    return dataclasses.field(**given, metadata={_ASKED: asked, _CHOICES: choices})


def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields of a frozen dataclass, in order. Raises BadDeclaration."""
    return _fields_of(cls)


@cache
def _fields_of(cls: Any) -> tuple[Field, ...]:
    fields = []
    with _located(cls):
        declared, hints = _declared(cls), _hints(cls)
    for name, value in _untyped(cls):
        with _located(cls, name):
            raise Unfit("has no type", f"{name}: {type(value).__name__} = {value!r}")
    for each in declared:
        with _located(cls, each.name):
            fields.append(_field(each, hints[each.name]))
    return tuple(fields)


@contextmanager
def _located(cls: type, name: str = "") -> Iterator[None]:
    try:
        yield
    except Unfit as unfit:
        what = f"{cls.__qualname__}.{name}" if name else cls.__qualname__
        raise BadDeclaration(*_place(cls, name), f"{what} {unfit.problem}.", unfit.instead) from None


def _declared(cls: Any) -> list[dataclasses.Field[Any]]:
    parameters = getattr(cls, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise Unfit("is not a frozen dataclass", f"@dataclass(frozen=True) above class {cls.__name__}")
    declared = [each for each in dataclasses.fields(cls) if each.init]
    if len(declared) > MAX_FIELDS:
        raise Unfit(f"has {len(declared)} fields", f"at most {MAX_FIELDS}: a modal holds no more")
    return declared


def _untyped(cls: Any) -> Iterator[tuple[str, object]]:
    """What stands among the fields and dataclasses pass over. What is called, or is a property, is no field."""
    for name, value in vars(cls).items():
        is_field = name.startswith("_") or name in cls.__dataclass_fields__
        if not is_field and not callable(value) and not hasattr(value, "__get__"):
            yield name, value


def _hints(cls: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except (NameError, AttributeError, TypeError, SyntaxError) as reason:
        instead = "define or import it at the top of the module, not in a function or under TYPE_CHECKING"
        raise Unfit(f"has a type that cannot be found: {reason}", instead) from None


def _field(declared: dataclasses.Field[Any], hint: Any) -> Field:
    hint, nullable = _without_none(hint)
    hint, many = _without_list(hint)
    kind, choices = _kind(hint)
    source, given = None, declared.metadata.get(_CHOICES)
    if given is not None:
        kind, choices, source = _chosen_from(given, kind, hint)
    if many and kind not in _LISTABLE:
        raise Unfit(f"is a list of {_name(hint)}", "a list of a Literal, an Enum, ChannelId or UserId")
    default = _default(declared, kind, nullable)
    asked = declared.metadata.get(_ASKED, {})
    field = Field(
        declared.name, kind, many, default=default, nullable=nullable, choices=choices, source=source, **asked
    )
    check(field)
    return field


def _without_none(hint: Any) -> tuple[Any, bool]:
    """`X | None` and Optional[X]: the type of the rest, and whether None was there."""
    hint = _unaliased(hint)
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    rest = [each for each in typing.get_args(hint) if each is not types.NoneType]
    nullable = len(rest) < len(typing.get_args(hint))
    return (_unaliased(rest[0]) if len(rest) == 1 else hint), nullable


def _without_list(hint: Any) -> tuple[Any, bool]:
    items = typing.get_args(hint)
    return (_unaliased(items[0]), True) if typing.get_origin(hint) is list and items else (hint, False)


def _unaliased(hint: Any) -> Any:
    """What `type Name = …` (Python 3.12) stands for."""
    return getattr(hint, "__value__", hint)


def _kind(hint: Any) -> tuple[Kind, tuple[Choice, ...]]:
    if typing.get_origin(hint) is Literal:
        return Kind.CHOICE, tuple(map(_literal_choice, typing.get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Kind.CHOICE, tuple(map(_enum_choice, hint))
    for known, kind in _KINDS.items():
        if hint is known:
            return kind, ()
    raise Unfit(f"has the type {_name(hint)}, which no form can ask for", _TYPES)


def _chosen_from(given: Any, kind: Kind, hint: Any) -> tuple[Kind, tuple[Choice, ...], Source | None]:
    """What `ask(choices=…)` says, for a field of texts."""
    if kind is not Kind.TEXT:
        raise Unfit(f"has choices, but is {_name(hint)}", "str or list[str]")
    if callable(given):
        return Kind.LOOKUP, (), _source(given)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise Unfit(f"has the choices {given!r}", "a list of texts, or a function that returns one")
    return Kind.CHOICE, tuple(map(_listed_choice, given)), None


def _listed_choice(given: Any) -> Choice:
    value, text = given if isinstance(given, tuple) and len(given) == 2 else (given, "")
    if not isinstance(value, str) or not isinstance(text, str):
        raise Unfit(f"offers {given!r}", "texts, or pairs of a text and its label")
    return Choice(value, text)


def _source(function: Callable[..., Any]) -> Source:
    name = getattr(function, "__name__", repr(function))
    if inspect.iscoroutinefunction(function):
        raise Unfit(f"has its choices from {name}, which is async", "a plain function")
    takes = set()
    for each in inspect.signature(function).parameters.values():
        if each.name in TOLD_TO_CHOICES and each.kind not in (each.POSITIONAL_ONLY, each.VAR_POSITIONAL):
            takes.add(each.name)
        elif each.default is each.empty:
            raise Unfit(
                f"has its choices from {name}, which takes {each}", f"any of {', '.join(TOLD_TO_CHOICES)}"
            )
    return Source(function, frozenset(takes))


def _literal_choice(value: Any) -> Choice:
    if value is None:
        raise Unfit("offers None", "Literal[…] | None")
    if not isinstance(value, str):
        raise Unfit(f"offers {value!r}, which is not text", f"text only, such as {str(value)!r}")
    return Choice(value)


def _enum_choice(member: Enum) -> Choice:
    """People type a member's value if it is text, else its name in lower case."""
    if isinstance(member.value, str):
        return Choice(member.value, member=member)
    name = member.name.lower()
    return Choice(name, humanised(name), member)


def _default(declared: dataclasses.Field[Any], kind: Kind, nullable: bool) -> Any:
    if declared.default is not MISSING:
        return declared.default
    if declared.default_factory is not MISSING:
        made = declared.default_factory()
        return tuple(made) if isinstance(made, list) else made
    if nullable:
        return None
    return False if kind is Kind.BOOLEAN else REQUIRED  # a box that nobody ticked is an answer


def _name(hint: Any) -> str:
    return hint.__name__ if type(hint) is type else str(hint).replace("typing.", "")


def _place(cls: type, name: str) -> tuple[str, int]:
    """The file and the line of the class, or of one field of it."""
    try:
        lines, first = inspect.getsourcelines(cls)
        file = inspect.getsourcefile(cls) or cls.__module__
    except (OSError, TypeError):
        return cls.__module__, 0
    for offset, line in enumerate(lines):
        if name and re.match(rf"\s*{re.escape(name)}\s*[:=]", line):
            return file, first + offset
    return file, first
