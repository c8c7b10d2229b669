"""How one value of each kind is read from text and written again. The table at the end has a row a kind."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple

from runs.inputs.fields import MAX_TEXT, Choice, Field, Kind
from runs.mrkdwn import cut, escape

SHOWN: Final = 200  # characters of one value in a message

# Patterns are text here: `re` compiles them at their first use and keeps them, so no cold start pays for them all.


class NotTaken(ValueError):
    """The text is no value of the field; the message, if any, adds to “must be …”."""


class Notation(NamedTuple):
    """For every value that `read` returns, `read(write(value)) == value`."""

    accepts: Callable[[Field], str]  # follows “must be”: a whole number from 1 to 365
    read: Callable[[Field, str], Any]  # raises NotTaken
    sample: Callable[[Field, int], str]  # text that is taken, for examples; the number tells several apart
    write: Callable[[Field, Any], str] = lambda field, value: str(value)
    show: Callable[[Field, Any], str] = lambda field, value: escape(str(value), SHOWN)  # mrkdwn
    measure: Callable[[Any], Any] | None = None  # what minimum and maximum bound


# --- text ---

_UNTYPEABLE: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"


def is_typeable(text: str) -> bool:
    """Free of control characters and of lone surrogates, which UTF-8 cannot carry."""
    return not re.search(_UNTYPEABLE, text)


def typeable(text: str) -> str:
    return re.sub(_UNTYPEABLE, "�", text)


_ENTITY: Final = r"<([#@!]?)([^|<>]*)(?:\|([^<>]*))?>"


def quoted(text: str) -> str:
    """A person's text inside a message to them, with mentions and links as they were typed."""
    return f'"{typeable(cut(re.sub(_ENTITY, _as_typed, text), 60))}"'


def _as_typed(entity: re.Match[str]) -> str:
    """`<@U0123|ann>` → @ann. Where Slack did not send the name, the id says more than nothing."""
    sign = entity[1].replace("!", "@")
    return sign + (entity[3] or entity[2]).removeprefix(sign)


def _accepts_text(field: Field) -> str:
    noun = "text" if field.multiline else "one line of text"
    return noun + bounds(field, joint="of", unit=" characters")


def _read_text(field: Field, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not is_typeable(text):
        raise NotTaken("It has a control character in it.")
    if "\n" in text and not field.multiline:
        raise NotTaken("It has a line break in it.")
    if len(text) > MAX_TEXT:
        raise NotTaken(f"It has {len(text):,} characters; {MAX_TEXT:,} is the most.")
    return text


def _sample_text(field: Field, _: int) -> str:
    return "something"[: field.maximum].ljust(field.minimum or 0, "g")


# --- numbers and dates ---

# not by int() and float() alone: they take underscores, "infinity" and, in quadratic time, endless digits
_INTEGER: Final = r"[+-]?\d+"
_MAX_DIGITS = 15  # what a JSON number carries exactly
_NUMBER: Final = r"[+-]?\d{1,400}(?:\.\d{0,400})?(?:[eE][+-]?\d{1,3})?"
_DATE: Final = r"(\d{4})-(\d\d?)-(\d\d?)"


def _read_integer(field: Field, text: str) -> int:
    if not re.fullmatch(_INTEGER, text):
        raise NotTaken
    if len(text.lstrip("+-")) > _MAX_DIGITS:
        raise NotTaken(f"{_MAX_DIGITS} digits are the most.")
    return int(text)


def _read_number(field: Field, text: str) -> float:
    if not re.fullmatch(_NUMBER, text) or not math.isfinite(float(text)):
        raise NotTaken
    return float(text)


def _read_date(field: Field, text: str) -> date:
    found = re.fullmatch(_DATE, text)
    if not found:
        raise NotTaken
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise NotTaken("There is no such day.") from None


def bounds(
    field: Field, *, joint: str = "from", unit: str = "", more: str = "or more", most: str = "at most"
) -> str:
    """from 1 to 365 | 1 or more | 365 at most"""
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f" {joint} {low} to {high}{unit}"
    if low is not None:
        return f", {low}{unit} {more}"
    return "" if high is None else f", {high}{unit} {most}"


def _sample_within_bounds(typical: Any, field: Field, _: int) -> str:
    """The default if there is one, else something typical moved into the bounds."""
    value = typical if field.required or field.default is None else field.default
    if field.minimum is not None and value < field.minimum:
        value = field.minimum
    return str(field.maximum if field.maximum is not None and value > field.maximum else value)


# --- yes or no ---

_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})


def _read_boolean(field: Field, text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise NotTaken
    return word in _YES


# --- choices ---


def listed(words: Sequence[str]) -> str:
    """csv, json or xml. Of a long list only the beginning."""
    if len(words) > 12:
        return f"{', '.join(words[:10])} … ({len(words)} in all)"
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def did_you_mean(word: str, words: Sequence[str]) -> str:
    """A sentence naming the closest of the words, or nothing."""
    from difflib import get_close_matches  # late: only mistakes pay for the import

    close = get_close_matches(word[:60], [each for each in words if len(each) <= 60], n=1)
    return f"Did you mean {close[0]}?" if close else ""


def _accepts_choice(field: Field) -> str:
    values = [cut(choice.value, 60) for choice in field.choices]
    return f"one or more of {', '.join(values)}" if field.many and len(values) <= 12 else listed(values)


def _read_choice(field: Field, text: str) -> Any:
    """By value, then by value or label in any case."""
    folded = text.casefold()
    for choice in field.choices:
        if choice.value == text:
            return choice.member
    for choice in field.choices:
        if folded in (choice.value.casefold(), choice.label.casefold()):
            return choice.member
    raise NotTaken(did_you_mean(text, [choice.value for choice in field.choices]))


def choice_of(field: Field, member: Any) -> Choice:
    """Raises NotTaken for what is none of the field's choices."""
    for choice in field.choices:
        if choice.member == member:
            return choice
    raise NotTaken


# What a menu offers when nothing could be looked up, so that its person reads why. It is no answer.
NOT_LOADED: Final = "could not load"
MAX_LOOKED_UP: Final = (
    150  # an option's value: https://docs.slack.dev/reference/block-kit/composition-objects
)


def _accepts_lookup(field: Field) -> str:
    return ("one or more" if field.many else "one") + " of the choices that its form offers"


def _read_lookup(field: Field, text: str) -> str:
    """Whether it is among the choices, whoever looks them up has to find out."""
    if text == NOT_LOADED:
        raise NotTaken("Open the menu again, and choose.")
    if not is_typeable(text) or "\n" in text:
        raise NotTaken
    if len(text) > MAX_LOOKED_UP:
        raise NotTaken(f"{MAX_LOOKED_UP} characters are the most.")
    return text


# --- channels and people ---

_MENTION: Final = r"<([#@!])([^|<>]*)(?:\|[^<>]*)?>"
_GROUP_MENTIONS = frozenset({"@channel", "@here", "@everyone"})


class _Mark(NamedTuple):
    """What `#` and `@` stand for."""

    sign: str
    mentioned: str
    id: str
    name: str
    sample: str
    one: str
    several: str


# A typed id has nine characters or more; a shorter one needs a digit, or the name GENERAL would be an id.
_CHANNEL = _Mark(
    sign="#",
    mentioned=r"[CG][A-Z0-9]+",
    id=r"[CG](?:[A-Z0-9]{8,30}|(?=[A-Z]*\d)[A-Z0-9]{2,7})",
    name=r'[^\s<>@#|,"]{1,80}',
    sample="#general",
    one="a channel, such as #general",
    several="channels, such as #general,#random",
)
_USER = _Mark(
    sign="@",
    mentioned=r"[UW][A-Z0-9]+",
    id=r"[UW](?:[A-Z0-9]{8,30}|(?=[A-Z]*\d)[A-Z0-9]{2,7})",
    name=r"[^\s<>@#|](?:[^<>@#|\n\t]{0,78}[^\s<>@#|])?",
    sample="@ann",
    one="a person, such as @ann",
    several="people, such as @ann,@bob",
)
_NOUNS = {"#": "That is a channel.", "@": "That is a person.", "!": "That is a group of people."}


def _read_mention(mark: _Mark, field: Field, text: str) -> str:
    """An id, or `#name` or `@name` to be resolved later, since that takes asking Slack."""
    mention = re.fullmatch(_MENTION, text)
    if mention and mention[1] != mark.sign:
        raise NotTaken(_NOUNS[mention[1]])
    if mention and re.fullmatch(mark.mentioned, mention[2]):
        return mention[2]
    return text if re.fullmatch(mark.id, text) else _name(mark, text)


def _name(mark: _Mark, text: str) -> str:
    name = text.removeprefix(mark.sign)
    if mark.sign + name in _GROUP_MENTIONS:
        raise NotTaken(_NOUNS["!"])
    if not re.fullmatch(mark.name, name) or not is_typeable(name):
        raise NotTaken(_NOUNS.get(name[:1], ""))
    return mark.sign + (name.lower() if mark is _CHANNEL else name)


def _show_mention(mark: _Mark, field: Field, value: str) -> str:
    return escape(value, SHOWN) if value.startswith(mark.sign) else f"<{mark.sign}{value}>"


def _mentions(mark: _Mark) -> Notation:
    return Notation(
        accepts=lambda field: mark.several if field.many else mark.one,
        read=partial(_read_mention, mark),
        sample=lambda field, number: mark.sample + (f"-{number + 1}" if number else ""),
        show=partial(_show_mention, mark),
    )


NOTATIONS: Final[dict[Kind, Notation]] = {
    Kind.TEXT: Notation(
        accepts=_accepts_text,
        read=_read_text,
        sample=_sample_text,
        show=lambda field, value: escape(" ".join(value.split()), SHOWN),
        measure=len,
    ),
    Kind.INTEGER: Notation(
        accepts=lambda field: "a whole number" + bounds(field),
        read=_read_integer,
        sample=partial(_sample_within_bounds, 10),
        measure=int,
    ),
    Kind.NUMBER: Notation(
        accepts=lambda field: "a number" + (bounds(field) or ", such as 1.5"),
        read=_read_number,
        sample=partial(_sample_within_bounds, 1.5),
        write=lambda field, value: repr(float(value)),
        measure=float,
    ),
    Kind.BOOLEAN: Notation(
        accepts=lambda field: "yes or no",
        read=_read_boolean,
        sample=lambda field, _: "yes",
        write=lambda field, value: "yes" if value else "no",
        show=lambda field, value: "Yes" if value else "No",
    ),
    Kind.DATE: Notation(
        accepts=lambda field: (
            "a date" + (bounds(field, more="or later", most="or earlier") or ", such as 2026-01-31")
        ),
        read=_read_date,
        sample=partial(_sample_within_bounds, date(2026, 1, 31)),
        measure=lambda value: value,
    ),
    Kind.CHOICE: Notation(
        accepts=_accepts_choice,
        read=_read_choice,
        sample=lambda field, number: field.choices[number].value,
        write=lambda field, value: choice_of(field, value).value,
        show=lambda field, value: escape(choice_of(field, value).label, SHOWN),
    ),
    Kind.LOOKUP: Notation(
        accepts=_accepts_lookup,
        read=_read_lookup,
        sample=lambda field, number: "something" + (f"-{number + 1}" if number else ""),
    ),
    Kind.CHANNEL: _mentions(_CHANNEL),
    Kind.USER: _mentions(_USER),
}
