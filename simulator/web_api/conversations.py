"""conversations.*: what the app may read."""

from typing import Any

from simulator.errors import ApiError
from simulator.history import span
from simulator.ids import parse_ts
from simulator.messages import SLACKBOT
from simulator.objects import channel_object
from simulator.people import direct_message_with, group_message_with, join
from simulator.rich_text import as_told
from simulator.scopes import check_scope
from simulator.state import Channel, Json, Kind
from simulator.web_api.call import Call, Page, read_cursor, write_cursor

LOCALE = "en-US"
HISTORY_LIMIT = 999
REPLIES_LIMIT = 1000
READ_SCOPE = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
KINDS: dict[str, Kind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
IN_A_GROUP = 8  # besides who opens it


def list_conversations(call: Call) -> Json:
    """All public conversations, and private ones the bot is in, of the types asked for."""
    return _listed(call, _of_types(call, call.actor))


def list_users_conversations(call: Call) -> Json:
    """The conversations of a person that the bot can see; its own without `user`."""
    member = call.user().id if call.text("user") else call.actor
    return _listed(call, [each for each in _of_types(call, call.actor) if member in each.members])


def info(call: Call) -> Json:
    channel = call.channel()
    call.scope(channel, "read")
    described = channel_object(channel, call.workspace, viewer=call.actor)
    if not call.flag("include_num_members"):
        described.pop("num_members", None)
    if call.flag("include_locale"):
        described["locale"] = LOCALE
    return {"channel": described}


def history(call: Call) -> Json:
    """Newest first; `oldest` and `latest` are not part of it unless `inclusive`."""
    channel = _readable(call)
    limit = call.limit(100, HISTORY_LIMIT)
    oldest, latest = _bounds(call)
    start, end = channel.history.between(oldest, latest, inclusive=call.flag("inclusive"))
    cursor = read_cursor(call.text("cursor"), "next_ts")
    if cursor:
        end = min(end, channel.history.between("", cursor, inclusive=True)[1])
    first = max(start, end - limit)
    times = reversed(channel.history.timeline[first:end])
    messages = [_shown(call, channel.history.by_ts[ts]) for ts in times]
    more = first > start
    answer: Json = {"messages": messages, "has_more": more, "pin_count": 0}
    if more:
        answer |= Page([], write_cursor("next_ts", channel.history.timeline[first - 1])).metadata()
    return answer


def replies(call: Call) -> Json:
    """The parent and its replies, oldest first."""
    channel = _readable(call)
    ts = parse_ts(call.text("ts"))
    asked = channel.history.get(ts) if ts else None
    if asked is None:
        raise ApiError("thread_not_found")
    parent_ts = str(asked.get("thread_ts", asked["ts"]))
    times = [parent_ts, *channel.history.replies(parent_ts)]
    oldest, latest = _bounds(call)
    start, end = span(times, oldest, latest, inclusive=call.flag("inclusive"))
    cursor = read_cursor(call.text("cursor"), "next_ts")
    if cursor:
        start = max(start, span(times, cursor, "", inclusive=True)[0])
    limit = call.limit(REPLIES_LIMIT, REPLIES_LIMIT)
    part = times[start : min(end, start + limit)]
    messages = [_shown(call, channel.history.by_ts[each]) for each in part if each in channel.history.by_ts]
    more = start + limit < end
    answer: Json = {"messages": messages, "has_more": more}
    return answer | (Page([], write_cursor("next_ts", times[start + limit])).metadata() if more else {})


def members(call: Call) -> Json:
    channel = call.channel()
    call.scope(channel, "read")
    page = call.page(channel.members, default=100, most=1000)
    return {"members": page.items, **page.metadata()}


def open_conversation(call: Call) -> Json:
    """A direct message with one person or several, or the one whose id is given."""
    if call.text("channel"):
        channel, existed = call.channel(), True
    else:
        channel, existed = _with_people(call)
    described: Json = {"id": channel.id}
    if call.flag("return_im"):
        described = channel_object(channel, call.workspace, viewer=call.actor)
    return {**({"no_op": True, "already_open": True} if existed else {}), "channel": described}


def join_conversation(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    already = call.actor in channel.members
    if not already:
        join(call.sim, channel, call.actor)
    if already:
        call.warn("already_in_channel")
    return {"channel": channel_object(channel, call.workspace, viewer=call.actor)}


def _readable(call: Call) -> Channel:
    """A conversation whose messages the bot may read: the scope of its kind, and membership."""
    channel = call.channel()
    call.scope(channel, "history")
    return call.joined()


def _shown(call: Call, message: Json) -> Json:
    """Metadata comes along only for who asks for it."""
    message = as_told(message)
    if "metadata" not in message or call.flag("include_all_metadata"):
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _bounds(call: Call) -> tuple[str, str]:
    return call.time("oldest", "invalid_ts_oldest"), call.time("latest", "invalid_ts_latest")


def _of_types(call: Call, viewer: str) -> list[Channel]:
    types = [each.strip() for each in (call.text("types") or "public_channel").split(",")]
    if not set(types) <= READ_SCOPE.keys():
        raise ApiError("invalid_types")
    for each in types:
        check_scope(call.scopes, (READ_SCOPE[each],))
    kinds = {KINDS[each] for each in types if each in KINDS}
    skip_archived = call.flag("exclude_archived")
    return [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and channel.visible_to(viewer)
        and not (skip_archived and channel.is_archived)
    ]


def _listed(call: Call, channels: list[Channel]) -> Json:
    page = call.page(channels, default=100, most=1000)
    described: list[Any] = [channel_object(each, call.workspace, viewer=call.actor) for each in page.items]
    return {"channels": described, **page.metadata()}


def _with_people(call: Call) -> tuple[Channel, bool]:
    """The conversation, and whether it was there before."""
    ids = _people(call)
    if len(ids) == 1:
        known = call.workspace.direct_message(call.actor, ids[0])
        return direct_message_with(call.sim, call.actor, ids[0]), known is not None
    known = call.workspace.group_message({call.actor, *ids})
    return group_message_with(call.sim, call.actor, ids), known is not None


def _people(call: Call) -> list[str]:
    """Who is meant, each once; the caller is there anyway."""
    ids = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not ids:
        raise ApiError("users_list_not_supplied")
    if ids == [SLACKBOT] or (call.actor == call.bot and ids == [call.bot]):
        raise ApiError("cannot_dm_bot")
    if any(each not in call.workspace.users for each in ids):
        raise ApiError("user_not_found")
    others = [each for each in dict.fromkeys(ids) if each != call.actor] or ids[:1]
    if len(others) > IN_A_GROUP:
        raise ApiError("too_many_users")
    if len(others) > 1:
        check_scope(call.scopes, ("mpim:write",))
    if any(call.workspace.users[each].deleted for each in others):
        raise ApiError("user_disabled")
    return others
