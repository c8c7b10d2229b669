"""Apps that are assistants: threads, what stands beside them, and messages that are streamed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.office import MANIFEST, App, Json, Office, an_app, an_office


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = ["assistant_thread_started", "assistant_thread_context_changed", "message.im"]
    scopes = [*MANIFEST["oauth_config"]["scopes"]["bot"], "assistant:write"]
    features = {**MANIFEST["features"], "assistant_view": {"assistant_description": "Helps"}}
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    settings = {"event_subscriptions": {"bot_events": events}}
    oauth = {"scopes": {"bot": scopes}}
    path.write_text(
        json.dumps({**MANIFEST, "features": features, "settings": settings, "oauth_config": oauth})
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
        if event["type"] == kind and "bot_id" not in event:
            return event


def new_chat(office: Office, **fields: Any) -> tuple[str, str]:
    answer = office.post("/sim/assistant", user=office.person(), **fields)
    return answer["channel"], answer["ts"]


def last_reply(office: Office, channel: str, ts: str) -> Json:
    path = f"/sim/conversations/{channel}/replies"
    return dict(office.get(path, user=office.person(), ts=ts)["messages"][-1])


def test_a_new_chat_is_a_thread_of_the_apps_and_an_event(office: Office, app: App) -> None:
    viewing = office.channel("general")
    channel, ts = new_chat(office, viewing=viewing)
    thread = event_of(app, "assistant_thread_started")["assistant_thread"]
    assert (thread["user_id"], thread["channel_id"], thread["thread_ts"]) == (office.person(), channel, ts)
    assert thread["context"]["channel_id"] == viewing
    root = office.api("conversations.replies", channel=channel, ts=ts)["messages"][0]
    assert (root["subtype"], root["user"]) == ("assistant_app_thread", office.bot)
    other = office.channel("engineering")
    office.post("/sim/assistant", user=office.person(), ts=ts, viewing=other)
    changed = event_of(app, "assistant_thread_context_changed")["assistant_thread"]
    assert (changed["thread_ts"], changed["context"]["channel_id"]) == (ts, other)


def test_what_is_said_outside_of_a_thread_begins_one(office: Office, app: App) -> None:
    channel, _ = new_chat(office)
    said = office.post("/sim/messages", user=office.person(), channel=channel, text="Hello")["message"]
    assert event_of(app, "message")["thread_ts"] == said["thread_ts"] != said["ts"]


def test_title_status_and_prompts_stand_beside_the_thread(office: Office) -> None:
    channel, ts = new_chat(office)
    where = {"channel_id": channel, "thread_ts": ts}
    prompts = [{"title": "Dice", "message": "Roll two dice"}]
    assert office.api("assistant.threads.setTitle", **where, title="Dice").body == {"ok": True}
    assert office.api("assistant.threads.setStatus", **where, status="is thinking").body == {"ok": True}
    assert office.api("assistant.threads.setSuggestedPrompts", **where, prompts=prompts).body == {"ok": True}
    shown = office.get("/sim/assistant", user=office.person(), channel=channel, ts=ts)
    assert (shown["title"], shown["status"]) == ("Dice", "is thinking")
    assert shown["prompts"]["prompts"] == prompts


def test_suggestions_go_once_something_was_said(office: Office) -> None:
    channel, ts = new_chat(office)
    where = {"channel_id": channel, "thread_ts": ts}
    prompts = [{"title": "Dice", "message": "Roll two dice"}]
    office.api("assistant.threads.setSuggestedPrompts", **where, prompts=prompts)
    office.post("/sim/messages", user=office.person(), channel=channel, text="Hello", thread_ts=ts)
    shown = office.get("/sim/assistant", user=office.person(), channel=channel, ts=ts)
    assert shown["prompts"]["prompts"] == []


def test_an_answer_ends_the_status(office: Office) -> None:
    channel, ts = new_chat(office)
    office.api("assistant.threads.setStatus", channel_id=channel, thread_ts=ts, status="is thinking")
    office.api("chat.postMessage", channel=channel, thread_ts=ts, text="Done")
    assert office.get("/sim/assistant", user=office.person(), channel=channel, ts=ts)["status"] == ""


def test_a_thread_that_is_not_there_has_no_status(office: Office) -> None:
    channel, _ = new_chat(office)
    answer = office.api("assistant.threads.setStatus", channel_id=channel, thread_ts="1.000000", status="x")
    assert answer.error == "invalid_thread_ts"


def test_a_stream_grows_and_ends_with_blocks(office: Office) -> None:
    channel, ts = new_chat(office)
    begun = office.api("chat.startStream", channel=channel, thread_ts=ts, markdown_text="**Hel")
    where = {"channel": channel, "ts": begun["ts"]}
    assert office.api("chat.appendStream", **where, markdown_text="lo**").status == 200
    assert last_reply(office, channel, ts)["text"] == "**Hello**"
    thumbs = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
                "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
            }
        ],
    }
    message = office.api("chat.stopStream", **where, blocks=[thumbs])["message"]
    assert [each["type"] for each in message["blocks"]] == ["markdown", "context_actions"]
    assert message["streaming_state"] == "completed"
    assert office.api("chat.appendStream", **where, markdown_text="more").error == (
        "message_not_in_streaming_state"
    )


def test_a_press_on_a_thumb_sends_its_value(office: Office, app: App) -> None:
    test_a_stream_grows_and_ends_with_blocks(office)
    channel = office.post("/sim/dms", user=office.person(), **{"with": office.bot})["channel"]["id"]
    root = office.messages(channel, office.person())[-1]
    message = last_reply(office, channel, root["ts"])
    container = {"type": "message", "channel": channel, "ts": message["ts"]}
    press = {"container": container, "block_id": message["blocks"][-1]["block_id"], "action_id": "feedback"}
    assert office.post("/sim/actions", user=office.person(), **press, value="good").status == 200
    while (payload := app.next().payload).get("type") != "block_actions":
        pass
    assert (payload["actions"][0]["type"], payload["actions"][0]["value"]) == ("feedback_buttons", "good")


def test_tasks_of_a_plan_are_one_block_and_change_in_place(office: Office) -> None:
    channel, ts = new_chat(office)
    task = {"type": "task_update", "id": "1", "title": "Reading", "status": "in_progress", "details": "a"}
    begun = office.api(
        "chat.startStream", channel=channel, thread_ts=ts, chunks=[task], task_display_mode="plan"
    )
    chunks = [
        {"type": "plan_update", "title": "All read"},
        {**task, "status": "complete", "output": "b"},
        {"type": "task_update", "id": "2", "title": "Writing"},
    ]
    message = office.api("chat.stopStream", channel=channel, ts=begun["ts"], chunks=chunks)["message"]
    (plan,) = message["blocks"]
    assert (plan["type"], plan["title"]) == ("plan", "All read")
    assert [(each["task_id"], each["status"]) for each in plan["tasks"]] == [
        ("1", "complete"),
        ("2", "pending"),
    ]


def test_chunks_that_are_none_change_nothing(office: Office) -> None:
    channel, ts = new_chat(office)
    begun = office.api("chat.startStream", channel=channel, thread_ts=ts, markdown_text="a")
    chunks = [{"type": "markdown_text", "text": "b"}, {"type": "nothing"}]
    answer = office.api("chat.appendStream", channel=channel, ts=begun["ts"], chunks=chunks)
    assert answer.error == "invalid_chunks"
    assert last_reply(office, channel, ts)["text"] == "a"


def test_a_stream_in_a_channel_says_for_whom_it_is(office: Office) -> None:
    channel = office.channel("general")
    office.control("members", channel=channel, add=[office.bot])
    ts = office.api("chat.postMessage", channel=channel, text="hi")["ts"]
    where = {"channel": channel, "thread_ts": ts}
    assert office.api("chat.startStream", **where).error == "missing_recipient_team_id"
    team = office.workspace["team"]["id"]
    assert office.api("chat.startStream", **where, recipient_team_id=team).error == (
        "missing_recipient_user_id"
    )
    known = {"recipient_team_id": team, "recipient_user_id": office.person()}
    assert office.api("chat.startStream", **where, **known).error is None
