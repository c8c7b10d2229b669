"""Declarations of every kind, and answers that fit them, for property tests."""

from dataclasses import make_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any, Literal

from hypothesis import strategies as st

from runs.inputs import ChannelId, UserId, ask


class Weekday(Enum):
    MONDAY = 1
    DAY_OFF = 2


class Region(StrEnum):
    NORTH = "eu-north-1"
    WEST = 'us "west", too'


LONG = "a very long choice " * 20
Format = Literal["csv", "json", "a, b", "it's “quoted” \\", "<b> & <!channel>", "日本語", "x=y", LONG.strip()]  # type: ignore[valid-type]

# None of these are typed by people or sent by Slack; the parser refuses them.
TYPEABLE = st.characters(exclude_categories=["Cc", "Cs"])
LINES = st.text(TYPEABLE, max_size=60)
TEXTS = st.text(TYPEABLE | st.sampled_from("\n\t\"'\\“”<>&|,=#@!"), max_size=60)
TRICKY = st.sampled_from(
    [
        "",
        " ",
        "\\",
        '"',
        '\\"',
        "“",
        "a=b",
        "<!channel>",
        "&amp;",
        "<#C123|x>",
        "&lt;",
        "שלום",
        "👍🏽",
        "no",
        ",",
    ]
)
WHOLE = st.integers(-(10**14), 10**14)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
CHANNELS = st.sampled_from(
    ["C0123ABCD", "G01", "<#C0123ABCD|general>", "<#C77|>", "#general", "büro-2", "日本"]
)
USERS = st.sampled_from(
    ["U0123ABCD", "W01", "<@U0123ABCD|ann>", "@ann", "Ann Smith", "@o'neil, jr.", 'an "x" b']
)
FORMATS = st.sampled_from(Format.__args__)  # type: ignore[attr-defined]

# a type, and what people answer
KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, WHOLE.map(str)),
    (float, NUMBERS.map(repr) | WHOLE.map(str)),
    (bool, st.booleans() | st.sampled_from(["yes", "NO", "on", "0"])),
    (date, st.dates().map(str)),
    (Format, FORMATS),
    (Weekday, st.sampled_from(["monday", "Day_off", "day off"])),
    (Region, st.sampled_from([each.value for each in Region])),
    (ChannelId, CHANNELS),
    (UserId, USERS),
    (list[Format], st.lists(FORMATS, min_size=1)),
    (list[Weekday], st.lists(st.sampled_from(["monday", "DAY_OFF"]), min_size=1)),
    (list[ChannelId], st.lists(CHANNELS, min_size=1)),
    (list[UserId], st.lists(USERS, min_size=1)),
]


@st.composite
def asked(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A type, its `ask()`, and an answer; with None for what is emptied."""
    if draw(st.booleans()):
        multiline = draw(st.booleans())
        words = draw((TEXTS if multiline else LINES) | TRICKY)
        kind = draw(st.sampled_from([str, str | None]))
        default = draw(st.sampled_from(["", "usual", *([None] if kind is not str else [])]))
        return kind, ask(multiline=multiline, default=default), draw(st.just(words) | st.none())
    kind, answers = draw(st.sampled_from(KINDS))
    answer = draw(answers)
    if draw(st.booleans()):
        return kind, ask(), answer
    return kind | None, ask(), draw(st.just(answer) | st.none())


@st.composite
def answered(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A frozen dataclass of inputs and raw answers to all of it."""
    all_asked = draw(st.lists(asked(), max_size=6))
    names = [f"field_{number}" for number in range(len(all_asked))]
    declared = [(name, kind, how) for name, (kind, how, _) in zip(names, all_asked, strict=True)]
    cls = make_dataclass("Inputs", declared, frozen=True, kw_only=True)
    return cls, {name: answer for name, (_, _, answer) in zip(names, all_asked, strict=True)}
