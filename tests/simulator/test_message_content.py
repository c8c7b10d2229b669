"""What messages of apps hold besides text and blocks."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.simulator.office import Answer, App, Office

BUTTON = {
    "type": "actions",
    "block_id": "b",
    "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
}


def post(office: Office, **content: Any) -> Answer:
    channel = office.channel("general")
    office.control("members", channel=channel, add=[office.bot])
    return office.api("chat.postMessage", channel=channel, **content)


def test_attachments_alone_are_a_message_and_are_numbered(office: Office) -> None:
    answer = post(office, attachments=[{"text": "a < b", "color": "good"}, {"title": "two"}])
    assert answer["message"]["attachments"] == [
        {"text": "a &lt; b", "color": "good", "id": 1},
        {"title": "two", "id": 2},
    ]


def test_attachments_may_come_as_text_inside_a_form(office: Office) -> None:
    channel = office.channel("general")
    office.control("members", channel=channel, add=[office.bot])
    form = urlencode({"channel": channel, "attachments": json.dumps([{"text": "a"}])}).encode()
    headers = {"Authorization": f"Bearer {office.first_line['bot_token']}"}
    answer = office.request("/api/chat.postMessage", form, headers=headers)
    assert answer["message"]["attachments"] == [{"text": "a", "id": 1}]


def test_attachments_that_are_no_list_and_blocks_in_them_that_are_none_are_refused(office: Office) -> None:
    assert post(office, attachments={"text": "a"}).error == "invalid_attachments"
    assert post(office, attachments=[{"text": "a"}] * 101).error == "too_many_attachments"
    answer = post(office, attachments=[{"blocks": [{"type": "nothing"}]}])
    assert answer.error == "invalid_blocks"
    assert "/attachments/0/blocks/0/type" in answer["errors"][0]


def test_a_press_in_an_attachment_says_in_which(office: Office, app: App) -> None:
    message = post(office, text="above", attachments=[{"text": "one"}, {"blocks": [BUTTON]}])["message"]
    channel = office.channel("general")
    container = {"type": "message", "channel": channel, "ts": message["ts"]}
    pressed = office.post(
        "/sim/actions", user=office.person(), container=container, block_id="b", action_id="go"
    )
    assert pressed["ack"]["status"] == "acked"
    payload = app.next().payload
    assert payload["container"] == {
        "type": "message_attachment",
        "message_ts": message["ts"],
        "attachment_id": 2,
        "channel_id": channel,
        "is_ephemeral": False,
        "is_app_unfurl": False,
    }


def test_attachments_stay_through_an_update_that_does_not_name_them(office: Office) -> None:
    message = post(office, text="above", attachments=[{"text": "one"}])["message"]
    channel = office.channel("general")
    kept = office.api("chat.update", channel=channel, ts=message["ts"], text="new")["message"]
    assert kept["attachments"] == message["attachments"]
    gone = office.api("chat.update", channel=channel, ts=message["ts"], text="new", attachments=[])
    assert "attachments" not in gone["message"]


def test_metadata_is_kept_and_told_to_who_asks(office: Office) -> None:
    metadata = {"event_type": "task", "event_payload": {"id": 7}}
    message = post(office, text="hi", metadata=metadata)["message"]
    assert message["metadata"] == metadata
    channel = office.channel("general")
    plain = office.api("conversations.history", channel=channel, limit=1)["messages"][0]
    assert "metadata" not in plain
    asked = office.api("conversations.history", channel=channel, limit=1, include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == metadata


def test_metadata_alone_can_be_updated(office: Office) -> None:
    message = post(office, text="hi", metadata={"event_type": "t", "event_payload": {}})["message"]
    metadata = {"event_type": "t", "event_payload": {"step": 2}}
    channel = office.channel("general")
    answer = office.api("chat.update", channel=channel, ts=message["ts"], metadata=metadata)
    assert (answer["message"]["text"], answer["message"]["metadata"]) == ("hi", metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "t"},
        {"event_type": "assistant_thread_context", "event_payload": None},
        {"event_type": "a.b", "event_payload": {}},
        {"event_payload": {}},
    ],
)
def test_metadata_of_another_shape_is_passed_over_with_a_warning(office: Office, metadata: Any) -> None:
    answer = post(office, text="hi", metadata=metadata)
    assert "metadata" not in answer["message"]
    assert answer["warning"] == "invalid_metadata_schema"
    assert answer["response_metadata"] == {"warnings": ["invalid_metadata_schema"]}


def test_metadata_that_is_none_or_too_large_is_refused(office: Office) -> None:
    assert post(office, text="hi", metadata="no").error == "invalid_metadata_format"
    large = {"event_type": "t", "event_payload": {"x": "y" * 16_000}}
    assert post(office, text="hi", metadata=large).error == "metadata_too_large"


def test_a_name_of_the_messages_own_needs_its_scope(office: Office) -> None:
    message = post(office, text="hi", username="Ghost", icon_emoji="ghost")["message"]
    assert "username" not in message
    assert "icons" not in message


def test_attachments_alone_answer_a_command(office: Office, app: App) -> None:
    channel = office.channel("general")
    office.post("/sim/commands", user=office.person(), channel=channel, text="/do it")
    path = app.next().payload["response_url"].removeprefix(office.url)
    body = json.dumps({"attachments": [{"text": "done"}], "response_type": "in_channel"}).encode()
    answer = office.request(path, body, headers={"Content-Type": "application/json"})
    assert answer.status == 200
    assert office.messages(channel, office.person())[-1]["attachments"] == [{"text": "done", "id": 1}]
