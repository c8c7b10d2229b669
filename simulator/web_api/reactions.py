"""reactions.*"""

from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.reactions import react, unreact
from simulator.rich_text import as_told
from simulator.state import Channel, Json
from simulator.web_api.call import Call


def add(call: Call) -> Json:
    channel, message = _message(call)
    react(call.sim, channel, message, call.actor, call.text("name"))
    return {}


def remove(call: Call) -> Json:
    channel, message = _message(call)
    unreact(call.sim, channel, message, call.actor, call.text("name"))
    return {}


def get(call: Call) -> Json:
    channel, message = _message(call)
    return {"type": "message", "channel": channel.id, "message": as_told(message)}


def list_reactions(call: Call) -> Json:
    """What somebody has reacted to, of what the caller can see; the newest first."""
    user = call.user() if call.text("user") else call.workspace.users[call.actor]
    found: list[Json] = [
        {"type": "message", "channel": channel.id, "message": as_told(message)}
        for channel in call.workspace.channels.values()
        if call.actor in channel.members
        for message in channel.history.by_ts.values()
        if any(user.id in each["users"] for each in message.get("reactions", ()))
    ]
    found.sort(key=lambda item: str(item["message"]["ts"]), reverse=True)
    page = call.page(found, default=100, most=1000)
    return {"items": page.items, **page.metadata()}


def _message(call: Call) -> tuple[Channel, Json]:
    channel = call.joined()
    ts = parse_ts(call.text("timestamp"))
    if ts is None:
        raise ApiError("bad_timestamp" if call.text("timestamp") else "no_item_specified")
    message = channel.history.get(ts)
    if message is None:
        raise ApiError("message_not_found")
    return channel, message
