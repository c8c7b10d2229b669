"""What an app's messages tell apps, as events."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.office import MANIFEST, SCOPES, App, Json, Office, an_office

KINDS = ["message_metadata_posted", "message_metadata_updated", "message_metadata_deleted"]
SUBSCRIBED = {
    "bot_events": KINDS,
    "metadata_subscriptions": [{"app_id": "[app id]", "event_type": "task_created"}],
}
TASK: Json = {"event_type": "task_created", "event_payload": {"id": "TK-1"}}


@pytest.fixture(scope="module")
def running_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path: Path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    scopes = [*SCOPES, "metadata.message:read"]
    path.write_text(
        json.dumps(
            MANIFEST
            | {
                "oauth_config": {"scopes": {"bot": scopes}},
                "settings": {"event_subscriptions": SUBSCRIBED},
            }
        )
    )
    with an_office(path) as office:
        office.control("members", channel=office.channel("general"), add=[office.bot])
        yield office


def post(office: Office, **content: Any) -> Json:
    answer = office.api("chat.postMessage", channel=office.channel("general"), text="hi", **content)
    return dict(answer["message"])


def next_event(app: App) -> Json:
    return dict(app.next().payload["event"])


def test_a_message_with_metadata_is_told(office: Office, app: App) -> None:
    message = post(office, metadata=TASK)
    assert next_event(app) == {
        "type": "message_metadata_posted",
        "app_id": message["app_id"],
        "bot_id": message["bot_id"],
        "user_id": office.bot,
        "team_id": message["team"],
        "channel_id": office.channel("general"),
        "metadata": TASK,
        "message_ts": message["ts"],
        "event_ts": message["ts"],
    }


def test_metadata_that_changes_and_goes_is_told_with_what_it_was(office: Office, app: App) -> None:
    message = post(office, metadata=TASK)
    next_event(app)
    later = {**TASK, "event_payload": {"id": "TK-2"}}
    where = {"channel": office.channel("general"), "ts": message["ts"]}
    assert office.api("chat.update", **where, metadata=later)["ok"]
    updated = next_event(app)
    assert updated["type"] == "message_metadata_updated"
    assert (updated["metadata"], updated["previous_metadata"]) == (later, TASK)
    assert office.api("chat.delete", **where)["ok"]
    deleted = next_event(app)
    assert deleted["type"] == "message_metadata_deleted"
    assert (deleted["previous_metadata"], deleted["message_ts"]) == (later, message["ts"])
    assert deleted["deleted_ts"]


def test_metadata_that_comes_later_is_told_as_posted(office: Office, app: App) -> None:
    message = post(office)
    office.api("chat.update", channel=office.channel("general"), ts=message["ts"], metadata=TASK)
    assert next_event(app)["type"] == "message_metadata_posted"


def test_other_types_and_a_text_that_changes_are_not_told(office: Office, app: App) -> None:
    post(office, metadata={**TASK, "event_type": "task_closed"})
    message = post(office, metadata=TASK)
    assert next_event(app)["message_ts"] == message["ts"]
    where = {"channel": office.channel("general"), "ts": message["ts"]}
    office.api("chat.update", **where, text="other words")
    office.api("chat.delete", **where)
    assert next_event(app)["type"] == "message_metadata_deleted"
