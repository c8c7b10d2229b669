"""Links that an app explains: told of them, it puts previews under the message (https://docs.slack.dev/messaging/unfurling-links-in-messages)."""

import hashlib
import hmac
import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from simulator.content import accept_attachments
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.messages import slackbot_says, update
from simulator.payloads import action_ts, event_payload
from simulator.state import Channel, Json

LINK = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")


def link_shared(sim: Simulator, channel: Channel, message: Json) -> None:
    """Tells the app of the links of its domains in what somebody else wrote, in whichever conversation."""
    links = list(_links(sim, message))
    wanted = "link_shared" in sim.manifest.events and "links:read" in sim.workspace.bot_scopes
    if not links or not wanted or message["user"] == sim.workspace.bot_user_id:
        return
    event: Json = {
        "type": "link_shared",
        "channel": channel.id,
        "is_bot_user_member": sim.workspace.bot_user_id in channel.members,
        "user": message["user"],
        "message_ts": message["ts"],
        "unfurl_id": _unfurl_id(sim, channel, message["ts"]),
        "source": "conversations_history",
        "links": links,
        "event_ts": action_ts(),
    }
    if "thread_ts" in message:
        event["thread_ts"] = message["thread_ts"]
    sim.deliveries.announce(event_payload(sim, event))


def find_message(sim: Simulator, unfurl_id: str) -> tuple[Channel, Json]:
    """The message that an event's `unfurl_id` means."""
    channel_id, _, rest = unfurl_id.partition(".")
    channel = sim.workspace.channels.get(channel_id)
    ts = parse_ts(rest.rpartition(".")[0])
    message = channel.history.get(ts) if channel and ts else None
    if channel is None or message is None or unfurl_id != _unfurl_id(sim, channel, message["ts"]):
        raise ApiError("cannot_find_message")
    return channel, message


def unfurl(sim: Simulator, channel: Channel, message: Json, unfurls: Json) -> None:
    """Adds previews, by their links; one that is there already is replaced."""
    written = {html.unescape(url) for url in LINK.findall(message.get("text", ""))}
    known = {each["url"] for each in _links(sim, message)}
    for url, preview in unfurls.items():
        if html.unescape(url) not in written:
            raise ApiError("cannot_unfurl_message")
        if html.unescape(url) not in known:
            raise ApiError("cannot_unfurl_url")
        if not isinstance(preview, dict):
            raise ApiError("cannot_parse_attachment")
    before = [each for each in message.get("attachments", ()) if each.get("app_unfurl_url") not in unfurls]
    previews = [_preview(sim, url, preview) for url, preview in unfurls.items()]
    update(sim, channel, message, {"attachments": accept_attachments([*before, *previews])})


def ask_for_access(sim: Simulator, channel: Channel, message: Json, words: str, url: str) -> None:
    """Only who wrote the link is asked to let the app see what is behind it."""
    text = words or f"{sim.manifest.name} would like to show previews of your links."
    link = f" <{url}|Connect to {sim.manifest.name}>" if url else ""
    slackbot_says(sim, channel, message["user"], text + link, message.get("thread_ts"))


def _links(sim: Simulator, message: Json) -> Iterator[Json]:
    for found in dict.fromkeys(LINK.findall(message.get("text", ""))):
        url = html.unescape(found)
        host = urlsplit(url).hostname or ""
        for domain in sim.manifest.unfurl_domains:
            if host == domain or host.endswith(f".{domain}"):
                yield {"domain": domain, "url": url}
                break


def _preview(sim: Simulator, url: str, preview: Json) -> Json:
    return {
        **preview,
        "from_url": url,
        "original_url": url,
        "app_unfurl_url": url,
        "is_app_unfurl": True,
        "app_id": sim.workspace.app_id,
        "bot_id": sim.workspace.bot_id,
    }


def _unfurl_id(sim: Simulator, channel: Channel, ts: str) -> str:
    named = f"{channel.id}.{ts}"
    secret = sim.workspace.credentials.signing_secret.encode()
    return f"{named}.{hmac.new(secret, named.encode(), hashlib.sha256).hexdigest()}"
