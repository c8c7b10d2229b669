"""A field is one question that a job asks: what it is made of. `runs.inputs.notation` has what its kind means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

MAX_TEXT: Final = 3000  # plain_text_input: https://docs.slack.dev/reference/block-kit/block-elements
MAX_ITEMS: Final = 100  # options of a select menu; lists of channels and people are held to the same


class Kind(Enum):
    """What an answer is; each has a row in `runs.inputs.notation.NOTATIONS` and in `blocks.form.ELEMENTS`."""

    TEXT = "text"
    INTEGER = "whole number"
    NUMBER = "number"
    BOOLEAN = "yes or no"
    DATE = "date"
    CHOICE = "choice"
    LOOKUP = "choice that is looked up"
    CHANNEL = "channel"
    USER = "person"


class Required(Enum):
    """The default of what has none: None may be one."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(frozen=True)
class Choice:
    """One of a field's choices: `value` is typed and stored, `label` shown, `member` is what the job gets."""

    value: str
    label: str = ""
    member: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or self.value)
        object.__setattr__(self, "member", self.value if self.member is None else self.member)


@dataclass(frozen=True)
class Source:
    """Where a field's choices come from, each time somebody looks: `takes` are the names of its parameters."""

    function: Callable[..., Any]
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Field:
    """One question. Without a `default` it must be answered; a list's default may be any sequence.

    `minimum` and `maximum` bound numbers and dates, the length of text and the count of a list.
    `source` has the choices of a LOOKUP, asked for once `min_query_length` letters are typed.
    `nullable`: an emptied answer is None, not the default.
    """

    name: str
    kind: Kind
    many: bool = False
    label: str = ""
    hint: str = ""
    placeholder: str = ""
    multiline: bool = False
    default: Any = REQUIRED
    nullable: bool = False
    choices: tuple[Choice, ...] = ()
    source: Source | None = None
    min_query_length: int = 0
    minimum: Any = None
    maximum: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or humanised(self.name))

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def humanised(name: str) -> str:
    """include_threads → Include threads"""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
