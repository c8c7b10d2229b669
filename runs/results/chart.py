"""A chart, as a job gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

from runs.results.cells import is_number, label

ChartKind = Literal["line", "bar", "area", "pie"]
Points = Mapping[Any, float]

LONGEST_TITLE: Final = 50
LONGEST_AXIS: Final = 50
LONGEST_LABEL: Final = 20


@dataclass(frozen=True)
class Series:
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Every series has one value for each of `categories`. A pie has one series."""

    title: str
    look: ChartKind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""

    kind: ClassVar[str] = "chart"


def chart_of(
    look: ChartKind,
    data: Points | Mapping[Any, Points],
    *,
    title: str,
    x_label: str = "",
    y_label: str = "",
) -> Chart:
    """`data` are the points of one series, {label: number}, or several series by name, {name: {label: number}}.

    A label that one series lacks counts as 0 there. Raises ValueError for what is no chart.
    """
    if look not in get_args(ChartKind):
        raise ValueError(f"there is no chart {look!r}: {', '.join(get_args(ChartKind))} are the kinds")
    if not title.strip():
        raise ValueError("a chart needs a title")
    several = _series(data, y_label or title)
    if look == "pie" and len(several) > 1:
        raise ValueError("a pie shows one series: give it {label: number}")
    labels = list(dict.fromkeys(each for points in several.values() for each in points))
    for name, points in several.items():
        _check(name, points, look)
    return Chart(
        title=label(title, LONGEST_TITLE),
        look=look,
        categories=_distinct([label(each, LONGEST_LABEL) for each in labels]),
        series=tuple(
            Series(name, tuple(several[given].get(each, 0) for each in labels))
            for name, given in zip(
                _distinct([label(each, LONGEST_LABEL) for each in several]), several, strict=True
            )
        ),
        x_label=label(x_label, LONGEST_AXIS),
        y_label=label(y_label, LONGEST_AXIS),
    )


def _series(data: Mapping[Any, Any], name: str) -> dict[Any, Points]:
    if not isinstance(data, Mapping):
        raise ValueError(f"the data of a chart is {{label: number}}, not {type(data).__name__}")
    nested = [isinstance(value, Mapping) for value in data.values()]
    if any(nested) and not all(nested):
        raise ValueError(
            "the data of a chart is {label: number} or {series: {label: number}}, not some of both"
        )
    return dict(data) if nested and all(nested) else {name: data}


def _check(name: Any, points: Points, look: str) -> None:
    for each, value in points.items():
        if not _can_be_drawn(value):
            raise ValueError(f"{name}, {each} is {value!r}, which is no number to draw")
        if look == "pie" and value < 0:
            raise ValueError(f"{each} is {value!r}: no slice of a pie is less than nothing")


def _can_be_drawn(value: Any) -> bool:
    try:
        return is_number(value) and math.isfinite(value)
    except OverflowError:  # an int beyond all floats
        return False


def _distinct(labels: list[str]) -> tuple[str, ...]:
    """Slack wants them so; two may have become the same by being cut, and none may be empty."""
    taken: dict[str, None] = {}
    for each in labels:
        name, number = each or "–", 2
        while name in taken:
            mark = f" ({number})"
            name, number = label(each, LONGEST_LABEL - len(mark)) + mark, number + 1
        taken[name] = None
    return tuple(taken)
