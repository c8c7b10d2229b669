"""External menus: the app is asked what they offer, each time."""

from __future__ import annotations

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.simulator.office import SILENCE, App, Json, Office
from tests.simulator.test_views import field, modal, opened, plain, submit


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def form(**element: object) -> Json:
    return modal(field("fruit", type="external_select", **{"min_query_length": 0, **element}))


def suggest(office: Office, view: Json, query: str = "", **more: object) -> Json:
    where = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "fruit", "action_id": "in"}
    answer = office.post("/sim/options", user=office.person(), query=query, **(where | more))
    assert answer.status == 200, answer.raw
    return answer.body


def offers(app: App, payload: object) -> None:
    app.answer = lambda request: payload if request.payload.get("type") == "block_suggestion" else None


def asked(app: App) -> Json:
    """The options request, among what else the app got."""
    while True:
        request: SocketModeRequest = app.next()
        if request.payload.get("type") == "block_suggestion":
            return dict(request.payload)


def test_the_app_is_told_the_menu_the_view_and_what_was_typed(office: Office, app: App) -> None:
    view = opened(office, app, form())
    offers(app, {"options": [option("plum"), option("pear")]})
    answer = suggest(office, view, "p")
    assert [each["value"] for each in answer["options"]] == ["plum", "pear"]
    payload = asked(app)
    assert (payload["action_id"], payload["block_id"], payload["value"]) == ("in", "fruit", "p")
    assert payload["view"]["id"] == view["id"]
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["user"]["id"] == office.person()
    assert "trigger_id" not in payload


def test_groups_of_options_are_passed_on(office: Office, app: App) -> None:
    view = opened(office, app, form())
    groups = [{"label": plain("Stone"), "options": [option("plum")]}]
    offers(app, {"option_groups": groups})
    assert suggest(office, view)["option_groups"] == groups


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, "provide options or option_groups"),
        ({"options": [option(str(n)) for n in range(101)]}, "no more than 100 items allowed"),
        ({"options": [{"text": plain("x" * 76), "value": "a"}]}, "must be less than 76 characters"),
        ({"options": [{"text": plain("a"), "value": "x" * 151}]}, "must be less than 151 characters"),
    ],
)
def test_an_answer_that_slack_would_not_take_is_named(
    office: Office, app: App, answer: Json | None, problem: str
) -> None:
    view = opened(office, app, form())
    offers(app, answer)
    refused = suggest(office, view)
    assert refused["ack"]["error"] == "invalid_options"
    assert problem in refused["ack"]["messages"][0]
    assert "options" not in refused


def test_an_app_that_takes_too_long_is_not_waited_for(office: Office, app: App) -> None:
    view = opened(office, app, form())
    office.control("timing", ack_ms=100)
    offers(app, SILENCE)
    assert suggest(office, view)["ack"]["error"] == "operation_timeout"


def test_three_letters_have_to_be_typed_unless_the_menu_says_otherwise(office: Office, app: App) -> None:
    view = opened(office, app, form(min_query_length=None))
    where = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "fruit", "action_id": "in"}
    short = office.post("/sim/options", user=office.person(), query="pl", **where)
    assert (short.status, short.error) == (400, "query_too_short")
    offers(app, {"options": [option("plum")]})
    assert suggest(office, view, "plu")["options"]


def test_only_an_external_menu_is_asked_for(office: Office, app: App) -> None:
    view = opened(office, app, modal(field("fruit")))
    where = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "fruit", "action_id": "in"}
    assert office.post("/sim/options", user=office.person(), **where).error == "no_such_element"


def test_whatever_option_a_browser_sends_reaches_the_app(office: Office, app: App) -> None:
    view = opened(office, app, form())
    chosen = {"type": "external_select", "selected_option": option("forged")}
    submit(office, view, {"fruit": {"in": chosen}})
    while (payload := app.next().payload).get("type") != "view_submission":
        pass
    state = payload["view"]["state"]["values"]["fruit"]["in"]
    assert state == {"type": "external_select", "selected_option": option("forged")}


def test_several_options_are_kept_in_their_order(office: Office, app: App) -> None:
    view = opened(office, app, modal(field("fruit", type="multi_external_select")))
    chosen = {"type": "multi_external_select", "selected_options": [option("b"), option("a")]}
    submit(office, view, {"fruit": {"in": chosen}})
    while (payload := app.next().payload).get("type") != "view_submission":
        pass
    values = payload["view"]["state"]["values"]["fruit"]["in"]["selected_options"]
    assert [each["value"] for each in values] == ["b", "a"]


def test_a_menu_in_a_message_names_the_message(office: Office, app: App) -> None:
    menu = {"type": "external_select", "action_id": "in", "min_query_length": 0}
    blocks = [{"type": "actions", "block_id": "fruit", "elements": [menu]}]
    channel = office.channel("general")
    ts = office.api("chat.postMessage", channel=channel, text="a", blocks=blocks)["ts"]
    offers(app, {"options": [option("plum")]})
    container = {"type": "message", "channel": channel, "ts": ts}
    answer = office.post(
        "/sim/options", user=office.person(), container=container, block_id="fruit", action_id="in"
    )
    assert answer["options"] == [option("plum")]
    payload = asked(app)
    assert (payload["message"]["ts"], payload["channel"]["id"]) == (ts, channel)
