"""bookmarks.*: links above a conversation (https://docs.slack.dev/reference/methods/bookmarks.add)."""

from simulator.errors import ApiError
from simulator.ids import new_id
from simulator.messages import tell_channel
from simulator.state import Channel, Json
from simulator.web_api.call import Call, invalid_arguments

MOST = 100
TITLE_LIMIT = 255
CHANGEABLE = ("title", "link", "emoji")


def add(call: Call) -> Json:
    channel = _channel(call)
    if call.required("type") != "link":
        raise ApiError("invalid_bookmark_type")
    title, link = call.required("title"), _link(call)
    if len(channel.bookmarks) >= MOST:
        raise ApiError("too_many_bookmarks")
    now = int(call.sim.clock.now())
    bookmark: Json = {
        "id": new_id("Bk"),
        "channel_id": channel.id,
        "title": title[:TITLE_LIMIT],
        "link": link,
        "emoji": call.text("emoji"),
        "icon_url": "",
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": chr(ord("a") + min(25, len(channel.bookmarks))),
        "last_updated_by_user_id": call.actor,
        "last_updated_by_team_id": call.workspace.team_id,
        "shortcut_id": None,
        "app_id": call.workspace.app_id,
    }
    channel.bookmarks[bookmark["id"]] = bookmark
    tell_channel(call.sim, channel)
    return {"bookmark": bookmark}


def edit(call: Call) -> Json:
    channel = _channel(call)
    bookmark = _bookmark(call, channel)
    changes = {key: call.text(key) for key in CHANGEABLE if key in call.args}
    if changes.get("link"):
        changes["link"] = _link(call)
    bookmark |= changes | {
        "date_updated": int(call.sim.clock.now()),
        "last_updated_by_user_id": call.actor,
    }
    tell_channel(call.sim, channel)
    return {"bookmark": bookmark}


def list_bookmarks(call: Call) -> Json:
    return {"bookmarks": list(_channel(call).bookmarks.values())}


def remove(call: Call) -> Json:
    channel = _channel(call)
    del channel.bookmarks[_bookmark(call, channel)["id"]]
    tell_channel(call.sim, channel)
    return {}


def _channel(call: Call) -> Channel:
    """Slack names this one argument otherwise than everywhere else."""
    if not call.text("channel_id"):
        raise invalid_arguments("missing required field: channel_id")
    return call.joined("channel_id")


def _bookmark(call: Call, channel: Channel) -> Json:
    bookmark = channel.bookmarks.get(call.required("bookmark_id"))
    if bookmark is None:
        raise ApiError("not_found")
    return bookmark


def _link(call: Call) -> str:
    link = call.text("link")
    if not link.startswith(("https://", "http://")):
        raise ApiError("invalid_link")
    return link
