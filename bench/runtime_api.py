"""Lambda's Runtime API, as much of it as the real runtime client (awslambdaric) asks for.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import queue
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.http_server import HttpServer, Reply, Request

FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:bench"
TIMEOUT = 900  # seconds, as in serverless.yml: Lambda's longest
PATIENCE = 0.2  # seconds between looks at whether the function still lives


class FunctionFailed(Exception):
    """The function answered with an error, or ended. The message is what it said."""


@dataclass(frozen=True)
class Happening:
    what: str  # the last part of the path: next, response or error
    at: float
    body: bytes


class RuntimeApi:
    """Serves one execution environment; `is_alive` says whether its process still runs."""

    def __init__(self, is_alive: Callable[[], bool]) -> None:
        self._is_alive = is_alive
        self._events: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self._happenings: queue.Queue[Happening] = queue.Queue()
        self._sent_at = 0.0
        self._server = HttpServer(self._answer)
        self.address = self._server.address
        self.close = self._server.close

    def wait_until_ready(self) -> float:
        """When the function asked for an event: the end of its init."""
        return self._wait_for("next").at

    def invoke(self, event: Mapping[str, Any]) -> tuple[float, Any]:
        """Seconds from the event's sending to the answer's coming, and the answer. Ready again afterwards."""
        self._events.put(event)
        answer = self._wait_for("response")
        seconds = answer.at - self._sent_at
        self.wait_until_ready()
        return seconds, json.loads(answer.body)

    def _wait_for(self, what: str) -> Happening:
        while True:
            try:
                happening = self._happenings.get(timeout=PATIENCE)
            except queue.Empty:
                if not self._is_alive():
                    raise FunctionFailed("its process ended") from None
                continue
            if happening.what != what:
                raise FunctionFailed(f"{what} awaited, {happening.what} came: {happening.body[:2000]!r}")
            return happening

    def _answer(self, request: Request) -> Reply:
        what = request.path.rpartition("/")[2]
        self._happenings.put(Happening(what, request.came_at, request.body))
        if what != "next":
            return Reply(202, b'{"status":"OK"}')
        event = json.dumps(self._events.get()).encode()
        headers = invocation_headers()
        self._sent_at = time.perf_counter()
        return Reply(200, event, headers)


def invocation_headers() -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + TIMEOUT) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
    }
