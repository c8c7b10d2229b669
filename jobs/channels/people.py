"""Who wrote a message, by the name their colleagues know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from jobs.channels.history import Message


class People:
    """Names by user id, each asked for once. Memory grows with a channel's people, not with its messages."""

    def __init__(self, client: WebClient, before_call: Callable[[], None]) -> None:
        self._client = client
        self._before_call = before_call
        self._names: dict[str, str] = {}

    def name(self, user_id: str) -> str:
        """An id that Slack no longer knows, or shows to nobody here, stays as it is."""
        if user_id not in self._names:
            self._names[user_id] = self._ask(user_id)
        return self._names[user_id]

    def author(self, message: Message) -> tuple[str, str]:
        """Name and id. Apps may sign each message differently; strangers come with their profile."""
        user_id = message.get("user") or message.get("bot_id") or ""
        shown = message.get("username") or message.get("bot_profile", {}).get("name")
        if not shown and "user_profile" in message:
            shown = _profile_name(message["user_profile"])
        if not shown and message.get("user"):
            shown = self.name(message["user"])
        return shown or user_id, user_id

    def _ask(self, user_id: str) -> str:
        self._before_call()
        try:
            user = self._client.users_info(user=user_id)["user"]
        except SlackApiError as error:
            if error.response.get("error") in {"user_not_found", "user_not_visible"}:
                return user_id
            raise
        return _profile_name(user.get("profile", {})) or user.get("real_name") or user.get("name") or user_id


def _profile_name(profile: dict[str, Any]) -> str:
    return profile.get("display_name") or profile.get("real_name") or ""
