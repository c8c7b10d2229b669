"""An instance of a job's dataclass: made from answers, from text and from a stored record, and told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from runs.inputs import answers
from runs.inputs.answers import validate
from runs.inputs.declarations import fields_of
from runs.inputs.fields import Field, Kind
from runs.inputs.notation import SHOWN

Inputs = TypeVar("Inputs")
JSON = str | bool | int | float | list[str] | None

_NAMED = {Kind.CHANNEL: "#", Kind.USER: "@"}


def build_inputs(cls: type[Inputs], raw: Mapping[str, Any]) -> Inputs:
    """Raises InvalidInputs for missing and unknown names and for whatever a field does not take."""
    return cls(**validate(fields_of(cls), raw))


def dump_inputs(inputs: Any) -> dict[str, JSON]:
    """What json.dumps takes and `load_inputs` reads."""
    return {field.name: _jsonable(field, value) for field, value in _answered(inputs)}


def load_inputs(cls: type[Inputs], record: Mapping[str, Any]) -> Inputs:
    """Raises InvalidInputs if the declaration has changed so that the record no longer fits it."""
    return build_inputs(cls, record)


def unresolved_names(inputs: Any) -> tuple[tuple[str, str], ...]:
    """(field, "#general") for every channel and person that was given by name."""
    return tuple((field.name, name) for field, value in _answered(inputs) for name in _names(field, value))


def replace_names(inputs: Inputs, ids: Mapping[str, str]) -> Inputs:
    """The same inputs with the ids of `#name` and `@name`; names that `ids` does not have stay."""
    changed = {
        field.name: _replaced(value, ids) for field, value in _answered(inputs) if any(_names(field, value))
    }
    return dataclasses.replace(inputs, **changed)  # type: ignore[type-var]


def channels_in(inputs: Any) -> list[str]:
    """The ids of all channels among the inputs."""
    found = (_items(value) for field, value in _answered(inputs) if field.kind is Kind.CHANNEL)
    return [channel_id for ids in found for channel_id in ids]


def describe_inputs(inputs: Any) -> list[tuple[str, str]]:
    """(label, mrkdwn) for every field."""
    return [(field.label, _described(field, value)) for field, value in _answered(inputs)]


def long_lists(inputs: Any) -> list[tuple[str, list[str]]]:
    """(label, all items as mrkdwn) of every list of which `describe_inputs` names only the first."""
    lists = ((field.label, answers.show(field, value)) for field, value in _answered(inputs) if field.many)
    return [(label, items) for label, items in lists if _kept(items) < len(items)]


def _answered(inputs: Any) -> Iterator[tuple[Field, Any]]:
    return ((field, getattr(inputs, field.name)) for field in fields_of(type(inputs)))


def _jsonable(field: Field, value: Any) -> JSON:
    if field.kind in (Kind.BOOLEAN, Kind.INTEGER, Kind.NUMBER):
        return value  # type: ignore[no-any-return]
    return answers.write(field, value)


def _names(field: Field, value: Any) -> Iterator[str]:
    mark = _NAMED.get(field.kind)
    items = value if field.many else [value]
    return (item for item in items or [] if mark and item and item.startswith(mark))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _replaced(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(ids.get(item, item) for item in value))
    return ids.get(value, value)


def _described(field: Field, value: Any) -> str:
    shown = [text for text in answers.show(field, value) if text]
    return _joined(shown) if shown else "—"


def _joined(items: list[str]) -> str:
    """Whole items only: half a mention is none."""
    kept = _kept(items)
    rest = f" and {len(items) - kept} more" if kept < len(items) else ""
    return ", ".join(items[:kept]) + rest


def _kept(items: list[str]) -> int:
    kept = len(items)
    while kept > 1 and len(", ".join(items[:kept])) > SHOWN:
        kept -= 1
    return kept
