"""Events of conversations, for an app that subscribed to them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.office import MANIFEST, SCOPES, SILENCE, App, Json, Office, an_app, an_office

EVENTS = [
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
]


def manifest_file(folder: Path, scopes: list[str]) -> Path:
    manifest = MANIFEST | {
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": EVENTS}},
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    return path


@pytest.fixture(scope="module")
def running_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("manifest")
    with an_office(manifest_file(folder, [*SCOPES, "app_mentions:read"])) as office:
        yield office


def write(office: Office, text: str, channel: str = "general", **more: Any) -> Json:
    body = {"user": office.person(), "channel": office.channel(channel), "text": text, **more}
    return dict(office.post("/sim/messages", **body)["message"])


def next_event(app: App) -> Json:
    return dict(app.next().payload["event"])


def test_a_persons_message_reaches_the_app(office: Office, app: App) -> None:
    message = write(office, "hello <you>")
    event = next_event(app)
    assert (event["type"], event["channel_type"], event["text"]) == (
        "message",
        "channel",
        "hello &lt;you&gt;",
    )
    assert (event["ts"], event["event_ts"], event["user"]) == (message["ts"], message["ts"], office.person())
    assert "subtype" not in event


def test_what_a_person_wrote_comes_as_rich_text_too(office: Office, app: App) -> None:
    general = office.channel("general")
    write(office, "@Tester see #general & https://a.example at 10:00:30 :tada: @here")
    (block,) = next_event(app)["blocks"]
    assert block["type"] == "rich_text"
    assert block["elements"][0]["elements"] == [
        {"type": "user", "user_id": office.bot},
        {"type": "text", "text": " see "},
        {"type": "channel", "channel_id": general},
        {"type": "text", "text": " & "},
        {"type": "link", "url": "https://a.example"},
        {"type": "text", "text": " at 10:00:30 "},
        {"type": "emoji", "name": "tada"},
        {"type": "text", "text": " "},
        {"type": "broadcast", "range": "here"},
    ]
    assert next_event(app)["blocks"] == [block]


def test_a_reply_names_the_author_of_its_parent(office: Office, app: App) -> None:
    parent = write(office, "who?")
    write(office, "me", thread_ts=parent["ts"])
    next_event(app)
    event = next_event(app)
    assert (event["thread_ts"], event["parent_user_id"]) == (parent["ts"], office.person())


def test_a_direct_message_reaches_the_app(office: Office, app: App) -> None:
    person = office.person()
    channel = office.post("/sim/dms", user=person, **{"with": office.bot})["channel"]["id"]
    office.post("/sim/messages", user=person, channel=channel, text=f"<@{office.bot}> hi")
    event = next_event(app)
    assert (event["channel"], event["channel_type"]) == (channel, "im")
    assert app.got.empty(), "Slack sends no app_mention in a direct message"


def test_a_mention_comes_as_a_message_and_as_a_mention(office: Office, app: App) -> None:
    write(office, "@Tester are you there?")
    message, mention = next_event(app), next_event(app)
    assert (message["type"], mention["type"]) == ("message", "app_mention")
    assert mention["text"] == f"<@{office.bot}> are you there?"
    assert "channel_type" not in mention


def test_the_apps_own_messages_and_their_changes_are_events_too(office: Office, app: App) -> None:
    channel = office.channel("general")
    ts = office.api("chat.postMessage", channel=channel, text="one")["ts"]
    office.api("chat.update", channel=channel, ts=ts, text="two")
    office.api("chat.delete", channel=channel, ts=ts)
    posted, changed, deleted = next_event(app), next_event(app), next_event(app)
    assert (posted["text"], posted["user"]) == ("one", office.bot)
    assert posted["bot_id"]
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert deleted["previous_message"]["text"] == "two"


def test_where_the_bot_is_not_there_are_no_events(office: Office, app: App) -> None:
    write(office, "@Tester behind your back", "random")
    write(office, "and here", "general")
    assert next_event(app)["channel"] == office.channel("general")


def test_reactions_are_events_but_no_changes_of_the_message(office: Office, app: App) -> None:
    message, channel = write(office, "like it?"), office.channel("general")
    next_event(app)
    where = {"channel": channel, "ts": message["ts"], "name": "thumbsup"}
    assert office.post("/sim/reactions", user=office.person("leila"), **where).status == 200
    added = next_event(app)
    assert (added["type"], added["reaction"], added["user"]) == (
        "reaction_added",
        "thumbsup",
        office.person("leila"),
    )
    assert added["item_user"] == office.person()
    assert added["item"] == {"type": "message", "channel": channel, "ts": message["ts"]}
    office.post("/sim/reactions", user=office.person("leila"), **where, remove=True)
    assert next_event(app)["type"] == "reaction_removed"
    assert "reactions" not in office.messages(channel, office.person())[-1]


def test_joining_and_leaving_are_events(office: Office, app: App) -> None:
    channel, ben = office.channel("general"), office.person("ben")
    office.control("members", channel=channel, add=[ben])
    joined = [next_event(app), next_event(app)]
    assert [each["type"] for each in joined] == ["message", "member_joined_channel"]
    assert (joined[1]["user"], joined[1]["channel"], joined[1]["channel_type"]) == (ben, channel, "C")
    office.control("members", channel=channel, remove=[ben])
    assert [next_event(app)["type"], next_event(app)["type"]] == ["message", "member_left_channel"]


def test_an_event_that_is_not_acked_comes_again(office: Office, app: App) -> None:
    office.control("timing", ack_ms=50, retry_ms=[0])
    app.answer = lambda request: SILENCE if request.retry_attempt == 0 else None
    write(office, "hello?")
    first, again = app.next(), app.next()
    assert (again.retry_attempt, again.retry_reason) == (1, "timeout")
    assert first.payload == again.payload


def test_without_its_scope_an_event_does_not_come(tmp_path: Path) -> None:
    with an_office(manifest_file(tmp_path, ["chat:write"])) as office, an_app(office) as app:
        write(office, "@Tester hello")
        office.post("/sim/shortcuts", user=office.person(), callback_id="begin")
        assert app.next().payload["type"] == "shortcut"
