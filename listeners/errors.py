"""Typed error → what the user reads; unknown error → a reference id that is in the log too.

Listeners do not catch: what they raise, in the ack or in lazy work, arrives here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from slack_bolt import BoltContext, BoltResponse
from slack_sdk import WebClient

from blocks.form import build_no_options
from blocks.parts import plain, section
from runs.clients import TROUBLE
from runs.errors import RunFailed
from runs.failures import explain

log = logging.getLogger("errand.listeners")

JSON_CONTENT: dict[str, str | Sequence[str]] = {"Content-Type": "application/json"}


def answer_failed_ack(
    error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient
) -> BoltResponse:
    """The ack that takes the place of the one that failed. It starts no lazy work."""
    context["lazy"] = False
    if context.get("is_lazy"):
        log.error("%s could not be prepared", _name_of(body), exc_info=error)
        return BoltResponse(status=500)  # nobody waits for an ack, and whoever delivered this may do so again
    if body.get("type") == "block_suggestion":
        return _json_response({"options": _no_options(error, body)})
    text = f":warning: {explain(error, doing=_name_of(body))[0]}"
    if context.get("is_event"):
        return BoltResponse(status=500)  # Slack sends it again, three times
    if "command" in body:
        return _json_response({"response_type": "ephemeral", "text": text})
    if body.get("type") == "view_submission":
        return _json_response({"response_action": "update", "view": build_failure_modal(text)})
    tell(text, context, client)
    return BoltResponse(status=200)


def _no_options(error: Exception, body: dict[str, Any]) -> list[dict[str, Any]]:
    """A menu has no other place to say why it is empty."""
    text, reference = explain(error, doing=_name_of(body))
    return build_no_options(f"Could not load. Reference {reference}" if reference else text)


def tell_failed_lazy(error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient) -> bool:
    """Lazy work that failed has no ack left to answer with. True if nobody foresaw it, so that it is a fault."""
    if isinstance(error, RunFailed):
        return True  # told already
    text, reference = explain(error, doing=_name_of(body))
    tell(f":warning: {text}", context, client)
    return reference is not None


def tell(text: str, context: BoltContext, client: WebClient) -> None:
    """Tells whoever made the request, and nobody else, if they can be reached."""
    try:
        reach(text, context, client)
    except TROUBLE as error:
        log.warning("The user could not be told of a failure: %s", type(error).__name__)


def reach(text: str, context: BoltContext, client: WebClient) -> None:
    """Where they asked, else directly. Raises one of TROUBLE."""
    if not _respond(text, context) and context.user_id:
        client.chat_postMessage(channel=context.user_id, text=text)


def _respond(text: str, context: BoltContext) -> bool:
    """False if there is no `response_url`, it has expired (it lives for 30 minutes and 5 uses) or cannot be reached."""
    if not (context.response_url and context.respond):
        return False
    try:
        answer = context.respond(text=text, response_type="ephemeral", replace_original=False)
    except TROUBLE as error:
        log.warning("A response_url could not be reached: %s", type(error).__name__)
        return False
    return answer.status_code == 200


def build_failure_modal(text: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain("That didn't work"),
        "close": plain("Close"),
        "blocks": [section(text)],
    }


def _json_response(payload: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(payload), headers=JSON_CONTENT)


def _name_of(body: dict[str, Any]) -> str:
    """What failed, in words for the log, without anything a person wrote."""
    kind = body.get("command") or body.get("type") or "request"
    event = body.get("event", {}).get("type", "")
    return f"Answering {kind} {event}".rstrip()
