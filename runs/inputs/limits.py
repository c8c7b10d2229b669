"""What a field can ask for and still become a form: Slack's limits, and defaults that are answers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from runs.inputs import answers
from runs.inputs.fields import MAX_ITEMS, MAX_TEXT, Field, Kind
from runs.inputs.notation import NotTaken, is_typeable

MAX_FIELDS: Final = 90  # a modal has 100 blocks; some are left for Errand's own
MAX_NAME: Final = 100  # a block_id has 255 characters
MAX_QUERY: Final = 10
MAX_LENGTHS: Final = {"label": 2000, "hint": 2000, "placeholder": 150}

_BOUNDS: Final[Mapping[Kind, tuple[type, ...]]] = {
    Kind.TEXT: (int,),
    Kind.INTEGER: (int,),
    Kind.NUMBER: (int, float),
    Kind.DATE: (date,),
}


class Unfit(Exception):
    """What is wrong, to follow the name of the field, and what to write instead."""

    def __init__(self, problem: str, instead: str) -> None:
        super().__init__(f"{problem}; instead: {instead}")
        self.problem, self.instead = problem, instead


def check(field: Field) -> None:
    """Raises Unfit."""
    _check_words(field)
    if field.kind is Kind.CHOICE:
        _check_choices(field)
    _check_query(field)
    _check_bounds(field)
    _check_default(field)


def _check_words(field: Field) -> None:
    if len(field.name) > MAX_NAME:
        raise Unfit("has a long name", f"{MAX_NAME} characters at most")
    if not field.label.strip():
        raise Unfit("has a blank label", "a question, or no label at all")
    for attribute, most in MAX_LENGTHS.items():
        if len(getattr(field, attribute)) > most:
            raise Unfit(f"has a long {attribute}", f"{most} characters at most")
    if field.multiline and field.kind is not Kind.TEXT:
        raise Unfit("is multiline but not text", "multiline=True for str only")


def _check_choices(field: Field) -> None:
    values = [choice.value for choice in field.choices]
    if not 1 <= len(values) <= MAX_ITEMS:
        raise Unfit(f"has {len(values)} choices", f"1 to {MAX_ITEMS}: a menu holds no more")
    for value in values:
        if not value or value != value.strip() or not is_typeable(value) or "\n" in value:
            raise Unfit(f"offers {value!r}", "one line of text without spaces around it")
        if values.count(value) > 1:
            raise Unfit(f"offers {value!r} twice", "values and names that differ")


def _check_query(field: Field) -> None:
    least = field.min_query_length
    if isinstance(least, bool) or not isinstance(least, int) or not 0 <= least <= MAX_QUERY:
        raise Unfit(f"has the min_query_length {least!r}", f"a number from 0 to {MAX_QUERY}")
    if least and field.kind is not Kind.LOOKUP:
        raise Unfit("has a min_query_length", "one only with a function for its choices")


def _check_bounds(field: Field) -> None:
    given = [bound for bound in (field.minimum, field.maximum) if bound is not None]
    allowed = (int,) if field.many else _BOUNDS.get(field.kind, ())
    for bound in given:
        if type(bound) not in allowed:
            names = " or ".join(each.__name__ for each in allowed)
            raise Unfit(f"is bounded by {bound!r}", f"{names} here" if names else "no minimum and no maximum")
    if given and given[0] > given[-1]:
        raise Unfit("has a minimum above its maximum", f"minimum={given[-1]}, maximum={given[0]}")
    if field.many or field.kind is Kind.TEXT:
        _check_sizes(given, _most(field))


def _most(field: Field) -> int:
    if not field.many:
        return MAX_TEXT
    return len(field.choices) if field.kind is Kind.CHOICE else MAX_ITEMS


def _check_sizes(given: list[int], most: int) -> None:
    for bound in given:
        if not 1 <= bound <= most:
            raise Unfit(f"is limited to {bound}", f"from 1 to {most}")


def _check_default(field: Field) -> None:
    """A default has to be just what its own text would be read as."""
    default = field.default
    if field.required or (default is None and field.nullable):
        return
    if default is None:
        raise Unfit("has the default None", "`| None` in its type as well")
    if field.many != isinstance(default, list | tuple):
        raise Unfit(f"has the default {default!r}", "ask(default=[…])" if field.many else "one value")
    if not default and (field.many or default == "") and not field.minimum:
        return
    try:
        same = bool(answers.read(field, answers.write(field, default)) == _comparable(default))
    except (NotTaken, TypeError, ValueError) as reason:
        raise Unfit(f"has the default {default!r}", str(reason) or answers.accepts(field)) from None
    if not same:
        raise Unfit(f"has the default {default!r}", answers.accepts(field))


def _comparable(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default
