"""The states of a run: whatever is asked of it in whatever order, it starts at most once at a time and ends once."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.errors import WrongState
from runs.run import (
    LIVE,
    NEXT_STATES,
    ApproverMessage,
    Decision,
    Progress,
    Run,
    RunRequest,
    RunState,
    inputs_hash,
    new_run,
    run_id,
)
from runs.store import dump_run, load_run

REQUEST = RunRequest(key="123.456", team_id="T1", requester="U1", job="export-channel", inputs={"days": 7})

STEPS: dict[str, Callable[[Run], Run]] = {
    "taken by one": lambda run: run.taken("one"),
    "taken by two": lambda run: run.taken("two"),
    "taken under a lease": lambda run: run.taken("three", 2.0, lease_until=9.0),
    "taken after it": lambda run: run.taken("four", 10.0, lease_until=20.0),
    "taken at its seq": lambda run: run.taken("five", 2.0, lease_until=9.0, seq=run.seq),
    "handed over": lambda run: run.handed_over(2.0, until=5.0),
    "expected again": lambda run: run.expected_again(9.0),
    "given up": lambda run: run.given_up(3.0),
    "started by one": lambda run: run.started("one", 2.0),
    "started by two": lambda run: run.started("two", 2.0),
    "succeeded": lambda run: run.succeeded("fine", 3.0),
    "failed": lambda run: run.failed("broken", 3.0, "E-1"),
    "cancelled": lambda run: run.cancelled(3.0),
    "lost": lambda run: run.lost(3.0),
    "requeued": lambda run: run.requeued(3.0),
    "cancel asked": lambda run: run.cancel_asked("U2", 3.0),
    "opened": lambda run: run.opened(["U3", "U4"], 2.0, until=8.0),
    "opened by one": lambda run: run.held_by("one").opened(["U3"], 2.0, until=8.0, unasked=True),
    "approved by U3": lambda run: run.approved("U3", 3.0),
    "approved by U4": lambda run: run.approved("U4", 3.0),
    "approved by U1": lambda run: run.approved("U1", 3.0, "it is night"),
    "approved late": lambda run: run.approved("U5", 8.0),
    "denied": lambda run: run.denied("U3", "no", 3.0),
    "denied late": lambda run: run.denied("U3", "no", 8.0),
    "expired early": lambda run: run.expired(7.9),
    "expired": lambda run: run.expired(8.0),
    "told": lambda run: run.told(),
}


@given(st.integers(0, 3), st.lists(st.sampled_from(sorted(STEPS)), max_size=16))
def test_no_order_of_steps_leaves_the_state_machine_or_ends_a_run_twice(
    needed: int, names: list[str]
) -> None:
    run = new_run(REQUEST, at=1.0, approvals_needed=needed)
    ends = 0
    for name in names:
        before = run
        try:
            run = STEPS[name](run)
        except WrongState:
            assert run is before
            continue
        assert run.state is before.state or run.state in NEXT_STATES[before.state]
        ends += before.state in LIVE and run.state not in LIVE
        assert (run.ended_at is None) == run.is_live
        assert before.history == run.history[: len(before.history)], "history only grows"
        assert run.state is not RunState.RUNNING or run.attempts == names_started(run)
        assert run.state not in BEGUN or len({each.actor for each in run.approvals}) >= needed
        assert len(run.approvals) <= needed, "nobody's approval counts twice, nor after the last"
        assert before.expires_at is None or run.inputs == before.inputs
        assert before.state is RunState.AWAITING_APPROVAL or run.approvals == before.approvals
        assert load_run(dump_run(run)) == run
    assert ends <= 1


BEGUN = {RunState.QUEUED, RunState.RUNNING, RunState.SUCCEEDED, RunState.LOST}


@given(st.integers(1, 3), st.lists(st.sampled_from(sorted(STEPS)), max_size=16))
def test_a_run_that_waits_for_approval_is_in_nobodys_hands_but_its_approvers(
    needed: int, names: list[str]
) -> None:
    run = new_run(REQUEST, at=1.0, approvals_needed=needed)
    for name in names:
        try:
            run = STEPS[name](run)
        except WrongState:
            continue
        if run.is_open:
            assert run.owner is None
            assert not run.is_unattended(since=1e9), "it is not sent on, however long nobody decides"
            with pytest.raises(WrongState):
                run.taken("somebody")


def waiting(needed: int = 1) -> Run:
    return new_run(REQUEST, at=1.0, approvals_needed=needed).taken("one").opened(["U3"], 2.0, until=8.0)


def test_with_its_last_approval_a_run_is_queued_and_can_be_taken() -> None:
    once = waiting(2).approved("U3", 3.0)
    assert once.approved("U3", 4.0) is once, "the same person counts once"
    run = once.approved("U4", 4.0)
    assert run.state is RunState.QUEUED
    assert run.decision is Decision.APPROVED
    assert run.taken("two", seq=run.seq).started("two", 5.0).state is RunState.RUNNING
    assert [(each.actor, each.at) for each in run.approvals] == [("U3", 3.0), ("U4", 4.0)]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (lambda: waiting().approved("U9", 3.0), "already been approved"),
        (lambda: waiting().denied("U9", "no", 3.0), "was denied"),
        (lambda: waiting().expired(8.0), "expired before"),
        (lambda: waiting().cancel_asked("U1", 3.0), "was cancelled"),
        (lambda: waiting().failed("nobody", 3.0), "failed"),
        (lambda: new_run(REQUEST, at=1.0, approvals_needed=1), "does not wait"),
    ],
)
def test_a_decision_that_comes_too_late_says_what_was_first(ended: Callable[[], Run], said: str) -> None:
    for decide in (lambda run: run.approved("U3", 4.0), lambda run: run.denied("U3", "no", 4.0)):
        with pytest.raises(WrongState, match=said):
            decide(ended())


def test_a_request_can_be_approved_until_the_moment_it_expires() -> None:
    assert waiting().approved("U3", 7.9).state is RunState.QUEUED
    with pytest.raises(WrongState, match="too late"):
        waiting().approved("U3", 8.0)
    with pytest.raises(WrongState):
        waiting().expired(7.9)


def test_an_approval_is_of_these_inputs_in_any_order() -> None:
    hashes = {
        inputs_hash("export", {"a": 1, "b": ["é", None]}),
        inputs_hash("export", {"b": ["é", None], "a": 1}),
    }
    assert len(hashes) == 1
    assert waiting().approved("U3", 3.0).approvals[0].inputs_hash == inputs_hash(REQUEST.job, REQUEST.inputs)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
)
def test_other_inputs_or_another_job_are_not_what_was_approved(inputs: dict[str, object]) -> None:
    approved = inputs_hash("export", inputs)
    assert inputs_hash("export", json.loads(json.dumps(inputs))) == approved
    assert inputs_hash("delete", inputs) != approved
    assert inputs_hash("export", {**inputs, "more": 1.5}) != approved


def test_who_was_asked_is_settled_with_the_run_and_not_before() -> None:
    run = waiting().asked_of(ApproverMessage("U3", "D3", "1.0"))
    assert run.asked_of(ApproverMessage("U3", "D3", "2.0")) is run
    denied = replace(run.denied("U3", "no", 3.0), announced=RunState.DENIED)
    assert not denied.is_settled
    assert replace(denied, decision_shown=denied.standing).is_settled


def names_started(run: Run) -> int:
    return sum(event.what == "started" for event in run.history)


@given(
    st.builds(
        replace,
        st.just(new_run(REQUEST, at=1.0)),
        inputs=st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.lists(st.text())),
        error=st.none() | st.text(),
        result=st.none() | st.text(),
        progress=st.none() | st.builds(Progress, st.floats(0, 1e9), st.floats(0, 1e9), st.text()),
        state=st.sampled_from(RunState),
        announced=st.none() | st.sampled_from(RunState),
    )
)
def test_a_run_comes_back_from_its_record_as_it_was(run: Run) -> None:
    assert load_run(dump_run(run)) == run


def test_the_same_request_in_another_workspace_is_another_run() -> None:
    assert run_id(REQUEST) == run_id(replace(REQUEST, inputs={"days": 8}))
    assert run_id(REQUEST) != run_id(replace(REQUEST, team_id="T2"))
    assert run_id(REQUEST) != run_id(replace(REQUEST, key="123.457"))


def test_only_one_process_can_take_a_run_in_hand_and_a_repeated_delivery_in_it_cannot() -> None:
    run = new_run(REQUEST, at=1.0).taken("one")
    with pytest.raises(WrongState):
        run.taken("one")
    with pytest.raises(WrongState):
        run.started("two", 2.0)
    assert run.taken("two").owner == "two", "another process takes over only after the first has died"


def test_a_cancel_ends_a_queued_run_at_once_and_marks_a_running_one() -> None:
    queued = new_run(REQUEST, at=1.0)
    assert queued.cancel_asked("U2", 2.0).state is RunState.CANCELLED
    running = queued.taken("one").started("one", 2.0).cancel_asked("U2", 3.0)
    assert running.state is RunState.RUNNING
    assert running.cancelled_by == "U2"
    assert running.cancel_asked("U3", 4.0) is running, "a second click changes nothing"


def test_a_cancel_after_the_end_says_how_it_ended() -> None:
    ended = new_run(REQUEST, at=1.0).failed("no", 2.0)
    with pytest.raises(WrongState, match="already ended: it failed"):
        ended.cancel_asked("U1", 3.0)


@pytest.mark.parametrize(("done", "total", "fraction"), [(0, 0, 0), (5, 10, 0.5), (11, 10, 1), (-1, 10, 0)])
def test_a_fraction_stays_between_nothing_and_all(done: float, total: float, fraction: float) -> None:
    assert Progress(done, total).fraction == fraction


def in_hand(seq: int = 0) -> Run:
    return replace(new_run(REQUEST, at=1.0), seq=seq)


def test_a_start_is_good_for_one_taking() -> None:
    taken = in_hand(seq=3).taken("one", 2.0, lease_until=9.0, seq=3).started("one", 2.0)
    handed_over = taken.handed_over(3.0, until=5.0)
    assert handed_over.seq == 4
    with pytest.raises(WrongState):
        handed_over.taken("two", 4.0, lease_until=9.0, seq=3)
    assert handed_over.taken("two", 4.0, lease_until=9.0, seq=4).owner == "two"


def test_a_start_that_comes_after_another_was_sent_in_its_place_is_too_late() -> None:
    run = in_hand(seq=3).expected_again(9.0)
    with pytest.raises(WrongState):
        run.taken("one", 4.0, lease_until=9.0, seq=3)


def test_a_live_lease_keeps_everybody_else_out_until_it_ends() -> None:
    run = in_hand().taken("one", 2.0, lease_until=9.0)
    with pytest.raises(WrongState):
        run.taken("two", 8.9, lease_until=20.0)
    assert run.taken("two", 9.0, lease_until=20.0).owner == "two"


def test_what_is_at_work_is_never_taken_even_after_its_lease() -> None:
    """Nobody knows how far it came: that is for `account` to decide."""
    run = in_hand().taken("one", 2.0, lease_until=9.0).started("one", 2.0)
    with pytest.raises(WrongState):
        run.taken("two", 99.0, lease_until=120.0)


def test_nobody_ends_a_run_that_is_in_other_hands() -> None:
    run = in_hand().taken("one", 2.0, lease_until=9.0).started("one", 2.0).handed_over(3.0, until=5.0)
    with pytest.raises(WrongState):
        run.taken("two", 4.0, lease_until=9.0).held_by("one")


def test_a_record_of_another_version_is_still_read() -> None:
    run = new_run(REQUEST, at=1.0)
    record = json.loads(dump_run(run))
    # fields that were added since
    for name in ("message_note", "approvals_needed", "approvals", "asked", "to_ask", "decision_shown"):
        del record[name]
    record["again_of"] = "R1"  # one that has gone
    record["history"][0]["mood"] = "hopeful"
    assert load_run(json.dumps(record)) == run


def test_a_run_starts_only_with_the_inputs_that_were_approved() -> None:
    run = waiting().approved("U3", 3.0).taken("two", 3.0)
    with pytest.raises(WrongState, match="other inputs"):
        replace(run, inputs={"days": 8}).started("two", 4.0)
    assert run.started("two", 4.0).state is RunState.RUNNING


def test_names_become_ids_until_approvers_are_asked_and_not_after_the_end() -> None:
    run = new_run(REQUEST, at=1.0, approvals_needed=1).taken("one")
    assert run.resolved({"days": 8}).inputs == {"days": 8}
    for later in (waiting(), waiting().approved("U3", 3.0), run.failed("no", 2.0)):
        with pytest.raises(WrongState, match="stay as they are"):
            later.resolved({"days": 8})


def test_nobody_else_is_expected_for_what_is_at_work() -> None:
    run = in_hand().taken("one", 2.0, lease_until=9.0).started("one", 2.0)
    with pytest.raises(WrongState):
        run.expected_again(99.0)


def test_a_queued_run_that_lacks_an_approval_does_not_start() -> None:
    run = replace(waiting(2).approved("U3", 3.0), state=RunState.QUEUED, owner="two")
    with pytest.raises(WrongState, match="1 of 2 approvals"):
        run.started("two", 4.0)


def test_two_approvals_of_one_person_are_one() -> None:
    once = waiting(2).approved("U3", 3.0)
    assert not replace(once, approvals=2 * once.approvals).is_approved
