"""An answer to a field, one value or a list: read from a form, text or a record, and written again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runs.inputs.fields import MAX_ITEMS, Field, Kind
from runs.inputs.notation import NOTATIONS, NotTaken, bounds, did_you_mean, quoted

RawValue = str | bool | int | float | list[str] | None


class InvalidInputs(ValueError):
    """All that is wrong with the inputs at once.

    `errors` has a sentence for each field's name; they are plain text: escape them for mrkdwn.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("\n".join(errors.values()))
        self.errors = dict(errors)


def validate(fields: tuple[Field, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every field. Names that are absent get their defaults.

    Raises InvalidInputs: for unknown names too.
    """
    values, errors = {}, _unknown(fields, raw)
    for field in fields:
        try:
            values[field.name] = read(field, raw[field.name]) if field.name in raw else absent(field)
        except NotTaken as reason:
            errors[field.name] = str(reason)
    if errors:
        raise InvalidInputs(errors)
    return values


def read(field: Field, raw: Any) -> Any:
    """Raises NotTaken with a sentence that names the field.

    An emptied answer is None, no text or no items where the field can take that, else its default.
    """
    texts = _texts(field, raw)
    if _is_blank(field, texts):
        return _blank(field)
    if field.many:
        return _read_items(field, texts)
    if len(texts) > 1:
        raise _refusal(field, f"{len(texts):,} values", "Give one.")
    return _read_one(field, texts[0])


def write(field: Field, value: Any) -> str | list[str] | None:
    """What `read` takes back."""
    one = NOTATIONS[field.kind].write
    if value is None:
        return None
    return [one(field, item) for item in value] if field.many else one(field, value)


def show(field: Field, value: Any) -> list[str]:
    """The value as mrkdwn, one string an item."""
    one = NOTATIONS[field.kind].show
    if value is None:
        return []
    return [one(field, item) for item in value] if field.many else [one(field, value)]


def accepts(field: Field) -> str:
    """What may be answered, to follow “must be”: a whole number from 1 to 365."""
    count = bounds(field).strip(", ") if field.many else ""
    return NOTATIONS[field.kind].accepts(field) + (f" ({count})" if count else "")


def absent(field: Field) -> Any:
    """The value when nothing was answered. Raises NotTaken if something must be."""
    if field.required:
        raise NotTaken(f"{field.name} is required: give {accepts(field)}.")
    return list(field.default) if field.many and field.default is not None else field.default


def _unknown(fields: tuple[Field, ...], raw: Mapping[str, Any]) -> dict[str, str]:
    names = [field.name for field in fields]
    return {name: unknown_name(name, names) for name in raw if name not in names}


def unknown_name(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names) or f"There is {', '.join(names) or 'none'}."
    return f"There is no input called {quoted(name)}. {hint}"


def _texts(field: Field, raw: Any) -> list[str]:
    parts = raw if isinstance(raw, list | tuple) else [] if raw is None else [raw]
    texts = [_text(part) for part in parts]
    if field.kind is Kind.TEXT:
        return texts
    return [stripped for text in texts if (stripped := text.strip())]


def _text(part: Any) -> str:
    if isinstance(part, bool):
        return "yes" if part else "no"
    return part if isinstance(part, str) else repr(part)


def _is_blank(field: Field, texts: list[str]) -> bool:
    if field.kind is Kind.TEXT and not field.required and not field.minimum:
        return not texts  # "" is an answer like any other
    return not any(text.strip() for text in texts)


def _blank(field: Field) -> Any:
    if field.nullable:
        return None
    if field.required or field.minimum:
        return absent(field)
    if field.many:
        return []
    return "" if field.kind is Kind.TEXT and field.default is not None else absent(field)


def _read_one(field: Field, text: str) -> Any:
    notation = NOTATIONS[field.kind]
    value = _read_text(field, text)
    if notation.measure and not _is_within(field, notation.measure(value)):
        raise _refusal(field, quoted(text))
    return value


def _read_items(field: Field, texts: list[str]) -> list[Any]:
    if len(texts) > MAX_ITEMS:
        raise _refusal(field, f"{len(texts):,} of them", f"{MAX_ITEMS} is the most.")
    values: list[Any] = []
    for text in texts:
        value = _read_text(field, text)
        if value not in values:
            values.append(value)
    if not _is_within(field, len(values)):
        raise _refusal(field, f"{len(values)} of them")
    return values


def _read_text(field: Field, text: str) -> Any:
    try:
        return NOTATIONS[field.kind].read(field, text)
    except NotTaken as reason:
        raise _refusal(field, quoted(text), str(reason)) from None


def _is_within(field: Field, measure: Any) -> bool:
    low, high = field.minimum, field.maximum
    return (low is None or measure >= low) and (high is None or measure <= high)


def _refusal(field: Field, got: str, reason: str = "") -> NotTaken:
    return NotTaken(f"{field.name} must be {accepts(field)}; got {got}. {reason}".rstrip())
