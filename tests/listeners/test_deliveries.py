"""What is the same whenever the same request is delivered again, and only then."""

from __future__ import annotations

from typing import Any

from jobs import JOBS
from listeners.commands.run import run_request as of_command
from listeners.deliveries import delivery_key, key_of_another, run_key
from runs.requests import parse_command

COMMAND = {
    "command": "/run",
    "trigger_id": "1.2",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "response_url": "https://hooks.slack.com/1",
}


def an_event(**changes: Any) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "event_ts": "1.2"}
    return {"type": "event_callback", "event_id": "Ev1", "event": event | changes}


def test_a_click_and_its_repetition_are_told_apart() -> None:
    assert delivery_key({"trigger_id": "1"}) == delivery_key({"trigger_id": "1"})
    assert delivery_key({"trigger_id": "1"}) != delivery_key({"trigger_id": "2"})


def test_an_event_is_the_same_under_another_event_id() -> None:
    assert delivery_key(an_event()) == delivery_key(an_event() | {"event_id": "Ev2"})


def test_what_differs_is_another_event() -> None:
    others = [an_event(event_ts="1.3"), an_event(channel="C2"), an_event(user="U2"), an_event(type="message")]
    keys = {delivery_key(each) for each in [an_event(), *others]}
    assert len(keys) == 5


def test_an_event_about_a_channel_or_a_user_is_known_by_its_id() -> None:
    made = {"id": "C9", "name": "new"}
    assert "C9" in delivery_key(an_event(type="channel_created", channel=made))
    assert "U9" in delivery_key(an_event(type="user_change", user={"id": "U9", "name": "secret"}))


def test_what_has_no_time_is_known_by_all_of_it() -> None:
    bare = {"type": "event_callback", "event": {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}}
    assert delivery_key(bare) == delivery_key(dict(reversed(bare.items())))
    assert delivery_key(bare) != delivery_key(bare | {"event": {"type": "app_uninstalled"}})


def test_the_key_of_a_commands_run_is_the_one_its_listener_gives() -> None:
    asked = parse_command("export-channel channel=C1", JOBS)
    assert of_command(COMMAND, asked).key == run_key(COMMAND)  # type: ignore[arg-type]


def test_the_key_of_a_forms_run_is_its_view() -> None:
    """However often it is submitted; tests/aws plays it with the listener."""
    assert run_key({"type": "view_submission", "trigger_id": "1.2", "view": {"id": "V1"}}) == "V1"


def test_only_run_again_asks_for_a_run_among_the_buttons() -> None:
    def click(action_id: str) -> dict[str, Any]:
        return {"type": "block_actions", "actions": [{"action_id": action_id, "value": "RABC"}]}

    assert run_key(click("run_again")) == key_of_another("RABC")
    assert run_key(click("cancel_run")) is None
    assert run_key(an_event()) is None
