"""reactions.*"""

from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.reactions import react, unreact
from simulator.rich_text import as_told
from simulator.state import Channel, Json
from simulator.web_api.call import Call


def add(call: Call) -> Json:
    channel, message = _message(call)
    react(call.sim, channel, message, call.bot, call.text("name"))
    return {}


def remove(call: Call) -> Json:
    channel, message = _message(call)
    unreact(call.sim, channel, message, call.bot, call.text("name"))
    return {}


def get(call: Call) -> Json:
    channel, message = _message(call)
    return {"type": "message", "channel": channel.id, "message": as_told(message)}


def _message(call: Call) -> tuple[Channel, Json]:
    channel = call.joined()
    ts = parse_ts(call.text("timestamp"))
    if ts is None:
        raise ApiError("bad_timestamp" if call.text("timestamp") else "no_item_specified")
    message = channel.history.get(ts)
    if message is None:
        raise ApiError("message_not_found")
    return channel, message
