"""When lazy listeners are started, and what happens to what they raise. A real App dispatches a real request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse

from listeners.lazy import AccountableLazyRunner
from oauth.bots import BotIdentity, OneBot
from oauth.installations import installations_of_one
from runs.inputs import BadDeclaration
from settings import Settings
from wiring.bolt_app import create_app

INSTALLATIONS = installations_of_one(
    OneBot(BotIdentity(team_id="T1", bot_id="B1", bot_user_id="U0", token="xoxb-token"))
)
SETTINGS = Settings(bot_token="xoxb-token", app_token="xapp-token", slack_api_url="http://127.0.0.1:1/api/")
COMMAND = {
    "command": "/deploy",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "text": "",
    "trigger_id": "1.2",
}


class Noting(AccountableLazyRunner):
    """Notes what would be sent, and runs nothing."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("test"))
        self.sent: list[str] = []

    def send(self, function: Callable[..., None], request: BoltRequest) -> None:
        self.sent.append(function.__name__)


@pytest.fixture
def lazy() -> Noting:
    return Noting()


@pytest.fixture
def app(lazy: Noting) -> App:
    return create_app(SETTINGS, installations=INSTALLATIONS, runs=None, lazy=lazy)  # type: ignore[arg-type]


def work() -> None:
    raise AssertionError("the runner of this test runs nothing")


def dispatch(app: App, ack: Callable[..., Any], body: dict[str, Any] = COMMAND) -> BoltResponse:
    app.command("/deploy")(ack=ack, lazy=[work])
    app.view("form")(ack=ack, lazy=[work])
    return app.dispatch(BoltRequest(mode="socket_mode", body=body))


def accepting(ack: Ack) -> None:
    ack("Starting …")


def test_an_accepted_request_starts_its_lazy_work(app: App, lazy: Noting) -> None:
    assert dispatch(app, accepting).status == 200
    assert lazy.sent == ["work"]


def with_errors(ack: Ack) -> None:
    ack(response_action="errors", errors={"field": "No."})


def without_ack() -> None:
    pass


def with_another_status() -> BoltResponse:
    return BoltResponse(status=500)


def saying_no(ack: Ack, context: BoltContext) -> None:
    context["lazy"] = False
    ack("No.")


def raising(ack: Ack) -> None:
    ack("Starting …")
    raise RuntimeError("too late")


VIEW = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "view": {"type": "modal", "callback_id": "form", "id": "V1"},
}


@pytest.mark.parametrize("ack", [without_ack, with_another_status, saying_no, raising])
def test_a_refused_request_starts_nothing(app: App, lazy: Noting, ack: Callable[..., Any]) -> None:
    dispatch(app, ack)
    assert lazy.sent == []


def test_a_form_with_errors_starts_nothing(app: App, lazy: Noting) -> None:
    assert "errors" in dispatch(app, with_errors, VIEW).body
    assert lazy.sent == []


def test_an_ack_that_raises_tells_a_reference_and_nothing_else(app: App) -> None:
    body = dispatch(app, raising).body
    assert "reference" in body
    assert "too late" not in body


def test_a_form_that_raises_becomes_a_modal_that_says_so(app: App) -> None:
    response = dispatch(app, raising, VIEW)
    assert '"response_action": "update"' in response.body
    assert "too late" not in response.body


def test_a_request_of_another_workspace_is_not_let_in(app: App, lazy: Noting) -> None:
    response = dispatch(app, accepting, COMMAND | {"team_id": "T2"})
    assert "Starting" not in response.body
    assert lazy.sent == []


def test_what_lazy_work_raises_is_let_out(lazy: Noting, caplog: pytest.LogCaptureFixture) -> None:
    request = BoltRequest(mode="socket_mode", body=COMMAND)

    def failing(body: dict[str, Any]) -> None:
        raise RuntimeError(f"cannot answer {body['command']}")

    with pytest.raises(RuntimeError, match="cannot answer /deploy"):
        lazy.run(failing, request)
    assert any("reference E-" in record.getMessage() for record in caplog.records)


def test_bolt_makes_no_oauth_flow_of_its_own(monkeypatch: pytest.MonkeyPatch, lazy: Noting) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    app = create_app(SETTINGS, installations=INSTALLATIONS, runs=None, lazy=lazy)  # type: ignore[arg-type]
    assert app.oauth_flow is None


async def answer_some_time(ack: Ack) -> None:
    ack()


def answer_in_parts(ack: Ack) -> Iterator[None]:
    yield ack()


@pytest.mark.parametrize(
    ("ack", "later"), [(answer_some_time, work), (work, answer_some_time), (work, answer_in_parts)]
)
def test_a_listener_that_does_nothing_when_it_is_called_is_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, lazy: Noting, ack: Any, later: Any
) -> None:
    """It would be acked and forgotten, without a word."""
    monkeypatch.setattr(
        "listeners.commands.register", lambda app: app.command("/deploy")(ack=ack, lazy=[later])
    )
    with pytest.raises(BadDeclaration, match=r"test_lazy\.py:\d+: it is (`async`|a generator)"):
        create_app(SETTINGS, installations=INSTALLATIONS, runs=None, lazy=lazy)  # type: ignore[arg-type]
