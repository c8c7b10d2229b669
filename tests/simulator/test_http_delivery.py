import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.simulator.office import PATIENCE, Json, Office, an_office


@dataclass
class Endpoint:
    """An app's request URL that keeps what it gets and answers as told."""

    url: str = ""
    answer: tuple[int, str, str] = (200, "", "text/plain")
    headers: dict[str, str] = field(default_factory=dict)
    got: queue.Queue[tuple[dict[str, str], str]] = field(default_factory=queue.Queue)
    peers: list[object] = field(default_factory=list)

    def next(self) -> tuple[dict[str, str], str]:
        return self.got.get(timeout=PATIENCE)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps a connection that the other side keeps

        def do_POST(self) -> None:
            endpoint.peers.append(self.client_address)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            endpoint.got.put(({key.lower(): value for key, value in self.headers.items()}, body))
            status, text, content_type = endpoint.answer
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            for name, value in endpoint.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield endpoint
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def office(manifest: Path, endpoint: Endpoint) -> Iterator[Office]:
    with an_office(manifest, "--request-url", endpoint.url) as office:
        yield office


@pytest.fixture(autouse=True)
def _clean(office: Office, endpoint: Endpoint) -> None:
    office.calm()
    endpoint.answer, endpoint.headers = (200, "", "text/plain"), {}
    with endpoint.got.mutex:
        endpoint.got.queue.clear()


def do(office: Office) -> Json:
    body = {"user": office.person(), "channel": office.channel("general"), "text": "/do it"}
    return dict(office.post("/sim/commands", **body)["ack"])


def test_requests_are_signed_as_slack_signs(office: Office, endpoint: Endpoint) -> None:
    do(office)
    headers, body = endpoint.next()
    assert SignatureVerifier(office.first_line["signing_secret"]).is_valid_request(body, headers)
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body)["text"] == ["it"]


def test_text_in_the_answer_is_shown_to_the_person(office: Office, endpoint: Endpoint) -> None:
    endpoint.answer = (200, "on it", "text/plain")
    assert do(office)["payload"] == {"text": "on it"}
    endpoint.answer = (
        200,
        json.dumps({"text": "for all", "response_type": "in_channel"}),
        "application/json",
    )
    do(office)
    assert office.messages(office.channel("general"), office.person("leila"))[-1]["text"] == "for all"


@pytest.mark.parametrize(("status", "error"), [(404, "http_client_error"), (500, "http_service_error")])
def test_a_failing_app_is_named_to_the_person(
    office: Office, endpoint: Endpoint, status: int, error: str
) -> None:
    endpoint.answer = (status, "", "text/plain")
    assert do(office)["error"] == error
    said = office.messages(office.channel("general"), office.person())[-1]["text"]
    assert said == f'/do failed with the error "{error}"'


def test_interactions_come_as_a_payload_field(office: Office, endpoint: Endpoint) -> None:
    office.post("/sim/shortcuts", user=office.person(), callback_id="begin")
    _, body = endpoint.next()
    assert json.loads(parse_qs(body)["payload"][0])["type"] == "shortcut"


def test_events_come_as_json_and_again_with_their_number(office: Office, endpoint: Endpoint) -> None:
    office.control("timing", retry_ms=[0])
    endpoint.answer = (500, "", "text/plain")
    office.post("/sim/home", user=office.person())
    (first, body), (again, repeated) = endpoint.next(), endpoint.next()
    assert first["content-type"] == "application/json"
    assert "x-slack-retry-num" not in first
    assert (again["x-slack-retry-num"], again["x-slack-retry-reason"]) == ("1", "http_error")
    assert body == repeated
    assert json.loads(body)["event"]["type"] == "app_home_opened"


def test_an_app_may_ask_that_an_event_is_not_sent_again(office: Office, endpoint: Endpoint) -> None:
    office.control("timing", retry_ms=[0])
    endpoint.answer, endpoint.headers = (500, "", "text/plain"), {"X-Slack-No-Retry": "1"}
    office.post("/sim/home", user=office.person())
    endpoint.next()
    endpoint.headers = {}
    office.post("/sim/home", user=office.person())
    assert "x-slack-retry-num" not in endpoint.next()[0]
    assert endpoint.next()[0]["x-slack-retry-num"] == "1"


def test_any_2xx_is_good_for_an_event(office: Office, endpoint: Endpoint) -> None:
    endpoint.answer = (204, "", "text/plain")
    assert office.post("/sim/home", user=office.person())["ack"]["status"] == "acked"


def test_every_delivery_has_a_connection_of_its_own(office: Office, endpoint: Endpoint) -> None:
    do(office)
    do(office)
    first, second = endpoint.peers[-2:]
    assert first != second


def test_there_is_no_socket_to_connect_to(office: Office) -> None:
    assert office.workspace["app"]["mode"] == "http"
    assert office.api("apps.connections.open", token="app_token").error == "socket_mode_not_enabled"
    assert office.post("/sim/control/disconnect").error == "not_socket_mode"


def test_an_app_that_is_not_there_fails_at_once(manifest: Path) -> None:
    with an_office(manifest, "--request-url", "http://127.0.0.1:1/slack/events") as office:
        assert do(office)["error"] == "dispatch_failed"
