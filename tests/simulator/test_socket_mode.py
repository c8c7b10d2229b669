import threading
from collections.abc import Iterator

import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.simulator.office import PATIENCE, SILENCE, Json, Office, an_app, end_at_once
from tests.simulator.office import App as ScriptedApp


@pytest.fixture
def app(office: Office) -> Iterator[ScriptedApp]:
    """A connection for each test here, not one for all."""
    with an_app(office) as app:
        yield app


def do(office: Office, text: str = "/do it") -> Json:
    answer = office.post("/sim/commands", user=office.person(), channel=office.channel("general"), text=text)
    return dict(answer["ack"])


def test_an_app_is_greeted_and_seen_as_connected(office: Office, app: ScriptedApp) -> None:
    assert office.get("/sim/workspace")["app"]["connected"] is True


def test_envelopes_are_delivered_and_acks_carry_a_payload(office: Office, app: ScriptedApp) -> None:
    app.answer = lambda request: {"text": "on it"}
    assert do(office)["payload"] == {"text": "on it"}
    request = app.next()
    assert (request.type, request.payload["command"], request.payload["text"]) == (
        "slash_commands",
        "/do",
        "it",
    )
    assert request.accepts_response_payload


def test_without_a_connection_the_person_is_told_at_once(office: Office) -> None:
    ack = do(office)
    assert (ack["status"], ack["error"]) == ("failed", "dispatch_failed")
    assert ack["ms"] < PATIENCE * 1000, "as long as an app may take to ack is no “at once”"
    said = office.messages(office.channel("general"), office.person())[-1]
    assert said["text"] == '/do failed with the error "dispatch_failed"'
    assert said["is_ephemeral"]


def test_without_an_ack_the_person_sees_slacks_own_error(office: Office, app: ScriptedApp) -> None:
    office.control("timing", ack_ms=50)
    app.answer = lambda request: SILENCE
    assert do(office)["status"] == "timeout"
    said = office.messages(office.channel("general"), office.person())[-1]
    assert said["text"] == '/do failed with the error "operation_timeout"'


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_slack_sdk_comes_back_when_asked_to_reconnect(office: Office, app: ScriptedApp, reason: str) -> None:
    app.reconnected(lambda: office.control("disconnect", reason=reason))
    assert do(office)["status"] == "acked"


def test_slack_sdk_comes_back_after_a_lost_connection(office: Office) -> None:
    with an_app(office, looks_every=0.2) as app:
        app.reconnected(lambda: office.control("disconnect", hard=True))
        assert do(office)["status"] == "acked"


def test_a_second_connection_shares_the_work(office: Office, app: ScriptedApp) -> None:
    with an_app(office) as second:
        do(office)
        do(office)
        assert app.next()
        assert second.next()


def test_a_ticket_is_good_for_one_connection(office: Office) -> None:
    url = office.api("apps.connections.open", token="app_token")["url"]
    path = url.split("/link/")[1]
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    office.control("clock", seconds=31)
    assert office.request(f"/link/{path}", headers=upgrade).status == 403
    assert office.request("/link/?ticket=made-up", headers=upgrade).status == 403


def test_events_that_are_not_acked_come_again_with_the_reason(office: Office, app: ScriptedApp) -> None:
    office.control("timing", ack_ms=50, retry_ms=[0])
    app.answer = lambda request: SILENCE if request.retry_attempt == 0 else None
    assert office.post("/sim/home", user=office.person())["ack"]["status"] == "timeout"
    first, again = app.next(), app.next()
    assert (first.retry_attempt, again.retry_attempt, again.retry_reason) == (0, 1, "timeout")
    assert first.payload == again.payload


def test_a_delivery_can_be_repeated_in_a_new_envelope(office: Office, app: ScriptedApp) -> None:
    do(office)
    last = office.get("/sim/deliveries")["deliveries"][-1]
    assert office.control("redeliver", n=last["n"])["ack"]["status"] == "acked"
    first, again = app.next(), app.next()
    assert first.payload == again.payload
    assert first.envelope_id != again.envelope_id


def test_deliveries_are_listed_without_the_verification_token(office: Office, app: ScriptedApp) -> None:
    do(office)
    delivery = office.get("/sim/deliveries")["deliveries"][-1]
    assert delivery["status"] == "acked"
    assert "token" not in delivery["payload"]
    assert app.next().payload["token"]


def test_a_bolt_app_runs_unchanged(office: Office) -> None:
    client = WebClient(office.first_line["bot_token"], base_url=office.first_line["api_url"])
    bolt = App(client=client, signing_secret=office.first_line["signing_secret"])

    @bolt.command("/do")
    def ack_do(ack: Ack, respond: Respond) -> None:
        respond("done")
        ack()

    handler = SocketModeHandler(bolt, office.first_line["app_token"])
    greeted = threading.Event()
    handler.client.on_message_listeners.append(lambda text: greeted.set())
    handler.connect()
    try:
        assert greeted.wait(PATIENCE)
        assert do(office)["status"] == "acked"
        assert office.messages(office.channel("general"), office.person())[-1]["text"] == "done"
    finally:
        end_at_once(handler.client)
