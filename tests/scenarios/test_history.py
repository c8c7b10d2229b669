"""What was run: lists with filters and pages, and one run in full, for those who may read it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from blocks.approval import APPROVE_RUN, DENY_RUN
from blocks.run_list import NEWEST_RUNS, OLDER_RUNS
from blocks.run_message import RUN_AGAIN, RUN_DETAILS
from listeners.commands.runs import PAGE
from runs.audit import moment
from runs.run import Run
from runs.service import RunService
from tests.scenarios.test_approvals import DEPLOY, approve_button, reason, request_of, team_of
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, find_element, text_of


@pytest.fixture
def margit(workspace: Workspace) -> Person:
    """The workspace's owner, and its only admin."""
    return workspace.person("margit")


@pytest.fixture
def tomas(workspace: Workspace) -> Person:
    return workspace.person("tomas")


def details(person: Person, workspace: Workspace, shown: dict[str, Any]) -> dict[str, Any]:
    """The modal, once it is filled."""
    person.presses(RUN_DETAILS, on=shown)

    def look() -> dict[str, Any] | None:
        modal = person.views()[-1]
        return modal if "Looking it up" not in text_of(modal) else None

    return workspace.eventually(look)


def test_details_are_in_full_for_the_requester_and_in_part_for_others(
    workspace: Workspace, ann: Person, tomas: Person, margit: Person
) -> None:
    ann.types('/run say-it text="a secret plan"', in_channel="#general")
    message = done(ann, workspace, "#general", "Say it")
    for reader in (ann, margit):
        text = text_of(details(reader, workspace, message))
        assert f"asked for by <@{ann.id}>" in text
        assert "succeeded" in text
        assert "Text: a secret plan" in text
    in_part = text_of(details(tomas, workspace, message))
    assert f"asked for by <@{ann.id}>" in in_part
    assert "a secret plan" not in in_part


def test_whoever_was_asked_to_approve_reads_the_inputs_and_the_reason(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    margit.presses(DENY_RUN, on=request_of(workspace, margit))
    margit.submits(margit.views()[-1]["id"], reason("Not on a Friday"))
    message = done(ann, workspace, "#general", "Deploy the site")
    for reader, may_read in ((ann, True), (margit, True), (tomas, False)):
        text = text_of(details(reader, workspace, message))
        assert f"denied by <@{margit.id}>" in text
        assert ("Not on a Friday" in text) == may_read
        assert ("v42" in text) == may_read


def test_the_end_of_a_jobs_log_is_in_the_details(workspace: Workspace, ann: Person) -> None:
    ann.types("/run log-much", in_channel="#general")
    message = done(ann, workspace, "#general", "Log much")
    text = text_of(details(ann, workspace, message))
    assert "line 29" in text
    assert "line 3\n" not in text
    assert "hooks.example" not in text, "a secret of the team's own"


def test_run_again_from_the_details(workspace: Workspace, ann: Person) -> None:
    ann.types("/run say-it text=hello", in_channel="#general")
    ann.presses(RUN_AGAIN, on=details(ann, workspace, done(ann, workspace, "#general", "Say it")))
    workspace.eventually(lambda: sum("hello" in text_of(each) for each in ann.direct_messages()) == 2)
    assert workspace.eventually(lambda: "Asked for once more" in text_of(ann.views()[-1]))


def test_a_run_that_is_on_record_no_more_says_so(
    workspace: Workspace, ann: Person, errand: RunService
) -> None:
    ann.types("/run return-nothing", in_channel="#general")
    message = done(ann, workspace, "#general", "Return nothing")
    run = errand.recent(team_id=team_of(workspace), limit=1)[0]
    button = {**(find_element(message, RUN_DETAILS) or {}), "block_id": "b", "value": f"R{run.id[::-1]}"}
    ann.presses_stale(message, button)
    assert workspace.eventually(lambda: ann.views() and "no record" in text_of(ann.views()[-1]))


def listed(workspace: Workspace, person: Person, title: str) -> dict[str, Any]:
    return workspace.eventually(lambda: message_with(person, "#general", title))


def ids_in(message: dict[str, Any]) -> list[str]:
    found = (block.get("accessory", {}).get("value") for block in message["blocks"])
    return [value for value in found if value]


def test_older_runs_are_pages_of_the_same_list(
    workspace: Workspace, ann: Person, tomas: Person, errand: RunService
) -> None:
    for _ in range(PAGE + 2):
        ann.types("/run return-nothing", in_channel="#general")
    tomas.types("/run return-nothing", in_channel="#general")

    def all_ended() -> bool:
        found = errand.recent(team_id=team_of(workspace), limit=99)
        return len(found) == PAGE + 3 and not any(run.is_live for run in found)

    workspace.eventually(lambda: all_ended() or None)
    ann.types("/runs mine return-nothing succeeded", in_channel="#general")
    first = listed(workspace, ann, "Recent runs: mine, return-nothing, done")
    assert len(ids_in(first)) == PAGE
    assert not find_element(first, NEWEST_RUNS)
    ann.presses(OLDER_RUNS, on=first)
    second = listed(workspace, ann, "Earlier runs: mine, return-nothing, done")
    assert second["ts"] == first["ts"], "in the place of the first page"
    assert second["is_ephemeral"]
    assert len(ids_in(second)) == 2
    assert not set(ids_in(first)) & set(ids_in(second))
    assert not find_element(second, OLDER_RUNS)
    ann.presses(NEWEST_RUNS, on=second)
    assert ids_in(listed(workspace, ann, "Recent runs: mine")) == ids_in(first)


def test_a_list_leads_to_the_details_and_takes_a_persons_name(
    workspace: Workspace, ann: Person, tomas: Person
) -> None:
    tomas.types("/run return-nothing", in_channel="#general")
    done(tomas, workspace, "#general", "Return nothing")
    ann.types("/run refuse", in_channel="#general")
    done(ann, workspace, "#general", "Refuse")
    ann.types("/runs @tomas", in_channel="#general")
    of_tomas = listed(workspace, ann, f"Recent runs: <@{tomas.id}>")
    assert "Refuse" not in text_of(of_tomas)
    assert f"asked for by <@{tomas.id}>" in text_of(details(ann, workspace, of_tomas))


def test_states_go_by_the_words_that_people_read(workspace: Workspace, ann: Person) -> None:
    ann.types("/runs waiting", in_channel="#general")
    none = listed(workspace, ann, "Recent runs: waiting for approval")
    assert "There are none." in text_of(none)
    ann.types("/run return-nothing", in_channel="#general")
    done(ann, workspace, "#general", "Return nothing")
    ann.types("/runs done", in_channel="#general")
    assert "Return nothing" in text_of(listed(workspace, ann, "Recent runs: done"))


@pytest.mark.parametrize("text", ["failed succeeded", "@tomas mine", "refuse say-it"])
def test_two_filters_of_one_kind_are_refused(ann: Person, text: str) -> None:
    ack = ann.types(f"/runs {text}", in_channel="#general")
    assert "at a time" in text_of(ack["payload"])


def test_the_audit_log_tells_each_step_of_each_run_once(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "errand.audit")
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    margit.presses(APPROVE_RUN, on=request)
    margit.presses_stale(request, approve_button(request))  # too late
    done(ann, workspace, "#general", "Deploy the site")
    for job in ("refuse", "raise-error", 'say-it text="hunter2"'):
        ann.types(f"/run {job}", in_channel="#general")
    message = done(ann, workspace, "#general", "Say it")
    ann.presses(RUN_AGAIN, on=message)

    def ended() -> list[Run] | None:
        found = errand.recent(team_id=team_of(workspace), limit=99)
        return found if len(found) == 5 and all(run.is_settled for run in found) else None

    on_record = [
        (run.id, moment(each.at), each.what, each.actor or "")
        for run in workspace.eventually(ended)
        for each in run.history
    ]
    lines = [line for line in caplog.records if line.name == "errand.audit"]
    told = [(line.run, line.at, line.what, getattr(line, "actor", "")) for line in lines]  # type: ignore[attr-defined]
    assert sorted(told) == sorted(on_record)
    assert "hunter2" not in " ".join(line.getMessage() for line in lines)
