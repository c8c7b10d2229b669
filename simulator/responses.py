"""What an app answers without a token: the payload of an ack, or a POST to a `response_url`."""

from typing import Any

from simulator.content import accept_attachments, accept_blocks
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import parse_ts
from simulator.messages import (
    bot_message,
    find_ephemeral,
    post,
    post_ephemeral,
    remove,
    remove_ephemeral,
    update,
    update_ephemeral,
)
from simulator.response_urls import ResponseUrl
from simulator.state import Channel, Json
from simulator.text import from_app


def respond(sim: Simulator, user_id: str, channel: Channel, answer: Json) -> str | None:
    """Posts the answer to a slash command; the error code to show if it is not one Slack takes."""
    try:
        _post(sim, user_id, channel, answer)
    except ApiError as error:
        return error.error
    return None


def use_response_url(sim: Simulator, path: str, answer: Any) -> None:
    """https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
    target = sim.response_urls.use(path)
    if not isinstance(answer, dict):
        raise ApiError("invalid_payload", status=400)
    try:
        answer_press(sim, target, answer)
    except ApiError as error:
        raise ApiError(error.error, status=error.status if error.status != 200 else 400) from None


def answer_press(sim: Simulator, target: ResponseUrl, answer: Json) -> None:
    """Replaces or deletes the message that was pressed, or posts a new one; may do both of the last."""
    channel = sim.workspace.channels[target.channel]
    if _flag(answer, "delete_original"):
        _delete_original(sim, target, channel)
        if any(answer.get(key) for key in ("text", "blocks", "attachments")):
            _post(sim, target.user, channel, answer, everybody=target.in_channel)
    elif target.message_ts and _replaces(answer):
        _replace_original(sim, target, channel, answer)
    else:
        _post(sim, target.user, channel, answer, everybody=target.in_channel)


def _replaces(answer: Json) -> bool:
    """An answer to a press takes the message's place unless it says that it is a new one."""
    wanted = _flag(answer, "replace_original")
    return wanted if wanted is not None else "response_type" not in answer


def _flag(answer: Json, name: str) -> bool | None:
    """Slack's own examples write it as text."""
    value = answer.get(name)
    return None if value is None else value is True or str(value).lower() == "true"


def _post(sim: Simulator, user_id: str, channel: Channel, answer: Json, *, everybody: bool = False) -> None:
    """`everybody` sees it, if the answer does not say."""
    content = _content(answer)
    thread_ts = parse_ts(str(answer.get("thread_ts") or ""))
    message = bot_message(sim, content)
    if answer.get("response_type") == "in_channel" or (everybody and "response_type" not in answer):
        post(sim, channel, message, thread_ts=thread_ts)
    else:
        post_ephemeral(sim, channel, user_id, message, thread_ts)


def _replace_original(sim: Simulator, target: ResponseUrl, channel: Channel, answer: Json) -> None:
    content = _content(answer)
    message = _original(sim, target, channel)
    changes = {key: value or None for key, value in content.items() if value or key in message}
    changes["text"] = content["text"]
    if target.ephemeral:
        message.update(changes)
        update_ephemeral(sim, channel, target.user, message)
    else:
        changes["edited"] = {"user": sim.workspace.bot_user_id, "ts": sim.timestamps.next()}
        update(sim, channel, message, changes)


def _delete_original(sim: Simulator, target: ResponseUrl, channel: Channel) -> None:
    message = _original(sim, target, channel)
    if target.ephemeral:
        remove_ephemeral(sim, channel, target.user, message)
    else:
        remove(sim, channel, message)


def _original(sim: Simulator, target: ResponseUrl, channel: Channel) -> Json:
    if target.message_ts is None:
        raise ApiError("message_not_found", status=404)
    if target.ephemeral:
        message = find_ephemeral(sim, channel.id, target.user, target.message_ts)
    else:
        message = channel.history.get(target.message_ts)
    if message is None:
        raise ApiError("message_not_found", status=404)
    return message


def _content(answer: Json) -> Json:
    text = answer.get("text") or ""
    if not isinstance(text, str):
        raise ApiError("invalid_payload")
    blocks = accept_blocks(answer["blocks"]) if answer.get("blocks") else None
    attachments = accept_attachments(answer["attachments"]) if answer.get("attachments") else None
    if not text.strip() and not blocks and not attachments:
        raise ApiError("no_text")
    return {"text": from_app(text), "blocks": blocks, "attachments": attachments}
