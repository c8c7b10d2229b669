"""Everything sent to the app: once for what a person waits for, again and again for events."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from simulator.clock import Timing

Json = dict[str, Any]
Kind = Literal["slash_commands", "interactive", "events_api"]
KEPT = 2_000
NEVER = ""  # no reason to send it again


@dataclass(frozen=True)
class Ack:
    """How the app answered. `error` is the code Slack shows to the person who waits."""

    status: Literal["acked", "timeout", "failed"]
    ms: int
    payload: Json | None = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == "acked"

    def to_json(self) -> Json:
        answer: Json = {"status": self.status, "ms": self.ms}
        if self.payload is not None:
            answer["payload"] = self.payload
        if self.error is not None:
            answer["error"] = self.error
        return answer


class NotAcked(Exception):
    """The app did not take what was sent to it; `reason` is Slack's retry reason.

    Not `again`: the app asked that it is not sent once more.
    """

    def __init__(
        self, status: Literal["timeout", "failed"], error: str, reason: str, *, again: bool = True
    ) -> None:
        super().__init__(error)
        self.again = again
        self.status: Literal["timeout", "failed"] = status
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class Retry:
    attempt: int
    reason: str


class Transport(Protocol):
    """A way to the app. `send` returns the payload that rode along with the ack, or raises NotAcked."""

    mode: Literal["socket", "http"]

    @property
    def connected(self) -> bool: ...

    async def send(self, kind: Kind, payload: Json, retry: Retry | None) -> Json | None: ...

    async def close(self) -> None: ...


@dataclass
class Delivery:
    n: int
    at: float
    type: Kind
    payload: Json
    status: str = "pending"
    ms: int = 0
    ack: Json | None = None

    def to_json(self) -> Json:
        payload = {key: value for key, value in self.payload.items() if key != "token"}
        return {**self.__dict__, "payload": payload}


class Deliveries:
    def __init__(self, transport: Transport, timing: Timing) -> None:
        self.transport = transport
        self._timing = timing
        self._log: deque[Delivery] = deque(maxlen=KEPT)
        self._count = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, kind: Kind, payload: Json) -> Ack:
        """Sends something a person waits for: once, whatever comes of it."""
        ack, _ = await self._attempt(kind, payload, None)
        return ack

    async def deliver_event(self, payload: Json) -> Ack:
        """Sends an event; one that is not acked is sent again, as Slack does, without waiting for it here."""
        ack, reason = await self._attempt("events_api", payload, None)
        if not ack.ok and reason != NEVER:
            self._begin(self._retry(payload, reason))
        return ack

    def announce(self, payload: Json) -> None:
        """Sends an event that nobody here waits for."""
        self._begin(self.deliver_event(payload))

    async def redeliver(self, n: int) -> Ack | None:
        """Sends delivery `n` again as it was; None if it is not known."""
        delivery = next((each for each in self._log if each.n == n), None)
        if delivery is None:
            return None
        ack, _ = await self._attempt(delivery.type, delivery.payload, None)
        return ack

    def since(self, n: int) -> list[Json]:
        return [each.to_json() for each in self._log if each.n > n]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.transport.close()

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attempt(self, kind: Kind, payload: Json, retry: Retry | None) -> tuple[Ack, str]:
        delivery = self._record(kind, payload)
        started = time.perf_counter()
        reason = ""
        try:
            answer = await self.transport.send(kind, payload, retry)
            ack = Ack("acked", _ms_since(started), answer)
        except NotAcked as error:
            ack = Ack(error.status, _ms_since(started), error=error.error)
            reason = error.reason if error.again else NEVER
        delivery.status, delivery.ms, delivery.ack = ack.status, ack.ms, ack.payload
        return ack, reason

    async def _retry(self, payload: Json, reason: str) -> None:
        for attempt, seconds in enumerate(self._timing.retry_seconds, start=1):
            await asyncio.sleep(seconds)
            ack, reason = await self._attempt("events_api", payload, Retry(attempt, reason))
            if ack.ok or reason == NEVER:
                return

    def _record(self, kind: Kind, payload: Json) -> Delivery:
        self._count += 1
        delivery = Delivery(self._count, time.time(), kind, payload)
        self._log.append(delivery)
        return delivery


def _ms_since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
