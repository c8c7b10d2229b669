"""A channel's messages as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from runs.access import readable_channel
from runs.context import RunContext
from runs.inputs import ChannelId, ask
from runs.job import job

if TYPE_CHECKING:
    from jobs.channels.period import Period


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel to export")
    days: int = ask("How many days back", default=7, minimum=1, maximum=365)
    format: Literal["csv", "json"] = ask("File format", default="csv", hint="CSV opens in a spreadsheet.")
    threads: bool = ask(
        "Include the replies in threads",
        default=False,
        hint="Slower: one more call to Slack for each thread.",
    )


@job("Export a channel's messages to a file", retry_safe=True)
def export_channel(inputs: Inputs, run: RunContext) -> str:
    """Writes every message of a channel's last days into a CSV or JSON file, oldest first: who, when, text,
    reactions, files, and the replies in threads if you want them.
    """
    from datetime import UTC, datetime  # late, as all that a cold start has no use for

    from jobs.channels.period import Period
    from jobs.channels.sight import in_sight

    channel = readable_channel(run.client, inputs.channel, run.requester)
    with in_sight(channel):
        return _export(inputs, run, channel, Period.last(inputs.days, now=datetime.now(UTC)))


def _export(inputs: Inputs, run: RunContext, channel: dict[str, Any], period: Period) -> str:
    from tempfile import TemporaryFile

    from jobs.channel_export.exporter import Exporter
    from jobs.channel_export.formats import FORMATS
    from jobs.channels.journey import counted
    from jobs.channels.sight import called

    with TemporaryFile() as file:
        count = Exporter(run, channel, period, FORMATS[inputs.format], inputs.threads).write(file)
        if not count:
            return f"No messages in {called(channel)}, {period}, so there is no file."
        name = file_name(channel, period, inputs)
        run.upload(name, file)
    return f"Exported {counted(count)} from {called(channel)}, {period}."


def file_name(channel: dict[str, Any], period: Period, inputs: Inputs) -> str:
    """`general-2026-11-23-7d.csv`. Channel names may be of any script, which every file system can hold."""
    import re

    safe = re.sub(r"[^\w-]+", "-", channel.get("name", "")).strip("-_") or channel["id"]
    return f"{safe}-{period.end:%Y-%m-%d}-{inputs.days}d.{inputs.format}"
