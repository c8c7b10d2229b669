"""Links that an app explains."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Route, expect

from tests.simulator.office import MANIFEST, SCOPES, App, Json, Office, an_office

URL = "https://docs.tidewell.example/a?b=1&c=2"
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
PREVIEW = {"blocks": [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    features = {**MANIFEST["features"], "unfurl_domains": ["tidewell.example"]}
    oauth = {"scopes": {"bot": [*SCOPES, "links:read", "links:write"]}}
    events = {"event_subscriptions": {"bot_events": ["link_shared"]}}
    path.write_text(json.dumps({**MANIFEST, "features": features, "oauth_config": oauth, "settings": events}))
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


def shared(office: Office, app: App, text: str = f"See {URL}.", channel: str = "general") -> Json:
    office.post("/sim/messages", user=office.person(), channel=office.channel(channel), text=text)
    return dict(app.next().payload["event"])


def attachments(office: Office, event: Json) -> list[Json]:
    messages = office.messages(event["channel"], office.person())
    message = next(each for each in messages if each["ts"] == event["message_ts"])
    return list(message.get("attachments", []))


def test_the_app_hears_of_links_to_its_domains(office: Office, app: App) -> None:
    event = shared(office, app, f"See {URL} and https://elsewhere.example/ and https://tidewell.example.org")
    assert (event["type"], event["user"], event["source"]) == (
        "link_shared",
        office.person(),
        "conversations_history",
    )
    assert event["links"] == [{"domain": "tidewell.example", "url": URL}]
    assert event["is_bot_user_member"] is True
    office.control("members", channel=event["channel"], remove=[office.bot])
    assert shared(office, app)["is_bot_user_member"] is False
    office.control("members", channel=event["channel"], add=[office.bot])


def test_a_preview_is_put_under_the_message_once(office: Office, app: App) -> None:
    event = shared(office, app)
    by_id = {"unfurl_id": event["unfurl_id"], "source": "conversations_history"}
    assert office.api("chat.unfurl", **by_id, unfurls={URL: {"text": "First"}})["ok"]
    by_ts = {"channel": event["channel"], "ts": event["message_ts"]}
    assert office.api("chat.unfurl", **by_ts, unfurls=json.dumps({URL: {"text": "Second"}}))["ok"]
    (shown,) = attachments(office, event)
    assert (shown["text"], shown["from_url"], shown["is_app_unfurl"]) == ("Second", URL, True)


def test_what_cannot_be_unfurled_is_said_in_slacks_words(office: Office, app: App) -> None:
    event = shared(office, app, f"{URL} https://elsewhere.example/")
    by_ts = {"channel": event["channel"], "ts": event["message_ts"]}
    other = {"https://tidewell.example/other": {"text": "No"}}
    assert office.api("chat.unfurl", **by_ts, unfurls=other).error == "cannot_unfurl_message"
    foreign = {"https://elsewhere.example/": {"text": "No"}}
    assert office.api("chat.unfurl", **by_ts, unfurls=foreign).error == "cannot_unfurl_url"
    assert office.api("chat.unfurl", **by_ts).error == "missing_unfurls"
    assert office.api("chat.unfurl", **by_ts | {"ts": "1.0"}, unfurls=foreign).error == "cannot_find_message"
    false_id = {"unfurl_id": event["unfurl_id"][:-1] + "x", "source": "conversations_history"}
    assert office.api("chat.unfurl", **false_id, unfurls=foreign).error == "cannot_find_message"
    assert attachments(office, event) == []


def test_a_button_in_a_preview_says_where_it_is(office: Office, app: App) -> None:
    event = shared(office, app)
    office.api("chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls={URL: PREVIEW})
    container = {"type": "message", "channel": event["channel"], "ts": event["message_ts"]}
    office.post("/sim/actions", user=office.person(), container=container, block_id="b", action_id="go")
    payload = app.next().payload
    assert payload["container"]["is_app_unfurl"] is True
    assert (payload["container"]["app_unfurl_url"], payload["app_unfurl"]["id"]) == (URL, 1)


def test_an_answer_to_a_press_leaves_the_persons_message_as_it_is(office: Office, app: App) -> None:
    event = shared(office, app)
    office.api("chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls={URL: PREVIEW})
    container = {"type": "message", "channel": event["channel"], "ts": event["message_ts"]}
    office.post("/sim/actions", user=office.person(), container=container, block_id="b", action_id="go")
    url = app.next().payload["response_url"].removeprefix(office.url)
    body, headers = json.dumps({"text": "Gone"}).encode(), {"Content-Type": "application/json"}
    assert office.request(url, body, headers=headers).status == 200
    assert words(office, event) == ("See", "Gone")


def test_nor_does_an_ack_to_a_button_of_before_block_kit(office: Office, app: App) -> None:
    event = shared(office, app)
    button = {"type": "button", "name": "n", "text": "Go", "value": "v"}
    preview = {"text": "A preview", "callback_id": "c", "actions": [button]}
    office.api("chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls={URL: preview})
    container = {"type": "message", "channel": event["channel"], "ts": event["message_ts"]}
    app.answer = lambda request: {"text": "Gone"}
    place = {"container": {**container, "attachment_id": 1}, "action_id": "1"}
    assert office.post("/sim/actions", user=office.person(), **place)["ack"]["status"] == "acked"
    assert app.next().payload["is_app_unfurl"] is True
    assert words(office, event) == ("See", "Gone")


def words(office: Office, event: Json) -> tuple[str, str]:
    """The first word of what the person wrote, and what was said last."""
    messages = office.messages(event["channel"], office.person())
    written = next(each for each in messages if each["ts"] == event["message_ts"])
    return written["text"].split()[0], messages[-1]["text"]


def test_who_wrote_the_link_alone_is_asked_for_access(office: Office, app: App) -> None:
    event = shared(office, app)
    by_ts = {"channel": event["channel"], "ts": event["message_ts"]}
    assert office.api("chat.unfurl", **by_ts, user_auth_url="https://tidewell.example/in")["ok"]
    last = office.messages(event["channel"], office.person())[-1]
    assert "<https://tidewell.example/in|Connect to Tester>" in last["text"]
    assert office.messages(event["channel"], office.person("leila"))[-1]["ts"] != last["ts"]


@pytest.mark.browser
def test_a_person_sees_the_preview_come(office: Office, app: App, browser: Browser) -> None:
    channel = office.channel("random")
    page = browser.new_page()
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/sim/messages", lambda route: held.append((route, route.fetch())))
    page.goto(f"{office.url}/?user={office.person()}&channel={channel}")
    page.get_by_test_id("composer").fill(f"Look at {URL}")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Look at")
    event = app.next().payload["event"]
    title = {"title": "How ferries work", "text": "In *ten* steps"}
    by_id = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    assert office.api("chat.unfurl", **by_id, unfurls={URL: title})["ok"]
    preview = page.get_by_test_id("attachment")
    expect(preview).to_contain_text("How ferries work")
    # The answer to what was sent comes last, and is older than the preview.
    while not held:
        page.title()  # Playwright hears of the answer whenever it is asked for something
    [(route, answer)] = held
    with page.expect_response("**/sim/messages"):
        route.fulfill(response=answer)
    page.evaluate("() => fetch('/sim/workspace').then(() => null)")  # by then the page has read it
    expect(preview).to_contain_text("How ferries work")
    page.close()
