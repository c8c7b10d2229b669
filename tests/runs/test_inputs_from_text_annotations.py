"""What `from __future__ import annotations` makes text of is understood all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Optional

from runs.inputs import ChannelId, Kind, UserId, ask, fields_of
from tests.runs.declared import Weekday


def test_a_class_in_a_function_is_understood() -> None:
    @dataclass(frozen=True)
    class Inputs:
        day: Weekday
        channel: Optional[ChannelId] = None  # noqa: UP045
        since: date | None = None
        formats: list[Literal["csv", "json"]] = ask(default=["csv"])
        people: list[UserId] | None = None

    kinds = [(field.kind, field.many, field.nullable) for field in fields_of(Inputs)]
    assert kinds == [
        (Kind.CHOICE, False, False),
        (Kind.CHANNEL, False, True),
        (Kind.DATE, False, True),
        (Kind.CHOICE, True, False),
        (Kind.USER, True, True),
    ]
