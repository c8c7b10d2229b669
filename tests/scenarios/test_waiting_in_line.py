"""People who ask for more than may be at work at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blocks.run_message import CANCEL_RUN
from runs.run import RunState
from runs.service import RunService
from tests.running import an_errand
from tests.team_jobs import gate
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, find_element, text_of


def shown(workspace: Workspace, person: Person, *words: str) -> dict[str, Any]:
    """The newest message in #general that has all of these words."""

    def look() -> dict[str, Any] | None:
        texts = ((message, text_of(message)) for message in reversed(person.messages("#general")))
        return next((message for message, text in texts if all(each in text for each in words)), None)

    return workspace.eventually(look)


def as_it_is_now(person: Person, message: dict[str, Any]) -> str:
    return next(text_of(each) for each in person.messages(message["channel"]) if each["ts"] == message["ts"])


def ended(workspace: Workspace, errand: RunService, count: int) -> list[RunState]:
    """How they ended, the oldest first."""

    def look() -> list[RunState] | None:
        runs = errand.recent(team_id=workspace.info["team"]["id"], limit=50)
        states = [run.state for run in reversed(runs) if not run.is_live]
        return states if len(states) == count else None

    return workspace.eventually(look)


def test_of_an_exclusive_job_one_runs_and_the_others_move_up(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    tomas = workspace.person("tomas")
    ann.types("/run work-alone", in_channel="#general")
    gate.wait_for_arrivals(1)
    ann.types("/run work-alone", in_channel="#general")
    second = shown(workspace, ann, "1st in line", f"waits for *Work alone* by <@{ann.id}>")
    tomas.types("/run work-alone", in_channel="#general")
    third = shown(workspace, ann, "2nd in line", f"<@{tomas.id}>")
    assert find_element(third, CANCEL_RUN)
    ann.presses(CANCEL_RUN, on=second)
    workspace.eventually(lambda: "1st in line" in as_it_is_now(ann, third))
    workspace.eventually(lambda: "Cancelled" in as_it_is_now(ann, second))
    gate.open()
    assert ended(workspace, errand, 3) == [RunState.SUCCEEDED, RunState.CANCELLED, RunState.SUCCEEDED]
    workspace.eventually(lambda: "Done" in as_it_is_now(ann, third))
    runs = errand.recent(team_id=workspace.info["team"]["id"], limit=3)
    assert gate.passed == [runs[2].id, runs[0].id]
    assert [event.what for event in runs[0].history] == [
        "asked for",
        "put in line",
        "its turn came",
        "started",
        "succeeded",
    ]


def test_other_jobs_do_not_wait_for_an_exclusive_one(workspace: Workspace, ann: Person) -> None:
    for _ in range(2):
        ann.types("/run work-alone", in_channel="#general")
    gate.wait_for_arrivals(1)
    shown(workspace, ann, "1st in line")
    ann.types("/run return-nothing", in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Return nothing"))


def test_in_line_a_run_can_be_cancelled_by_an_admin_and_its_requester_is_told(
    workspace: Workspace, ann: Person
) -> None:
    margit = workspace.person("margit")
    for _ in range(2):
        ann.types("/run work-alone", in_channel="#general")
    gate.wait_for_arrivals(1)
    waiting = shown(workspace, ann, "1st in line")
    workspace.person("tomas").presses(CANCEL_RUN, on=waiting)
    told = workspace.eventually(
        lambda: message_with(workspace.person("tomas"), "#general", "or a workspace admin can cancel")
    )
    assert told["is_ephemeral"]
    margit.presses(CANCEL_RUN, on=waiting)
    workspace.eventually(lambda: "Cancelled" in as_it_is_now(ann, waiting))
    assert f"cancelled by <@{margit.id}>" in as_it_is_now(ann, waiting)
    path = f"/sim/conversations/{waiting['channel']}/replies"
    workspace.eventually(
        lambda: (
            f"<@{ann.id}> <@{margit.id}> cancelled this run."
            in text_of(workspace.get(path, user=ann.id, ts=waiting["ts"])["messages"])
        )
    )


def test_a_job_that_never_reports_progress_is_not_said_to_stop(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run say-nothing", in_channel="#general")
    gate.wait_for_arrivals(1)
    running = shown(workspace, ann, "Say nothing", "Running")
    ann.presses(CANCEL_RUN, on=running)
    cancelling = shown(workspace, ann, "Cancelling")
    assert "It stops at its next report of progress" in text_of(cancelling)
    assert not find_element(cancelling, CANCEL_RUN), "pressing it again would do nothing"
    gate.open()
    assert ended(workspace, errand, 1) == [RunState.SUCCEEDED]


@pytest.fixture
def with_two_places(workspace: Workspace, tmp_path: Path) -> Iterator[RunService]:
    with an_errand(workspace, tmp_path, MAX_RUNNING_JOBS="2") as runs:
        yield runs


def test_a_storm_of_one_workspace_is_at_work_two_at_a_time(
    workspace: Workspace, with_two_places: RunService
) -> None:
    ann = workspace.person("ann")
    for _ in range(12):
        ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(2)
    shown(workspace, ann, "10th in line", "waits for one of the jobs that are at work to end")
    running = with_two_places.recent(team_id=workspace.info["team"]["id"], limit=50, state=RunState.RUNNING)
    assert len(running) == 2
    gate.open()
    assert ended(workspace, with_two_places, 12) == [RunState.SUCCEEDED] * 12
    assert len(gate.passed) == len(set(gate.passed)) == 12
    workspace.eventually(lambda: not any("in line" in text_of(each) for each in ann.messages("#general")))


def test_the_line_outlives_the_app(workspace: Workspace, tmp_path: Path) -> None:
    ann = workspace.person("ann")
    with an_errand(workspace, tmp_path):
        for _ in range(2):
            ann.types("/run work-alone", in_channel="#general")
        gate.wait_for_arrivals(1)
        waiting = shown(workspace, ann, "1st in line")
        ann.types("/run work-alone", in_channel="#general")
        shown(workspace, ann, "2nd in line")
        ann.presses(CANCEL_RUN, on=waiting)
        workspace.eventually(lambda: "Cancelled" in as_it_is_now(ann, waiting))
    with an_errand(workspace, tmp_path) as errand:
        errand.recover()
        gate.open()
        states = ended(workspace, errand, 3)
        assert states.count(RunState.SUCCEEDED) == 2
