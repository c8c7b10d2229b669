"""chat.startStream, chat.appendStream, chat.stopStream."""

from typing import Any

from simulator.assistant import answered
from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.messages import bot_message, post, update
from simulator.state import Channel, Json
from simulator.streams import DISPLAYS, Stream
from simulator.web_api.call import Call, invalid_arguments
from simulator.web_api.chat import destination, disguise


def start(call: Call) -> Json:
    """Begins a message in a thread. In a channel Slack wants to know for whom it is written."""
    channel = destination(call)
    thread_ts = parse_ts(call.required("thread_ts"))
    if thread_ts is None:
        raise invalid_arguments("invalid value [json-pointer:/thread_ts]")
    if channel.kind != "im":
        _check_recipient(call)
    stream = Stream(_display(call))
    _read(call, stream)
    content = {"text": stream.text, "blocks": stream.blocks(), "streaming_state": "in_progress"}
    message = bot_message(call.sim, content | disguise(call))
    known = channel.history.get(thread_ts) is not None
    posted = post(call.sim, channel, message, thread_ts=thread_ts if known else None)
    answered(call.sim, channel, posted)
    call.sim.streams[(channel.id, posted["ts"])] = stream
    return {"channel": channel.id, "ts": posted["ts"]}


def append(call: Call) -> Json:
    channel, message, stream = _running(call)
    if not call.args.get("chunks") and not call.text("markdown_text"):
        raise ApiError("no_text")
    _read(call, stream)
    update(call.sim, channel, message, {"text": stream.text, "blocks": stream.blocks()})
    return {"channel": channel.id, "ts": message["ts"]}


def stop(call: Call) -> Json:
    """The last words; blocks given here stand at the end of the message."""
    channel, message, stream = _running(call)
    last, metadata = call.blocks() or [], call.metadata()
    _read(call, stream)
    if not stream.parts and not last:
        raise ApiError("no_text")
    changes: Json = {"text": stream.text, "blocks": stream.blocks() + last, "streaming_state": "completed"}
    update(call.sim, channel, message, changes | ({"metadata": metadata} if metadata else {}))
    del call.sim.streams[(channel.id, message["ts"])]
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _read(call: Call, stream: Stream) -> None:
    text, chunks = call.text("markdown_text"), _chunks(call)
    if text:
        stream.take([{"type": "markdown_text", "text": text}])
    if chunks is not None:
        stream.take(chunks)


def _chunks(call: Call) -> Any:
    try:
        return call.structure("chunks")
    except ApiError:
        raise ApiError("invalid_chunks") from None


def _display(call: Call) -> str:
    display = call.text("task_display_mode") or "timeline"
    if display not in DISPLAYS:
        raise invalid_arguments(f"must be one of: {', '.join(DISPLAYS)} [json-pointer:/task_display_mode]")
    return display


def _check_recipient(call: Call) -> None:
    if not call.text("recipient_team_id"):
        raise ApiError("missing_recipient_team_id")
    if not call.text("recipient_user_id"):
        raise ApiError("missing_recipient_user_id")
    if call.text("recipient_team_id") != call.workspace.team_id:
        raise ApiError("team_not_found")
    if call.text("recipient_user_id") not in call.workspace.users:
        raise ApiError("user_not_found")


def _running(call: Call) -> tuple[Channel, Json, Stream]:
    channel = call.channel()
    ts = parse_ts(call.required("ts"))
    message = channel.history.get(ts) if ts else None
    if message is None:
        raise ApiError("message_not_found")
    if message["user"] != call.bot:
        raise ApiError("message_not_owned_by_app")
    stream = call.sim.streams.get((channel.id, message["ts"]))
    if stream is None:
        raise ApiError("message_not_in_streaming_state")
    return channel, message, stream
