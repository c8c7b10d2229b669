"""What open browsers hear at once: Server-Sent Events, one queue a subscriber."""

import asyncio
import json
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
REMEMBERED = 2_000
WAITING = 1_000


@dataclass(frozen=True)
class LiveEvent:
    id: int
    data: str
    audience: frozenset[str] | None

    def reaches(self, user_id: str) -> bool:
        return self.audience is None or user_id in self.audience

    def frame(self) -> bytes:
        return f"id: {self.id}\ndata: {self.data}\n\n".encode()


@dataclass(eq=False)
class Subscriber:
    """One open browser. One that does not read is cut off and comes back with its last id."""

    user: str
    queue: asyncio.Queue[LiveEvent | None] = field(default_factory=lambda: asyncio.Queue(WAITING + 1))

    def offer(self, event: LiveEvent) -> bool:
        if self.queue.qsize() >= WAITING:
            self.queue.put_nowait(None)
            return False
        self.queue.put_nowait(event)
        return True


class Live:
    def __init__(self) -> None:
        self._recent: deque[LiveEvent] = deque(maxlen=REMEMBERED)
        self._subscribers: set[Subscriber] = set()
        self._last_id = 0

    @property
    def last_id(self) -> int:
        return self._last_id

    def publish(self, event: Json, audience: Collection[str] | None = None) -> None:
        """Tells everybody, or only the people named."""
        self._last_id += 1
        data = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        live = LiveEvent(self._last_id, data, None if audience is None else frozenset(audience))
        self._recent.append(live)
        for subscriber in [each for each in self._subscribers if live.reaches(each.user)]:
            if not subscriber.offer(live):
                self._subscribers.discard(subscriber)

    def watching(self) -> set[str]:
        return {subscriber.user for subscriber in self._subscribers}

    def subscribe(self, user_id: str) -> Subscriber:
        subscriber = Subscriber(user_id)
        self._subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    def missed(self, user_id: str, last_id: int) -> list[LiveEvent] | None:
        """The events after `last_id`, or None if that is too long ago (or another process) to tell."""
        oldest = self._recent[0].id if self._recent else self._last_id + 1
        if last_id > self._last_id or last_id < oldest - 1:
            return None
        return [event for event in self._recent if event.id > last_id and event.reaches(user_id)]

    def close(self) -> None:
        for subscriber in self._subscribers:
            subscriber.queue.put_nowait(None)
        self._subscribers.clear()
