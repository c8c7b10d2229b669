"""Names that people typed, such as `#general` and `@ann`, turned into the ids that Slack's methods take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient

from runs.access import UNSEEN_CHANNEL
from runs.errors import Refused
from runs.mrkdwn import escape

PAGE = 200  # Slack recommends no more at a time for both lists


def resolve_names(client: WebClient, names: Iterable[str]) -> dict[str, str]:
    """The id of each name. Raises Refused for one that is not found, in the same words as for one not allowed."""
    wanted = set(names)
    channels = {name for name in wanted if name.startswith("#")}
    people = {name for name in wanted if name.startswith("@")}
    found = _channel_ids(client, channels) | _user_ids(client, people)
    for name in sorted(wanted - found.keys()):
        raise Refused(
            UNSEEN_CHANNEL if name in channels else f"I can't find {escape(name, 80)} in this workspace."
        )
    return found


def _channel_ids(client: WebClient, wanted: set[str]) -> dict[str, str]:
    if not wanted:
        return {}
    pages = client.conversations_list(types="public_channel,private_channel", limit=PAGE)
    channels = (channel for page in pages for channel in page["channels"])
    return {name: channel["id"] for channel in channels if (name := "#" + channel["name"]) in wanted}


def _user_ids(client: WebClient, wanted: set[str]) -> dict[str, str]:
    """A handle or a display name. One that several people share is left out: guessing could reach the wrong one."""
    if not wanted:
        return {}
    owners: dict[str, set[str]] = {}
    for page in client.users_list(limit=PAGE):
        for user in page["members"]:
            for name in _names_of(user) & wanted:
                owners.setdefault(name, set()).add(user["id"])
    return {name: ids.pop() for name, ids in owners.items() if len(ids) == 1}


def _names_of(user: Mapping[str, Any]) -> set[str]:
    if user.get("deleted"):
        return set()
    return {f"@{user['name']}", f"@{user.get('profile', {}).get('display_name', '')}"} - {"@"}
