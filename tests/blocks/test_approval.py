"""What people read and can press while a run waits for approval, and after."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.approval import (
    APPROVE_OWN_RUN,
    APPROVE_RUN,
    DANGER,
    DENIAL_FORM,
    DENY_RUN,
    LONGEST_REASON,
    REASON_ACTION,
    REASON_BLOCK,
    build_denial_modal,
    build_own_approval_modal,
    read_reason,
)
from blocks.approver_message import build_approver_message, build_facts
from blocks.job_form import build_job_form
from blocks.origin import Origin
from blocks.run_message import CANCEL_RUN, build_run_message
from jobs import JOBS
from runs.job import MOST_APPROVALS, Job
from runs.run import MessageRef, Run, RunRequest, new_run
from tests.workspace import find_element, text_of

JOB = replace(JOBS["export-channel"], approvers=("workspace_admins", "deployers"), approvals=2)
OWN = replace(JOB, self_approval=True)
DANGEROUS = replace(JOB, dangerous=True)
REQUEST = RunRequest(
    key="1", team_id="T1", requester="U1", job=JOB.name, inputs={"channel": "C0123", "days": 7}
)
WAITING = new_run(REQUEST, 100.0, approvals_needed=2).opened(["U2", "U3"], 101.0, until=9000.0)
IN_CHANNEL = replace(WAITING, message=MessageRef("C1", "1.0"))
IN_DIRECT_MESSAGES = replace(WAITING, message=MessageRef("D1", "1.0"))


def buttons(shown: dict[str, Any]) -> set[str]:
    ids = (APPROVE_RUN, APPROVE_OWN_RUN, DENY_RUN, CANCEL_RUN)
    return {action_id for action_id in ids if find_element(shown, action_id)}


@pytest.mark.parametrize(
    ("run", "job", "expected"),
    [
        (IN_CHANNEL, JOB, {APPROVE_RUN, DENY_RUN, CANCEL_RUN}),
        (IN_CHANNEL, OWN, {APPROVE_RUN, APPROVE_OWN_RUN, DENY_RUN, CANCEL_RUN}),
        (IN_DIRECT_MESSAGES, JOB, {CANCEL_RUN}),
        (IN_DIRECT_MESSAGES, OWN, {APPROVE_OWN_RUN, CANCEL_RUN}),
        (new_run(REQUEST, 100.0, approvals_needed=2), JOB, {CANCEL_RUN}),
    ],
)
def test_a_message_has_the_buttons_that_its_readers_may_press(run: Run, job: Job, expected: set[str]) -> None:
    assert buttons(build_run_message(run, job)) == expected


def test_an_approver_is_shown_the_facts_and_the_buttons_and_a_requester_only_theirs() -> None:
    shown = build_approver_message(WAITING, OWN, "U2")
    text = text_of(shown)
    for fact in ("<@U1> asks", JOB.title, "<#C0123>", "2 of workspace admins or `deployers`", "^9000^"):
        assert fact in text
    assert buttons(shown) == {APPROVE_RUN, DENY_RUN}
    assert buttons(build_approver_message(WAITING, OWN, "U1")) == {APPROVE_OWN_RUN}


def test_whoever_has_approved_is_not_asked_again() -> None:
    once = WAITING.approved("U2", 102.0)
    assert buttons(build_approver_message(once, JOB, "U2")) == {DENY_RUN}
    assert buttons(build_approver_message(once, JOB, "U3")) == {APPROVE_RUN, DENY_RUN}
    own = IN_DIRECT_MESSAGES.approved("U1", 102.0, "It is late.")
    assert buttons(build_run_message(own, OWN)) == {CANCEL_RUN}
    assert "approved their own run:\n> It is late." in text_of(build_run_message(own, OWN))


def test_a_dangerous_run_is_announced_as_such_while_it_can_be_stopped_and_approved_only_when_asked_twice() -> (
    None
):
    for shown in (build_approver_message(WAITING, DANGEROUS, "U2"), build_run_message(IN_CHANNEL, DANGEROUS)):
        assert DANGER in text_of(shown)
        approve = find_element(shown, APPROVE_RUN)
        assert approve
        assert approve["confirm"]["style"] == "danger"
        assert JOB.title in approve["confirm"]["text"]["text"]
    ended = IN_CHANNEL.cancel_asked("U1", 103.0)
    assert DANGER not in text_of(build_run_message(ended, DANGEROUS))
    assert "confirm" not in str(find_element(build_approver_message(WAITING, JOB, "U2"), APPROVE_RUN))


def test_a_form_says_beforehand_what_is_dangerous_and_who_has_to_approve_it() -> None:
    text = text_of(build_job_form(DANGEROUS, Origin(), {}))
    assert DANGER in text
    assert "approved by 2 of workspace admins or `deployers`" in text
    assert "Ask for approval" in text
    assert "approved" not in text_of(build_job_form(JOBS["export-channel"], Origin(), {}))


def test_after_the_decision_a_request_reads_as_one_of_the_past() -> None:
    denied = WAITING.denied("U3", "no", 103.0)
    assert build_approver_message(denied, JOB, "U2")["text"].endswith(
        f"asked for approval: {JOB.title}: denied"
    )
    approved = WAITING.approved("U2", 102.0).approved("U3", 103.0)
    assert build_approver_message(approved, JOB, "U2")["text"].endswith(f"{JOB.title}: approved")


def test_if_not_all_were_asked_everybody_reads_how_many_were() -> None:
    assert "I asked 2 of them directly" in text_of(build_run_message(replace(IN_CHANNEL, unasked=True), JOB))
    assert "directly" not in text_of(build_run_message(IN_CHANNEL, JOB))


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (WAITING.approved("U2", 102.0).approved("U3", 103.0), "Approved by <@U2>, <@U3>"),
        (WAITING.approved("U2", 102.0).denied("U3", "no & never", 103.0), "\n> no &amp; never"),
        (WAITING.approved("U2", 102.0).expired(9000.0), "Not approved in time.\n1 of 2 so far: <@U2>"),
        (WAITING.cancel_asked("U1", 103.0), "Cancelled"),
    ],
)
def test_once_decided_it_says_so_and_offers_no_decision(decided: Run, words: str) -> None:
    for shown in (build_approver_message(decided, JOB, "U2"), build_run_message(decided, JOB)):
        assert words in text_of(shown)
        assert not buttons(shown) - {CANCEL_RUN}


def test_a_job_that_the_code_no_longer_has_is_still_shown() -> None:
    assert "export-channel" in text_of(build_approver_message(WAITING, None, "U2"))
    assert DENY_RUN in buttons(build_run_message(IN_CHANNEL, None))


def test_the_longest_reasons_of_the_most_people_fit_a_message() -> None:
    run = replace(IN_CHANNEL, approvals_needed=MOST_APPROVALS)
    for number in range(MOST_APPROVALS):
        run = run.approved(f"U{number:010}", 102.0, "<" * LONGEST_REASON)
    for shown in (build_run_message(run, OWN), build_approver_message(run, OWN, "U2")):
        assert all(len(block["text"]["text"]) <= 3000 for block in shown["blocks"] if "text" in block)


def test_a_modal_asks_why_and_carries_no_more_than_the_runs_id() -> None:
    modal = build_denial_modal("R1")
    assert (modal["callback_id"], modal["private_metadata"]) == (DENIAL_FORM, "R1")
    assert build_own_approval_modal("R1")["blocks"][-1]["element"]["max_length"] == LONGEST_REASON
    assert "`R1`" in text_of(modal)
    assert len(text_of(build_denial_modal("<R" * 900))) < 400


def test_above_the_question_why_stands_what_is_decided() -> None:
    facts = text_of(build_denial_modal("R1", build_facts(WAITING, DANGEROUS)))
    for fact in (f"*{JOB.title}*, asked for by <@U1>", "<#C0123>", DANGER, f"`{WAITING.id}`"):
        assert fact in facts


@given(st.none() | st.text())
def test_a_reason_is_read_as_it_was_written_within_its_limit(given: str | None) -> None:
    reason = read_reason({REASON_BLOCK: {REASON_ACTION: {"value": given}}})
    assert reason == (given or "").strip()[:LONGEST_REASON]


@pytest.mark.parametrize("state", [{}, {REASON_BLOCK: {}}, {REASON_BLOCK: {REASON_ACTION: {"value": 7}}}])
def test_a_made_up_submission_has_no_reason(state: dict[str, Any]) -> None:
    assert read_reason(state) == ""
