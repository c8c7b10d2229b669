"""Messages that an app has written ahead of time. They do not outlive the process."""

import asyncio
from dataclasses import dataclass

from simulator.core import Simulator
from simulator.messages import bot_message, post
from simulator.state import Json


@dataclass(frozen=True)
class Scheduled:
    id: str
    channel: str
    post_at: int
    created: int
    content: Json
    thread_ts: str | None


def schedule(sim: Simulator, scheduled: Scheduled) -> None:
    sim.scheduled[scheduled.id] = scheduled
    wait = max(0.0, scheduled.post_at - sim.clock.now())
    asyncio.get_running_loop().call_later(wait, send_due, sim)


def send_due(sim: Simulator) -> None:
    """Posts what is due by now; one whose channel is closed by then is lost, as in Slack."""
    for each in sorted(sim.scheduled.values(), key=lambda one: one.post_at):
        if each.post_at > sim.clock.now():
            continue
        del sim.scheduled[each.id]
        channel = sim.workspace.channels[each.channel]
        if not channel.is_archived:
            post(sim, channel, bot_message(sim, each.content), thread_ts=each.thread_ts)
