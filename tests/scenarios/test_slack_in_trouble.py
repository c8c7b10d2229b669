"""Slack limits, drops and restarts: jobs go on, and people are told in the end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from blocks.run_message import RUN_AGAIN
from runs.run import RunRequest
from runs.service import RunService
from tests.running import an_app_process, restarted
from tests.team_jobs import gate
from tests.watching import done, file_of, message_with
from tests.workspace import Person, Workspace, text_of


@pytest.mark.parametrize(
    "fault",
    [{"error": "ratelimited", "retry_after": 1}, {"drop": True}, {"status": 500}],
    ids=["rate limited", "dropped", "broken"],
)
@pytest.mark.parametrize(
    "method", ["chat.postMessage", "conversations.history", "users.info", "files.completeUploadExternal"]
)
def test_a_call_that_fails_once_is_made_again(
    workspace: Workspace, ann: Person, method: str, fault: dict[str, Any]
) -> None:
    workspace.control("faults", method=method, times=1, **fault)
    ann.types("/run export-channel channel=#general days=3", in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Export a channel"))
    file_of(ann, workspace)


def test_a_progress_update_that_is_rate_limited_is_dropped_and_the_end_is_shown(
    workspace: Workspace, ann: Person
) -> None:
    workspace.control("faults", method="chat.update", times=2, error="ratelimited", retry_after=1)
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    gate.open()
    assert "Done" in text_of(done(ann, workspace, "#general", "Wait at the gate"))


def test_a_message_that_was_deleted_is_posted_anew_at_the_end(workspace: Workspace, ann: Person) -> None:
    workspace.control("faults", method="chat.update", times=1, error="message_not_found")
    ann.types("/run return-nothing", in_channel="#general")
    workspace.eventually(lambda: message_with(ann, None, "Return nothing"))


def test_a_modal_that_slack_takes_too_long_to_open_is_told_within_the_ack(
    workspace: Workspace, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oauth.authorize.SECONDS_FOR_AN_ACK", 0.2)
    workspace.control("faults", method="views.open", times=1, delay_ms=60_000)
    typed = ann.types("/run", in_channel="#general")
    assert typed["status"] == "acked"
    assert "did not answer in time" in text_of(typed["payload"])


@pytest.mark.parametrize(
    "options", [{"reason": "refresh_requested"}, {"hard": True}], ids=["asked", "dropped"]
)
def test_commands_are_answered_after_the_socket_was_closed(
    workspace: Workspace, ann: Person, options: dict[str, Any]
) -> None:
    workspace.control("disconnect", **options)
    workspace.eventually(lambda: workspace.get("/sim/workspace")["app"]["connected"])
    assert ann.types("/run return-nothing", in_channel="#general")["status"] == "acked"


def test_killed_in_the_middle_a_retry_safe_run_is_resumed_at_the_next_start(
    workspace: Workspace, tmp_path: Path
) -> None:
    ann = workspace.person("ann")
    with an_app_process(workspace, tmp_path) as app:
        # the export waits for Slack for longer than it has to live
        workspace.control("faults", method="conversations.history", times=1, delay_ms=60_000)
        ann.types("/run export-channel channel=#general days=3", in_channel="#general")
        workspace.eventually(lambda: message_with(ann, "#general", "Running"))
        app.kill()
    workspace.control("clear")
    with an_app_process(workspace, tmp_path):
        message = done(ann, workspace, "#general", "Export a channel")
        assert "Done" in text_of(message)
        file_of(ann, workspace)
    public = [each for each in ann.messages("#general") if not each.get("is_ephemeral")]
    assert sum("Export a channel" in text_of(each) for each in public) == 1


def test_a_run_whose_process_died_is_lost_and_told_and_can_be_run_again(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    # The next process, at its start, takes every run of another for left behind; this one plays the ghost of the first.
    restarted(errand).recover()
    lost = done(ann, workspace, "#general", "Wait at the gate")
    assert "Lost" in text_of(lost)
    [told] = workspace.eventually(lambda: replies(workspace, ann, lost))
    assert f"<@{ann.id}>" in told["text"]
    gate.open()
    ann.presses(RUN_AGAIN, on=lost)
    workspace.eventually(lambda: message_with(ann, None, "Through the gate."))
    assert "Lost" in text_of(message_at(ann, lost["ts"])), "the ghost's result is not the run's"


def test_a_run_that_was_acked_but_not_begun_is_carried_out_at_the_next_start(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    request = RunRequest(
        key="1.2",
        team_id=workspace.info["team"]["id"],
        requester=ann.id,
        job="return-nothing",
        inputs={},
        channel_id=workspace.channel_id("#general"),
    )
    errand.accept(request)
    restarted(errand).recover()
    assert "Done" in text_of(done(ann, workspace, "#general", "Return nothing"))


def test_a_clock_that_was_set_back_while_the_app_was_down_delays_nothing(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    next_process = restarted(errand)
    next_process._clock = lambda: time.time() - 7200
    next_process.recover()
    assert "Lost" in text_of(done(ann, workspace, "#general", "Wait at the gate"))


def replies(workspace: Workspace, person: Person, message: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/sim/conversations/{message['channel']}/replies"
    return list(workspace.get(path, user=person.id, ts=message["ts"])["messages"][1:])


def message_at(person: Person, ts: str) -> dict[str, Any]:
    return next(message for message in person.messages("#general") if message["ts"] == ts)
