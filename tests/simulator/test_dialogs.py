"""Dialogs, in the payloads that apps of before modals know."""

from __future__ import annotations

import json

import pytest

from tests.simulator.office import PATIENCE, App, Json, Office
from tests.simulator.test_views import modal, stack, submit, trigger

ORIGIN: Json = {"type": "text", "label": "Pickup Location", "name": "origin"}
WHEN: Json = {
    "type": "select",
    "label": "When",
    "name": "when",
    "optional": True,
    "options": [{"label": "Now", "value": "now"}, {"label": "Later", "value": "later"}],
}
WHO: Json = {
    "type": "select",
    "label": "For",
    "name": "who",
    "data_source": "external",
    "min_query_length": 0,
    "optional": True,
}
NOTE: Json = {"type": "textarea", "label": "Note", "name": "note", "optional": True, "hint": "For the driver"}


def dialog(*elements: Json, **more: object) -> Json:
    return {
        "callback_id": "ride",
        "title": "Request a Ride",
        "submit_label": "Request",
        "state": "Limo",
        "elements": list(elements or (ORIGIN,)),
        **more,
    }


def opened(office: Office, app: App, shown: Json, channel: str = "general") -> Json:
    """The dialog as the person sees it."""
    answer = office.api("dialog.open", trigger_id=trigger(office, app, channel), dialog=shown)
    assert answer.body == {"ok": True}, answer.raw
    return dict(office.get("/sim/views", user=office.person())["views"][-1])


def filled(**values: str) -> Json:
    """The state of what was typed, or chosen from options of the dialog."""
    return {name: {"value": {"value": value}} for name, value in values.items()}


def chosen(name: str, **selected: object) -> Json:
    return {name: {"value": selected}}


def close(office: Office, view: Json) -> Json:
    answer = office.post(f"/sim/views/{view['id']}/close", user=office.person())
    assert answer.status == 200, answer.raw
    return answer.body


def test_a_dialog_is_shown_as_a_form(office: Office, app: App) -> None:
    view = opened(office, app, dialog(ORIGIN, {**NOTE, "value": "Hurry", "max_length": 40}))
    assert view["title"]["text"] == "Request a Ride"
    assert view["submit"]["text"] == "Request"
    origin, note = view["blocks"]
    assert (origin["label"]["text"], origin["optional"]) == ("Pickup Location", False)
    assert (origin["element"]["type"], origin["element"]["max_length"]) == ("plain_text_input", 150)
    assert (note["hint"]["text"], note["optional"]) == ("For the driver", True)
    assert (note["element"]["multiline"], note["element"]["max_length"]) == (True, 40)
    assert view["state"]["values"]["note"]["value"]["value"] == "Hurry"


def test_a_dialog_may_come_as_text_inside_a_form(office: Office, app: App) -> None:
    trigger_id = trigger(office, app)
    answer = office.api("dialog.open", trigger_id=trigger_id, dialog=json.dumps(dialog()))
    assert answer["ok"], answer.raw


def test_what_was_entered_comes_by_name_with_the_state(office: Office, app: App) -> None:
    view = opened(office, app, dialog(ORIGIN, WHEN, NOTE))
    entered = filled(origin="Quay") | chosen("when", selected_option={"value": "later"})
    assert submit(office, view, entered)["ack"]["status"] == "acked"
    payload = app.next().payload
    assert payload["type"] == "dialog_submission"
    assert payload["submission"] == {"origin": "Quay", "when": "later", "note": None}
    assert (payload["callback_id"], payload["state"]) == ("ride", "Limo")
    assert payload["channel"] == {"id": office.channel("general"), "name": "general"}
    assert payload["user"]["id"] == office.person()
    assert payload["action_ts"]
    assert stack(office) == []


def test_people_and_conversations_are_chosen_by_id(office: Office, app: App) -> None:
    sources = ("users", "channels", "conversations")
    menus = [{"type": "select", "label": each, "name": each, "data_source": each} for each in sources]
    menus[0]["value"] = office.person("margit")
    view = opened(office, app, dialog(*menus))
    general = office.channel("general")
    submit(
        office,
        view,
        chosen("channels", selected_channel=general) | chosen("conversations", selected_conversation=general),
    )
    expected = {"users": office.person("margit"), "channels": general, "conversations": general}
    assert app.next().payload["submission"] == expected


def test_groups_of_options_and_the_one_that_is_chosen_at_first(office: Office, app: App) -> None:
    groups = [{"label": "Soon", "options": WHEN["options"]}]
    menu = {"type": "select", "label": "When", "name": "when", "option_groups": groups, "value": "later"}
    view = opened(office, app, dialog(menu))
    element = view["blocks"][0]["element"]
    assert element["option_groups"][0]["label"]["text"] == "Soon"
    assert element["initial_option"]["text"]["text"] == "Later"
    submit(office, view)
    assert app.next().payload["submission"] == {"when": "later"}


def test_the_app_is_asked_what_an_external_menu_offers(office: Office, app: App) -> None:
    view = opened(office, app, dialog(WHO))
    offered = {"options": [{"label": "Ann", "value": "a"}]}
    app.answer = lambda request: offered if request.payload["type"] == "dialog_suggestion" else None
    place = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "who", "action_id": "value"}
    answer = office.post("/sim/options", user=office.person(), query="an", **place)
    assert answer["options"] == [
        {"text": {"type": "plain_text", "text": "Ann", "emoji": True}, "value": "a"},
    ]
    payload = app.next().payload
    assert (payload["type"], payload["name"], payload["value"]) == ("dialog_suggestion", "who", "an")
    assert (payload["callback_id"], payload["state"]) == ("ride", "Limo")
    assert payload["channel"]["id"] == office.channel("general")
    submit(office, view, chosen("who", selected_option=answer["options"][0]))
    assert app.next().payload["submission"] == {"who": "a"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, "provide options or option_groups"),
        ({"options": [{"text": "Ann", "value": "a"}]}, "missing required field: label"),
        ({"options": [{"label": "x" * 76, "value": "a"}]}, "must be less than 76 characters"),
        (
            {"option_groups": [{"label": "All", "options": [{"label": "Ann"}]}]},
            "missing required field: value",
        ),
    ],
)
def test_options_that_slack_would_not_take_are_named(
    office: Office, app: App, answer: Json | None, problem: str
) -> None:
    view = opened(office, app, dialog(WHO))
    app.answer = lambda request: answer if request.payload["type"] == "dialog_suggestion" else None
    place = {"container": {"type": "view", "view_id": view["id"]}, "block_id": "who", "action_id": "value"}
    refused = office.post("/sim/options", user=office.person(), **place)["ack"]
    assert refused["error"] == "invalid_options"
    assert problem in refused["messages"][0]


def test_errors_keep_the_dialog_open(office: Office, app: App) -> None:
    view = opened(office, app, dialog())
    app.answer = lambda request: {"errors": [{"name": "origin", "error": "Too far away"}]}
    answer = submit(office, view, filled(origin="Moon"))
    assert (answer["response_action"], answer["errors"]) == ("errors", {"origin": "Too far away"})
    assert stack(office) == [view["id"]]
    app.answer = lambda request: {"errors": []}
    submit(office, view, filled(origin="Quay"))
    assert stack(office) == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"text": "Thanks!"}, "body_not_empty"),
        ({"errors": [{"name": "nothing", "error": "No"}]}, "invalid_errors"),
        ({"errors": {"origin": "No"}}, "invalid_errors"),
    ],
)
def test_an_answer_that_slack_would_not_take_leaves_the_dialog_open(
    office: Office, app: App, answer: Json, error: str
) -> None:
    view = opened(office, app, dialog())
    app.answer = lambda request: answer
    refused = submit(office, view, filled(origin="Quay"))["ack"]
    assert (refused["status"], refused["error"]) == ("failed", error)
    assert stack(office) == [view["id"]]


def test_what_is_required_and_how_long_it_may_be_is_checked_before_it_is_sent(
    office: Office, app: App
) -> None:
    view = opened(office, app, dialog({**ORIGIN, "min_length": 3}))
    assert submit(office, view)["errors"] == {"origin": "Please complete this required field."}
    assert submit(office, view, filled(origin="x"))["errors"] == {"origin": "Enter at least 3 characters."}
    assert submit(office, view, filled(origin="x"), skip_client_checks=True)["ack"]["status"] == "acked"
    assert app.next().payload["submission"] == {"origin": "x"}


def test_an_app_that_asked_for_it_hears_of_a_cancellation(office: Office, app: App) -> None:
    view = opened(office, app, dialog(notify_on_cancel=True))
    assert close(office, view)["ack"]["status"] == "acked"
    payload = app.next().payload
    assert payload["type"] == "dialog_cancellation"
    assert (payload["callback_id"], payload["state"]) == ("ride", "Limo")
    assert "submission" not in payload
    assert close(office, opened(office, app, dialog()))["ack"] is None


def test_the_response_url_posts_where_the_dialog_was_opened(office: Office, app: App) -> None:
    submit(office, opened(office, app, dialog()), filled(origin="Quay"))
    url = app.next().payload["response_url"].removeprefix(office.url)
    body = json.dumps({"text": "On its way", "response_type": "in_channel"}).encode()
    assert office.request(url, body, headers={"Content-Type": "application/json"}).status == 200
    assert office.messages(office.channel("general"), office.person())[-1]["text"] == "On its way"


def test_a_dialog_opened_in_no_conversation_names_none(office: Office, app: App) -> None:
    office.post("/sim/shortcuts", user=office.person(), callback_id="begin")
    trigger_id = app.next().payload["trigger_id"]
    assert office.api("dialog.open", trigger_id=trigger_id, dialog=dialog())["ok"]
    view = office.get("/sim/views", user=office.person())["views"][-1]
    submit(office, view, filled(origin="Quay"))
    payload = app.next().payload
    assert (payload["channel"], payload["response_url"]) == (None, "")


def test_a_trigger_is_refused_by_the_names_that_this_method_has(office: Office, app: App) -> None:
    trigger_id = trigger(office, app)
    assert office.api("dialog.open", dialog=dialog()).error == "missing_trigger"
    assert office.api("dialog.open", trigger_id=trigger_id).error == "missing_dialog"
    assert office.api("dialog.open", trigger_id="1.2.x", dialog=dialog()).error == "invalid_trigger"
    assert office.api("dialog.open", trigger_id=trigger_id, dialog=dialog())["ok"]
    assert office.api("dialog.open", trigger_id=trigger_id, dialog=dialog()).error == "trigger_exchanged"
    assert office.api("views.open", trigger_id=trigger_id, view=modal()).error == "exchanged_trigger_id"
    late = trigger(office, app)
    office.control("clock", seconds=PATIENCE + 1)
    assert office.api("dialog.open", trigger_id=late, dialog=dialog()).error == "trigger_expired"


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        (dialog(title="x" * 25), "must be less than 25 characters [json-pointer:/title]"),
        (dialog(callback_id=None), "missing required field: callback_id [json-pointer:]"),
        (dialog(submit_label="Go on"), "must be one word [json-pointer:/submit_label]"),
        (dialog(elements=[]), "no fewer than 1 items allowed [json-pointer:/elements]"),
        (dialog(*[{**ORIGIN, "name": str(n)} for n in range(11)]), "no more than 10 items allowed"),
        (dialog(ORIGIN, ORIGIN), "element names must be unique [json-pointer:/elements]"),
        (dialog({**ORIGIN, "type": "checkbox"}), "unsupported element: checkbox"),
        (dialog({**ORIGIN, "label": "x" * 49}), "[json-pointer:/elements/0/label]"),
        (dialog({**ORIGIN, "max_length": 151}), "must be between 1 and 150"),
        (dialog({**ORIGIN, "subtype": "date"}), "must be one of: email, number, tel, url"),
        (dialog({"type": "select", "label": "a", "name": "b"}), "missing required field: options"),
        (dialog({**WHEN, "options": [{"text": "Now", "value": "now"}]}), "missing required field: label"),
        (dialog({**WHO, "data_source": "files"}), "must be one of: channels, conversations, external"),
    ],
)
def test_a_bad_dialog_is_refused_with_the_place_and_spends_no_trigger(
    office: Office, app: App, shown: Json, problem: str
) -> None:
    trigger_id = trigger(office, app)
    answer = office.api("dialog.open", trigger_id=trigger_id, dialog=shown)
    assert answer.error == "validation_errors"
    assert problem in answer["response_metadata"]["messages"][0]
    assert office.api("dialog.open", trigger_id=trigger_id, dialog=dialog())["ok"]
