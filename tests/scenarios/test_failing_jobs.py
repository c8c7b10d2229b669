"""Jobs that fail, and jobs that do odd things."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from blocks.run_message import CANCEL_RUN
from runs.execution import LONGEST_TEXT_KEPT
from runs.service import MOST_RUNNING, RunService
from tests.team_jobs import gate
from tests.watching import done, file_of, message_with
from tests.workspace import PATIENCE, Person, Workspace, filled, text_of


def test_a_job_that_raises_gives_a_reference_that_the_log_has_too(
    workspace: Workspace, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    ann.types("/run raise-error", in_channel="#general")
    message = text_of(done(ann, workspace, "#general", "Raise"))
    assert "hunter2" not in message
    reference = message.partition("reference: `")[2].partition("`")[0]
    [record] = [record for record in caplog.records if reference in record.getMessage()]
    assert record.exc_info
    assert record.levelno == logging.ERROR


def test_what_a_job_refuses_is_shown_as_it_says(workspace: Workspace, ann: Person) -> None:
    ann.types("/run refuse", in_channel="#general")
    assert "Not on a Monday." in text_of(done(ann, workspace, "#general", "Refuse"))


def test_a_job_that_returns_nothing_is_done(workspace: Workspace, ann: Person) -> None:
    ann.types("/run return-nothing", in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Return nothing"))


def test_a_megabyte_comes_as_a_file(workspace: Workspace, ann: Person) -> None:
    ann.types("/run return-megabyte", in_channel="#general")
    done(ann, workspace, "#general", "Return a megabyte")
    assert len(ann.downloads(file_of(ann, workspace)["id"])) == (1 << 20) - 1
    assert message_with(ann, None, "The whole result is in the file")


def test_cancel_stops_a_job_at_its_next_progress(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    message = workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    ann.presses(CANCEL_RUN, on=message)
    workspace.eventually(lambda: message_with(ann, "#general", "Cancelling"))
    gate.open()
    ended = text_of(done(ann, workspace, "#general", "Wait at the gate"))
    assert "Cancelled" in ended
    assert "cancelled by" not in ended, "she knows who she is"


def test_cancel_waits_for_no_other_lazy_work(
    workspace: Workspace, ann: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    message = workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    let_lazy_work_begin = threading.Event()
    cancel = errand.cancel

    def late(**clicked: str) -> object:
        """As if all threads were waiting out a rate limit."""
        let_lazy_work_begin.wait(2 * PATIENCE)
        return cancel(**clicked)

    monkeypatch.setattr(errand, "cancel", late)
    ann.presses(CANCEL_RUN, on=message)
    gate.open()
    assert "Cancelled" in text_of(done(ann, workspace, "#general", "Wait at the gate"))
    let_lazy_work_begin.set()


def test_a_job_that_goes_on_although_its_run_was_given_up_sends_nothing_more(
    workspace: Workspace, ann: Person, errand: RunService, caplog: pytest.LogCaptureFixture
) -> None:
    ann.types("/run show-after-gate results=here", in_channel="#general")
    gate.wait_for_arrivals(1)
    [run] = errand._ledger.unsettled()
    errand._ledger.change(run, lambda current: current.lost(time.time()))
    gate.open()
    workspace.eventually(lambda: f"Run {run.id} was ended or taken by somebody else" in caplog.text)
    assert not message_with(ann, "#general", "=cmd|0")
    assert errand.find(run.team_id, run.id).shown == ()


def test_only_the_requester_or_an_admin_can_cancel(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    bystander = someone(workspace, is_admin=False)
    admin = someone(workspace, is_admin=True)
    message = workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    bystander.presses(CANCEL_RUN, on=message)
    told = workspace.eventually(lambda: message_with(bystander, "#general", "can cancel it"))
    assert told["is_ephemeral"]
    admin.presses(CANCEL_RUN, on=message)
    workspace.eventually(lambda: message_with(ann, "#general", "Cancelling"))
    assert message_with(ann, "#general", f"cancelled by <@{admin.id}>")


def someone(workspace: Workspace, *, is_admin: bool) -> Person:
    """Anybody but Ann."""
    users = workspace.get("/sim/workspace")["users"]
    others = (user for user in users if user["name"] != "ann" and not user["is_bot"])
    return workspace.person(next(user["name"] for user in others if user["is_admin"] is is_admin))


def test_a_click_on_an_old_message_says_so_and_changes_nothing(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    old = workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    gate.open()
    done(ann, workspace, "#general", "Wait at the gate")
    stale = next(e for b in old["blocks"] for e in b.get("elements", []) if e.get("action_id") == CANCEL_RUN)
    ann.presses_stale(old, {**stale, "block_id": "b"})
    told = workspace.eventually(lambda: message_with(ann, "#general", "already ended: it succeeded"))
    assert told["is_ephemeral"]
    ann.presses_stale(old, {**stale, "block_id": "b", "value": "RNOTHING"})
    workspace.eventually(lambda: message_with(ann, "#general", "no record of this run"))


def test_six_jobs_at_once_leave_acks_free(workspace: Workspace, ann: Person) -> None:
    for _ in range(6):
        ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(6)
    # The jobs are held for as long as it takes: this ack cannot have waited for one.
    assert ann.types("/run return-nothing", in_channel="#engineering")["status"] == "acked"
    done(ann, workspace, "#engineering", "Return nothing")
    assert gate.passed == []


def test_a_run_whose_turn_has_not_come_is_shown_and_can_be_cancelled(
    workspace: Workspace, ann: Person
) -> None:
    for _ in range(MOST_RUNNING + 1):
        ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(MOST_RUNNING)
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "1st in line"))
    ann.presses(CANCEL_RUN, on=waiting)
    workspace.eventually(lambda: message_with(ann, "#general", "Cancelled"))
    gate.open()
    workspace.eventually(lambda: len(gate.passed) == MOST_RUNNING)


def test_the_same_request_delivered_again_is_the_same_run(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    [delivery] = [each for each in workspace.deliveries() if each["type"] == "slash_commands"]
    assert workspace.control("redeliver", n=delivery["n"])["ack"]["status"] == "acked"
    gate.open()
    done(ann, workspace, "#general", "Wait at the gate")
    assert len(gate.passed) == 1
    posted = [message for message in ann.messages("#general") if not message.get("is_ephemeral")]
    assert sum("Wait at the gate" in text_of(message) for message in posted) == 1


def test_a_form_submitted_twice_is_one_run(workspace: Workspace, ann: Person) -> None:
    ann.types("/run say-it", in_channel="#general")
    [form] = ann.views()
    ann.submits(form["id"], filled(form, text="once"))
    [delivery] = [each for each in workspace.deliveries() if each["payload"].get("type") == "view_submission"]
    workspace.control("redeliver", n=delivery["n"])
    done(ann, workspace, "#general", "Say it")
    posted = [call for call in workspace.calls("chat.postMessage") if "Say it" in str(call["args"])]
    assert len(posted) == 2, "the run's message, and its result"


def test_of_a_very_long_refusal_as_much_is_kept_as_is_shown(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run refuse-at-length", in_channel="#general")
    assert "No, no, No" in text_of(done(ann, workspace, "#general", "Refuse at length"))
    [run] = errand.recent(team_id=workspace.info["team"]["id"], limit=1)
    assert len(run.error or "") == LONGEST_TEXT_KEPT
