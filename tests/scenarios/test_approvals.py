"""Two people and a job that one of them may not run alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from blocks.approval import (
    APPROVE_OWN_RUN,
    APPROVE_RUN,
    DENY_RUN,
    REASON_ACTION,
    REASON_BLOCK,
)
from blocks.run_message import CANCEL_RUN, RUN_AGAIN, RUN_DETAILS
from listeners.lazy import LocalLazyRunner
from runs.run import Run, RunRequest, RunState, new_run
from runs.service import RunService
from tests.running import restarted
from tests.scenarios.test_hostile import redeliver_the_last_click, warnings_after
from tests.team_jobs import gate
from tests.watching import done, message_with, run_message
from tests.workspace import Person, Workspace, filled, find_element, text_of

DEPLOY = '/run deploy-site text="v42"'


@pytest.fixture
def margit(workspace: Workspace) -> Person:
    """The workspace's owner, and its only admin."""
    return workspace.person("margit")


@pytest.fixture
def tomas(workspace: Workspace) -> Person:
    return workspace.person("tomas")


def team_of(workspace: Workspace) -> str:
    return str(workspace.info["team"]["id"])


def make_admin(workspace: Workspace, *people: Person) -> None:
    for person in people:
        workspace.control("user", user=person.id, is_admin=True)


def fill(errand: RunService, workspace: Workspace, name: str, *people: Person) -> None:
    owner = workspace.person("margit")
    before = errand.groups.find(team_id=team_of(workspace), name=name)
    errand.groups.change(
        team_id=team_of(workspace),
        enterprise_id=None,
        actor=owner.id,
        name=name,
        people=[person.id for person in people],
        usergroups=[],
        version=before.version,
    )


def request_of(workspace: Workspace, approver: Person, title: str = "Deploy the site") -> dict[str, Any]:
    """What the approver was sent."""
    return workspace.eventually(lambda: shown_to(approver, title, APPROVE_RUN))


def shown_to(person: Person, words: str, action_id: str) -> dict[str, Any] | None:
    message = message_with(person, None, words)
    return message if message and find_element(message, action_id) else None


def view_with(person: Person, words: str) -> dict[str, Any] | None:
    return next((view for view in person.views() if words in text_of(view)), None)


def approve_button(request: dict[str, Any]) -> dict[str, Any]:
    """To be pressed when it has gone, or made into another."""
    return {**(find_element(request, APPROVE_RUN) or {}), "block_id": "b"}


def reason(text: str) -> dict[str, Any]:
    return {REASON_BLOCK: {REASON_ACTION: {"type": "plain_text_input", "value": text}}}


def the_run(workspace: Workspace, errand: RunService) -> Run:
    return errand.recent(team_id=team_of(workspace), limit=1)[0]


def test_a_run_waits_for_an_admin_and_begins_when_one_approves_it(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService
) -> None:
    ack = ann.types(DEPLOY, in_channel="#general")
    assert "Asking for approval" in ack["payload"]["text"]
    request = request_of(workspace, margit)
    assert f"<@{ann.id}> asks for approval" in text_of(request)
    assert "v42" in text_of(request)
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    assert "workspace admins until" in text_of(waiting)
    assert find_element(waiting, CANCEL_RUN)
    assert not message_with(ann, None, "asks for approval"), "nobody is asked about their own"
    assert gate.passed == []
    margit.presses(APPROVE_RUN, on=request)
    message = done(ann, workspace, "#general", "Deploy the site")
    assert message["ts"] == waiting["ts"]
    assert f"Approved by <@{margit.id}>" in text_of(message)
    assert workspace.eventually(lambda: message_with(ann, None, "Deployed v42."))
    told = workspace.eventually(lambda: message_with(margit, None, "Approved by"))
    assert told["ts"] == request["ts"]
    assert not find_element(told, APPROVE_RUN)
    run = the_run(workspace, errand)
    assert gate.passed == [run.id]
    assert [event.what for event in run.history] == [
        "asked for",
        "approval asked for",
        "approved",
        "started",
        "succeeded",
    ]


def test_the_button_in_the_channel_works_as_the_one_in_the_direct_message(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    margit.presses(APPROVE_RUN, on=waiting)
    assert "Done" in text_of(done(ann, workspace, "#general", "Deploy the site"))


def test_the_click_is_acked_without_any_call_to_slack(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    wait_until_all_are_asked(workspace, errand)
    begun: list[object] = []
    monkeypatch.setattr(LocalLazyRunner, "send", lambda self, *work: begun.append(work))
    before = workspace.calls()
    assert margit.presses(APPROVE_RUN, on=request)["ack"]["status"] == "acked"
    assert len(begun) == 1, "what has to ask Slack comes after it"
    assert workspace.calls() == before


def wait_until_all_are_asked(workspace: Workspace, errand: RunService) -> None:
    """Or until those who are left cannot be asked now: whoever does it lets go of the run only then."""
    with errand._parts.decisions._messages._alone(the_run(workspace, errand).id):
        pass


def test_whoever_is_asked_why_reads_what_they_decide(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    margit.presses(DENY_RUN, on=request)
    form = workspace.eventually(lambda: view_with(margit, "Deploy the site"))
    for fact in (f"asked for by <@{ann.id}>", "v42", the_run(workspace, errand).id):
        assert fact in text_of(form)
    margit.presses(APPROVE_RUN, on=request)
    workspace.eventually(lambda: message_with(margit, None, "Approved by"))
    margit.presses_stale(request, {**(find_element(request, DENY_RUN) or {}), "block_id": "b"})
    late = workspace.eventually(lambda: view_with(margit, "Approved by"))
    assert not late.get("submit"), "there is nothing left to decide"


def test_who_may_not_decide_is_told_before_they_write_a_reason_and_not_shown_the_inputs(
    workspace: Workspace, ann: Person, tomas: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    for person, why in ((tomas, "Only workspace admins can decide"), (ann, "press Cancel to take it back")):
        person.presses(DENY_RUN, on=waiting)
        told = workspace.eventually(lambda: view_with(person, why))  # noqa: B023
        assert not told.get("submit")
        assert "v42" not in text_of(told)


def test_why_one_approves_is_asked_of_nobody_but_the_requester(
    workspace: Workspace, ann: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "on-call", ann)
    ann.types("/run restart-queue", in_channel="#general")
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    tomas.presses(APPROVE_OWN_RUN, on=waiting)
    told = workspace.eventually(lambda: view_with(tomas, "To approve this run, press Approve"))
    assert not told.get("submit")


def test_a_group_that_was_emptied_meanwhile_is_named_to_whoever_clicks(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "key-keepers", tomas, margit)
    ann.types("/run drop-table", in_channel="#general")
    request = request_of(workspace, tomas, "Drop a table")
    fill(errand, workspace, "key-keepers")
    tomas.presses(APPROVE_RUN, on=request)
    workspace.eventually(lambda: message_with(tomas, None, "Nobody is in `key-keepers` yet"))


def test_of_texts_that_no_message_holds_the_rest_is_in_the_details(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    texts = {name: f"{name} " * 400 for name in ("first", "second", "third", "fourth", "fifth")}
    ann.types("/run apply-patches", in_channel="#general")
    [form] = ann.views()
    ann.submits(form["id"], filled(form, **texts))
    request = request_of(workspace, margit, "Apply the patches")
    assert "press *Details* to read the rest" in text_of(request)
    margit.presses(RUN_DETAILS, on=request)
    details = workspace.eventually(lambda: view_with(margit, "Inputs"))
    for name, text in texts.items():
        assert text.strip() in text_of(details), name
    margit.presses(APPROVE_RUN, on=request)
    done(ann, workspace, "#general", "Apply the patches")


def test_a_denial_says_why_and_ends_it(workspace: Workspace, ann: Person, margit: Person) -> None:
    ann.types(DEPLOY, in_channel="#general")
    margit.presses(DENY_RUN, on=request_of(workspace, margit))
    [modal] = margit.views()
    empty = margit.submits(modal["id"], reason("   "), skip_client_checks=True)
    assert REASON_BLOCK in empty["errors"]
    margit.submits(modal["id"], reason("Not on a <!channel> *Friday* & never <https://evil.example|here>"))
    message = text_of(done(ann, workspace, "#general", "Deploy the site"))
    assert f"Denied by <@{margit.id}>" in message
    assert "&lt;!channel&gt; *Friday* &amp; never" in message
    thread = workspace.eventually(lambda: thread_of(workspace, ann, "Deploy the site"))
    assert f"<@{ann.id}> <@{margit.id}> denied this run: Not on a &lt;!channel&gt;" in text_of(thread)
    assert workspace.eventually(lambda: message_with(margit, None, "Denied by"))
    assert gate.passed == []


def thread_of(workspace: Workspace, person: Person, words: str) -> list[dict[str, Any]]:
    """The replies to the newest message of a run with these words."""
    message = run_message(person, "#general", words)
    assert message
    path = f"/sim/conversations/{message['channel']}/replies"
    return list(workspace.get(path, user=person.id, ts=message["ts"])["messages"][1:])


def test_the_requester_cannot_approve_what_they_asked_for(
    workspace: Workspace, margit: Person, errand: RunService, tomas: Person
) -> None:
    make_admin(workspace, tomas)
    margit.types(DEPLOY, in_channel="#general")
    waiting = workspace.eventually(lambda: message_with(margit, "#general", "Waiting for approval"))
    margit.presses(APPROVE_RUN, on=waiting)
    workspace.eventually(lambda: message_with(margit, "#general", "somebody else has to approve it"))
    assert the_run(workspace, errand).state is RunState.AWAITING_APPROVAL


def test_nobody_who_could_approve_it_is_said_at_once_and_it_does_not_run(
    workspace: Workspace, margit: Person, errand: RunService
) -> None:
    margit.types(DEPLOY, in_channel="#general")
    told = workspace.eventually(lambda: message_with(margit, "#general", "nobody besides you could do that"))
    assert "it does not run" in text_of(told)
    assert the_run(workspace, errand).state is RunState.FAILED


@pytest.mark.parametrize("people", [(), ("oskar",), ("ben",), ("oskar", "ben", "ann", "margit")])
def test_a_group_of_too_few_says_so(
    workspace: Workspace, ann: Person, errand: RunService, people: tuple[str, ...]
) -> None:
    """oskar is deactivated, ben a guest, ann the requester: that leaves margit of two that it takes."""
    ids = {user["name"]: user["id"] for user in workspace.info["users"]}
    team_id, owner = team_of(workspace), ids["margit"]
    errand.groups.change(
        team_id=team_id,
        enterprise_id=None,
        actor=owner,
        name="key-keepers",
        people=[ids[name] for name in people],
        usergroups=[],
        version=0,
    )
    ann.types("/run drop-table", in_channel="#general")
    told = text_of(workspace.eventually(lambda: message_with(ann, "#general", "so it does not run")))
    assert "`key-keepers`" in told
    assert ("only 1 of them besides you" in told) == ("margit" in people)
    assert ("Nobody is in `key-keepers` yet" in told) == (not people)


@pytest.mark.parametrize("who", ["tomas", "ben"])
def test_a_click_of_somebody_who_may_not_approve_changes_nothing(
    workspace: Workspace, ann: Person, errand: RunService, who: str
) -> None:
    ann.types(DEPLOY, in_channel="#engineering")
    waiting = workspace.eventually(lambda: message_with(ann, "#engineering", "Waiting for approval"))
    person = workspace.person(who)
    person.presses(APPROVE_RUN, on=waiting)
    workspace.eventually(lambda: message_with(person, "#engineering", "Only workspace admins can decide"))
    run = the_run(workspace, errand)
    assert run.state is RunState.AWAITING_APPROVAL
    assert run.approvals == ()


def test_two_of_three_have_to_approve_and_the_same_person_counts_once(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "key-keepers", tomas)
    ann.types("/run rotate-keys", in_channel="#general")
    request = request_of(workspace, tomas, "Rotate the keys")
    tomas.presses(APPROVE_RUN, on=request)
    workspace.eventually(lambda: message_with(ann, "#general", "1 of 2 so far"))
    told = workspace.eventually(lambda: message_with(margit, None, f"1 of 2 so far: <@{tomas.id}>"))
    tomas.presses_stale(request, approve_button(request))
    assert warnings_after(workspace, tomas) == []
    assert len(the_run(workspace, errand).approvals) == 1
    margit.presses(APPROVE_RUN, on=told)
    message = text_of(done(ann, workspace, "#general", "Rotate the keys"))
    assert f"<@{tomas.id}>, <@{margit.id}>" in message
    assert len(gate.passed) == 1


def test_two_who_approve_at_once_start_one_run(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person, errand: RunService
) -> None:
    make_admin(workspace, tomas)
    ann.types(DEPLOY, in_channel="#general")
    requests = [(each, request_of(workspace, each)) for each in (margit, tomas)]

    def press(person: Person, request: dict[str, Any]) -> None:
        person.presses_stale(request, approve_button(request))  # for the other one may have been faster

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: press(*each), requests))
    done(ann, workspace, "#general", "Deploy the site")
    for person in (margit, tomas):
        workspace.eventually(lambda: message_with(person, None, "Approved by"))  # noqa: B023
    run = the_run(workspace, errand)
    assert gate.passed == [run.id]
    assert len(run.approvals) == 1


def test_a_click_that_is_delivered_twice_starts_it_once_and_warns_nobody(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit))
    redeliver_the_last_click(workspace)
    done(ann, workspace, "#general", "Deploy the site")
    assert warnings_after(workspace, margit) == []
    assert len(gate.passed) == 1


def test_a_late_click_says_what_has_become_of_it(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person
) -> None:
    make_admin(workspace, tomas)
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    button = approve_button(request)
    tomas.presses(DENY_RUN, on=request_of(workspace, tomas))
    tomas.submits(tomas.views()[0]["id"], reason("No."))
    done(ann, workspace, "#general", "Deploy the site")
    margit.presses_stale(request, button)
    workspace.eventually(lambda: message_with(margit, None, "already ended: it was denied"))
    assert gate.passed == []


def test_cancelled_while_it_waits_it_can_no_longer_be_approved(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    button = approve_button(request)
    ann.presses(CANCEL_RUN, on=message_with(ann, "#general", "Waiting for approval") or {})
    workspace.eventually(lambda: message_with(ann, "#general", "Cancelled"))
    gone = workspace.eventually(lambda: message_with(margit, None, "nothing to decide any more"))
    assert gone["ts"] == request["ts"]
    margit.presses_stale(request, button)
    workspace.eventually(lambda: message_with(margit, None, "already ended: it was cancelled"))
    assert gate.passed == []


def test_run_again_asks_again(workspace: Workspace, ann: Person, margit: Person) -> None:
    ann.types(DEPLOY, in_channel="#general")
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit))
    first = done(ann, workspace, "#general", "Deploy the site")
    # Its button may be there until after the run has ended.
    workspace.eventually(lambda: message_with(margit, None, "Approved by"))
    ann.presses(RUN_AGAIN, on=first)
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit))
    workspace.eventually(lambda: len(gate.passed) == 2)


def test_nobody_approves_in_time(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    button = approve_button(request)
    late = the_run(workspace, errand).created_at + 25 * 3600
    monkeypatch.setattr(errand, "_clock", lambda: late)
    errand.account()
    message = done(ann, workspace, "#general", "Deploy the site")
    assert "Expired" in text_of(message)
    assert "Too few people approved" in text_of(thread_of(workspace, ann, "Deploy the site"))
    assert "Not approved in time" in text_of(message_with(margit, None, "Deploy the site"))
    margit.presses_stale(request, button)
    workspace.eventually(lambda: message_with(margit, None, "expired before it was approved"))
    assert the_run(workspace, errand).is_settled
    assert gate.passed == []


def test_the_click_itself_finds_out_that_it_is_too_late(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    late = the_run(workspace, errand).created_at + 25 * 3600
    monkeypatch.setattr(errand, "_clock", lambda: late)
    margit.presses(APPROVE_RUN, on=request)
    workspace.eventually(lambda: message_with(margit, None, "This is too late"))
    assert "Expired" in text_of(done(ann, workspace, "#general", "Deploy the site"))
    assert gate.passed == []


def test_approving_ones_own_takes_a_reason_that_everybody_reads(
    workspace: Workspace, ann: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "on-call", ann)
    ann.types("/run restart-queue", in_channel="#general")
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    ann.presses(APPROVE_RUN, on=waiting)
    workspace.eventually(lambda: message_with(ann, "#general", "say why"))
    assert gate.passed == []
    ann.presses(APPROVE_OWN_RUN, on=waiting)
    ann.submits(ann.views()[0]["id"], reason("<!here> It is 3 a.m."))
    message = text_of(done(ann, workspace, "#general", "Restart the queue"))
    assert "approved their own run:\n> &lt;!here&gt; It is 3 a.m." in message
    thread = workspace.eventually(lambda: thread_of(workspace, ann, "Restart the queue"))
    assert "approved their own run: &lt;!here&gt; It is 3 a.m." in text_of(thread)
    assert message_with(tomas, None, "It is 3 a.m.")


def test_who_may_request_is_said_to_those_who_may_not(
    workspace: Workspace, ann: Person, tomas: Person, errand: RunService
) -> None:
    ann.types("/run restart-queue", in_channel="#general")
    unfilled = workspace.eventually(lambda: message_with(ann, "#general", "Only `on-call` can run this job"))
    assert "Nobody is in `on-call` yet" in text_of(unfilled)
    fill(errand, workspace, "on-call", tomas)
    ann.types("/run restart-queue", in_channel="#support")
    refused = workspace.eventually(lambda: message_with(ann, "#support", "Only `on-call` can run this job"))
    assert "yet" not in text_of(refused)


def test_an_approval_by_somebody_who_is_no_approver_any_more_does_not_count(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "key-keepers", tomas)
    ann.types("/run rotate-keys", in_channel="#general")
    tomas.presses(APPROVE_RUN, on=request_of(workspace, tomas, "Rotate the keys"))
    workspace.eventually(lambda: message_with(ann, "#general", "1 of 2 so far"))
    fill(errand, workspace, "key-keepers", ann)
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit, "Rotate the keys"))
    message = text_of(done(ann, workspace, "#general", "Rotate the keys"))
    assert f"<@{tomas.id}> approved this, but may not do so any more" in message
    assert gate.passed == []


@pytest.mark.parametrize("value", ["RNOSUCHRUNATALL", "", "../../etc", "R" * 1900])
def test_a_made_up_button_approves_nothing(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, value: str
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    button = approve_button(request)
    margit.presses_stale(request, {**button, "value": value})
    workspace.eventually(lambda: message_with(margit, None, "no record of this run"))
    assert the_run(workspace, errand).approvals == ()


def test_a_run_that_needs_no_approval_cannot_be_approved(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService
) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    message = run_message(ann, "#general", "Wait at the gate") or {}
    forged = {
        "type": "button",
        "action_id": APPROVE_RUN,
        "block_id": "b",
        "value": the_run(workspace, errand).id,
    }
    margit.presses_stale(message, forged)
    workspace.eventually(lambda: message_with(margit, "#general", "needs no approval"))
    gate.open()
    assert "Done" in text_of(done(ann, workspace, "#general", "Wait at the gate"))


def test_what_slack_would_not_take_is_brought_up_to_date_later(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    monkeypatch.setattr(errand._parts.decisions._messages, "_edit", _unreachable)
    margit.presses(APPROVE_RUN, on=request)
    done(ann, workspace, "#general", "Deploy the site")
    workspace.eventually(lambda: message_with(ann, None, "Deployed v42."))
    assert find_element(message_with(margit, None, "Deploy the site") or {}, APPROVE_RUN)
    assert not the_run(workspace, errand).is_settled
    monkeypatch.undo()
    restarted(errand).recover()  # for its thread may not have let go of it yet
    assert message_with(margit, None, "Approved by")
    assert the_run(workspace, errand).is_settled


def _unreachable(*arguments: object) -> None:
    raise OSError("no route to Slack")


def test_approvers_who_were_not_asked_before_a_crash_are_asked_after_it_and_nobody_twice(
    workspace: Workspace,
    ann: Person,
    margit: Person,
    tomas: Person,
    errand: RunService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_admin(workspace, tomas)
    posted = errand._parts.decisions._messages._post
    asked: list[str] = []

    def once(client: Any, run: Run, user: str) -> Any:
        if asked:
            raise OSError("no route to Slack")
        asked.append(user)
        return posted(client, run, user)

    monkeypatch.setattr(errand._parts.decisions._messages, "_post", once)
    ann.types(DEPLOY, in_channel="#general")
    workspace.eventually(lambda: any(message_with(each, None, "asks for") for each in (margit, tomas)))
    wait_until_all_are_asked(workspace, errand)
    monkeypatch.undo()
    assert len(the_run(workspace, errand).asked) == 1
    errand.recover()
    for person in (margit, tomas):
        request_of(workspace, person)
        assert sum("asks for approval" in text_of(each) for each in person.direct_messages()) == 1


def test_an_approved_run_that_was_not_taken_up_before_a_crash_is_taken_up_after_it(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    monkeypatch.setattr(errand._parts, "_hand_on", lambda run: None)
    margit.presses(APPROVE_RUN, on=request)
    workspace.eventually(lambda: message_with(margit, None, "Approved by"))
    assert gate.passed == []
    monkeypatch.undo()
    errand.recover()
    done(ann, workspace, "#general", "Deploy the site")
    assert len(gate.passed) == 1


def test_a_button_of_another_workspaces_run_finds_nothing(
    workspace: Workspace, ann: Person, margit: Person, errand: RunService
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request = request_of(workspace, margit)
    elsewhere = RunRequest(
        key="1", team_id="TELSEWHERE", requester="U9", job="deploy-site", inputs={"text": "x"}
    )
    theirs = new_run(elsewhere, 1.0, approvals_needed=1).opened(["U8"], 2.0, until=1e12)
    errand._ledger.create(theirs)
    margit.presses_stale(request, {**approve_button(request), "value": theirs.id})
    workspace.eventually(lambda: message_with(margit, None, "no record of this run"))
    assert errand.find("TELSEWHERE", theirs.id).approvals == ()


def test_a_user_group_approves(workspace: Workspace, ann: Person, margit: Person, errand: RunService) -> None:
    [group] = errand.client(team_of(workspace)).usergroups_list(include_users=True)["usergroups"][:1]
    errand.groups.change(
        team_id=team_of(workspace),
        enterprise_id=None,
        actor=margit.id,
        name="key-keepers",
        people=[],
        usergroups=[group["id"]],
        version=0,
    )
    names = {user["id"]: user["name"] for user in workspace.info["users"]}
    ann.types("/run rotate-keys", in_channel="#general")
    member = next(names[each] for each in group["users"] if each not in (ann.id, margit.id))
    person = workspace.person(member)
    person.presses(APPROVE_RUN, on=request_of(workspace, person, "Rotate the keys"))
    workspace.eventually(lambda: message_with(ann, "#general", f"1 of 2 so far: <@{person.id}>"))
