"""Bookmarks, reactions of a person, and what an app changes about user groups."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.office import MANIFEST, SCOPES, Office, an_office

MORE = ["bookmarks:read", "bookmarks:write", "usergroups:write", "dnd:read"]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    path.write_text(json.dumps({**MANIFEST, "oauth_config": {"scopes": {"bot": [*SCOPES, *MORE]}}}))
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


def test_a_bookmark_is_added_changed_listed_and_removed(office: Office) -> None:
    channel = {"channel_id": office.channel("general")}
    wanted = {"type": "link", "title": "Runbook", "link": "https://a.example"}
    bookmark = office.api("bookmarks.add", **channel, **wanted, emoji=":book:")["bookmark"]
    changed = office.api("bookmarks.edit", **channel, bookmark_id=bookmark["id"], title="Runbooks")[
        "bookmark"
    ]
    assert (changed["title"], changed["link"], changed["emoji"]) == (
        "Runbooks",
        "https://a.example",
        ":book:",
    )
    assert office.api("bookmarks.list", **channel)["bookmarks"] == [changed]
    assert office.api("bookmarks.remove", **channel, bookmark_id=bookmark["id"])["ok"]
    assert office.api("bookmarks.list", **channel)["bookmarks"] == []
    assert office.api("bookmarks.remove", **channel, bookmark_id=bookmark["id"]).error == "not_found"
    assert office.api("bookmarks.add", **channel, **wanted | {"link": "ftp://a"}).error == "invalid_link"
    assert office.api("bookmarks.add", **channel, **wanted | {"type": "x"}).error == "invalid_bookmark_type"


@pytest.mark.browser
def test_bookmarks_stand_above_the_conversation(office: Office, browser: Browser) -> None:
    channel = office.channel("support")
    page = browser.new_page()
    page.goto(f"{office.url}/?user={office.person()}&channel={channel}")
    expect(page.get_by_test_id("composer")).to_be_visible()
    link = {"type": "link", "title": "Rota", "link": "https://rota.example/"}
    assert office.api("bookmarks.add", channel_id=channel, **link)["ok"]
    shown = page.get_by_role("navigation", name="Bookmarks").get_by_role("link", name="Rota")
    expect(shown).to_have_attribute("href", "https://rota.example/")
    page.close()


def test_what_somebody_has_reacted_to_is_listed(office: Office) -> None:
    channel, ann = office.channel("general"), office.person()
    posted = office.api("chat.postMessage", channel=channel, text="Lunch?")
    office.post("/sim/reactions", user=ann, channel=channel, ts=posted["ts"], name="pizza")
    (item,) = office.api("reactions.list", user=ann, limit=1)["items"]
    assert (item["channel"], item["message"]["ts"]) == (channel, posted["ts"])
    assert item["message"]["reactions"] == [{"name": "pizza", "users": [ann], "count": 1}]


def test_a_group_is_made_filled_and_put_away(office: Office) -> None:
    group = office.api("usergroups.create", name="On call", handle="oncall")["usergroup"]
    people = [office.person("ann"), office.person("tomas")]
    filled = office.api("usergroups.users.update", usergroup=group["id"], users=",".join(people))
    assert filled["usergroup"]["users"] == people
    assert office.api("usergroups.users.list", usergroup=group["id"])["users"] == people
    assert (
        office.api("usergroups.update", usergroup=group["id"], handle="pager")["usergroup"]["handle"]
        == "pager"
    )
    assert office.api("usergroups.disable", usergroup=group["id"])["usergroup"]["date_delete"]
    assert office.api("usergroups.disable", usergroup=group["id"]).error == "already_disabled"
    assert office.api("usergroups.enable", usergroup=group["id"])["ok"]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("usergroups.create", {"name": "Platform team"}, "name_already_exists"),
        ("usergroups.create", {"name": "New", "handle": "ann"}, "handle_already_exists"),
        ("usergroups.create", {"name": "New", "handle": "not a handle"}, "invalid_handle"),
        ("usergroups.update", {"usergroup": "S0"}, "no_such_subteam"),
    ],
)
def test_what_a_group_cannot_be(office: Office, method: str, args: dict[str, str], error: str) -> None:
    assert office.api(method, **args).error == error


def test_a_group_is_of_people_who_are_here(office: Office) -> None:
    group = office.api("usergroups.list")["usergroups"][0]["id"]
    assert office.api("usergroups.users.update", usergroup=group, users="").error == "no_users_provided"
    assert office.api("usergroups.users.update", usergroup=group, users="U0").error == "invalid_users"


def test_nobody_is_to_be_left_alone(office: Office) -> None:
    assert office.api("dnd.info", user=office.person())["dnd_enabled"] is False
