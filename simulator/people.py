"""Who is in which conversation: opening, joining, leaving."""

import time

from simulator.core import Simulator
from simulator.ids import new_id
from simulator.message_events import membership_changed
from simulator.messages import post, tell_channel
from simulator.state import Channel


def direct_message_with(sim: Simulator, one: str, other: str) -> Channel:
    """The conversation of these two, made if there is none yet."""
    channel = sim.workspace.direct_message(one, other)
    if channel is None:
        members = list(dict.fromkeys([one, other]))
        channel = Channel(new_id("D"), "", "im", creator=one, created=int(time.time()), members=members)
        sim.workspace.channels[channel.id] = channel
        tell_channel(sim, channel)
    return channel


def group_message_with(sim: Simulator, one: str, others: list[str]) -> Channel:
    """The conversation of several people, made if there is none yet. Its name is theirs, as Slack makes it."""
    members = list(dict.fromkeys([one, *others]))
    channel = sim.workspace.group_message(set(members))
    if channel is None:
        name = f"mpdm-{'--'.join(sim.workspace.users[each].name for each in members)}-1"
        channel = Channel(new_id("C"), name, "mpim", creator=one, created=int(time.time()), members=members)
        sim.workspace.channels[channel.id] = channel
        tell_channel(sim, channel)
    return channel


def join(sim: Simulator, channel: Channel, user_id: str, *, inviter: str | None = None) -> None:
    channel.members.append(user_id)
    if channel.history.timeline:
        channel.last_read[user_id] = channel.history.timeline[-1]
    kind = "group_join" if channel.kind == "private" else "channel_join"
    text = f"<@{user_id}> has joined the channel"
    message = {"type": "message", "subtype": kind, "user": user_id, "text": text}
    post(sim, channel, message | ({"inviter": inviter} if inviter else {}))
    tell_channel(sim, channel)
    membership_changed(sim, channel, user_id, joined=True, inviter=inviter)


def leave(sim: Simulator, channel: Channel, user_id: str) -> None:
    channel.members.remove(user_id)
    kind = "group_leave" if channel.kind == "private" else "channel_leave"
    text = f"<@{user_id}> has left the channel"
    post(sim, channel, {"type": "message", "subtype": kind, "user": user_id, "text": text})
    tell_channel(sim, channel, also=(user_id,))
    membership_changed(sim, channel, user_id, joined=False)
