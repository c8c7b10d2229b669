"""chat.unfurl: previews of links (https://docs.slack.dev/reference/methods/chat.unfurl)."""

from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.state import Channel, Json
from simulator.unfurls import ask_for_access, find_message, unfurl
from simulator.web_api.call import Call


def unfurl_links(call: Call) -> Json:
    channel, message = _message(call)
    unfurls = _unfurls(call)
    if unfurls:
        unfurl(call.sim, channel, message, unfurls)
    url, words = call.text("user_auth_url"), call.text("user_auth_message")
    if url or words or call.flag("user_auth_required"):
        ask_for_access(call.sim, channel, message, words, url)
    elif not unfurls:
        raise ApiError("missing_unfurls")
    return {}


def _message(call: Call) -> tuple[Channel, Json]:
    """By `unfurl_id` and `source`, or by `channel` and `ts`."""
    if call.text("unfurl_id"):
        if call.text("source") != "conversations_history":
            raise ApiError("missing_source" if not call.text("source") else "invalid_source")
        return find_message(call.sim, call.text("unfurl_id"))
    channel = call.workspace.channels.get(call.text("channel"))
    if channel is None or not channel.visible_to(call.bot):
        raise ApiError("cannot_find_channel")
    ts = parse_ts(call.text("ts"))
    message = channel.history.get(ts) if ts else None
    if message is None:
        raise ApiError("cannot_find_message" if call.text("ts") else "missing_ts")
    return channel, message


def _unfurls(call: Call) -> Json:
    try:
        unfurls = call.structure("unfurls")
    except ApiError:
        raise ApiError("invalid_unfurls_format") from None
    if unfurls is not None and not isinstance(unfurls, dict):
        raise ApiError("invalid_unfurls_format")
    return unfurls or {}
