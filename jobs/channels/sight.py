"""A channel that is read for a while may be lost from sight meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_sdk.errors import SlackApiError

from runs.access import UNSEEN_CHANNEL, invitation
from runs.errors import Refused


@contextmanager
def in_sight(channel: dict[str, Any]) -> Iterator[None]:
    """Removed from the channel in the middle of the run, or never in it (an archived one lets nobody in): Refused."""
    try:
        yield
    except SlackApiError as error:
        match error.response.get("error"):
            case "not_in_channel":
                raise Refused(invitation(channel)) from error
            case "channel_not_found":
                raise Refused(UNSEEN_CHANNEL) from error
        raise


def called(channel: dict[str, Any]) -> str:
    """A mention: the result may be read by people from whom Slack then hides a private channel's name."""
    return f"<#{channel['id']}>"
