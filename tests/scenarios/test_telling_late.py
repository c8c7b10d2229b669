"""What could not be done or told at the time is made good later, and nobody reads what is not for them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Semaphore

import pytest

from blocks.run_message import RUN_AGAIN
from runs.in_hand import InHand
from runs.run import Run, RunState
from runs.service import RunService
from tests.running import an_app_process, restarted
from tests.team_jobs import gate
from tests.watching import done, message_with
from tests.workspace import PATIENCE, ROOT, Person, Workspace, text_of


def test_a_private_result_stays_private_though_the_message_comes_late(
    workspace: Workspace, ann: Person
) -> None:
    workspace.control("faults", method="chat.postMessage", times=2, error="internal_error")
    ann.types("/run upload-file", in_channel="#general")
    message = done(ann, workspace, "#general", "Upload a file")
    assert "Here it is" not in text_of(message)
    assert "notes.txt" not in text_of(message)
    assert message_with(ann, None, "Here it is")


def test_work_that_is_done_is_not_failed_because_its_result_did_not_arrive(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    workspace.control("faults", method="conversations.open", times=1, error="internal_error")
    gate.open()
    message = text_of(done(ann, workspace, "#general", "Wait at the gate"))
    assert "Done" in message
    assert "its result could not be delivered" in message


def test_a_rerun_that_was_turned_away_can_be_tried_again_with_the_same_button(
    workspace: Workspace, ann: Person, let_go: Semaphore
) -> None:
    ann.types("/run upload-file", in_channel="#general")
    first = done(ann, workspace, "#general", "Upload a file")
    workspace.control("user", user=ann.id, is_restricted=True)
    ann.presses(RUN_AGAIN, on=first)
    workspace.eventually(lambda: message_with(ann, "#general", "Guests can't run jobs"))
    for _ in ("the first run", "the one that was turned away"):
        assert let_go.acquire(timeout=PATIENCE)
    workspace.control("user", user=ann.id, is_restricted=False)
    ann.presses(RUN_AGAIN, on=first)
    workspace.eventually(lambda: sum("Here it is" in text_of(each) for each in ann.direct_messages()) == 2)


@pytest.fixture
def let_go(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Once for each run: people see its end a moment before that, and what is in hand is not accounted for."""
    done_with, release = Semaphore(0), InHand.release

    def release_and_say(self: InHand, run_id: str) -> None:
        release(self, run_id)
        done_with.release()

    monkeypatch.setattr(InHand, "release", release_and_say)
    return done_with


def test_an_end_that_slack_would_not_take_is_told_later(
    workspace: Workspace, ann: Person, errand: RunService, let_go: Semaphore
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    workspace.control("faults", method="chat.update", times=1000, error="internal_error")
    gate.open()
    workspace.eventually(lambda: message_with(ann, None, "Through the gate."))
    assert let_go.acquire(timeout=PATIENCE)
    workspace.control("clear")
    some_minutes_later(errand).account()
    assert "Done" in text_of(done(ann, workspace, "#general", "Wait at the gate"))


def test_somebody_who_cannot_be_told_keeps_nobody_else_waiting(
    workspace: Workspace, ann: Person, errand: RunService, let_go: Semaphore
) -> None:
    for job in ("return-nothing", "refuse"):
        ann.types(f"/run {job}", in_channel="#general")
    done(ann, workspace, "#general", "Refuse")
    done(ann, workspace, "#general", "Return nothing")
    assert let_go.acquire(timeout=PATIENCE)
    assert let_go.acquire(timeout=PATIENCE)
    older, newer = sorted(forgotten(errand, workspace), key=lambda run: run.created_at)
    workspace.control("faults", method="chat.update", times=1, error="internal_error")
    some_minutes_later(errand).account()
    assert errand.find(older.team_id, older.id).announced is None, "this one could not be told"
    assert errand.find(newer.team_id, newer.id).announced is newer.state


def forgotten(errand: RunService, workspace: Workspace) -> list[Run]:
    """All runs, as if their ends had never been told."""
    runs = errand.recent(team_id=workspace.info["team"]["id"], limit=10)
    return [errand._ledger.change(run, lambda current: replace(current, announced=None)) for run in runs]


def test_a_run_that_is_lost_is_mentioned_even_if_slack_first_refuses(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    workspace.control("faults", method="chat.postMessage", times=1, error="internal_error")
    next_process = restarted(errand)
    some_minutes_later(next_process).account()
    [run] = errand.recent(team_id=workspace.info["team"]["id"], limit=1)
    assert run.state is RunState.LOST
    assert run.announced is not RunState.LOST
    some_minutes_later(next_process, 300).account()
    lost = done(ann, workspace, "#general", "Wait at the gate")
    assert lost["reply_count"] == 1


def some_minutes_later(errand: RunService, seconds: float = 150) -> RunService:
    errand._clock = lambda: time.time() + seconds
    return errand


@pytest.mark.parametrize(
    ("changed", "code", "told"),
    [
        (
            {"SLACK_APP_TOKEN": "xapp-1-wrong"},
            2,
            "SLACK_APP_TOKEN: Slack refuses it (invalid_auth). Get it at",
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, 2, "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth). Get it at"),
        ({"SLACK_BOT_TOKEN": ""}, 2, "SLACK_BOT_TOKEN is not set. Get it at"),
        (
            {"DATA_DIR": "/dev/null"},
            1,
            "nothing can be kept in /dev/null/: File exists. It has to be a folder",
        ),
        ({"DATA_DIR": "/dev/null/below"}, 1, "DATA_DIR chooses another."),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, 1, "Slack cannot be reached ([Errno "),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, 1, "at SLACK_API_URL if that is set; then start it"),
    ],
)
def test_an_app_that_cannot_start_says_why_in_a_line(
    workspace: Workspace, tmp_path: Path, changed: dict[str, str], code: int, told: str
) -> None:
    done = start(workspace, tmp_path, changed)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
def test_a_slack_in_trouble_at_start_is_not_taken_for_a_refused_token(
    workspace: Workspace, tmp_path: Path, method: str
) -> None:
    workspace.control("faults", method=method, times=99, error="internal_error")
    done = start(workspace, tmp_path, {})
    assert done.returncode == 1
    assert "Slack is in trouble: it answered internal_error" in done.stderr
    assert "refuses" not in done.stderr


def test_a_second_app_with_the_same_data_says_so(workspace: Workspace, tmp_path: Path) -> None:
    with an_app_process(workspace, tmp_path):
        second = start(workspace, tmp_path, {})
    assert second.returncode == 1
    assert "another Errand is using" in second.stderr


def test_a_damaged_record_of_runs_is_named_with_what_to_do(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite3").write_bytes(b"not a database, " * 100)
    done = start(workspace, tmp_path, {})
    assert done.returncode == 1
    assert "runs.sqlite3 cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def start(workspace: Workspace, data_dir: Path, changed: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **workspace.environment(data_dir), **changed}
    return subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True)
