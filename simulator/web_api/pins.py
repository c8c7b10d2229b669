"""pins.*"""

from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.message_events import pin_changed
from simulator.rich_text import as_told
from simulator.state import Channel, Json
from simulator.web_api.call import Call

MOST = 100


def add(call: Call) -> Json:
    channel, message = _message(call)
    if message["ts"] in channel.pins:
        raise ApiError("already_pinned")
    if len(channel.pins) >= MOST:
        raise ApiError("too_many_pins")
    channel.pins[message["ts"]] = {"created": int(call.sim.clock.now()), "created_by": call.actor}
    message["pinned_to"] = [channel.id]
    pin_changed(call.sim, channel, _item(channel, message["ts"]), call.actor, added=True)
    return {}


def remove(call: Call) -> Json:
    channel, message = _message(call)
    if message["ts"] not in channel.pins:
        raise ApiError("no_pin")
    item = _item(channel, message["ts"])
    del channel.pins[message["ts"]]
    message.pop("pinned_to", None)
    pin_changed(call.sim, channel, item, call.actor, added=False)
    return {}


def list_pins(call: Call) -> Json:
    """The newest first; a message that was deleted is pinned no more."""
    channel = call.joined()
    alive = [ts for ts in reversed(channel.pins) if channel.history.get(ts)]
    return {"items": [_item(channel, ts) for ts in alive]}


def _item(channel: Channel, ts: str) -> Json:
    return {
        "type": "message",
        "channel": channel.id,
        **channel.pins[ts],
        "message": as_told(channel.history.by_ts[ts]),
    }


def _message(call: Call) -> tuple[Channel, Json]:
    channel = call.joined()
    raw = call.text("timestamp")
    ts = parse_ts(raw)
    if ts is None:
        raise ApiError("bad_timestamp" if raw else "no_item_specified")
    message = channel.history.get(ts)
    if message is None:
        raise ApiError("message_not_found")
    return channel, message
