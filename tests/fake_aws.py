"""Lambda and CloudWatch Logs Insights over real HTTP on loopback: what they answer is what a test puts in.

Every answer of Logs is held against the shape in AWS's own service model, as botocore has it.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from ops.ministack import CREDENTIALS, REGION
from tests.aws.emulator import Emulator

Json = dict[str, Any]

LOGS = ServiceModel(Loader().load_service_model("logs", "service-2"))
TARGET = "Logs_20140328."


@dataclass(frozen=True)
class Fault:
    """In place of an answer: AWS's error, or a connection that ends without one."""

    code: str = "ServiceException"
    status: int = 500
    message: str = "as the test wants it"
    drop: bool = False


@dataclass(frozen=True)
class Answer:
    """Of an invoked function."""

    payload: bytes = b"null"
    error: str = ""
    log: str = ""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"X-Amz-Executed-Version": "$LATEST", "X-Amz-Log-Result": encoded(self.log)}
        return headers | ({"X-Amz-Function-Error": self.error} if self.error else {})


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass
class FakeAws:
    """`answers` are taken in order, by function or operation; the last one stays."""

    url: str = ""
    calls: list[tuple[str, Json]] = field(default_factory=list)
    answers: dict[str, deque[Any]] = field(default_factory=dict)
    on_call: Callable[[str], None] = lambda name: None

    def answer(self, name: str, *answers: Any) -> None:
        self.answers[name] = deque(answers)

    def called(self, name: str) -> list[Json]:
        return [given for each, given in self.calls if each == name]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
        }

    def client(self, service: str, **options: Any) -> Any:
        """As jobs get it."""
        return Emulator(self.url).clients().for_jobs(service, **options)

    def take(self, name: str, given: Json) -> Any:
        self.calls.append((name, given))
        self.on_call(name)
        waiting = self.answers.get(name) or deque([Fault("ResourceNotFoundException", 404, f"no {name}")])
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Of whoever has stopped waiting."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def fake_aws() -> Iterator[FakeAws]:
    fake = FakeAws()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            operation = self.headers.get("X-Amz-Target", "").removeprefix(TARGET)
            if operation:
                answer = fake.take(operation, json.loads(body))
            else:
                function = self.path.split("/")[3].replace("%3A", ":")
                log_type = self.headers.get("X-Amz-Log-Type")
                answer = fake.take(function, {"payload": body.decode(), "log_type": log_type})
            self._send(answer, operation)

        def _send(self, answer: Any, operation: str) -> None:
            if isinstance(answer, Fault) and answer.drop:
                self.close_connection = True
            elif isinstance(answer, Fault):
                told = {"__type": answer.code, "message": answer.message, "Type": "User"}
                self._write(answer.status, json.dumps(told).encode(), {"X-Amzn-Errortype": answer.code})
            elif isinstance(answer, Answer):
                self._write(200, answer.payload, answer.headers)
            else:
                check(operation, answer)
                self._write(200, json.dumps(answer).encode(), {"Content-Type": "application/x-amz-json-1.1"})

        def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def check(operation: str, answer: Json) -> None:
    shape = LOGS.operation_model(operation).output_shape
    assert shape is not None
    unknown = answer.keys() - shape.members.keys()
    report = ParamValidator().validate(answer, shape)
    assert not unknown, f"{operation} has no {unknown}"
    assert not report.has_errors(), report.generate_report()
