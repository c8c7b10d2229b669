"""Direct messages of several people."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.office import MANIFEST, SCOPES, App, Json, Office, an_office


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scopes = [*SCOPES, "mpim:history", "mpim:read", "mpim:write", "app_mentions:read"]
    events = {"event_subscriptions": {"bot_events": ["message.mpim", "app_mention"]}}
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    path.write_text(json.dumps({**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}, "settings": events}))
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


def opened(office: Office, *names: str) -> Json:
    users = ",".join(office.person(name) for name in names)
    return dict(office.api("conversations.open", users=users, return_im=True).body)


def test_several_people_have_one_conversation(office: Office) -> None:
    first = opened(office, "ann", "tomas")
    assert first["channel"]["name"] == "mpdm-tester--ann--tomas-1"
    assert (first["channel"]["is_mpim"], first["channel"]["is_private"]) == (True, True)
    again = opened(office, "tomas", "ann", "ann")
    assert (again["channel"]["id"], again["already_open"]) == (first["channel"]["id"], True)
    ids = [office.person("tomas"), office.bot]
    assert (
        office.post("/sim/dms", user=office.person(), **{"with": ids})["channel"]["id"]
        == first["channel"]["id"]
    )
    listed = office.api("conversations.list", types="mpim")["channels"]
    assert [each["id"] for each in listed] == [first["channel"]["id"]]


def test_it_holds_nine_at_most_and_takes_nobody_in(office: Office) -> None:
    newcomers = [office.control("join", name=f"new{each}")["user"]["id"] for each in range(9)]
    assert office.api("conversations.open", users=",".join(newcomers)).error == "too_many_users"
    channel = opened(office, "ann", "tomas")["channel"]["id"]
    invited = office.api("conversations.invite", channel=channel, users=office.person("leila"))
    assert invited.error == "method_not_supported_for_channel_type"
    strange = office.post("/sim/messages", user=office.person("leila"), channel=channel, text="Hi")
    assert (strange.status, strange.error) == (404, "channel_not_found")


def test_the_app_hears_what_is_said_there(office: Office, app: App) -> None:
    channel = opened(office, "ann", "tomas")["channel"]["id"]
    office.post("/sim/messages", user=office.person(), channel=channel, text="@tester hello")
    events = {event["type"]: event for event in (app.next().payload["event"] for _ in range(2))}
    assert (events["message"]["channel"], events["message"]["channel_type"]) == (channel, "mpim")
    assert events["app_mention"]["channel"] == channel
    assert office.api("conversations.history", channel=channel)["messages"][0]["user"] == office.person()


@pytest.mark.browser
def test_it_stands_among_the_direct_messages(office: Office, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{office.url}/?user={office.person()}")
    expect(page.get_by_test_id("composer")).to_be_visible()
    channel = opened(office, "ann", "leila")["channel"]["id"]
    link = page.get_by_role("region", name="Direct messages").get_by_role("link", name="Tester, Leila")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tester, Leila")
    office.api("chat.postMessage", channel=channel, text="For both of you")
    expect(page.get_by_text("For both of you")).to_be_visible()
    page.close()
