"""Buttons and menus of attachments, in the payloads that apps of before Block Kit know."""

from __future__ import annotations

import json

import pytest

from tests.simulator.office import SILENCE, Answer, App, Json, Office
from tests.simulator.test_views import stack

PLAY: Json = {"name": "game", "text": "Chess", "type": "button", "value": "chess", "style": "primary"}
MENU: Json = {
    "name": "pick",
    "text": "Pick a game",
    "type": "select",
    "options": [{"text": "Go", "value": "go"}, {"text": "Chess", "value": "chess", "description": "Old"}],
}


def attachment(*actions: Json, **more: object) -> Json:
    return {"text": "Which?", "fallback": "Which?", "callback_id": "games", "actions": list(actions), **more}


def post(office: Office, *attachments: Json) -> Answer:
    channel = office.channel("general")
    return office.api("chat.postMessage", channel=channel, text="Play?", attachments=list(attachments))


def place(office: Office, message: Json, attachment_id: int = 1) -> Json:
    return {
        "type": "message",
        "channel": office.channel("general"),
        "ts": message["ts"],
        "attachment_id": attachment_id,
    }


def press(
    office: Office, message: Json, action_id: str = "1", *, inside: int = 1, **fields: object
) -> Answer:
    container = place(office, message, inside)
    return office.post(
        "/sim/actions", user=office.person(), container=container, action_id=action_id, **fields
    )


def answers(app: App, payload: object) -> None:
    app.answer = lambda request: payload if request.payload["type"] == "interactive_message" else None


def message_at(office: Office, ts: str) -> Json:
    return next(
        each for each in office.messages(office.channel("general"), office.person()) if each["ts"] == ts
    )


def test_actions_are_numbered_in_the_message(office: Office) -> None:
    (kept,) = post(office, attachment(PLAY, MENU))["message"]["attachments"]
    assert (kept["id"], kept["callback_id"]) == (1, "games")
    assert kept["actions"] == [{**PLAY, "id": "1"}, {**MENU, "id": "2"}]


def test_a_press_says_which_button_of_which_attachment(office: Office, app: App) -> None:
    message = post(office, {"text": "above"}, attachment(PLAY))["message"]
    assert press(office, message, inside=2)["ack"]["status"] == "acked"
    payload = app.next().payload
    assert payload["type"] == "interactive_message"
    assert payload["actions"] == [{"name": "game", "type": "button", "value": "chess"}]
    assert (payload["callback_id"], payload["attachment_id"]) == ("games", "2")
    assert (payload["message_ts"], payload["is_app_unfurl"]) == (message["ts"], False)
    assert payload["channel"] == {"id": office.channel("general"), "name": "general"}
    assert payload["original_message"]["attachments"] == message["attachments"]
    assert payload["user"]["id"] == office.person()
    assert payload["action_ts"]
    assert message_at(office, message["ts"])["text"] == "Play?"


def test_its_trigger_opens_a_dialog(office: Office, app: App) -> None:
    press(office, post(office, attachment(PLAY))["message"])
    shown = {
        "callback_id": "c",
        "title": "Title",
        "elements": [{"type": "text", "label": "Label", "name": "name"}],
    }
    assert office.api("dialog.open", trigger_id=app.next().payload["trigger_id"], dialog=shown)["ok"]
    assert len(stack(office)) == 1


def test_a_choice_in_a_menu_comes_by_its_value(office: Office, app: App) -> None:
    message = post(office, attachment(MENU))["message"]
    press(office, message, selected_option={"value": "chess"})
    (action,) = app.next().payload["actions"]
    assert action == {"name": "pick", "type": "select", "selected_options": [{"value": "chess"}]}
    assert press(office, message, selected_option={"value": "poker"}).error == "no_such_option"
    assert press(office, message).error == "no_such_option"


def test_a_choice_among_groups_of_options(office: Office, app: App) -> None:
    grouped = {"option_groups": [{"text": "Board", "options": MENU["options"]}]}
    menu = {key: value for key, value in MENU.items() if key != "options"} | grouped
    press(office, post(office, attachment(menu))["message"], selected_option={"value": "go"})
    assert app.next().payload["actions"][0]["selected_options"] == [{"value": "go"}]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("users", "selected_user"),
        ("channels", "selected_channel"),
        ("conversations", "selected_conversation"),
    ],
)
def test_people_and_conversations_are_chosen_by_id(office: Office, app: App, source: str, field: str) -> None:
    menu = {"name": "who", "text": "Who", "type": "select", "data_source": source}
    chosen = office.person("margit") if source == "users" else office.channel("general")
    press(office, post(office, attachment(menu))["message"], **{field: chosen})
    assert app.next().payload["actions"][0]["selected_options"] == [{"value": chosen}]


def test_the_app_is_asked_what_an_external_menu_offers(office: Office, app: App) -> None:
    menu = {"name": "bug", "text": "Bug", "type": "select", "data_source": "external"}
    message = post(office, attachment(menu))["message"]
    answers(app, {"option_groups": [{"text": "Open", "options": [{"text": "It broke", "value": "B-1"}]}]})
    asked = {"user": office.person(), "container": place(office, message), "action_id": "1"}
    assert office.post("/sim/options", **asked, query="").error == "query_too_short"
    (group,) = office.post("/sim/options", **asked, query="bro")["option_groups"]
    assert (group["label"]["text"], group["options"][0]["value"]) == ("Open", "B-1")
    payload = app.next().payload
    assert (payload["type"], payload["name"], payload["value"]) == ("interactive_message", "bug", "bro")
    assert (payload["callback_id"], payload["attachment_id"]) == ("games", "1")
    assert payload["message_ts"] == message["ts"]
    assert "actions" not in payload
    answers(app, None)
    press(office, message, selected_option=group["options"][0])
    assert app.next().payload["actions"][0]["selected_options"] == [{"value": "B-1"}]


def test_the_body_of_the_ack_takes_the_messages_place(office: Office, app: App) -> None:
    message = post(office, attachment(PLAY))["message"]
    answers(app, {"text": "You play chess", "attachments": [attachment(MENU)]})
    press(office, message)
    now = message_at(office, message["ts"])
    assert now["text"] == "You play chess"
    assert now["attachments"][0]["actions"][0]["name"] == "pick"
    answers(app, {"text": "Done"})
    press(office, message, selected_option={"value": "go"})
    assert "attachments" not in message_at(office, message["ts"])


def test_an_answer_beside_the_message_is_seen_by_everybody_unless_it_says_not(
    office: Office, app: App
) -> None:
    message = post(office, attachment(PLAY))["message"]
    answers(app, {"text": "For all", "replace_original": False})
    press(office, message)
    last = office.messages(office.channel("general"), office.person("margit"))[-1]
    assert last["text"] == "For all"
    answers(app, {"text": "For one", "replace_original": False, "response_type": "ephemeral"})
    press(office, message)
    last = office.messages(office.channel("general"), office.person())[-1]
    assert (last["text"], last["is_ephemeral"]) == ("For one", True)
    assert message_at(office, message["ts"])["text"] == "Play?"


def test_the_message_may_be_deleted_for_a_new_one(office: Office, app: App) -> None:
    message = post(office, attachment(PLAY))["message"]
    answers(app, {"delete_original": True, "text": "Another one"})
    press(office, message)
    messages = office.messages(office.channel("general"), office.person())
    assert message["ts"] not in [each["ts"] for each in messages]
    assert messages[-1]["text"] == "Another one"


def test_a_press_in_what_only_one_person_sees_repeats_no_message(office: Office, app: App) -> None:
    answer = office.api(
        "chat.postEphemeral",
        channel=office.channel("general"),
        user=office.person(),
        text="Play?",
        attachments=[attachment(PLAY)],
    )
    shown = {"ts": answer["message_ts"]}
    answers(app, {"text": "You play chess"})
    press(office, shown)
    assert "original_message" not in app.next().payload
    assert message_at(office, answer["message_ts"])["text"] == "You play chess"


def test_the_response_url_answers_as_the_ack_would(office: Office, app: App) -> None:
    message = post(office, attachment(PLAY))["message"]
    press(office, message)
    url = app.next().payload["response_url"].removeprefix(office.url)
    for body in ({"text": "Beside", "replace_original": False}, {"text": "In its place"}):
        headers = {"Content-Type": "application/json"}
        assert office.request(url, json.dumps(body).encode(), headers=headers).status == 200
    assert message_at(office, message["ts"])["text"] == "In its place"
    assert office.messages(office.channel("general"), office.person("margit"))[-1]["text"] == "Beside"


def test_an_answer_that_cannot_be_shown_is_a_failure(office: Office, app: App) -> None:
    message = post(office, attachment(PLAY))["message"]
    answers(app, {"attachments": [attachment({"type": "button"})]})
    refused = press(office, message)["ack"]
    assert (refused["status"], refused["error"]) == ("failed", "invalid_attachments")
    assert message_at(office, message["ts"])["text"] == "Play?"


def test_a_button_that_is_a_link_needs_no_callback_and_presses_nothing(office: Office) -> None:
    link = {"type": "button", "text": "Look", "url": "https://example.com/"}
    message = post(office, {"text": "See", "actions": [link]})["message"]
    assert press(office, message).error == "no_such_element"


def test_a_button_that_is_gone_is_said_to_be(office: Office) -> None:
    message = post(office, attachment(PLAY))["message"]
    assert press(office, message, "2").error == "no_such_element"
    assert press(office, message, inside=7).error == "no_such_element"
    assert press(office, {"ts": "1.000001"}).error == "no_such_message"


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        (attachment(PLAY, callback_id=None), "missing required field: callback_id"),
        (attachment(*[PLAY] * 6), "no more than 5 items allowed [json-pointer:/attachments/0/actions]"),
        (attachment({**PLAY, "type": "checkbox"}), "unsupported action: checkbox"),
        (attachment({**PLAY, "style": "pink"}), "must be one of: danger, default, primary"),
        (attachment({"type": "button", "name": "a"}), "missing required field: text"),
        (attachment({"type": "select", "name": "a", "text": "b"}), "missing required field: options"),
        (attachment({**PLAY, "confirm": {"title": "Sure?"}}), "missing required field: text"),
    ],
)
def test_actions_that_could_not_be_shown_are_refused_with_the_place(
    office: Office, shown: Json, problem: str
) -> None:
    refused = post(office, shown)
    assert refused.error == "invalid_attachments"
    assert problem in refused["response_metadata"]["messages"][0]


def test_an_app_that_does_not_answer_is_said_to_be_silent(office: Office, app: App) -> None:
    message = post(office, attachment(PLAY))["message"]
    office.control("timing", ack_ms=50)
    app.answer = lambda request: SILENCE
    assert press(office, message)["ack"]["error"] == "operation_timeout"
