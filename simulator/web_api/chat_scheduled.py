"""chat.scheduleMessage, chat.deleteScheduledMessage, chat.scheduledMessages.list."""

from simulator.errors import ApiError
from simulator.ids import new_id
from simulator.scheduled import Scheduled, schedule
from simulator.state import Json
from simulator.web_api.call import Call, invalid_arguments
from simulator.web_api.chat import content_of, destination, thread_of

FURTHEST = 120 * 24 * 3600


def schedule_message(call: Call) -> Json:
    channel = destination(call)
    if not call.text("post_at"):
        raise invalid_arguments("missing required field: post_at")
    now = call.sim.clock.now()
    post_at = call.whole_number("post_at", "invalid_time") or 0
    if post_at <= now:
        raise ApiError("time_in_past")
    if post_at > now + FURTHEST:
        raise ApiError("time_too_far")
    scheduled = Scheduled(
        new_id("Q"), channel.id, post_at, int(now), content_of(call), thread_of(call, channel)
    )
    schedule(call.sim, scheduled)
    message = {"type": "delayed_message", "text": scheduled.content["text"], "bot_id": call.workspace.bot_id}
    answer = {"channel": channel.id, "scheduled_message_id": scheduled.id, "post_at": post_at}
    return answer | {"message": message}


def delete_scheduled(call: Call) -> Json:
    channel = call.channel()
    scheduled = call.sim.scheduled.get(call.required("scheduled_message_id"))
    if scheduled is None or scheduled.channel != channel.id:
        raise ApiError("invalid_scheduled_message_id")
    del call.sim.scheduled[scheduled.id]
    return {}


def list_scheduled(call: Call) -> Json:
    wanted = call.channel().id if call.text("channel") else None
    found = [each for each in call.sim.scheduled.values() if wanted in (None, each.channel)]
    page = call.page(sorted(found, key=lambda each: each.post_at), default=100, most=100)
    shown = [
        {
            "id": each.id,
            "channel_id": each.channel,
            "post_at": each.post_at,
            "date_created": each.created,
            "text": each.content["text"],
        }
        for each in page.items
    ]
    return {"scheduled_messages": shown, **page.metadata()}
