"""assistant.threads.*: what an assistant shows beside its messages."""

from typing import Any

from simulator.assistant import entitle, tell_thread, thread_of
from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.state import Channel, Json
from simulator.web_api.call import Call, invalid_arguments

PROMPTS_LIMIT = 4


def set_status(call: Call) -> Json:
    """An empty status takes it away."""
    channel, ts = _thread(call)
    if call.args.get("status") is None:
        raise invalid_arguments("missing required field: status")
    thread = thread_of(call.sim, channel, ts)
    thread.status, thread.loading_messages = call.text("status"), _texts(call, "loading_messages")
    tell_thread(call.sim, channel, ts)
    return {}


def set_title(call: Call) -> Json:
    channel, ts = _thread(call)
    entitle(call.sim, channel, ts, call.required("title"))
    return {}


def set_suggested_prompts(call: Call) -> Json:
    """In one thread, or without `thread_ts` on top of the conversation."""
    channel, ts = _thread(call, required=False)
    prompts: Any = call.structure("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS_LIMIT:
        raise invalid_arguments(f"must provide 1 to {PROMPTS_LIMIT} items [json-pointer:/prompts]")
    for number, each in enumerate(prompts):
        if not isinstance(each, dict) or not all(isinstance(each.get(k), str) for k in ("title", "message")):
            raise invalid_arguments(f"must provide a title and a message [json-pointer:/prompts/{number}]")
    thread = thread_of(call.sim, channel, ts)
    thread.prompts_title, thread.prompts = call.text("title"), prompts
    tell_thread(call.sim, channel, ts)
    return {}


def _thread(call: Call, *, required: bool = True) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    raw = call.required("thread_ts") if required else call.text("thread_ts")
    if not raw:
        return channel, ""
    ts = parse_ts(raw)
    if ts is None or channel.history.get(ts) is None:
        raise ApiError("invalid_thread_ts")
    return channel, ts


def _texts(call: Call, name: str) -> list[str]:
    values = call.structure(name) or []
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise invalid_arguments(f"must provide an array of strings [json-pointer:/{name}]")
    return values
