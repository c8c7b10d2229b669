"""What tests order: faults, limits, disconnections, bulk messages, other people's rights."""

import re

from simulator.app_events import team_join
from simulator.bulk import bulk_messages, given_messages
from simulator.errors import SimError
from simulator.faults import Fault
from simulator.ids import new_id
from simulator.messages import tell_channel
from simulator.objects import person_json
from simulator.payloads import action_ts, event_payload
from simulator.people import join, leave
from simulator.scheduled import send_due
from simulator.sim_api.request import SimRequest
from simulator.state import Json, User

MOST_MESSAGES = 500_000
NAME = re.compile(r"[a-z0-9]{1,21}")


async def order_fault(request: SimRequest) -> Json:
    """The next `times` calls of `method` (`*`: any) fail as told."""
    fault = Fault(
        method=request.text("method"),
        times=request.whole("times", 1, least=1),
        error=request.optional_text("error"),
        status=_optional(request, "status", least=200, most=599),
        retry_after=_optional(request, "retry_after", least=0, most=86_400),
        delay_ms=request.whole("delay_ms", 0, most=600_000),
        drop=request.flag("drop"),
        after=request.flag("after"),
    )
    request.sim.faults.order(fault)
    return {}


async def clear(request: SimRequest) -> Json:
    """No faults, no latency, full rate limits, Slack's own patience."""
    sim = request.sim
    sim.faults.clear()
    sim.limits.clear()
    sim.limits.enabled = True
    sim.latency_ms = 0
    sim.timing.reset()
    return {}


async def set_limits(request: SimRequest) -> Json:
    request.sim.limits.enabled = request.flag("enabled")
    return {"enabled": request.sim.limits.enabled}


async def set_latency(request: SimRequest) -> Json:
    request.sim.latency_ms = request.whole("ms", 0, most=60_000)
    return {"ms": request.sim.latency_ms}


async def set_timing(request: SimRequest) -> Json:
    """Shorter patience, so that a test of a timeout need not wait three seconds for it."""
    timing = request.sim.timing
    timing.ack_seconds = request.number("ack_ms", timing.ack_seconds * 1000, least=1) / 1000
    timing.trigger_seconds = request.number("trigger_ms", timing.trigger_seconds * 1000) / 1000
    if "retry_ms" in request.fields:
        timing.retry_seconds = _seconds(request.fields["retry_ms"] or [])
    return {}


async def advance_clock(request: SimRequest) -> Json:
    """Makes triggers, response_urls and rate limits that much older; scheduled messages come due."""
    request.sim.clock.advance(request.number("seconds", 0))
    send_due(request.sim)
    return {}


async def disconnect(request: SimRequest) -> Json:
    socket_mode = request.sim.socket_mode
    if socket_mode is None:
        raise SimError("not_socket_mode", "The app is reached over HTTP; there is no connection to close.")
    reason = request.text("reason", "refresh_requested")
    return {"connections": await socket_mode.disconnect(reason, hard=request.flag("hard"))}


async def add_messages(request: SimRequest) -> Json:
    """Given messages, or `count` made-up ones over the last `days`."""
    channel = request.any_channel()
    if request.fields.get("messages"):
        messages = given_messages(request.sim, channel, request.objects("messages"))
    else:
        count = request.whole("count", 0, most=MOST_MESSAGES)
        messages = bulk_messages(
            request.sim, channel, count, request.number("days", 30, least=0.01, most=3650)
        )
    channel.history.add_many(messages)
    tell_channel(request.sim, channel, reload=True)
    return {"added": len(messages), "ts": [each["ts"] for each in messages[:1000]]}


async def redeliver(request: SimRequest) -> Json:
    ack = await request.sim.deliveries.redeliver(request.whole("n", 0))
    if ack is None:
        raise SimError("no_such_delivery", "Nothing with this number was sent, or too long ago.", status=404)
    return {"ack": ack.to_json()}


async def send_event(request: SimRequest) -> Json:
    """An event as it is told, whatever the manifest subscribes to: for those that nothing here brings about."""
    event = request.object("event")
    if not isinstance(event.get("type"), str) or not event["type"]:
        raise SimError("invalid_arguments", "“event” must be an object with a “type”.")
    event = {"event_ts": action_ts(), **event}
    ack = await request.sim.deliveries.deliver_event(event_payload(request.sim, event))
    return {"ack": ack.to_json()}


async def change_user(request: SimRequest) -> Json:
    user = request.workspace.users.get(request.text("user"))
    if user is None:
        raise SimError("user_not_found", "There is no such person.", status=404)
    for name in ("is_restricted", "is_admin", "is_owner", "deleted"):
        if name in request.fields:
            setattr(user, name, request.flag(name))
    return {"user": person_json(user)}


async def add_person(request: SimRequest) -> Json:
    """Somebody new: they are in #general from the start, and the app hears `team_join`."""
    name = request.text("name")
    if not NAME.fullmatch(name) or request.workspace.user_named(name) is not None:
        raise SimError("invalid_name", "A name is lower-case letters and digits, and nobody's yet.")
    user = User(new_id("U"), name, request.text("real_name", "") or name.capitalize())
    request.workspace.users[user.id] = user
    team_join(request.sim, user)
    general = next((each for each in request.workspace.channels.values() if each.is_general), None)
    if general is not None:
        join(request.sim, general, user.id)
    return {"user": person_json(user)}


async def change_members(request: SimRequest) -> Json:
    channel = request.any_channel()
    add, remove = request.texts("add"), request.texts("remove")
    if not set(add + remove) <= request.workspace.users.keys():
        raise SimError("user_not_found", "There is no such person.", status=404)
    for user_id in add:
        if user_id not in channel.members:
            join(request.sim, channel, user_id)
    for user_id in remove:
        if user_id in channel.members:
            leave(request.sim, channel, user_id)
    return {"members": channel.members}


def _optional(request: SimRequest, name: str, *, least: int, most: int) -> int | None:
    return (
        request.whole(name, least, least=least, most=most) if request.fields.get(name) is not None else None
    )


def _seconds(values: object) -> tuple[float, ...]:
    if not isinstance(values, list) or not all(_is_pause(each) for each in values):
        raise SimError("invalid_arguments", "“retry_ms” must be a list of numbers, a day at most each.")
    return tuple(each / 1000 for each in values)


def _is_pause(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 86_400_000
