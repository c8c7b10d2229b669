"""What apps change about conversations, and the other methods that apps commonly call."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.office import MANIFEST, App, Json, Office, an_app, an_office

MORE = [
    "channels:manage",
    "groups:write",
    "emoji:read",
    "pins:read",
    "pins:write",
    "users:read.email",
    "users.profile:read",
    "chat:write.customize",
]
EVENTS = [
    "channel_created",
    "channel_rename",
    "channel_archive",
    "pin_added",
    "member_joined_channel",
    "file_shared",
    "team_join",
    "message.channels",
]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scopes = [*MANIFEST["oauth_config"]["scopes"]["bot"], *MORE]
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    settings = {"event_subscriptions": {"bot_events": EVENTS}}
    path.write_text(
        json.dumps({**MANIFEST, "settings": settings, "oauth_config": {"scopes": {"bot": scopes}}})
    )
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


@pytest.fixture(scope="module")
def running_app(running_office: Office) -> Iterator[App]:
    with an_app(running_office) as app:
        yield app


def event_of(app: App, kind: str) -> Json:
    while True:
        event: Json = app.next().payload["event"]
        if event["type"] == kind:
            return event


def created(office: Office, name: str, **more: Any) -> str:
    return str(office.api("conversations.create", name=name, **more)["channel"]["id"])


def test_a_new_channel_has_its_maker_in_it(office: Office, app: App) -> None:
    channel = office.api("conversations.create", name="ops")["channel"]
    assert (channel["name"], channel["is_member"], channel["creator"]) == ("ops", True, office.bot)
    assert event_of(app, "channel_created")["channel"]["id"] == channel["id"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("No Capitals", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
def test_names_that_are_none(office: Office, name: str, error: str) -> None:
    assert office.api("conversations.create", name=name).error == error


def test_people_are_invited_and_put_out(office: Office, app: App) -> None:
    channel, ann, wen = created(office, "crew"), office.person("ann"), office.person("wen")
    assert office.api("conversations.invite", channel=channel, users=f"{ann},{wen}").error is None
    joined = {event_of(app, "member_joined_channel")["user"] for _ in range(3)}
    assert joined == {office.bot, ann, wen}
    assert office.api("conversations.invite", channel=channel, users=ann).error == "already_in_channel"
    assert office.api("conversations.invite", channel=channel, users="U0").error == "user_not_found"
    assert office.api("conversations.invite", channel=channel, users=office.bot).error == "cant_invite_self"
    assert office.api("conversations.kick", channel=channel, user=wen).error is None
    assert office.api("conversations.members", channel=channel)["members"] == [office.bot, ann]


def test_topic_and_purpose_are_set_and_said(office: Office) -> None:
    channel = created(office, "talk")
    answer = office.api("conversations.setTopic", channel=channel, topic="Ships")
    assert answer["channel"]["topic"]["value"] == "Ships"
    assert office.api("conversations.setPurpose", channel=channel, purpose="All")["purpose"] == "All"
    latest = office.api("conversations.history", channel=channel)["messages"]
    assert [each["subtype"] for each in latest[:2]] == ["channel_purpose", "channel_topic"]
    assert office.api("conversations.setTopic", channel=channel, topic="x" * 251).error == "too_long"


def test_a_channel_gets_another_name_and_is_closed(office: Office, app: App) -> None:
    channel = created(office, "before")
    renamed = office.api("conversations.rename", channel=channel, name="after")
    assert renamed["channel"]["name"] == "after"
    assert event_of(app, "channel_rename")["channel"]["name"] == "after"
    assert office.api("conversations.archive", channel=channel).error is None
    assert event_of(app, "channel_archive")["channel"] == channel
    assert office.api("chat.postMessage", channel=channel, text="hi").error == "is_archived"
    assert office.api("conversations.archive", channel=channel).error == "already_archived"
    assert office.api("conversations.unarchive", channel=channel).error is None


def test_general_stays(office: Office) -> None:
    channel = office.channel("general")
    office.control("members", channel=channel, add=[office.bot])
    assert office.api("conversations.leave", channel=channel).error == "cant_leave_general"
    assert office.api("conversations.archive", channel=channel).error == "cant_archive_general"
    kicked = office.api("conversations.kick", channel=channel, user=office.person())
    assert kicked.error == "cant_kick_from_general"


def test_leaving_twice_is_no_error(office: Office) -> None:
    channel = created(office, "brief")
    assert office.api("conversations.leave", channel=channel).body == {"ok": True}
    assert office.api("conversations.leave", channel=channel).body == {"ok": True, "not_in_channel": True}


def test_a_message_is_pinned_once(office: Office, app: App) -> None:
    channel = created(office, "board")
    ts = office.api("chat.postMessage", channel=channel, text="read this")["ts"]
    pin = {"channel": channel, "timestamp": ts}
    assert office.api("pins.add", **pin).error is None
    assert event_of(app, "pin_added")["item"]["message"]["ts"] == ts
    assert office.api("pins.add", **pin).error == "already_pinned"
    (item,) = office.api("pins.list", channel=channel)["items"]
    assert (item["message"]["text"], item["created_by"]) == ("read this", office.bot)
    assert office.api("pins.remove", **pin).error is None
    assert office.api("pins.remove", **pin).error == "no_pin"


def test_a_scheduled_message_comes_when_it_is_due(office: Office) -> None:
    channel, post_at = created(office, "later"), int(time.time()) + 3600
    answer = office.api("chat.scheduleMessage", channel=channel, text="good morning", post_at=post_at)
    other = office.api("chat.scheduleMessage", channel=channel, text="never", post_at=post_at)
    listed = office.api("chat.scheduledMessages.list", channel=channel)["scheduled_messages"]
    assert {each["id"] for each in listed} == {
        answer["scheduled_message_id"],
        other["scheduled_message_id"],
    }
    where = {"channel": channel, "scheduled_message_id": other["scheduled_message_id"]}
    assert office.api("chat.deleteScheduledMessage", **where).error is None
    assert office.api("chat.deleteScheduledMessage", **where).error == "invalid_scheduled_message_id"
    office.control("clock", seconds=3601)
    assert office.api("conversations.history", channel=channel)["messages"][0]["text"] == "good morning"


def test_times_that_are_none_for_a_scheduled_message(office: Office) -> None:
    channel = created(office, "clock")
    now = int(time.time()) + 100_000  # the clock may have been put forward
    for post_at, error in (
        (1, "time_in_past"),
        (now + 200 * 86400, "time_too_far"),
        ("soon", "invalid_time"),
    ):
        answer = office.api("chat.scheduleMessage", channel=channel, text="x", post_at=post_at)
        assert answer.error == error


def test_a_person_is_found_by_address(office: Office) -> None:
    address = office.api("users.info", user=office.person("wen"))["user"]["profile"]["email"]
    assert office.api("users.lookupByEmail", email=address.upper())["user"]["id"] == office.person("wen")
    assert office.api("users.lookupByEmail", email="nobody@x.example").error == "users_not_found"
    assert office.api("users.profile.get", user=office.person("wen"))["profile"]["email"] == address


def test_a_name_and_a_face_of_the_messages_own(office: Office) -> None:
    channel = created(office, "masks")
    message = office.api(
        "chat.postMessage", channel=channel, text="Boo", username="Ghost", icon_emoji="ghost"
    )["message"]
    assert (message["username"], message["icons"], message["subtype"]) == (
        "Ghost",
        {"emoji": ":ghost:"},
        "bot_message",
    )


def test_a_file_of_a_persons_can_be_read_by_the_app(office: Office, app: App) -> None:
    channel, ann = created(office, "scans"), office.person()
    office.api("conversations.invite", channel=channel, users=ann)
    body = {"user": ann, "channel": channel, "name": "scan.txt", "text": "look"}
    shared = office.post("/sim/files", **body, content=base64.b64encode(b"seen").decode())
    assert shared["message"]["files"][0]["name"] == "scan.txt"
    event = event_of(app, "file_shared")
    assert (event["user_id"], event["channel_id"]) == (ann, channel)
    file = office.api("files.info", file=event["file_id"])["file"]
    headers = {"Authorization": f"Bearer {office.first_line['bot_token']}"}
    path = file["url_private_download"].removeprefix(office.url)
    assert office.request(path, headers=headers).raw == b"seen"
    assert office.post("/sim/files", **body, content="no base64!").error == "invalid_content"


def test_a_file_of_its_own_can_be_listed_and_deleted(office: Office) -> None:
    channel = created(office, "papers")
    begun = office.api("files.getUploadURLExternal", filename="a.txt", length=2)
    path = begun["upload_url"].removeprefix(office.url)
    assert office.request(path, b"hi", method="POST").status == 200
    done = office.api("files.completeUploadExternal", files=[{"id": begun["file_id"]}], channel_id=channel)
    assert done.error is None
    assert [each["id"] for each in office.api("files.list", channel=channel)["files"]] == [begun["file_id"]]
    assert office.api("files.delete", file=begun["file_id"]).error is None
    assert office.api("files.delete", file=begun["file_id"]).error == "file_not_found"
    assert office.api("files.list", channel=channel)["files"] == []


def test_ones_own_words_can_be_changed_and_taken_back(office: Office, app: App) -> None:
    channel, ann = created(office, "drafts"), office.person()
    office.api("conversations.invite", channel=channel, users=ann)
    where = {"user": ann, "channel": channel}
    where["ts"] = office.post("/sim/messages", **where, text="Helo")["message"]["ts"]
    assert office.post("/sim/messages/edit", **where, text="Hello")["message"]["text"] == "Hello"
    changed = message_of(app, "message_changed")
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("Hello", "Helo")
    assert office.post("/sim/messages/delete", **where).status == 200
    assert message_of(app, "message_deleted")["deleted_ts"] == where["ts"]
    ts = office.api("chat.postMessage", channel=channel, text="mine")["ts"]
    assert office.post("/sim/messages/delete", **where | {"ts": ts}).error == "not_your_message"


def message_of(app: App, subtype: str) -> Json:
    while True:
        event = event_of(app, "message")
        if event.get("subtype") == subtype:
            return event


def test_somebody_new_comes_in(office: Office, app: App) -> None:
    office.control("join", name="nova", real_name="Nova Bright")
    user = event_of(app, "team_join")["user"]
    assert (user["name"], user["profile"]["email"]) == ("nova", "nova@tidewell.example")
    assert user["id"] in office.api("conversations.members", channel=office.channel("general"))["members"]
    assert office.post("/sim/control/join", name="nova").error == "invalid_name"
