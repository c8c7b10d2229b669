import pytest

from tests.simulator.office import App, Json, Office


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


BUTTON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "42"}
MENU = {
    "type": "static_select",
    "action_id": "pick",
    "options": [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}],
}
BLOCKS = [{"type": "actions", "block_id": "b", "elements": [BUTTON, MENU]}]


def posted(office: Office) -> str:
    office.control("limits", enabled=False)
    channel = office.channel("general")
    return str(office.api("chat.postMessage", channel=channel, text="Press", blocks=BLOCKS)["ts"])


def press(office: Office, ts: str, action_id: str = "go", **more: object) -> Json:
    container = {"type": "message", "channel": office.channel("general"), "ts": ts}
    body = {"user": office.person(), "container": container, "block_id": "b", "action_id": action_id, **more}
    return office.post("/sim/actions", **body).body


def answer(office: Office, url: str, **body: object) -> tuple[int, Json]:
    sent = office.post(url.removeprefix(office.url), **body)
    return sent.status, sent.body


def text_of(office: Office, ts: str) -> str:
    messages = office.messages(office.channel("general"), office.person())
    return next(str(message["text"]) for message in messages if message["ts"] == ts)


def test_a_press_carries_the_element_and_its_message(office: Office, app: App) -> None:
    ts = posted(office)
    assert press(office, ts)["ack"]["status"] == "acked"
    payload = app.next().payload
    (action,) = payload["actions"]
    assert action.items() >= {"type": "button", "block_id": "b", "action_id": "go", "value": "42"}.items()
    assert payload["message"]["ts"] == ts
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": office.channel("general"),
        "is_ephemeral": False,
    }


def test_a_choice_is_one_of_those_offered(office: Office, app: App) -> None:
    ts = posted(office)
    press(office, ts, "pick", selected_option={"value": "2"})
    assert app.next().payload["actions"][0]["selected_option"] == MENU["options"][1]
    assert press(office, ts, "pick", selected_option={"value": "3"})["error"] == "no_such_option"


def test_an_element_that_is_gone_can_only_be_pressed_as_stale(office: Office, app: App) -> None:
    ts = posted(office)
    assert press(office, ts, "gone")["error"] == "no_such_element"
    old = {"type": "button", "block_id": "b", "action_id": "gone", "value": "1"}
    assert press(office, ts, "gone", stale=True, action=old)["ack"]["status"] == "acked"
    assert app.next().payload["actions"][0]["action_id"] == "gone"


def test_a_press_in_an_ephemeral_message_does_not_repeat_it(office: Office, app: App) -> None:
    ann, channel = office.person(), office.channel("general")
    args = {"channel": channel, "user": ann, "text": "psst", "blocks": BLOCKS}
    ts = office.api("chat.postEphemeral", **args)["message_ts"]
    press(office, ts)
    payload = app.next().payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert answer(office, payload["response_url"], text="instead", replace_original=True)[0] == 200
    assert text_of(office, ts) == "instead"
    assert answer(office, payload["response_url"], delete_original=True)[0] == 200
    assert ts not in {message["ts"] for message in office.messages(channel, ann)}


def test_a_response_url_replaces_deletes_and_adds(office: Office, app: App) -> None:
    ts = posted(office)
    press(office, ts)
    url = app.next().payload["response_url"]
    answer(office, url, text="replaced", replace_original=True)
    assert text_of(office, ts) == "replaced"
    answer(office, url, text="another", response_type="in_channel")
    assert office.messages(office.channel("general"), office.person("leila"))[-1]["text"] == "another"
    answer(office, url, delete_original=True)
    with pytest.raises(StopIteration):
        text_of(office, ts)


@pytest.mark.parametrize(
    ("said", "replaces"),
    [
        ({}, True),
        ({"replace_original": "true"}, True),
        ({"replace_original": False}, False),
        ({"replace_original": "false"}, False),
        ({"response_type": "ephemeral"}, False),
    ],
)
def test_an_answer_to_a_press_takes_the_messages_place_unless_it_says_otherwise(
    office: Office, app: App, said: Json, replaces: bool
) -> None:
    ts = posted(office)
    before = text_of(office, ts)
    press(office, ts)
    answer(office, app.next().payload["response_url"], text="answer", **said)
    assert text_of(office, ts) == ("answer" if replaces else before)


def test_an_answer_to_a_message_shortcut_leaves_the_message_as_it_is(office: Office, app: App) -> None:
    channel, ann = office.channel("general"), office.person()
    ts = office.post("/sim/messages", user=ann, channel=channel, text="mine")["message"]["ts"]
    office.post("/sim/shortcuts", user=ann, callback_id="pin", channel=channel, ts=ts)
    url = app.next().payload["response_url"]
    assert answer(office, url, text="answer", replace_original=True)[0] == 200
    assert text_of(office, ts) == "mine"
    assert answer(office, url, delete_original=True)[0] == 404


def test_a_response_url_is_good_for_five_uses(office: Office, app: App) -> None:
    press(office, posted(office))
    url = app.next().payload["response_url"]
    assert [answer(office, url, text="again")[0] for _ in range(6)] == [200] * 5 + [404]
    assert answer(office, url, text="again")[1]["error"] == "used_url"


def test_a_response_url_is_good_for_thirty_minutes(office: Office, app: App) -> None:
    press(office, posted(office))
    url = app.next().payload["response_url"]
    office.control("clock", seconds=1801)
    assert answer(office, url, text="late") == (404, {"ok": False, "error": "expired_url"})
    assert answer(office, "/actions/T0/1/made-up", text="who?")[0] == 404


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"blocks": [{"type": "magic"}]}, {"blocks": 7}])
def test_a_bad_answer_to_a_response_url_is_refused(office: Office, app: App, body: Json) -> None:
    press(office, posted(office))
    status, refusal = answer(office, app.next().payload["response_url"], **body)
    assert status == 400
    assert refusal["ok"] is False


def test_a_press_in_home_keeps_what_was_chosen(office: Office, app: App) -> None:
    ann = office.person()
    office.api("views.publish", user_id=ann, view={"type": "home", "blocks": BLOCKS})
    body = {
        "container": {"type": "home"},
        "block_id": "b",
        "action_id": "pick",
        "selected_option": {"value": "1"},
    }
    office.post("/sim/actions", user=ann, **body)
    payload = app.next().payload
    assert payload["container"]["type"] == "view"
    chosen = payload["view"]["state"]["values"]["b"]["pick"]["selected_option"]
    assert chosen["value"] == "1"
