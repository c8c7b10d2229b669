"""Odd jobs, clicks delivered twice, buttons made up in a browser, a disk that is full."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from blocks.run_message import CANCEL_RUN, RUN_AGAIN
from runs.ledger import Ledger
from runs.run import Run, RunState
from runs.service import MOST_RUNNING, RunService
from runs.sqlite_store import SQLiteRunStore
from tests.team_jobs import gate
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, filled, find_element, text_of


def test_a_job_that_is_interrupted_from_within_has_failed(workspace: Workspace, ann: Person) -> None:
    ann.types("/run be-interrupted", in_channel="#general")
    assert "Failed" in text_of(done(ann, workspace, "#general", "Be interrupted"))


def test_text_that_utf_8_cannot_carry_is_shown_all_the_same(workspace: Workspace, ann: Person) -> None:
    ann.types("/run say-half-a-character", in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Say half a character"))
    assert message_with(ann, None, "caf?.txt")


def test_a_refusal_that_quotes_a_person_notifies_nobody(workspace: Workspace, ann: Person) -> None:
    ann.types("/run refuse-by-name", in_channel="#general")
    [form] = ann.views()
    ann.submits(form["id"], filled(form, text="<!channel> hi"))
    assert "<!channel>" not in text_of(done(ann, workspace, "#general", "Refuse by name"))


def redeliver_the_last_click(workspace: Workspace) -> None:
    clicks = [each for each in workspace.deliveries() if each["payload"].get("type") == "block_actions"]
    workspace.control("redeliver", n=clicks[-1]["n"])


def warnings_after(workspace: Workspace, person: Person) -> list[str]:
    """What the person was warned of by the time that a later command has been answered."""
    person.types("/runs", in_channel="#general")
    workspace.eventually(lambda: message_with(person, "#general", "Recent runs"))
    return [text for each in person.messages("#general") if ":warning:" in (text := text_of(each))]


def test_a_click_on_run_again_that_is_delivered_twice_warns_nobody(workspace: Workspace, ann: Person) -> None:
    ann.types("/run upload-file", in_channel="#general")
    ann.presses(RUN_AGAIN, on=done(ann, workspace, "#general", "Upload a file"))
    workspace.eventually(lambda: sum("Here it is" in text_of(each) for each in ann.direct_messages()) == 2)
    redeliver_the_last_click(workspace)
    assert warnings_after(workspace, ann) == []


def test_a_click_on_cancel_that_is_delivered_twice_warns_nobody(workspace: Workspace, ann: Person) -> None:
    for _ in range(MOST_RUNNING + 1):
        ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(MOST_RUNNING)
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "1st in line"))
    ann.presses(CANCEL_RUN, on=waiting)
    workspace.eventually(lambda: message_with(ann, "#general", "Cancelled"))
    redeliver_the_last_click(workspace)
    assert warnings_after(workspace, ann) == []


def test_a_made_up_button_does_not_run_what_one_cannot_see(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types('/run say-it text="my secret plan" results=dm', in_channel="#random")
    workspace.eventually(lambda: message_with(ann, None, "Done"))
    [private] = errand.recent(team_id=workspace.info["team"]["id"], limit=5)
    ann.types("/run return-nothing", in_channel="#general")
    shown = done(ann, workspace, "#general", "Return nothing")
    tomas = workspace.person("tomas")
    button = find_element(shown, RUN_AGAIN) or {}
    tomas.presses_stale(shown, {**button, "block_id": "b", "value": private.id})
    workspace.eventually(lambda: message_with(tomas, "#general", "no record of this run"))
    assert not message_with(tomas, None, "my secret plan")


def test_progress_that_cannot_be_recorded_does_not_fail_the_job(
    workspace: Workspace, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = SQLiteRunStore.replace

    def on_a_full_disk(self: SQLiteRunStore, run: Run) -> Run:
        if run.progress is not None and run.state is RunState.RUNNING:
            raise sqlite3.OperationalError("database or disk is full")
        return replace(self, run)

    monkeypatch.setattr(SQLiteRunStore, "replace", on_a_full_disk)
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.open()
    message: dict[str, Any] = done(ann, workspace, "#general", "Wait at the gate")
    assert "Done" in text_of(message)


def test_an_end_that_cannot_be_recorded_at_once_is_recorded_as_soon_as_it_can(
    workspace: Workspace, ann: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, naps = SQLiteRunStore.replace, list[float]()

    def on_a_disk_that_is_full_for_a_minute(self: SQLiteRunStore, run: Run) -> Run:
        if run.ended_at is not None and sum(naps) < 60:
            raise sqlite3.OperationalError("database or disk is full")
        return replace(self, run)

    monkeypatch.setattr(SQLiteRunStore, "replace", on_a_disk_that_is_full_for_a_minute)
    monkeypatch.setattr(errand._parts.taking_up._work, "_sleep", naps.append)
    ann.types('/run say-it text="done once"', in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Say it"))
    assert naps == [1, 5, 15, 60]
    assert sum("done once" in text_of(each) for each in ann.direct_messages()) == 1


def test_a_job_goes_on_though_nobody_can_look_up_whether_it_was_cancelled(
    workspace: Workspace, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: Ledger, run: Run) -> bool:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Ledger, "is_cancelled", locked)
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.open()
    assert "Done" in text_of(done(ann, workspace, "#general", "Wait at the gate"))


@pytest.mark.parametrize("interruption", ["asyncio", "generator"])
def test_a_job_that_lets_out_what_is_no_exception_has_failed(
    workspace: Workspace, ann: Person, interruption: str
) -> None:
    ann.types(f"/run stop-oddly by={interruption}", in_channel="#general")
    assert "Failed" in text_of(done(ann, workspace, "#general", "Stop oddly"))
