"""A function on Lambda, in this process: API Gateway in front of it, Lambda's own queue behind it.

What it invokes arrives at a Lambda API of ours, and waits there until the test has it carried out: once, twice, late,
again after a failure, or never.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aws.handler import Handler
from jobs import JOBS
from runs.job import Job, Jobs
from tests.aws.emulator import Emulator
from tests.aws.jobs import KilledByLambda
from tests.workspace import PATIENCE
from wiring.on_lambda import create_handler

FORM = "application/x-www-form-urlencoded"
ARN = "arn:aws:lambda:eu-central-1:000000000000:function:errand-test"

Event = dict[str, Any]


class Clock:
    """The real time, and however much the test lets pass besides."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class StoppedClock(Clock):
    """No time passes but what the test lets pass."""

    def __init__(self) -> None:
        self._began = time.time()

    def __call__(self) -> float:
        return self._began + self.ahead


@dataclass
class Context:
    seconds: float
    invoked_function_arn: str = ARN
    function_name: str = "errand-test"
    began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.seconds - (time.monotonic() - self.began)) * 1000)


class LambdaApi:
    """Takes what is invoked. `status` is its next answer, `invoked` what it accepted."""

    def __init__(self) -> None:
        self.status = 202
        self.invoked: list[Event] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._news = threading.Condition()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        with self._news:
            self.requests.append((path, headers))
            if self.status == 202:
                self.invoked.append(json.loads(body))
            self._news.notify_all()
        return self.status, b""

    def wait_for(self, count: int) -> None:
        """Until so many invocations wait here."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.invoked) >= count, timeout=PATIENCE)


class Function:
    def __init__(self, aws: Emulator, environ: dict[str, str], jobs: Jobs) -> None:
        self.aws = aws
        self.clock = Clock()
        self.lambda_api = LambdaApi()
        self._servers: list[ThreadingHTTPServer] = []
        self._one_at_a_time = threading.Lock()
        self.url = self._serve(self._gateway)
        self._environ = environ | {"AWS_ENDPOINT_URL_LAMBDA": self._serve(self.lambda_api.answer)}
        self._jobs = jobs

    def start(self, **environ: str) -> Handler:
        """A cold start."""
        self._started_with = environ
        self.handler = create_handler(self._environ | environ, jobs=self._jobs, clock=self.clock)
        return self.handler

    def restart(self, **changes: str) -> Handler:
        self.handler.close()
        return self.start(**self._started_with | changes)

    def invoke(self, event: Event, seconds: float = 60) -> Any:
        with self._one_at_a_time:
            return self.handler(event, Context(seconds))

    def carry_out(self, seconds: float = 60) -> int:
        """All that has been invoked, and what that invokes in its turn. The number of invocations."""
        count = 0
        while self.lambda_api.invoked:
            self.invoke(self.lambda_api.invoked.pop(0), seconds)
            count += 1
        return count

    def give_up(self, event: Event, queue_url: str, attempts: int = 3) -> list[str]:
        """As Lambda does: tries, then puts what it was into the failure queue. The names of what was raised."""
        raised = []
        for _ in range(attempts):
            try:
                self.invoke(event)
            except BaseException as error:
                raised.append(type(error).__name__)
        record = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
        self.aws.client("sqs").send_message(QueueUrl=queue_url, MessageBody=json.dumps(record))
        return raised

    @contextmanager
    def killed_in(self, method: str, part: object = None) -> Iterator[None]:
        """As when memory runs out in the middle of a call of RunService, or of a part of it."""

        def die(*arguments: Any, **named: Any) -> None:
            raise KilledByLambda

        owner = part or self.handler._runs
        kept = getattr(owner, method)
        setattr(owner, method, die)
        try:
            yield
        finally:
            setattr(owner, method, kept)

    def tick(self) -> None:
        self.invoke({"kind": "tick"})

    def close(self) -> None:
        self.handler.close()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _gateway(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        response = self.invoke(http_event("POST", path, headers, body))
        return response["statusCode"], response["body"].encode()

    def _serve(self, answer: Any) -> str:
        class Exchange(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, text = answer(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"


def http_event(method: str, path: str, headers: dict[str, str], body: bytes) -> Event:
    """Payload format 2.0. API Gateway encodes forms in base64.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def signed(secret: str, body: bytes, at: float, content_type: str = FORM) -> dict[str, str]:
    """The headers of a request of Slack's."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


@contextmanager
def a_function(aws: Emulator, table: str, *jobs: Job, **environ: str) -> Iterator[Function]:
    function = Function(
        aws,
        {**aws.environment, "TABLE_NAME": table, "KMS_KEY_ID": "alias/errand", **environ},
        Jobs([*JOBS.values(), *jobs]),
    )
    try:
        yield function
    finally:
        function.close()
