"""The time that an export covers, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Period:
    start: datetime
    end: datetime

    @classmethod
    def last(cls, days: int, *, now: datetime) -> Period:
        return cls(start=now - timedelta(days=days), end=now)

    def __str__(self) -> str:
        """`24 Oct – 23 Nov 2026`; both years when they differ."""
        year = "" if self.start.year == self.end.year else f" {self.start.year}"
        return f"{day(self.start)}{year} – {day(self.end)} {self.end.year}"


def day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"
