"""chat.*: what the app says."""

import dataclasses

from simulator.assistant import answered
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.limits import POSTS_IN_A_CHANNEL
from simulator.messages import SLACKBOT, bot_message, post, post_ephemeral, remove, update
from simulator.people import direct_message_with
from simulator.state import Channel, Json
from simulator.web_api.call import Call, invalid_arguments

UPDATE_TEXT_LIMIT = 4_000


def post_message(call: Call) -> Json:
    channel = destination(call)
    _take_turn(call.sim, channel)
    content = content_of(call) | disguise(call)
    thread_ts = thread_of(call, channel)
    message = post(
        call.sim,
        channel,
        _by(call, content),
        thread_ts=thread_ts,
        broadcast=call.flag("reply_broadcast"),
    )
    answered(call.sim, channel, message)
    _note_run(call, channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def post_ephemeral_message(call: Call) -> Json:
    channel = call.joined()
    user = call.workspace.users.get(call.required("user"))
    if user is None or user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    _check_open(channel)
    content = content_of(call) | disguise(call)
    thread_ts = thread_of(call, channel)
    message = post_ephemeral(call.sim, channel, user.id, bot_message(call.sim, content), thread_ts)
    _note_run(call, channel, message)
    return {"message_ts": message["ts"]}


def update_message(call: Call) -> Json:
    """`text` without blocks takes the blocks away; a message with blocks is not marked as edited."""
    channel, message = _own_message(call, "cant_update_message")
    if len(call.text("text")) > UPDATE_TEXT_LIMIT:
        raise ApiError("msg_too_long")
    changes = _changes(call, message)
    update(call.sim, channel, message, changes)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def delete_message(call: Call) -> Json:
    channel, message = _own_message(call, "cant_delete_message")
    remove(call.sim, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def me_message(call: Call) -> Json:
    """What the app does, in the third person."""
    channel = destination(call)
    text = call.message_text()
    if not text.strip():
        raise ApiError("no_text")
    message = post(call.sim, channel, bot_message(call.sim, {"text": text, "subtype": "me_message"}))
    return {"channel": channel.id, "ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = parse_ts(call.required("message_ts"))
    message = channel.history.get(ts) if ts else None
    if message is None:
        raise ApiError("message_not_found")
    link = f"{call.sim.url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if "thread_ts" in message:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _by(call: Call, content: Json) -> Json:
    """What the app says: as itself, or with a person's token in that person's name."""
    message = bot_message(call.sim, content)
    return message if call.actor == call.bot else message | {"user": call.actor}


def _note_run(call: Call, channel: Channel, message: Json) -> None:
    """A button in what a function's run has posted is pressed in that run."""
    if call.run:
        call.run.messages.add((channel.id, message["ts"]))


def destination(call: Call) -> Channel:
    """A conversation by id or `#name`, or a person's DM by their user id."""
    wanted = call.required("channel")
    user = call.workspace.users.get(wanted)
    if wanted == SLACKBOT or (call.actor == call.bot and wanted == call.bot):
        raise ApiError("cannot_dm_bot")
    if user is not None and (not user.is_bot or call.actor != call.bot):
        if not call.sim.manifest.messages_tab:
            raise ApiError("messages_tab_disabled")
        return direct_message_with(call.sim, call.actor, user.id)
    named = call.workspace.channel_named(wanted.removeprefix("#"))
    if named is not None and named.visible_to(call.actor):
        call = dataclasses.replace(call, args={**call.args, "channel": named.id})
    channel = call.channel() if "chat:write.public" in call.scopes else call.joined()
    if channel.kind != "public":
        call.joined()
    _check_open(channel)
    return channel


def _check_open(channel: Channel) -> None:
    if channel.is_archived:
        raise ApiError("is_archived")


def _take_turn(sim: Simulator, channel: Channel) -> None:
    """One message a second in each conversation, with short bursts."""
    wait = sim.limits.take(f"chat.postMessage {channel.id}", POSTS_IN_A_CHANNEL, sim.clock.now())
    if wait is not None:
        raise ApiError("ratelimited", status=429, retry_after=wait)


def content_of(call: Call) -> Json:
    text, blocks, attachments = call.message_text(), call.blocks(), call.attachments()
    if call.text("markdown_text"):
        if text or blocks:
            raise ApiError("markdown_text_conflict")
        text = call.text("markdown_text")
    if not text.strip() and not blocks and not attachments:
        raise ApiError("no_text")
    return {"text": text, "blocks": blocks, "attachments": attachments, "metadata": call.metadata()}


def _changes(call: Call, message: Json) -> Json:
    """Attachments and metadata that are not named stay, and metadata alone changes nothing else."""
    if call.metadata() and not any(call.args.get(key) for key in ("text", "blocks", "attachments")):
        return {"metadata": call.metadata()}
    content = content_of(call)
    changes = {key: content[key] for key in ("blocks", "metadata") if content[key]}
    if content["text"]:
        changes["text"] = content["text"]
    if "attachments" in call.args:
        changes["attachments"] = content["attachments"] or None
    if not content["blocks"]:
        changes["edited"] = {"user": call.actor, "ts": call.sim.timestamps.next()}
        changes |= {"blocks": None} if "blocks" in message else {}
    return {key: value for key, value in changes.items() if value is not None or key in message}


def disguise(call: Call) -> Json:
    """A name and a face of the message's own, if the app may; else Slack drops them without a word."""
    if "chat:write.customize" not in call.scopes:
        return {}
    emoji, url = call.text("icon_emoji"), call.text("icon_url")
    icons = {"emoji": f":{emoji.strip(':')}:"} if emoji else {"image_48": url} if url else None
    name = call.text("username")
    return {"username": name, "icons": icons, "subtype": "bot_message"} if name or icons else {}


def thread_of(call: Call, channel: Channel) -> str | None:
    """The parent to reply to. Slack takes a time where no message is as no thread at all."""
    raw = call.text("thread_ts")
    if not raw:
        return None
    ts = parse_ts(raw)
    if ts is None:
        raise invalid_arguments("invalid value [json-pointer:/thread_ts]")
    return ts if channel.history.get(ts) else None


def _own_message(call: Call, error: str) -> tuple[Channel, Json]:
    channel = call.channel()
    ts = parse_ts(call.required("ts"))
    message = channel.history.get(ts) if ts else None
    if message is None or message.get("subtype") == "tombstone":
        raise ApiError("message_not_found")
    if message["user"] != call.actor:
        raise ApiError(error)
    return channel, message
