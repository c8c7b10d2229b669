"""What happens in the bot's conversations, as events for the app (https://docs.slack.dev/reference/events)."""

import re

from simulator.core import Simulator
from simulator.history import is_reply
from simulator.payloads import action_ts, event_payload
from simulator.rich_text import as_told
from simulator.state import Channel, Json

# By kind of conversation: the subscription, the scope it needs, and the name of the kind in events.
MESSAGES = {
    "public": ("message.channels", "channels:history", "channel"),
    "private": ("message.groups", "groups:history", "group"),
    "im": ("message.im", "im:history", "im"),
    "mpim": ("message.mpim", "mpim:history", "mpim"),
}
IN_MENTIONS = (
    "client_msg_id",
    "user",
    "text",
    "ts",
    "team",
    "blocks",
    "files",
    "thread_ts",
    "parent_user_id",
)


def message_posted(sim: Simulator, channel: Channel, message: Json) -> None:
    """The message itself, the app's own too, and beside it the mention of the app if it has one."""
    event = {**as_told(message), "event_ts": message["ts"]}
    if message.get("files"):
        event.setdefault("subtype", "file_share")
    parent = channel.history.get(message["thread_ts"]) if is_reply(message) else None
    if parent is not None:
        event["parent_user_id"] = parent["user"]
    _tell_message(sim, channel, event)
    if channel.kind != "im" and _mentions_bot(sim, message):
        mention = {key: event[key] for key in IN_MENTIONS if key in event}
        mention |= {"type": "app_mention", "channel": channel.id, "event_ts": message["ts"]}
        tell(sim, channel, "app_mention", "app_mentions:read", mention)


def message_changed(sim: Simulator, channel: Channel, message: Json, previous: Json) -> None:
    _tell_change(
        sim,
        channel,
        {
            "subtype": "message_changed",
            "message": {**as_told(message)},
            "previous_message": as_told(previous),
        },
    )


def message_deleted(sim: Simulator, channel: Channel, message: Json) -> None:
    _tell_change(
        sim,
        channel,
        {"subtype": "message_deleted", "deleted_ts": message["ts"], "previous_message": {**as_told(message)}},
    )


def reaction_changed(
    sim: Simulator, channel: Channel, message: Json, user_id: str, name: str, *, added: bool
) -> None:
    kind = "reaction_added" if added else "reaction_removed"
    item = {"type": "message", "channel": channel.id, "ts": message["ts"]}
    event = {"type": kind, "user": user_id, "reaction": name, "item_user": message["user"], "item": item}
    tell(sim, channel, kind, "reactions:read", event | {"event_ts": action_ts()})


def membership_changed(
    sim: Simulator, channel: Channel, user_id: str, *, joined: bool, inviter: str | None = None
) -> None:
    kind = "member_joined_channel" if joined else "member_left_channel"
    letter, scope = ("C", "channels:read") if channel.kind == "public" else ("G", "groups:read")
    event = {"type": kind, "user": user_id, "channel": channel.id, "channel_type": letter}
    event |= {"team": sim.workspace.team_id, "event_ts": action_ts()}
    tell(sim, channel, kind, scope, event | ({"inviter": inviter} if inviter else {}))


def channel_changed(sim: Simulator, channel: Channel, kind: str, user_id: str) -> None:
    """`channel_created`, `channel_rename`, …: of public channels everybody hears, whoever is in them."""
    if (
        channel.kind != "public"
        or kind not in sim.manifest.events
        or "channels:read" not in sim.workspace.bot_scopes
    ):
        return
    described: Json = {"id": channel.id, "name": channel.name, "created": channel.created}
    event: Json = {"type": kind, "event_ts": action_ts()}
    if kind in ("channel_created", "channel_rename"):
        event["channel"] = described | ({"creator": user_id} if kind == "channel_created" else {})
    else:
        event |= {"channel": channel.id, "user": user_id}
    sim.deliveries.announce(event_payload(sim, event))


def file_shared(sim: Simulator, channel: Channel, file_id: str, user_id: str, ts: str) -> None:
    event: Json = {"type": "file_shared", "file_id": file_id, "user_id": user_id, "file": {"id": file_id}}
    event |= {"channel_id": channel.id, "event_ts": ts}
    tell(sim, channel, "file_shared", "files:read", event)


def pin_changed(sim: Simulator, channel: Channel, item: Json, user_id: str, *, added: bool) -> None:
    kind = "pin_added" if added else "pin_removed"
    event = {"type": kind, "user": user_id, "channel_id": channel.id, "item": item, "event_ts": action_ts()}
    tell(sim, channel, kind, "pins:read", event)


def _mentions_bot(sim: Simulator, message: Json) -> bool:
    bot = sim.workspace.bot_user_id
    return message["user"] != bot and bool(re.search(rf"<@{bot}[|>]", message.get("text", "")))


def _tell_change(sim: Simulator, channel: Channel, change: Json) -> None:
    ts = sim.timestamps.next()
    _tell_message(sim, channel, {"type": "message", "hidden": True, "ts": ts, "event_ts": ts, **change})


def _tell_message(sim: Simulator, channel: Channel, event: Json) -> None:
    subscription, scope, kind = MESSAGES[channel.kind]
    tell(sim, channel, subscription, scope, event | {"channel": channel.id, "channel_type": kind})


def tell(sim: Simulator, channel: Channel, subscription: str, scope: str, event: Json) -> None:
    """Sends it if the app subscribed to it, has the scope for it, and its bot is there to see it."""
    wanted = subscription in sim.manifest.events and scope in sim.workspace.bot_scopes
    if wanted and sim.workspace.bot_user_id in channel.members:
        sim.deliveries.announce(event_payload(sim, event))
