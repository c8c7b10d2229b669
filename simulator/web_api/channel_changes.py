"""conversations.*: what an app changes about them. Slack's names for what it refuses."""

import re

from simulator.errors import ApiError
from simulator.ids import new_id, parse_ts
from simulator.message_events import channel_changed
from simulator.messages import mark_read, post, tell_channel
from simulator.objects import channel_object
from simulator.people import join, leave
from simulator.scopes import check_scope
from simulator.state import Channel, Json
from simulator.web_api.call import Call

NAME_LIMIT = 80
TOPIC_LIMIT = 250
INVITED_AT_ONCE = 1000
PUNCTUATION = re.compile(r"[-_]+")


def create(call: Call) -> Json:
    """A new conversation with whoever made it in it."""
    is_private = call.flag("is_private")
    _check_manages(call, is_private=is_private)
    channel = Channel(
        id=new_id("C"),
        name=_new_name(call),
        kind="private" if is_private else "public",
        creator=call.actor,
        created=int(call.sim.clock.now()),
    )
    call.workspace.channels[channel.id] = channel
    join(call.sim, channel, call.actor)
    if not is_private:
        channel_changed(call.sim, channel, "channel_created", call.actor)
    return {"channel": channel_object(channel, call.workspace, viewer=call.actor)}


def rename(call: Call) -> Json:
    channel = _open(call, joined=True)
    old, channel.name = channel.name, _new_name(call, but=channel)
    _say(call, channel, "name", f"has renamed the channel from “{old}” to “{channel.name}”", old_name=old)
    channel_changed(call.sim, channel, "channel_rename", call.actor)
    return {"channel": channel_object(channel, call.workspace, viewer=call.actor)}


def invite(call: Call) -> Json:
    """All or nobody, unless `force`; with several each one's trouble is named."""
    channel = _open(call, joined=True)
    wanted = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not wanted or len(wanted) > INVITED_AT_ONCE:
        raise ApiError("no_user" if not wanted else "too_many_users")
    errors = [
        {"ok": False, "error": why, "user": each} for each in wanted if (why := _why_not(call, channel, each))
    ]
    if errors and not call.flag("force"):
        details: Json = {"errors": errors} if len(wanted) > 1 else {}
        raise ApiError(str(errors[0]["error"]), **details)
    refused = {each["user"] for each in errors}
    for user_id in wanted:
        if user_id not in refused:
            join(call.sim, channel, user_id, inviter=call.actor)
    return {"channel": channel_object(channel, call.workspace, viewer=call.actor)}


def kick(call: Call) -> Json:
    channel = _open(call, joined=True)
    user = call.user()
    if user.id == call.actor:
        raise ApiError("cant_kick_self")
    if channel.is_general:
        raise ApiError("cant_kick_from_general")
    if user.id not in channel.members:
        raise ApiError("not_in_channel")
    leave(call.sim, channel, user.id)
    return {"errors": {}}


def leave_conversation(call: Call) -> Json:
    channel = _open(call)
    if channel.is_general:
        raise ApiError("cant_leave_general")
    if call.actor not in channel.members:
        return {"not_in_channel": True}
    leave(call.sim, channel, call.actor)
    return {}


def archive(call: Call) -> Json:
    channel = _group(call)
    if channel.is_archived:
        raise ApiError("already_archived")
    if channel.is_general:
        raise ApiError("cant_archive_general")
    call.joined()
    _say(call, channel, "archive", "archived the channel", members=list(channel.members))
    channel.is_archived = True
    tell_channel(call.sim, channel)
    channel_changed(call.sim, channel, "channel_archive", call.actor)
    return {}


def unarchive(call: Call) -> Json:
    channel = _group(call)
    if not channel.is_archived:
        raise ApiError("not_archived")
    channel.is_archived = False
    _say(call, channel, "unarchive", "un-archived the channel")
    channel_changed(call.sim, channel, "channel_unarchive", call.actor)
    return {}


def set_topic(call: Call) -> Json:
    channel, topic = _open(call, joined=True), _about(call, "topic")
    channel.topic = topic
    _say(call, channel, "topic", f"set the channel topic: {topic}", topic=topic)
    return {"channel": channel_object(channel, call.workspace, viewer=call.actor)}


def set_purpose(call: Call) -> Json:
    channel, purpose = _open(call, joined=True), _about(call, "purpose")
    channel.purpose = purpose
    _say(call, channel, "purpose", f"set the channel description: {purpose}", purpose=purpose)
    return {"purpose": purpose}


def mark(call: Call) -> Json:
    channel = call.joined()
    if parse_ts(call.required("ts")) is None:
        raise ApiError("invalid_timestamp")
    mark_read(call.sim, channel, call.actor)
    return {}


def close(call: Call) -> Json:
    """A direct message stays where it is; it only leaves the sidebar of who closes it."""
    if not call.channel().is_direct:
        raise ApiError("method_not_supported_for_channel_type")
    return {"no_op": True, "already_closed": True}


def _group(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_direct:
        raise ApiError("method_not_supported_for_channel_type")
    _check_manages(call, is_private=channel.is_private)
    return channel


def _open(call: Call, *, joined: bool = False) -> Channel:
    channel = _group(call)
    if channel.is_archived:
        raise ApiError("is_archived")
    return call.joined() if joined else channel


def _check_manages(call: Call, *, is_private: bool) -> None:
    """The wide scope, or the narrow one for what is done here."""
    wide = "groups:write" if is_private else "channels:manage"
    act = {
        "conversations.invite": "invites",
        "conversations.setTopic": "topic",
        "conversations.setPurpose": "topic",
    }
    narrow = f"{'groups' if is_private else 'channels'}:write.{act.get(call.method, '')}"
    check_scope(call.scopes, (wide, narrow) if call.method in act else (wide,))


def _new_name(call: Call, but: Channel | None = None) -> str:
    name = call.text("name").removeprefix("#")
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > NAME_LIMIT:
        raise ApiError("invalid_name_maxlength")
    if PUNCTUATION.fullmatch(name):
        raise ApiError("invalid_name_punctuation")
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        raise ApiError("invalid_name_specials")
    known = call.workspace.channel_named(name)
    if known is not None and known is not but:
        raise ApiError("name_taken")
    return name


def _about(call: Call, name: str) -> str:
    text = call.text(name)
    if len(text) > TOPIC_LIMIT:
        raise ApiError("too_long")
    return text


def _why_not(call: Call, channel: Channel, user_id: str) -> str | None:
    user = call.workspace.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user.id == call.actor:
        return "cant_invite_self"
    if user.deleted:
        return "cant_invite"
    return "already_in_channel" if user.id in channel.members else None


def _say(call: Call, channel: Channel, what: str, text: str, **more: object) -> None:
    kind = f"{'group' if channel.is_private else 'channel'}_{what}"
    message = {"type": "message", "subtype": kind, "user": call.actor, "text": f"<@{call.actor}> {text}"}
    post(call.sim, channel, message | more)
    tell_channel(call.sim, channel)
