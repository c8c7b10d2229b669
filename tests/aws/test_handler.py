"""What may come in, and what may not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from aws.handler import UnknownEvent
from aws.invoke import LambdaLazyRunner, NotAccepted
from tests.aws.emulator import Emulator
from tests.aws.function import FORM, Event, Function, a_function, http_event, signed
from tests.aws.jobs import COUNTED, say_hello

SECRET = "a signing secret"
BOT = {"SLACK_BOT_ID": "B1", "SLACK_BOT_USER_ID": "U0", "SLACK_TEAM_ID": "T1"}
COMMAND = {
    "command": "/run",
    "text": "say-hello",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": "1.2",
    "response_url": "http://127.0.0.1:9/never",
}
NOWHERE = "http://127.0.0.1:9/api/"  # the discard port: a call to Slack would fail


@pytest.fixture
def function(aws: Emulator, table: str) -> Iterator[Function]:
    COUNTED.clear()
    with a_function(aws, table, say_hello) as made:
        made.start(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=NOWHERE, **BOT)
        yield made


def command(at: float | None = None, secret: str = SECRET, **changes: str) -> Event:
    body = urlencode(COMMAND | changes).encode()
    return http_event("POST", "/slack/events", signed(secret, body, at or time.time()), body)


def test_a_signed_command_is_acked(function: Function) -> None:
    answer = function.invoke(command())
    assert answer["statusCode"] == 200
    assert "Starting" in answer["body"]
    assert len(function.lambda_api.invoked) == 1


def test_a_body_that_is_not_encoded_is_read_too(function: Function) -> None:
    body = urlencode(COMMAND)
    headers = {name.lower(): value for name, value in signed(SECRET, body.encode(), time.time()).items()}
    event = command() | {"body": body, "isBase64Encoded": False, "headers": headers}
    assert "Starting" in function.invoke(event)["body"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/slack/events"),
        ("POST", "/slack/install"),
        ("POST", "/"),
        ("GET", "/"),
        ("POST", "/slack/events/"),
        ("POST", "/SLACK/EVENTS"),
        ("DELETE", "/slack/events"),
        ("POST", "/other/slack/events"),
        # in one workspace nobody installs anything
        ("GET", "/slack/install"),
        ("GET", "/slack/oauth_redirect"),
    ],
)
def test_any_other_method_or_path_is_not_found(function: Function, method: str, path: str) -> None:
    body = urlencode(COMMAND).encode()
    event = http_event(method, path, signed(SECRET, body, time.time()), body)
    assert function.invoke(event)["statusCode"] == 404
    assert function.lambda_api.requests == []


def test_behind_a_stage_the_path_begins_with_its_name(function: Function) -> None:
    event = command()
    event["requestContext"]["stage"] = "dev"
    event["rawPath"] = "/dev/slack/events"
    assert function.invoke(event)["statusCode"] == 200


def forged() -> Event:
    return command(secret="another secret")


def stale() -> Event:
    return command(at=time.time() - 301)


def of_the_future() -> Event:
    return command(at=time.time() + 600)  # for seconds may pass until somebody looks at it


def tampered() -> Event:
    return command() | {"body": command(text="runs")["body"]}


def without_signature() -> Event:
    event = command()
    return event | {"headers": {"content-type": FORM}}


def with_a_timestamp_that_is_no_number() -> Event:
    event = command()
    event["headers"]["x-slack-request-timestamp"] = "soon"
    return event


def with_a_signature_beyond_ascii() -> Event:
    event = command()
    event["headers"]["x-slack-signature"] = "v0=é"
    return event


def with_a_timestamp_too_long_to_be_a_number() -> Event:
    event = command()
    event["headers"]["x-slack-request-timestamp"] = "1" * 5000  # int() takes 4300 digits
    return event


def with_a_body_that_cannot_be_encoded() -> Event:
    return command() | {"body": "command=/run&text=\ud800&team_id=T1&user_id=U1", "isBase64Encoded": False}


REFUSED = [
    forged,
    stale,
    of_the_future,
    tampered,
    without_signature,
    with_a_timestamp_that_is_no_number,
    with_a_signature_beyond_ascii,
    with_a_timestamp_too_long_to_be_a_number,
    with_a_body_that_cannot_be_encoded,
]


@pytest.mark.parametrize("make", REFUSED)
def test_what_is_not_slacks_of_these_five_minutes_does_nothing(function: Function, make: Any) -> None:
    assert function.invoke(make())["statusCode"] == 401
    assert function.lambda_api.requests == []


def test_bytes_that_are_no_text_are_refused(function: Function) -> None:
    body = b"\xff\xfe"
    assert function.invoke(http_event("POST", "/slack/events", {}, body))["statusCode"] == 400


@pytest.mark.parametrize(
    "body",
    ["[]", "{", "null", '"x"', '{"team": 5}', '{"authorizations": 5}', "payload=", "payload=[]", "[" * 5000],
)
@pytest.mark.parametrize("secret", [SECRET, "another secret"])
def test_what_nobody_can_read_is_refused_and_no_fault(function: Function, body: str, secret: str) -> None:
    """Anybody can send it, and must not set off the alarm that a failed invocation does."""
    kind = FORM if body.startswith("payload") else "application/json"
    sent = signed(secret, body.encode(), time.time(), kind)
    assert function.invoke(http_event("POST", "/slack/events", sent, body.encode()))["statusCode"] == 400
    assert function.lambda_api.requests == []


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_lazy_headers_in_a_request_are_nothing(function: Function, spelled: Any) -> None:
    event = command()
    for name, value in {"lazy-only": "1", "lazy-function-name": "run_run"}.items():
        event["headers"][spelled(f"x-slack-bolt-{name}")] = value
    assert "Starting" in function.invoke(event)["body"]
    assert COUNTED == []
    assert [each["kind"] for each in function.lambda_api.invoked] == ["lazy"]


def test_a_kind_beside_a_request_context_is_nothing(function: Function) -> None:
    answer = function.invoke(forged() | {"kind": "lazy", "function": "run_run"})
    assert answer["statusCode"] == 401


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "other"},
        {"kind": "start", "run_id": "R1"},
        {"kind": "lazy"},
        {"Records": [{"body": "{}"}]},
        {"requestContext": {"http": {}}},
        {"requestContext": {"httpMethod": "POST"}},
    ],
)
def test_any_other_event_is_an_error(function: Function, event: Event) -> None:
    with pytest.raises(UnknownEvent):
        function.invoke(event)


def lazy_event(function: Function) -> Event:
    function.invoke(command())
    return function.lambda_api.invoked.pop()


def test_what_is_sent_on_holds_no_more_than_it_needs(function: Function) -> None:
    event = lazy_event(function)
    assert event.keys() == {"kind", "function", "headers", "body"}
    assert event["headers"].keys() == {"content-type", "x-slack-signature", "x-slack-request-timestamp"}


def test_a_lazy_invocation_with_a_wrong_signature_is_an_error_and_does_nothing(function: Function) -> None:
    event = lazy_event(function)
    event["body"] = event["body"].replace("say-hello", "other")
    with pytest.raises(NotAccepted, match="401"):
        function.invoke(event)


def test_lazy_work_that_a_deploy_has_renamed_is_an_error(function: Function) -> None:
    with pytest.raises(NotAccepted, match="run_other"):
        function.invoke(lazy_event(function) | {"function": "run_other"})


def test_lazy_work_for_another_workspace_calls_nobody_and_is_not_retried(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    body = urlencode(COMMAND | {"team_id": "T2"})
    headers = {name.lower(): value for name, value in signed(SECRET, body.encode(), time.time()).items()}
    function.invoke({"kind": "lazy", "function": "run_run", "headers": headers, "body": body})
    assert "Nobody can be told" in caplog.text  # its response_url leads nowhere


def test_a_command_of_another_workspace_starts_nothing(function: Function) -> None:
    assert "Starting" not in function.invoke(command(team_id="T2"))["body"]
    assert function.lambda_api.requests == []


def test_the_runner_is_ours_and_not_the_one_that_bolt_brings(function: Function) -> None:
    app = function.handler._bolt.app
    assert isinstance(app.listener_runner.lazy_listener_runner, LambdaLazyRunner)
    assert app.oauth_flow is None


def test_slacks_own_checks_of_the_url_are_answered(function: Function) -> None:
    body = b'{"type": "url_verification", "challenge": "abc"}'
    sent = signed(SECRET, body, time.time(), "application/json")
    assert "abc" in function.invoke(http_event("POST", "/slack/events", sent, body))["body"]


def test_an_event_that_cannot_be_sent_on_is_not_acked(function: Function) -> None:
    """Slack sends it again."""
    body = (
        b'{"type": "event_callback", "team_id": "T1", "event": '
        b'{"type": "app_home_opened", "tab": "home", "user": "U1", "channel": "D1", "event_ts": "1.2"}}'
    )
    sent = signed(SECRET, body, time.time(), "application/json")
    function.lambda_api.status = 403
    assert function.invoke(http_event("POST", "/slack/events", sent, body))["statusCode"] == 500
    function.lambda_api.status = 202
    assert function.invoke(http_event("POST", "/slack/events", sent, body))["statusCode"] == 200
    assert len(function.lambda_api.invoked) == 1


def test_with_client_credentials_the_app_starts_and_acks(aws: Emulator, table: str) -> None:
    with a_function(aws, table, say_hello) as function:
        function.start(
            SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="c", SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=NOWHERE
        )
        assert "Starting" in function.invoke(command())["body"]
        function.invoke(function.lambda_api.invoked.pop())
