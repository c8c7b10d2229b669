import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.simulator.office import SILENCE, App, Json, Office


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, **element: object) -> Json:
    element = {"type": "plain_text_input", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Label"),
        "element": {"action_id": "in", **element},
    }


def modal(*blocks: Json, **more: object) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": list(blocks), **more}


FORM = modal(field("name"), callback_id="form", private_metadata="kept")


def trigger(office: Office, app: App, channel: str = "general") -> str:
    """A trigger_id, as from a command just typed."""
    office.post("/sim/commands", user=office.person(), channel=office.channel(channel), text="/do")
    return str(app.next().payload["trigger_id"])


def opened(office: Office, app: App, view: Json = FORM, channel: str = "general") -> Json:
    answer = office.api("views.open", trigger_id=trigger(office, app, channel), view=view)
    assert answer["ok"], answer.raw
    return dict(answer["view"])


def stack(office: Office) -> list[str]:
    return [view["id"] for view in office.get("/sim/views", user=office.person())["views"]]


def submit(office: Office, view: Json, values: Json | None = None, **more: object) -> Json:
    body = {"user": office.person(), "state": {"values": values or {}}, **more}
    answer = office.post(f"/sim/views/{view['id']}/submit", **body)
    assert answer.status == 200, answer.raw
    return answer.body


def fill(value: str) -> Json:
    return {"name": {"in": {"type": "plain_text_input", "value": value}}}


def test_a_trigger_opens_one_view(office: Office, app: App) -> None:
    trigger_id = trigger(office, app)
    view = office.api("views.open", trigger_id=trigger_id, view=FORM)["view"]
    assert stack(office) == [view["id"]]
    assert (view["callback_id"], view["private_metadata"], view["root_view_id"]) == (
        "form",
        "kept",
        view["id"],
    )
    assert office.api("views.open", trigger_id=trigger_id, view=FORM).error == "exchanged_trigger_id"


def test_a_trigger_lives_three_seconds(office: Office, app: App) -> None:
    office.control("clear")  # Slack's own patience
    trigger_id = trigger(office, app)
    office.control("clock", seconds=3.1)
    assert office.api("views.open", trigger_id=trigger_id, view=FORM).error == "expired_trigger_id"
    assert office.api("views.open", trigger_id="made.up.id", view=FORM).error == "invalid_trigger_id"


def test_a_bad_view_is_refused_with_the_place_and_spends_no_trigger(office: Office, app: App) -> None:
    trigger_id = trigger(office, app)
    bad = {**FORM, "title": plain("x" * 25)}
    answer = office.api("views.open", trigger_id=trigger_id, view=bad)
    assert answer.error == "invalid_arguments"
    message = "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    assert answer["response_metadata"]["messages"] == [message]
    assert office.api("views.open", trigger_id=trigger_id, view=FORM)["ok"]


def test_a_submission_carries_the_view_and_its_state(office: Office, app: App) -> None:
    view = opened(office, app)
    assert submit(office, view, fill("Ann"))["ack"]["status"] == "acked"
    payload = app.next().payload
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"] == fill("Ann")
    assert payload["enterprise"] is None
    assert stack(office) == []


def test_what_the_person_left_alone_keeps_its_first_value(office: Office, app: App) -> None:
    option = {"text": plain("One"), "value": "1"}
    view = opened(
        office,
        app,
        modal(
            field("text", initial_value="begun"),
            field("pick", type="static_select", options=[option], initial_option=option),
            {**field("many", type="checkboxes", options=[option]), "optional": True},
        ),
    )
    submit(office, view)
    assert app.next().payload["view"]["state"]["values"] == {
        "text": {"in": {"type": "plain_text_input", "value": "begun"}},
        "pick": {"in": {"type": "static_select", "selected_option": option}},
        "many": {"in": {"type": "checkboxes", "selected_options": []}},
    }


@pytest.mark.parametrize(
    ("element", "value", "error"),
    [
        ({}, "", "Please complete this required field."),
        ({}, "  ", "Please complete this required field."),
        ({"min_length": 3}, "ab", "Enter at least 3 characters."),
        ({"max_length": 3}, "abcd", "Enter no more than 3 characters."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Enter a whole number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "many", "Enter a valid number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "NaN", "Enter a valid number."),
        (
            {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"},
            "10",
            "Enter a number less than or equal to 9.",
        ),
    ],
)
def test_slacks_own_checks_come_before_the_app(
    office: Office, app: App, element: Json, value: str, error: str
) -> None:
    view = opened(office, app, modal(field("name", **element)))
    answer = submit(office, view, fill(value))
    assert (answer["response_action"], answer["errors"], answer["ack"]) == ("errors", {"name": error}, None)
    assert submit(office, view, fill(value), skip_client_checks=True)["ack"]["status"] == "acked"


def answering(office: Office, app: App, view: Json, answer: Json) -> Json:
    app.answer = lambda request: answer
    result = submit(office, view, fill("x"))
    app.answer = lambda request: None
    return result


def test_errors_of_the_app_keep_the_view_open(office: Office, app: App) -> None:
    view = opened(office, app)
    answer = answering(office, app, view, {"response_action": "errors", "errors": {"name": "Taken"}})
    assert answer["errors"] == {"name": "Taken"}
    assert stack(office) == [view["id"]]


def test_update_push_and_clear(office: Office, app: App) -> None:
    first = opened(office, app)
    answering(office, app, first, {"response_action": "update", "view": FORM})
    assert stack(office) == [first["id"]]
    answering(office, app, first, {"response_action": "push", "view": FORM})
    below, above = stack(office)
    assert below == first["id"]
    pushed = office.get("/sim/views", user=office.person())["views"][-1]
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (below, below)
    submit(office, {"id": above}, fill("x"))
    assert stack(office) == [first["id"]]
    answering(office, app, first, {"response_action": "clear"})
    assert stack(office) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "No"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
def test_an_answer_slack_cannot_obey_is_trouble_for_the_person(
    office: Office, app: App, answer: Json
) -> None:
    view = opened(office, app)
    assert answering(office, app, view, answer)["ack"]["status"] == "failed"
    assert stack(office) == [view["id"]]


def test_a_submission_without_an_ack_keeps_the_view_open(office: Office, app: App) -> None:
    view = opened(office, app)
    office.control("timing", ack_ms=50)
    app.answer = lambda request: SILENCE
    assert submit(office, view, fill("x"))["ack"]["error"] == "operation_timeout"
    assert stack(office) == [view["id"]]


def test_a_view_may_be_pushed_from_a_view_three_high(office: Office, app: App) -> None:
    button = {
        "type": "actions",
        "block_id": "b",
        "elements": [{"type": "button", "action_id": "more", "text": plain("+")}],
    }
    view = opened(office, app, modal(button))
    for _ in range(2):
        press = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "b", "action_id": "more"}
        office.post("/sim/actions", user=office.person(), **press)
        view = office.api("views.push", trigger_id=app.next().payload["trigger_id"], view=modal(button))[
            "view"
        ]
    office.post("/sim/actions", user=office.person(), **press)
    last = office.api("views.push", trigger_id=app.next().payload["trigger_id"], view=modal(button))
    assert last.error == "push_limit_reached"
    outside = office.api("views.push", trigger_id=trigger(office, app), view=FORM)
    assert outside.error == "not_found"


def test_an_update_needs_the_view_and_its_hash(office: Office, app: App) -> None:
    view = opened(office, app)
    updated = office.api("views.update", view_id=view["id"], hash=view["hash"], view=FORM)["view"]
    assert updated["hash"] != view["hash"]
    stale = office.api("views.update", view_id=view["id"], hash=view["hash"], view=FORM)
    assert stale.error == "hash_conflict"
    assert office.api("views.update", view_id="V0", view=FORM).error == "not_found"


def test_the_app_hears_of_a_closed_view_if_it_asked(office: Office, app: App) -> None:
    view = opened(office, app, {**FORM, "notify_on_close": True})
    office.post(f"/sim/views/{view['id']}/close", user=office.person())
    payload = app.next().payload
    assert (payload["type"], payload["view"]["id"], payload["is_cleared"]) == (
        "view_closed",
        view["id"],
        False,
    )
    quiet = opened(office, app)
    assert office.post(f"/sim/views/{quiet['id']}/close", user=office.person())["ack"] is None


def test_the_current_conversation_is_filled_in(office: Office, app: App) -> None:
    menu = {"type": "conversations_select", "default_to_current_conversation": True}
    view = opened(office, app, modal(field("where", **menu)), channel="support")
    submit(office, view)
    chosen = app.next().payload["view"]["state"]["values"]["where"]["in"]["selected_conversation"]
    assert chosen == office.channel("support")


def test_nobody_submits_anothers_view(office: Office, app: App) -> None:
    view = opened(office, app)
    answer = office.post(f"/sim/views/{view['id']}/submit", user=office.person("leila"))
    assert (answer.status, answer.error) == (404, "no_such_view")


def test_home_is_published_and_its_opening_told(office: Office, app: App) -> None:
    ann = office.person()
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = office.api("views.publish", user_id=ann, view=home)["view"]
    assert office.get("/sim/home", user=ann)["view"]["id"] == first["id"]
    assert office.api("views.publish", user_id=ann, view=home)["view"]["id"] == first["id"]
    assert office.api("views.publish", user_id=ann, view=home, hash="old").error == "hash_conflict"
    office.post("/sim/home", user=ann)
    event = app.next().payload["event"]
    assert (event["type"], event["tab"], event["view"]["id"]) == ("app_home_opened", "home", first["id"])


def test_shortcuts_bring_a_trigger(office: Office, app: App) -> None:
    ann, channel = office.person(), office.channel("general")
    office.post("/sim/shortcuts", user=ann, callback_id="begin")
    payload = app.next().payload
    assert payload["type"] == "shortcut"
    assert office.api("views.open", trigger_id=payload["trigger_id"], view=FORM)["ok"]
    ts = office.messages(channel, ann)[-1]["ts"]
    office.post("/sim/shortcuts", user=ann, callback_id="pin", channel=channel, ts=ts)
    assert app.next().payload["message"]["ts"] == ts
    assert office.post("/sim/shortcuts", user=ann, callback_id="nothing").status == 404


def test_a_view_opened_while_another_is_open_takes_its_place(office: Office, app: App) -> None:
    opened(office, app)
    second = opened(office, app)
    assert stack(office) == [second["id"]]


def test_a_view_updated_while_its_submission_is_out_stays_updated(office: Office, app: App) -> None:
    view = opened(office, app)

    def update_first(request: SocketModeRequest) -> Json:
        office.api("views.update", view_id=view["id"], view=modal(field("name"), callback_id="new"))
        return {"response_action": "errors", "errors": {"name": "Look again"}}

    app.answer = update_first
    assert submit(office, view, fill("x"))["errors"] == {"name": "Look again"}
    assert office.get("/sim/views", user=office.person())["views"][0]["callback_id"] == "new"


def test_a_submission_brings_a_response_url_for_a_conversation_that_was_chosen(
    office: Office, app: App
) -> None:
    element = {"type": "conversations_select", "response_url_enabled": True}
    view = opened(office, app, modal(field("place", **element)))
    general = office.channel("general")
    submit(office, view, {"place": {"in": {"selected_conversation": general}}})
    (answer,) = app.next().payload["response_urls"]
    assert (answer["block_id"], answer["action_id"], answer["channel_id"]) == ("place", "in", general)
    body = b'{"text": "to all", "response_type": "in_channel"}'
    assert office.request(answer["response_url"].removeprefix(office.url), body).status == 200
    assert office.messages(general, office.person())[-1]["text"] == "to all"


@pytest.mark.parametrize(
    ("element", "entered", "complaint"),
    [
        ("email_text_input", "ann at example", "Enter a valid email address."),
        ("email_text_input", "ann@example.com", None),
        ("url_text_input", "example", "Enter a valid URL."),
        ("url_text_input", "https://example.com/a?b", None),
    ],
)
def test_addresses_are_checked_as_slack_checks_them(
    office: Office, app: App, element: str, entered: str, complaint: str | None
) -> None:
    view = opened(office, app, modal(field("name", type=element)))
    answer = submit(office, view, {"name": {"in": {"value": entered}}})
    assert answer.get("errors", {}).get("name") == complaint


def test_times_are_kept_in_the_state(office: Office, app: App) -> None:
    view = opened(office, app, modal(field("at", type="timepicker"), field("on", type="datetimepicker")))
    values = {"at": {"in": {"selected_time": "09:30"}}, "on": {"in": {"selected_date_time": 1628633820}}}
    submit(office, view, values)
    state = app.next().payload["view"]["state"]["values"]
    assert state["at"]["in"] == {"type": "timepicker", "selected_time": "09:30"}
    assert state["on"]["in"] == {"type": "datetimepicker", "selected_date_time": 1628633820}


def test_rich_text_is_told_as_a_block(office: Office, app: App) -> None:
    view = opened(office, app, modal(field("note", type="rich_text_input")))
    submit(office, view, {"note": {"in": {"type": "rich_text_input", "rich_text_value": "Hello"}}})
    state = app.next().payload["view"]["state"]["values"]["note"]["in"]
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hello"}]}
    assert state == {
        "type": "rich_text_input",
        "rich_text_value": {"type": "rich_text", "elements": [section]},
    }


def test_no_two_open_views_have_the_same_external_id(office: Office, app: App) -> None:
    named = {**FORM, "external_id": "mine"}
    view = opened(office, app, named)
    again = office.api("views.open", trigger_id=trigger(office, app), view=named)
    assert again.error == "duplicate_external_id"
    assert office.api("views.update", external_id="mine", view=named)["view"]["id"] == view["id"]
    office.post(f"/sim/views/{view['id']}/close", user=office.person())
    reopened = opened(office, app, named)
    office.post(f"/sim/views/{reopened['id']}/close", user=office.person())
