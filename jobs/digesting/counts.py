"""What is counted of a channel's messages. Memory grows with its people and its days, not with its messages."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timezone

from jobs.channels.history import Message

# What people and apps say. Everything else is Slack's own: joins, topics, pins.
# https://docs.slack.dev/reference/events/message
SAID = {None, "bot_message", "file_share", "me_message", "thread_broadcast"}

Thread = tuple[
    int, str, int, Message
]  # replies, ts, a number of its own, and what began it: the order of a heap


@dataclass
class Counts:
    """`zone` says where a day begins."""

    zone: timezone
    most_threads: int
    messages: int = 0
    replies: int = 0
    by_day: Counter[date] = field(default_factory=Counter)
    by_hour: Counter[int] = field(default_factory=Counter)
    by_author: Counter[str] = field(default_factory=Counter)
    _threads: list[Thread] = field(default_factory=list)
    _newest: dict[str, Message] = field(default_factory=dict)

    def add(self, page: Iterable[Message]) -> None:
        for message in page:
            if message.get("subtype") in SAID:
                self._add(message)

    @property
    def threads(self) -> list[Message]:
        """Those with the most replies, most first."""
        return [thread[-1] for thread in sorted(self._threads, reverse=True)]

    def authors(self, most: int) -> list[tuple[Message, int]]:
        """A message of each, by which to know their name, and how many they wrote."""
        return [(self._newest[author], count) for author, count in self.by_author.most_common(most)]

    def _add(self, message: Message) -> None:
        at = datetime.fromtimestamp(float(message["ts"]), self.zone)
        author = _author(message)
        self.messages += 1
        self.by_day[at.date()] += 1
        self.by_hour[at.hour] += 1
        self.by_author[author] += 1
        self._newest.setdefault(author, message)
        if message.get("reply_count"):
            self._add_thread(message)

    def _add_thread(self, message: Message) -> None:
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            return  # a reply that was sent to the channel as well
        self.replies += message["reply_count"]
        heapq.heappush(self._threads, (message["reply_count"], message["ts"], self.messages, message))
        if len(self._threads) > self.most_threads:
            heapq.heappop(self._threads)


def _author(message: Message) -> str:
    """Of an app that signs its messages differently, each signature."""
    return f"{message.get('user') or message.get('bot_id') or ''} {message.get('username', '')}"
