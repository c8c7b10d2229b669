"""What is the same whenever Slack or Lambda delivers the same request again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from blocks.run_message import RUN_AGAIN
from runs.run import key_of_another


def delivery_key(body: dict[str, Any]) -> str:
    """Of one click, command, form or event. A second click is another one: it has a `trigger_id` of its own.

    Events may come again under another `event_id` (bolt-python#678), so what happened is their key.
    """
    if trigger_id := body.get("trigger_id"):
        return str(trigger_id)
    event = body.get("event") or {}
    if at := event.get("event_ts") or event.get("ts"):
        return " ".join(
            _name(each) for each in (event.get("type"), event.get("channel"), event.get("user"), at)
        )
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def run_key(body: dict[str, Any]) -> str | None:
    """The key of the run that the request asks for, if it asks for one."""
    match body:
        case {"command": str(), "trigger_id": str(trigger_id)}:
            return trigger_id
        case {"type": "view_submission", "view": {"id": str(view_id)}}:
            return view_id
        case {"type": "block_actions", "actions": [{"action_id": action_id, "value": str(run_id)}]}:
            return key_of_another(run_id) if action_id == RUN_AGAIN else None
    return None


def _name(value: object) -> str:
    return str(value.get("id")) if isinstance(value, dict) else str(value or "-")
