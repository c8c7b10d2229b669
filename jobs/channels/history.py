"""A channel's messages as Slack gives them: in pages, newest first; a thread's replies oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient

from jobs.channels.period import Period

Message = dict[str, Any]

# Slack recommends at most 200 messages a page and allows 999; both methods are tier 3, about 50 calls a
# minute. At 200 a hundred thousand messages are 500 calls: ten minutes of waiting, close to Lambda's fifteen.
# At 999 one page of a chatty bot (13 kB a message) is 13 MB of JSON. 500 makes it four minutes and at most
# half of that. The first page is small: an answer soon, a bar that moves early, and often all there is.
# https://docs.slack.dev/reference/methods/conversations.history
FIRST_PAGE = 200
PAGE = 500


def pages(client: WebClient, channel_id: str, period: Period) -> Iterator[list[Message]]:
    """The end of the period is fixed, so messages that arrive meanwhile do not shift the pages."""
    cursor: str | None = None
    while cursor != "":
        answer = client.conversations_history(
            channel=channel_id,
            oldest=f"{period.start.timestamp():.6f}",
            latest=f"{period.end.timestamp():.6f}",
            inclusive=True,
            limit=PAGE if cursor else FIRST_PAGE,
            cursor=cursor,
        )
        yield answer["messages"]
        cursor = _next_cursor(answer.get("response_metadata"))


def replies(client: WebClient, channel_id: str, thread_ts: str) -> Iterator[list[Message]]:
    """Every page of Slack's may begin with the parent again; here it is left out."""
    cursor: str | None = None
    while cursor != "":
        answer = client.conversations_replies(channel=channel_id, ts=thread_ts, limit=PAGE, cursor=cursor)
        yield [message for message in answer["messages"] if message["ts"] != thread_ts]
        cursor = _next_cursor(answer.get("response_metadata"))


def _next_cursor(metadata: dict[str, str] | None) -> str:
    return (metadata or {}).get("next_cursor") or ""
