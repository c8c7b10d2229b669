"""Whoever made a request hears of its failure, whichever way is left to reach them. Slack is an offline workspace."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from slack_bolt import Ack, BoltRequest

from listeners.errors import tell_failed_lazy
from oauth.bots import BotIdentity, OneBot
from oauth.installations import installations_of_one
from runs.errors import Refused
from settings import Settings
from tests.listeners.test_lazy import INSTALLATIONS, SETTINGS, Noting
from tests.workspace import Workspace, text_of
from wiring.bolt_app import create_app


@pytest.fixture
def nobodys_address() -> Iterator[str]:
    """Of a port where nobody listens, and which nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/commands/1"


def test_who_cannot_be_answered_where_they_asked_is_told_directly(
    workspace: Workspace, nobodys_address: str
) -> None:
    ann, given = workspace.person("ann"), workspace.credentials
    bot = BotIdentity(
        team_id=workspace.info["team"]["id"],
        bot_id="B1",
        bot_user_id=workspace.info["app"]["bot_user_id"],
        token=given["bot_token"],
    )
    app = create_app(
        Settings(bot_token=given["bot_token"], app_token="xapp-1", slack_api_url=given["api_url"]),
        installations=installations_of_one(OneBot(bot)),
        runs=None,  # type: ignore[arg-type]
        lazy=Noting(),
    )
    body = {
        "command": "/deploy",
        "team_id": bot.team_id,
        "user_id": ann.id,
        "channel_id": workspace.channel_id("#general"),
        "text": "",
        "trigger_id": "1.2",
        "response_url": nobodys_address,
    }
    request = BoltRequest(mode="socket_mode", body=body)

    def ack_deploy(ack: Ack) -> None:
        ack()

    app.command("/deploy")(ack=ack_deploy, lazy=[lambda: None])
    app.dispatch(request)
    assert not tell_failed_lazy(Refused("Not today."), body, request.context, request.context.client)
    assert workspace.eventually(lambda: "Not today." in text_of(ann.direct_messages()))


@pytest.mark.parametrize(("tab", "starts"), [("home", True), (None, True), ("messages", False)])
def test_app_home_is_filled_when_it_is_looked_at(tab: str | None, starts: bool) -> None:
    lazy = Noting()
    app = create_app(SETTINGS, installations=INSTALLATIONS, runs=None, lazy=lazy)  # type: ignore[arg-type]
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "event_ts": "1.2"}
    if tab:
        event["tab"] = tab
    body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event": event, "event_id": "Ev1"}
    assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    assert bool(lazy.sent) is starts
