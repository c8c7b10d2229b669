"""Reading an item without boto3."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aws.signed_dynamodb import PAUSE, NotRead, SignedDynamoDB
from settings import AwsSettings
from tests.aws.emulator import Emulator

PREFIX = "com.amazonaws.dynamodb.v20120810#"
THROTTLED = (400, {"__type": f"{PREFIX}ProvisionedThroughputExceededException", "message": "too much"})
DENIED = (400, {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "xoxb-secret"})
FOUND = (200, {"Item": {"pk": {"S": "a"}}})


class Time:
    """Passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Server:
    """A DynamoDB that answers what it is told, the last answer again and again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, Any]] = []
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0

    def reader(self, time: Time | None = None) -> SignedDynamoDB:
        time = time or Time()
        aws = AwsSettings("r", "a", "s", endpoints={"": self.url})
        return SignedDynamoDB(aws, monotonic=time, sleep=time.sleep)


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[Server]:
    left, lock = list(answers), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer would wait 40 ms

        def setup(self) -> None:
            super().setup()
            server.connections += 1

        def do_POST(self) -> None:
            with lock:
                server.at_once += 1
                server.most_at_once = max(server.most_at_once, server.at_once)
                status, answer = left.pop(0) if len(left) > 1 else left[0]
            body = self.rfile.read(int(self.headers["content-length"]))
            server.asked.append({"target": self.headers["x-amz-target"], **json.loads(body)})
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            with lock:
                server.at_once -= 1
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def read_by(server: Server, time: Time | None = None) -> Iterator[SignedDynamoDB]:
    reader = server.reader(time)
    try:
        yield reader
    finally:
        reader.close()


def test_it_asks_for_one_item() -> None:
    with answering(FOUND) as server, read_by(server) as reader:
        request = {"TableName": "t", "Key": {"pk": {"S": "ü"}}, "ConsistentRead": True}
        assert reader.get_item(**request) == FOUND[1]
        assert server.asked == [{"target": "DynamoDB_20120810.GetItem", **request}]


def test_it_asks_over_the_connection_that_was_made_ahead() -> None:
    with answering(FOUND) as server, read_by(server) as reader:
        reader.connect()
        assert server.asked == []
        reader.connect()
        assert reader.get_item(TableName="t", Key={}) == FOUND[1]
        assert server.connections == 1


def test_who_is_not_there_ahead_is_asked_again_when_needed(caplog: pytest.LogCaptureFixture) -> None:
    with answering(FOUND) as server:
        reader = server.reader()
    caplog.set_level("INFO")
    reader.connect()
    assert "No connection to DynamoDB yet" in caplog.text
    with pytest.raises(NotRead):
        reader.get_item(TableName="t", Key={})


def test_no_item_is_an_answer_without_one() -> None:
    with answering((200, {})) as server, read_by(server) as reader:
        assert reader.get_item(TableName="t", Key={}).get("Item") is None


def test_what_is_denied_is_said_with_its_code_and_none_of_its_text() -> None:
    with answering(DENIED) as server, read_by(server) as reader:
        with pytest.raises(NotRead, match=r"400 AccessDeniedException$") as refusal:
            reader.get_item(TableName="t", Key={})
        assert refusal.value.code == "AccessDeniedException"
        assert len(server.asked) == 1


def test_a_partition_that_recovers_is_waited_for() -> None:
    time = Time()
    with answering(THROTTLED, THROTTLED, FOUND) as server, read_by(server, time) as reader:
        assert reader.get_item(TableName="t", Key={}) == FOUND[1]
        assert time.now == 2 * PAUSE


def test_a_partition_that_does_not_recover_is_said_within_the_second() -> None:
    time = Time()
    with answering(THROTTLED) as server, read_by(server, time) as reader:
        with pytest.raises(NotRead) as refusal:
            reader.get_item(TableName="t", Key={})
        assert refusal.value.code == "ProvisionedThroughputExceededException"
        assert 1 <= time.now < 1 + 2 * PAUSE


@pytest.mark.parametrize("answer", [(500, b"<html>"), (503, b""), (400, b"[]"), (400, {"__type": None})])
def test_an_error_of_no_known_shape_is_an_error(answer: tuple[int, Any]) -> None:
    with answering(answer) as server, read_by(server) as reader, pytest.raises(NotRead, match=str(answer[0])):
        reader.get_item(TableName="t", Key={})


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"3"])
def test_an_answer_that_is_no_object_is_no_missing_item(body: bytes) -> None:
    with answering((200, body)) as server, read_by(server) as reader, pytest.raises(NotRead):
        reader.get_item(TableName="t", Key={})


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(NotRead, match="cannot be reached: ConnectionRefusedError"):
        Server("http://127.0.0.1:9").reader().get_item(TableName="t", Key={})


def test_threads_take_turns() -> None:
    with answering(FOUND) as server, read_by(server) as reader, ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: reader.get_item(TableName="t", Key={}), range(100)))
        assert found == [FOUND[1]] * 100
        assert server.most_at_once == 1


def test_it_reads_what_boto3_wrote(aws: Emulator, table: str) -> None:
    item = {
        "pk": {"S": "ü"},
        "sk": {"S": "s"},
        "n": {"N": "1.5"},
        "m": {"M": {"l": {"L": [{"NULL": True}]}}},
    }
    aws.client("dynamodb").put_item(TableName=table, Item=item)
    reader = SignedDynamoDB(AwsSettings.from_env(aws.environment))
    key = {"pk": item["pk"], "sk": item["sk"]}
    assert reader.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"] == item
    assert "Item" not in reader.get_item(TableName=table, Key={**key, "sk": {"S": "?"}})
    with pytest.raises(NotRead) as refusal:
        reader.get_item(TableName="none", Key=key)
    assert refusal.value.code == "ResourceNotFoundException"
    reader.close()
