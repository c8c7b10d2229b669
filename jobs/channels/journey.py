"""How far back a channel has been read, as the progress of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jobs.channels.period import Period, day
from runs.context import RunContext


class Journey:
    """`reached` is the moment, in epoch seconds, back to which all has been read."""

    def __init__(self, run: RunContext, channel: dict[str, Any], period: Period) -> None:
        self._run = run
        self._end = period.end.timestamp()
        # A young channel's bar need not stand still for the time before there was one.
        beginning = max(period.start.timestamp(), float(channel.get("created", 0)))
        self._total = max(self._end - beginning, 1.0)
        self.reached = self._end

    def report(self, count: int) -> None:
        """Before each call to Slack, which may have to wait: raises RunCancelled."""
        back_to = day(datetime.fromtimestamp(self.reached, UTC))
        text = f"{counted(count)}, back to {back_to}" if count else ""
        self._run.progress(min(self._end - self.reached, self._total), self._total, text)


def counted(messages: int) -> str:
    return "1 message" if messages == 1 else f"{messages:,} messages"
