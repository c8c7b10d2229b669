"""What an ack that opens a modal asks of Slack: nothing but that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt import BoltContext

from blocks.origin import FormLink
from jobs import JOBS
from listeners.actions.open_form import ack_open_form
from listeners.commands.run import ack_run
from listeners.modals import name_of_view
from listeners.shortcuts.open_picker import ack_open_picker

TRIGGER = {"trigger_id": "1.2.abc"}
COMMAND = {"channel_id": "C1", "response_url": "https://hooks.slack.com/x", **TRIGGER}


class OneCall:
    """A WebClient and an ack: whatever is asked besides opening a view is an AttributeError."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.view: dict[str, Any] = {}

    def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        assert trigger_id == TRIGGER["trigger_id"]
        self.steps.append("opened")
        self.view = view

    def views_push(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        self.views_open(trigger_id=trigger_id, view=view)

    def ack(self) -> None:
        self.steps.append("acked")


RUNS: Any = SimpleNamespace(jobs=JOBS, run_command="/run")
IN_MODAL = {"view": {"type": "modal", "private_metadata": "{}"}, **TRIGGER}
IN_HOME = {"view": {"type": "home", "private_metadata": ""}, **TRIGGER}
PRESSED = {"value": FormLink("export-channel").dumped()}


@pytest.mark.parametrize(
    "press",
    [
        lambda slack: ack_run(slack.ack, COMMAND, BoltContext(), slack, RUNS),
        lambda slack: ack_run(slack.ack, {**COMMAND, "text": "export-channel"}, BoltContext(), slack, RUNS),
        lambda slack: ack_open_picker(slack.ack, TRIGGER, slack, RUNS),
        lambda slack: ack_open_form(slack.ack, PRESSED, IN_MODAL, slack, RUNS),
        lambda slack: ack_open_form(slack.ack, PRESSED, IN_HOME, slack, RUNS),
    ],
)
def test_a_modal_is_opened_by_one_call_and_named_for_who_comes_later(press: Any) -> None:
    slack = OneCall()
    press(slack)
    assert slack.steps == ["opened", "acked"]
    assert slack.view["external_id"] == name_of_view(TRIGGER["trigger_id"])


def test_a_views_name_fits_slack_however_long_its_trigger() -> None:
    assert len(name_of_view("9" * 5000)) <= 255
    assert name_of_view("1") != name_of_view("2")
