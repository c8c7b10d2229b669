"""Writing to conversations: every new, changed and removed message goes through here, and browsers are told."""

from simulator.core import Simulator
from simulator.history import is_reply
from simulator.ids import new_uuid
from simulator.message_events import message_changed, message_deleted, message_posted
from simulator.metadata_events import metadata_deleted, metadata_posted, metadata_updated
from simulator.objects import bot_profile, channel_json
from simulator.state import Channel, Json

EPHEMERALS_KEPT = 50
TEXT_LIMIT = 40_000
SLACKBOT = "USLACKBOT"


def audience(channel: Channel) -> list[str] | None:
    """Who may know of what happens here: everybody in a public channel, else its members."""
    return None if channel.kind == "public" else list(channel.members)


def person_message(sim: Simulator, user_id: str, text: str) -> Json:
    return {
        "client_msg_id": new_uuid(),
        "type": "message",
        "user": user_id,
        "text": text,
        "team": sim.workspace.team_id,
    }


def bot_message(sim: Simulator, content: Json) -> Json:
    """`content` is what the app gave: its text, and whatever it has besides."""
    workspace = sim.workspace
    message: Json = {
        "type": "message",
        "user": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "app_id": workspace.app_id,
        "team": workspace.team_id,
        "bot_profile": bot_profile(sim),
    }
    given = {key: value for key, value in content.items() if value}
    return message | given | {"text": content.get("text", "")[:TEXT_LIMIT]}


def is_of_app(sim: Simulator, message: Json) -> bool:
    """Whether an answer may take its place: what a person wrote stays theirs, with a preview under it too."""
    return bool(message.get("bot_id") == sim.workspace.bot_id)


def post(
    sim: Simulator, channel: Channel, message: Json, *, thread_ts: str | None = None, broadcast: bool = False
) -> Json:
    """Adds a message with the next timestamp and tells whoever is looking."""
    message["ts"] = channel.history.free_ts(sim.timestamps.next())
    parent = channel.history.get(thread_ts) if thread_ts else None
    if parent is not None:
        message["thread_ts"] = parent.get("thread_ts", parent["ts"])
        if broadcast:
            message["subtype"] = "thread_broadcast"
    channel.history.add(message)
    if channel.last_read.get(message["user"], "") < message["ts"]:
        channel.last_read[message["user"]] = message["ts"]
    _tell(sim, channel, "message", message)
    message_posted(sim, channel, message)
    metadata_posted(sim, channel, message)
    return message


def update(sim: Simulator, channel: Channel, message: Json, changes: Json) -> None:
    """Changes a message; a None takes the field away. Reactions are no change of it in the app's eyes."""
    previous = dict(message)
    message.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del message[key]
    event = {"type": "message_changed", "channel": channel.id, "message": message}
    sim.live.publish(event, audience(channel))
    if changes.keys() != {"reactions"}:
        message_changed(sim, channel, message, previous)
        metadata_updated(sim, channel, message, previous)


def remove(sim: Simulator, channel: Channel, message: Json) -> None:
    """Deletes a message; one with replies leaves a stone in its place, as in Slack."""
    metadata_deleted(sim, channel, message)
    if message.get("reply_count"):
        gone = (
            "blocks",
            "attachments",
            "metadata",
            "files",
            "reactions",
            "edited",
            "bot_profile",
            "bot_id",
            "app_id",
        )
        stone = {key: None for key in gone if key in message} | {
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "user": SLACKBOT,
            "hidden": True,
        }
        update(sim, channel, message, stone)
        return
    channel.history.remove(message["ts"])
    event: Json = {"type": "message_deleted", "channel": channel.id, "ts": message["ts"]}
    if is_reply(message):
        event["thread_ts"] = message["thread_ts"]
    sim.live.publish(event, audience(channel))
    _tell_parent(sim, channel, message)
    message_deleted(sim, channel, message)


def post_ephemeral(
    sim: Simulator, channel: Channel, user_id: str, message: Json, thread_ts: str | None
) -> Json:
    """Shows a message to one person. Like Slack's it does not outlive the session, nor a pile of others."""
    message |= {"ts": sim.timestamps.next(), "is_ephemeral": True}
    if thread_ts:
        message["thread_ts"] = thread_ts
    shown = sim.workspace.ephemerals.setdefault((channel.id, user_id), [])
    shown.append(message)
    del shown[:-EPHEMERALS_KEPT]
    sim.live.publish({"type": "ephemeral", "channel": channel.id, "message": message}, [user_id])
    return message


def find_ephemeral(sim: Simulator, channel_id: str, user_id: str, ts: str) -> Json | None:
    shown = sim.workspace.ephemerals.get((channel_id, user_id), [])
    return next((message for message in shown if message["ts"] == ts), None)


def update_ephemeral(sim: Simulator, channel: Channel, user_id: str, message: Json) -> None:
    event = {"type": "ephemeral_changed", "channel": channel.id, "message": message}
    sim.live.publish(event, [user_id])


def remove_ephemeral(sim: Simulator, channel: Channel, user_id: str, message: Json) -> None:
    sim.workspace.ephemerals[(channel.id, user_id)].remove(message)
    event = {"type": "ephemeral_deleted", "channel": channel.id, "ts": message["ts"]}
    sim.live.publish(event, [user_id])


def slackbot_says(
    sim: Simulator, channel: Channel, user_id: str, text: str, thread_ts: str | None = None
) -> Json:
    """What Slack itself tells one person, such as that a command failed."""
    message = {"type": "message", "user": SLACKBOT, "username": "Slackbot", "text": text}
    return post_ephemeral(sim, channel, user_id, message, thread_ts)


def mark_read(sim: Simulator, channel: Channel, user_id: str) -> None:
    if channel.history.timeline:
        channel.last_read[user_id] = channel.history.timeline[-1]
    sim.live.publish({"type": "unread", "channel": channel.id, "count": 0}, [user_id])


def tell_channel(
    sim: Simulator, channel: Channel, *, reload: bool = False, also: tuple[str, ...] = ()
) -> None:
    """Something about the conversation itself changed; with `reload` its messages did, in bulk."""
    for user_id in sim.live.watching():
        if channel.visible_to(user_id) or user_id in also:
            event: Json = {"type": "channel", "channel": channel_json(channel, user_id)}
            sim.live.publish(event | ({"reload": True} if reload else {}), [user_id])


def _tell(sim: Simulator, channel: Channel, kind: str, message: Json) -> None:
    sim.live.publish({"type": kind, "channel": channel.id, "message": message}, audience(channel))
    _tell_parent(sim, channel, message)
    for user_id in sim.live.watching() & set(channel.members) - {message["user"]}:
        event = {"type": "unread", "channel": channel.id, "count": channel.unread(user_id)}
        sim.live.publish(event, [user_id])


def _tell_parent(sim: Simulator, channel: Channel, message: Json) -> None:
    parent = channel.history.get(message["thread_ts"]) if is_reply(message) else None
    if parent is not None:
        event = {"type": "message_changed", "channel": channel.id, "message": parent}
        sim.live.publish(event, audience(channel))
