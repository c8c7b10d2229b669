"""Incoming webhooks: a secret address that posts into one channel (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)."""

from typing import Any

from aiohttp import web

from simulator.content import accept_attachments, accept_blocks
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import new_id, new_secret
from simulator.messages import bot_message, post
from simulator.state import Json
from simulator.strict_json import parse_json
from simulator.text import from_app


def issue_webhook(sim: Simulator, channel_id: str) -> Json:
    workspace = sim.workspace
    path = f"/services/{workspace.team_id}/{new_id('B')}/{new_secret()}"
    workspace.webhooks[path] = channel_id
    channel = workspace.channels[channel_id]
    return {
        "channel": f"#{channel.name}",
        "channel_id": channel.id,
        "configuration_url": f"{sim.url}/?channel={channel.id}",
        "url": sim.url + path,
    }


async def take_webhook(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`POST /services/…`: answers `ok` or Slack's error, as plain text."""
    try:
        _post(sim, request.path, await _payload(request))
    except ApiError as error:
        return web.Response(status=error.status if error.status != 200 else 400, text=error.error)
    return web.Response(text="ok")


async def _payload(request: web.Request) -> Any:
    raw: bytes | str = await request.read()
    if request.content_type == "application/x-www-form-urlencoded":
        raw = str((await request.post()).get("payload", ""))
    try:
        return parse_json(raw)
    except ValueError:
        raise ApiError("invalid_payload") from None


def _post(sim: Simulator, path: str, answer: Any) -> None:
    channel_id = sim.workspace.webhooks.get(path)
    if channel_id is None:
        raise ApiError("no_service", status=404)
    if not isinstance(answer, dict) or not isinstance(answer.get("text", ""), str):
        raise ApiError("invalid_payload")
    channel = sim.workspace.channels[channel_id]
    if channel.is_archived:
        raise ApiError("channel_is_archived", status=410)
    blocks = accept_blocks(answer["blocks"]) if answer.get("blocks") else None
    attachments = accept_attachments(answer["attachments"]) if answer.get("attachments") else None
    if not answer.get("text", "").strip() and not blocks and not attachments:
        raise ApiError("no_text")
    content = {"text": from_app(answer.get("text", "")), "blocks": blocks, "attachments": attachments}
    post(sim, channel, bot_message(sim, content))
