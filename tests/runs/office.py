"""A Slack in this process: people, and what they were sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

TEAM, CHANNEL = "T0001", "C0001"
ANN, BOB, MARGIT, IVAN, GUS, SAM = "U0ANN", "U0BOB", "U0MARGIT", "U0IVAN", "U0GUS", "U0SAM"

Arguments = dict[str, Any]


@dataclass
class Message:
    channel_id: str
    text: str
    thread_ts: str | None = None
    posted_as: str = ""  # before it was edited


class Office:
    """Ann and Bob are members, Margit and Ivan admins, Gus is a guest; Sam is of another workspace."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.calls = 0
        self.users: dict[str, dict[str, Any]] = {
            user_id: {"id": user_id, "team_id": TEAM, "is_admin": user_id in (MARGIT, IVAN)}
            for user_id in (ANN, BOB, MARGIT, IVAN, GUS, SAM)
        }
        self.users[GUS]["is_restricted"] = True
        self.users[SAM]["team_id"] = "T0002"

    def direct(self, user_id: str) -> str:
        return user_id.replace("U", "D", 1)

    def sent_to(self, user_id: str) -> list[Message]:
        return [each for each in self.messages.values() if each.channel_id == self.direct(user_id)]

    def in_thread(self, ts: str) -> list[Message]:
        return [each for each in self.messages.values() if each.thread_ts == ts]

    def answer(self, method: str, arguments: Arguments) -> dict[str, Any]:
        self.calls += 1
        answer: dict[str, Any] = getattr(self, "_" + method.replace(".", "_"))(arguments)
        return answer

    def _users_info(self, arguments: Arguments) -> dict[str, Any]:
        return {"ok": True, "user": self.users[arguments["user"]]}

    def _users_list(self, arguments: Arguments) -> dict[str, Any]:
        return {"ok": True, "members": list(self.users.values())}

    def _conversations_info(self, arguments: Arguments) -> dict[str, Any]:
        channel = {"id": CHANNEL, "name": "general", "is_private": False, "is_member": True}
        return {"ok": True, "channel": channel}

    def _conversations_open(self, arguments: Arguments) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": self.direct(arguments["users"])}}

    def _chat_postMessage(self, arguments: Arguments) -> dict[str, Any]:
        channel_id, text = arguments["channel"], arguments["text"]
        if channel_id.startswith("U"):
            channel_id = self.direct(channel_id)
        ts = f"{len(self.messages) + 1}.0"
        self.messages[ts] = Message(channel_id, text, arguments.get("thread_ts"), text)
        return {"ok": True, "channel": channel_id, "ts": ts}

    def _chat_update(self, arguments: Arguments) -> dict[str, Any]:
        message = self.messages.get(arguments["ts"])
        if message is None or message.channel_id != arguments["channel"]:
            return {"ok": False, "error": "message_not_found"}
        message.text = arguments["text"]
        return {"ok": True, "channel": message.channel_id, "ts": arguments["ts"]}

    def _views_publish(self, arguments: Arguments) -> dict[str, Any]:
        return {"ok": True, "view": {}}


class OfficeClient(WebClient):
    """Answered in this process. `cross` is what stands between it and Slack."""

    def __init__(self, office: Office, cross: Callable[..., Any], **options: Any) -> None:
        super().__init__(token="xoxb-of-a-test", **options)
        self._office = office
        self._cross = cross

    def api_call(self, api_method: str, **how: Any) -> SlackResponse:
        arguments = how.get("json") or how.get("params") or how.get("data") or {}
        return self._cross("slack", lambda: response(self, self._office.answer(api_method, arguments)))


def response(client: WebClient, data: dict[str, Any]) -> SlackResponse:
    """Raises SlackApiError for what is not ok."""
    made = SlackResponse(
        client=client,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers={},
        status_code=200,
    )
    return made.validate()
