"""Custom steps: an app's functions, run as a workflow runs them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Route, expect
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.simulator.office import MANIFEST, App, Json, Office, an_office
from tests.simulator.test_views import FORM, submit

PERSON = {"type": "slack#/types/user_id", "title": "Person", "is_required": True}
FUNCTIONS: Json = {
    "greet": {
        "title": "Greet",
        "description": "Greets somebody",
        "input_parameters": {
            "person": PERSON,
            "how": {"type": "string", "title": "How", "dynamic_options": {"function": "#/functions/ways"}},
            "times": {"type": "integer", "title": "Times"},
        },
        "output_parameters": {"answer": {"type": "string", "title": "Answer", "is_required": True}},
    },
    "ways": {
        "title": "Ways",
        "input_parameters": {},
        "output_parameters": {"options": {"type": "slack#/types/options_select", "title": "Options"}},
    },
    # the older form of a manifest
    "review": {
        "title": "Review",
        "input_parameters": {
            "properties": {
                "interactivity": {"type": "slack#/types/interactivity"},
                "who": {"type": "slack#/types/user_context"},
                "start": {"type": "slack#/types/timestamp"},
            },
            "required": ["interactivity", "start"],
        },
    },
}
OPTION = {"text": {"type": "plain_text", "text": "Loudly"}, "value": "loud"}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    path.write_text(json.dumps({**MANIFEST, "functions": FUNCTIONS}))
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


def run(office: Office, app: App, callback_id: str = "greet", **inputs: object) -> Json:
    """The event that the app gets."""
    given = inputs or {"person": office.person()}
    answer = office.post("/sim/functions/run", user=office.person(), callback_id=callback_id, inputs=given)
    assert answer["ack"]["status"] == "acked", answer.raw
    event = app.next().payload["event"]
    assert event["function_execution_id"] == answer["run"]["id"]
    return dict(event)


def last_run(office: Office) -> Json:
    return dict(office.get("/sim/functions")["runs"][0])


def test_a_step_calls_the_apps_function(office: Office, app: App) -> None:
    event = run(office, app, person=office.person(), times="3")
    assert (event["type"], event["function"]["callback_id"]) == ("function_executed", "greet")
    assert event["inputs"] == {"person": office.person(), "times": 3}
    person = {**PERSON, "name": "person", "description": ""}
    assert event["function"]["input_parameters"][0] == person
    assert last_run(office)["state"] == "running"


def test_the_app_completes_it_once_with_its_outputs(office: Office, app: App) -> None:
    event = run(office, app)
    done = {"function_execution_id": event["function_execution_id"], "outputs": {"answer": "Hi"}}
    bare = office.api("functions.completeSuccess", **done | {"outputs": {}})
    assert bare.error == "parameter_validation_failed"
    assert bare["response_metadata"]["messages"] == [
        "[ERROR] missing required field: answer [json-pointer:/outputs]"
    ]
    assert office.api("functions.completeSuccess", token=event["bot_access_token"], **done)["ok"]
    assert (last_run(office)["state"], last_run(office)["outputs"]) == ("completed", {"answer": "Hi"})
    assert office.api("functions.completeSuccess", **done).error == "execution_not_in_running_state"
    unknown = office.api("functions.completeSuccess", **done | {"function_execution_id": "Fx0"})
    assert unknown.error == "function_execution_not_found"


def test_the_app_says_why_it_failed(office: Office, app: App) -> None:
    execution = run(office, app)["function_execution_id"]
    assert office.api("functions.completeError", function_execution_id=execution, error="Nobody home")["ok"]
    assert (last_run(office)["state"], last_run(office)["error"]) == ("failed", "Nobody home")


def test_a_press_and_a_form_belong_to_the_run_that_made_them(office: Office, app: App) -> None:
    event = run(office, app)
    token, ann = event["bot_access_token"], office.person()
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    posted = office.api("chat.postMessage", token=token, channel=ann, text="Go?", blocks=blocks)
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    office.post("/sim/actions", user=ann, container=container, block_id="b", action_id="go")
    press = app.next().payload
    of_run = {
        "execution_id": event["function_execution_id"],
        "function": {"callback_id": "greet"},
        "inputs": {"person": ann},
    }
    assert (press["function_data"], press["bot_access_token"]) == (of_run, token)
    assert press["interactivity"]["interactor"]["id"] == ann
    pointer = press["interactivity"]["interactivity_pointer"]
    view = office.api("views.open", token=token, interactivity_pointer=pointer, view=FORM)["view"]
    submit(office, view, {"name": {"in": {"type": "plain_text_input", "value": "Ann"}}})
    assert app.next().payload["function_data"] == of_run


def test_other_messages_belong_to_no_run(office: Office, app: App) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    posted = office.api("chat.postMessage", channel=office.person(), text="Go?", blocks=blocks)
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    office.post("/sim/actions", user=office.person(), container=container, block_id="b", action_id="go")
    assert not {"function_data", "bot_access_token", "interactivity"} & app.next().payload.keys()


def test_the_older_form_of_a_manifest_and_what_slack_fills_in_itself(office: Office, app: App) -> None:
    ask = {"user": office.person(), "callback_id": "review"}
    fields = office.post("/sim/functions/form", **ask)["view"]["blocks"][1:]
    assert [(each["block_id"], each["element"]["type"], each["optional"]) for each in fields] == [
        ("who", "users_select", True),
        ("start", "datetimepicker", False),
    ]
    refused = office.post("/sim/functions/run", **ask, inputs={})
    assert (refused.error, refused["message"]) == ("missing_input", "Review needs: start.")
    event = run(office, app, "review", start=1_800_000_000, who=office.person())
    assert event["inputs"]["who"]["id"] == office.person()
    pointer = event["inputs"]["interactivity"]["interactivity_pointer"]
    view = office.api("views.open", interactivity_pointer=pointer, view=FORM)["view"]
    office.post(f"/sim/views/{view['id']}/close", user=office.person())


def test_what_a_manifest_does_not_have_cannot_be_run(office: Office) -> None:
    answer = office.post("/sim/functions/run", user=office.person(), callback_id="else", inputs={})
    assert (answer.status, answer.error) == (404, "no_such_function")


def offer(office: Office, request: SocketModeRequest, outputs: Json) -> None:
    event = request.payload.get("event", {})
    if event.get("function", {}).get("callback_id") == "ways":
        done = {"function_execution_id": event["function_execution_id"], "outputs": outputs}
        office.api("functions.completeSuccess", token=event["bot_access_token"], **done)


def test_the_app_offers_what_may_be_chosen(office: Office, app: App) -> None:
    ask = {"user": office.person(), "callback_id": "greet"}
    app.answer = lambda request: offer(office, request, {"options": [OPTION, {"text": "no option"}]})
    fields = office.post("/sim/functions/form", **ask)["view"]["blocks"][1:]
    assert fields[1]["element"] == {"type": "static_select", "action_id": "value", "options": [OPTION]}
    assert last_run(office)["callback_id"] != "ways"
    app.answer = lambda request: offer(office, request, {"options": []})
    office.control("timing", ack_ms=300)
    refused = office.post("/sim/functions/form", **ask)
    assert (refused.status, refused.error) == (502, "no_options")


@pytest.mark.browser
def test_a_person_runs_a_step_from_the_about_tab(office: Office, app: App, browser: Browser) -> None:
    app.answer = lambda request: offer(office, request, {"options": [OPTION]})
    page = browser.new_page()
    page.goto(f"{office.url}/?user={office.person()}&app=about")
    page.get_by_role("button", name="Run Greet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("Please complete this required field.")
    dialog.locator("[data-block-id=person]").locator(".select").click()
    page.get_by_role("option").first.click()
    dialog.locator("[data-block-id=how]").locator(".select").click()
    page.get_by_role("option", name="Loudly").click()
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_have_count(0)
    shown = page.locator(".step-run").first
    expect(shown).to_contain_text("In progress")
    execution = last_run(office)["id"]
    assert last_run(office)["inputs"]["how"] == "loud"
    office.api("functions.completeError", function_execution_id=execution, error="Nobody home")
    expect(page.get_by_test_id("toast")).to_contain_text("Greet failed: Nobody home")  # for seconds only
    expect(shown).to_contain_text("Nobody home")
    again = {"user": office.person(), "callback_id": "greet", "inputs": {"person": office.person()}}
    done = {"function_execution_id": office.post("/sim/functions/run", **again)["run"]["id"]}
    office.api("functions.completeSuccess", **done, outputs={"answer": office.person()})
    expect(page.locator(".step-run").first).to_contain_text("answer: Ann Lindqvist")
    page.close()


@pytest.mark.browser
def test_an_older_look_at_the_runs_does_not_take_the_place_of_a_newer_one(
    office: Office, app: App, browser: Browser
) -> None:
    done = {"function_execution_id": run(office, app)["function_execution_id"], "outputs": {"answer": "Hi"}}
    page = browser.new_page()
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/sim/functions*", lambda route: held.append((route, route.fetch())), times=1)
    with page.expect_response("**/sim/events*"):  # from now on it hears what happens
        page.goto(f"{office.url}/?user={office.person()}&app=about")
    while not held:
        page.title()  # Playwright hears of the answer whenever it is asked for something
    assert office.api("functions.completeSuccess", **done)["ok"]
    shown = page.locator(".step-run").first
    expect(shown).to_contain_text("answer: Hi")
    [(route, answer)] = held
    with page.expect_response("**/sim/functions*"):
        route.fulfill(response=answer)
    page.evaluate("() => fetch('/sim/workspace').then(() => null)")  # by then the page has read it
    expect(shown).to_contain_text("answer: Hi")
    page.close()
