"""What went on in a channel: when, in which threads, and who wrote."""

from __future__ import annotations

from dataclasses import dataclass

from runs.access import readable_channel
from runs.context import RunContext
from runs.inputs import ChannelId, ask
from runs.job import job


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel")
    days: int = ask("How many days back", default=7, minimum=1, maximum=90)
    top: int = ask("How many threads and people to list", default=5, minimum=1, maximum=20)


@job("Digest a channel's activity", retry_safe=True)
def channel_digest(inputs: Inputs, run: RunContext) -> str:
    """Shows on which days and at which hours a channel was busy, which threads had the most replies, and who wrote
    most.
    """
    from datetime import UTC, datetime  # late, as all that a cold start has no use for

    from jobs.channels.period import Period
    from jobs.channels.sight import in_sight
    from jobs.digesting.digest import digest

    channel = readable_channel(run.client, inputs.channel, run.requester)
    with in_sight(channel):
        return digest(run, channel, Period.last(inputs.days, now=datetime.now(UTC)), inputs.top)
