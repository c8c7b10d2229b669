"""The small client of the ack path: signed as botocore signs, and unmoved by connections that died in the meantime."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from aws.signed_client import SignedClient, sign
from settings import AwsSettings
from tests.aws.emulator import Emulator, an_emulator
from tests.workspace import PATIENCE

AT = 1_795_000_000.0
NOBODY = "http://127.0.0.1:9"  # the discard port
AWS = AwsSettings(
    region="eu-west-1", access_key_id="AKID", secret_access_key="secret/+", session_token="t/+="
)
ARN = "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aerrand%3Alive"


def as_botocore_signs(
    aws: AwsSettings, service: str, host: str, path: str, body: bytes, headers: dict[str, str]
) -> Any:
    request = AWSRequest("POST", f"https://{host}{path}", data=body, headers={**headers, "host": host})
    request.context["timestamp"] = datetime.fromtimestamp(AT, UTC).strftime("%Y%m%dT%H%M%SZ")
    credentials = Credentials(aws.access_key_id, aws.secret_access_key, aws.session_token or None)
    signer = _At(credentials, service, aws.region)
    signer.add_auth(request)
    return request.headers["Authorization"]


class _At(SigV4Auth):  # type: ignore[misc]
    """botocore's signer, at a moment of ours."""

    def add_auth(self, request: Any) -> None:
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        signature = self.signature(self.string_to_sign(request, canonical), request)
        self._inject_signature_to_request(request, signature)


@pytest.mark.parametrize("token", ["", "t/+="])
@given(
    path=st.sampled_from(["/", f"/2015-03-31/functions/{ARN}/invocations", "/a%20b/c~d/e%2Ff"]),
    body=st.binary(),
    service=st.sampled_from(["lambda", "kms"]),
    value=st.text("abcXYZ019-_./ ", min_size=1).map(str.strip).filter(bool),
)
def test_a_request_is_signed_as_botocore_signs_it(
    token: str, path: str, body: bytes, service: str, value: str
) -> None:
    aws = AwsSettings(region="eu-west-1", access_key_id="AKID", secret_access_key="s/+", session_token=token)
    host, headers = f"{service}.eu-west-1.amazonaws.com", {"x-amz-target": " ".join(value.split())}
    ours = sign(aws=aws, service=service, host=host, path=path, body=body, headers=headers, at=AT)
    assert ours["authorization"] == as_botocore_signs(aws, service, host, path, body, headers)


class Peer:
    """A server of raw sockets, for what real ones do only when it is inconvenient."""

    def __init__(self, *answers: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._news = threading.Condition()
        self._open: list[socket.socket] = []
        self._answers = list(answers)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def client(self, **options: Any) -> SignedClient:
        return SignedClient("lambda", AwsSettings("r", "a", "s", endpoints={"": self.url}), **options)

    def wait_for(self, connections: int) -> None:
        """A client may have given up before they were accepted."""
        with self._news:
            assert self._news.wait_for(lambda: self.connections >= connections, timeout=PATIENCE)

    def _accept(self) -> None:
        while self._answers:
            connection, _ = self._listener.accept()
            with self._news:
                self.connections += 1
                self._open.append(connection)
                self._news.notify_all()
            with suppress(OSError):  # the client may have gone
                self._answers.pop(0)(connection)

    def close(self) -> None:
        """Once all answers have been given, or accept() would go on at whatever is opened next."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), f"{len(self._answers)} answers were not wanted"
        for each in [*self._open, self._listener]:
            each.close()


@contextmanager
def peer(*answers: Callable[[socket.socket], None]) -> Iterator[Peer]:
    started = Peer(*answers)
    try:
        yield started
    finally:
        started.close()


def answering(*statuses: int, then_close: bool = False) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for status in statuses:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n{}" % status)
        if then_close:
            connection.close()

    return answer


def read_request(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the client has gone")
        received += piece


def closing(connection: socket.socket) -> None:
    read_request(connection)
    connection.close()


def silent(connection: socket.socket) -> None:
    """As a peer that is gone without a word."""


def test_one_connection_serves_many_calls() -> None:
    with peer(answering(202, 202, 202)) as server:
        client = server.client()
        assert [client.post("/", b"", {}).status for _ in range(3)] == [202, 202, 202]
        assert server.connections == 1
        client.close()


def test_a_request_leaves_in_one_piece() -> None:
    pieces: list[bytes] = []

    def answer_first_piece(connection: socket.socket) -> None:
        pieces.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 202 X\r\nContent-Length: 0\r\n\r\n")

    with peer(answer_first_piece) as server:
        client = server.client()
        assert client.post("/a%20b", b"the body", {"x-one": "1"}).status == 202
        client.close()
    head, _, body = pieces[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert (first, body, headers["content-length"]) == ("POST /a%20b HTTP/1.1", b"the body", "8")
    assert {"host", "authorization", "x-amz-date", "x-one"} <= headers.keys()


def test_a_connection_that_was_closed_while_idle_costs_no_call() -> None:
    with peer(answering(202, then_close=True), answering(202)) as server:
        client = server.client()
        assert client.post("/", b"", {}).status == 202
        assert client.post("/", b"", {}).status == 202
        assert server.connections == 2
        client.close()


def test_a_peer_that_says_it_closes_after_an_answer_is_connected_to_anew() -> None:
    def answer_and_close(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 X\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")

    with peer(answer_and_close, answer_and_close) as server:
        client = server.client()
        assert client.post("/", b"", {}).status == 202
        assert client.post("/", b"", {}).status == 202
        client.close()


@pytest.mark.parametrize("first", [closing, silent, answering(503), answering(429)])
def test_whatever_goes_wrong_is_tried_once_more_on_a_fresh_connection(
    first: Callable[[socket.socket], None],
) -> None:
    # Who says nothing is waited for until half of the time is over: here but a moment, and then an hour more.
    passed = itertools.chain([0, *[3599.8] * 2], itertools.repeat(3600))
    options: dict[str, Any] = {"seconds": 7200, "monotonic": lambda: next(passed)} if first is silent else {}
    with peer(first, answering(202)) as server:
        client = server.client(**options)
        assert client.post("/", b"", {}).status == 202
        assert server.connections == 2
        client.close()


def test_a_refusal_is_not_tried_again() -> None:
    with peer(answering(403)) as server:
        client = server.client()
        assert client.post("/", b"", {}).status == 403
        client.close()


def test_two_tries_that_come_to_nothing_end_in_time() -> None:
    with peer(silent, silent) as server:
        client = server.client(seconds=0.2)
        with pytest.raises(TimeoutError):
            client.post("/", b"", {})
        server.wait_for(2)
        assert server.connections == 2


def test_nobody_there_is_an_error() -> None:
    client = SignedClient("lambda", AwsSettings("r", "a", "s", endpoints={"": NOBODY}))
    with pytest.raises(OSError, match="refused"):
        client.post("/", b"", {})


def test_it_calls_the_emulator(aws: Emulator) -> None:
    client = SignedClient("kms", AwsSettings.from_env(aws.environment))
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.ListKeys"}
    for _ in range(2):
        answer = client.post("/", b"{}", headers)
        assert (answer.status, b"Keys" in answer.body) == (200, True)
    client.close()


def test_over_tls_it_trusts_the_authorities_it_is_given_and_no_others(tmp_path: Path) -> None:
    with an_emulator(tmp_path, USE_SSL="1") as aws:
        given = aws.environment | {"AWS_CA_BUNDLE": str(tmp_path / "ministack-tls" / "server.crt")}
        client = SignedClient("kms", AwsSettings.from_env(given))
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.ListKeys"}
        assert client.post("/", b"{}", headers).status == 200
        assert client.post("/", b"{}", headers).status == 200
        client.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            SignedClient("kms", AwsSettings.from_env(aws.environment)).post("/", b"{}", headers)


def test_its_endpoints_are_those_of_aws_unless_others_are_set() -> None:
    aws = AwsSettings("eu-west-1", "a", "s")
    assert aws.endpoint("lambda") == "https://lambda.eu-west-1.amazonaws.com"
    assert AwsSettings("cn-north-1", "a", "s").endpoint("kms") == "https://kms.cn-north-1.amazonaws.com.cn"
    environ = {"AWS_REGION": "r", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    set_ = AwsSettings.from_env(
        environ | {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_KMS": "http://b"}
    )
    assert (set_.endpoint("lambda"), set_.endpoint("kms")) == ("http://a", "http://b")
