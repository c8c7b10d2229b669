"""Anything happens to runs, in any order: people press buttons twice and too late, processes die between any two calls,
clocks jump, Slack and the storage fail. Whatever it was, it holds what `World` says must hold.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aws.dynamodb_lines import DynamoDBLineStore
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.table import table_definition
from runs.run import Run
from runs.sqlite_lines import SQLiteLineStore
from runs.sqlite_store import SQLiteRunStore
from tests.aws.emulator import Emulator
from tests.runs.office import ANN, BOB, GUS, IVAN, MARGIT, SAM
from tests.runs.tasks import CHANGED_LINE, FAR, IN_LINE, JOB, READ_LINE, Trouble
from tests.runs.world import AN_HOUR, LEASE, World, slack_trouble

MOST_REQUESTS = 25  # of one example
LONGEST = 12 * AN_HOUR  # of one example: after a day nobody is told of an end any more

Chosen = TypeVar("Chosen")

anybody = st.sampled_from([MARGIT, BOB, IVAN, ANN, GUS, SAM])
requesters = st.sampled_from([ANN, BOB, MARGIT, ANN, BOB, MARGIT, GUS])
members = st.sampled_from([ANN, BOB, MARGIT])
job_names = st.sampled_from(
    ["plain", "alone", "safe", "in-pieces", "approved", "twice", "own", "theirs", "alone", "fails"]
)
lonely = st.sampled_from(["alone", "alone", "theirs"])
which = st.integers(0, 5)  # of those there are, from the newest
far = st.one_of(
    st.sampled_from([FAR, JOB, FAR, JOB, CHANGED_LINE, READ_LINE]), st.integers(0, 40), st.integers(0, 15)
)
dies = st.sampled_from([False, False, False, True])
seconds = st.sampled_from([30.0, 61.0, 130.0, 950.0, AN_HOUR + 1])
jumps = st.sampled_from([-AN_HOUR, -100.0, 100.0, 1000.0])


class Machine(RuleBasedStateMachine):
    def __init__(self, open_world: Callable[[], World]) -> None:
        super().__init__()
        self.world = open_world()
        self.began = self.world.time
        self.known: list[Run] = []

    @precondition(lambda self: len(self.world.done) < MOST_REQUESTS)
    @rule(user=requesters, job_name=job_names, in_channel=st.booleans(), far=far, dies=dies)
    def somebody_asks(self, user: str, job_name: str, in_channel: bool, far: int, dies: bool) -> None:
        self.world.ask(user, job_name, in_channel=in_channel)
        self.deliver_newest(far, dies)

    @precondition(lambda self: len(self.world.done) < MOST_REQUESTS)
    @rule(job_name=job_names)
    def many_ask_for_the_same(self, job_name: str) -> None:
        for user in (BOB, MARGIT, BOB):
            self.world.ask(user, job_name, in_channel=True)
            self.deliver_newest(JOB)

    @precondition(lambda self: self.runs(lambda run: run.is_open))
    @rule(user=anybody, which=which, says_why=st.booleans(), far=far, dies=dies)
    def somebody_approves(self, user: str, which: int, says_why: bool, far: int, dies: bool) -> None:
        run = chosen(self.runs(lambda run: run.is_open), which)
        self.world.press_approve(user, run, "It is on fire." if says_why else None)
        self.deliver_newest(far, dies)

    @precondition(lambda self: self.runs(lambda run: run.is_open))
    @rule(which=which, far=far)
    def those_who_were_asked_approve(self, which: int, far: int) -> None:
        run = chosen(self.runs(lambda run: run.is_open), which)
        for user in run.to_ask[:3]:
            self.world.press_approve(user, run, "It is on fire.")
            self.deliver_newest(far)

    @precondition(lambda self: self.runs(lambda run: run.is_open))
    @rule(user=anybody, which=which, far=far, dies=dies)
    def somebody_denies(self, user: str, which: int, far: int, dies: bool) -> None:
        self.world.press_deny(user, chosen(self.runs(lambda run: run.is_open), which))
        self.deliver_newest(far, dies)

    @precondition(lambda self: self.runs(lambda run: run.is_live))
    @rule(user=anybody, is_own=st.booleans(), which=which, far=far, dies=dies)
    def somebody_cancels(self, user: str, is_own: bool, which: int, far: int, dies: bool) -> None:
        run = chosen(self.runs(lambda run: run.is_live), which)
        self.world.press_cancel(run.requester if is_own else user, run)
        self.deliver_newest(far, dies)

    @precondition(lambda self: len(self.world.done) < MOST_REQUESTS)
    @rule(user=members, job_name=job_names, after=st.integers(5, 60), until=st.integers(0, 40))
    def somebody_asks_and_thinks_better_of_it(self, user: str, job_name: str, after: int, until: int) -> None:
        """While it is being begun; and that goes on while it is being cancelled."""
        self.world.ask(user, job_name, in_channel=False)
        self.deliver_newest(after)
        begun = self.world.tasks.parked[-1:]
        mine = [run for run in self.world.runs() if run.requester == user and run.is_live]
        if mine:
            self.world.press_cancel(user, mine[0])
            self.deliver_newest(until)
        for task in begun:
            if task in self.world.tasks.parked:
                self.world.go_on(task)

    @precondition(lambda self: len(self.world.done) < MOST_REQUESTS)
    @rule(job_name=lonely, far=st.sampled_from([IN_LINE, IN_LINE, CHANGED_LINE, READ_LINE]), first_dies=dies)
    def one_makes_place_while_another_is_put_in_line(self, job_name: str, far: int, first_dies: bool) -> None:
        """Or while it reads the line, if `far` says so; or it dies before it has called who has its place now."""
        was_calm = self.world.is_calm and not self.world.places_of_those_who_wait()
        self.world.ask(BOB, job_name, in_channel=False)
        self.deliver_newest(JOB)
        first = self.world.tasks.parked[-1:]
        self.world.ask(MARGIT, job_name, in_channel=False)
        self.deliver_newest(far)
        second = self.world.tasks.parked[-1:]
        for task in first:
            self.world.go_on(task, CHANGED_LINE if first_dies else FAR, dies=first_dies)
        for task in second:
            if task in self.world.tasks.parked:
                self.world.go_on(task, JOB)
        if was_calm and self.world.is_calm and not first_dies:
            assert not self.world.places_of_those_who_wait(), (
                "they need not wait until they are accounted for"
            )

    @precondition(lambda self: len(self.world.done) < MOST_REQUESTS)
    @rule(job_name=lonely)
    def two_read_the_line_at_once(self, job_name: str) -> None:
        self.world.ask(BOB, job_name, in_channel=False)
        self.deliver_newest(READ_LINE)
        first = self.world.tasks.parked[-1:]
        self.world.ask(MARGIT, job_name, in_channel=False)
        self.deliver_newest(JOB)
        for task in first:
            if task in self.world.tasks.parked:
                self.world.go_on(task, JOB)

    @precondition(lambda self: self.world.on_lambda and self.world.time - self.began < LONGEST)
    @rule(job_name=job_names, after=st.integers(5, 40), until=st.integers(5, 40))
    def whoever_begins_seems_dead_and_another_takes_over(self, job_name: str, after: int, until: int) -> None:
        """By a clock that is ahead. Both go on."""
        self.world.ask(MARGIT, job_name, in_channel=False)
        self.deliver_newest(after)
        late = self.world.tasks.parked[-1:]
        self.world.clock_is_set(LEASE + 61)
        self.world.account()
        self.deliver_newest(FAR)
        self.deliver_newest(until)
        for task in late:
            if task in self.world.tasks.parked:
                self.world.go_on(task, JOB)

    @precondition(lambda self: self.runs() and len(self.world.done) < MOST_REQUESTS)
    @rule(user=requesters, which=which, far=far)
    def somebody_runs_it_again(self, user: str, which: int, far: int) -> None:
        self.world.press_run_again(user, chosen(self.runs(lambda run: not run.is_live) or self.runs(), which))
        self.deliver_newest(far)

    @precondition(lambda self: self.runs())
    @rule(user=anybody, which=which, what=st.sampled_from(["approve", "deny", "cancel"]))
    def somebody_presses_what_should_be_gone(self, user: str, which: int, what: str) -> None:
        run = chosen(self.runs(), which)
        if what == "approve":
            self.world.press_approve(user, run, None)
        else:
            (self.world.press_deny if what == "deny" else self.world.press_cancel)(user, run)
        self.deliver_newest(FAR)

    @precondition(lambda self: self.world.requests)
    @rule(which=which, far=far, dies=dies)
    def a_request_is_delivered(self, which: int, far: int, dies: bool) -> None:
        self.world.deliver(chosen(self.world.requests, which), far, dies=dies)

    @precondition(lambda self: self.world.done)
    @rule(which=which, far=far)
    def a_request_is_delivered_again(self, which: int, far: int) -> None:
        self.world.deliver_again(chosen(self.world.done[::-1], which))
        self.deliver_newest(far)

    @precondition(lambda self: self.world.tasks.parked)
    @rule(which=which, far=far, dies=dies)
    def something_goes_on(self, which: int, far: int, dies: bool) -> None:
        self.world.go_on(chosen(self.world.tasks.parked, which), far, dies=dies)

    @precondition(lambda self: self.world.tasks.parked)
    @rule(which=which)
    def something_dies(self, which: int) -> None:
        self.world.kill(chosen(self.world.tasks.parked, which))

    @precondition(lambda self: self.world.tasks.parked)
    @rule(which=which, dies=st.booleans())
    def something_goes_on_until_it_has_made_place(self, which: int, dies: bool) -> None:
        self.world.go_on(chosen(self.world.tasks.parked, which), CHANGED_LINE, dies=dies)

    @precondition(lambda self: self.world.tasks.parked and self.world.on_lambda)
    @rule(which=which)
    def time_runs_out(self, which: int) -> None:
        """So that a job hands itself on at its next checkpoint."""
        task = chosen(self.world.tasks.parked, which)
        left = (task.hands.until or 0.0) - self.world.time
        if left > 2:
            self.world.passes(left - 2)
        self.world.go_on(task)

    @precondition(lambda self: self.world.time - self.began < LONGEST)
    @rule(seconds=seconds, far=far, dies=dies)
    def time_passes_and_is_accounted(self, seconds: float, far: int, dies: bool) -> None:
        self.world.passes(seconds)
        self.world.account()
        self.deliver_newest(far, dies)

    @precondition(lambda self: self.world.time - self.began < LONGEST)
    @rule(seconds=jumps, far=far)
    def the_clock_is_set_and_it_is_accounted(self, seconds: float, far: int) -> None:
        self.world.clock_is_set(seconds)
        self.world.account()
        self.deliver_newest(far)

    @rule(user=st.sampled_from([MARGIT, IVAN]), is_admin=st.booleans())
    def an_admin_is_appointed_or_is_one_no_more(self, user: str, is_admin: bool) -> None:
        self.world.set_admin(user, is_admin)

    @rule(
        kind=st.sampled_from(["slack", "store", "line", "invoke", "slack"]),
        left=st.integers(1, 3),
        is_refused=st.booleans(),
        is_done=st.booleans(),
    )
    def something_is_in_trouble(self, kind: str, left: int, is_refused: bool, is_done: bool) -> None:
        trouble = (
            slack_trouble(left, is_refused=is_refused, is_done=is_done)
            if kind == "slack"
            else Trouble(lambda: OSError("throttled"), left, is_done)
        )
        self.world.tasks.troubles[kind] = trouble

    @invariant()
    def nothing_happened_that_must_not(self) -> None:
        assert not self.world.violations, self.world.violations
        self.known = self.world.runs()

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.world.settle()
            problems = list(self.world.problems())
            assert not problems, "\n\n".join(problems)
        for task in list(self.world.tasks.parked):
            self.world.tasks.kill(task)

    def deliver_newest(self, far: int, dies: bool = False) -> None:
        if self.world.requests:
            self.world.deliver(self.world.requests[-1], far, dies=dies)

    def runs(self, those: Callable[[Run], bool] = lambda run: True) -> list[Run]:
        """As they were before this step, the newest first."""
        return [run for run in self.known if those(run)]


def chosen(among: list[Chosen], which: int) -> Chosen:
    return among[which % len(among)]


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """It would be of thousands of faults."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def explore(open_world: Callable[[], World], *, examples: int, steps: int = 30) -> None:
    """The same examples each time in CI, other ones each time elsewhere."""
    is_ci = bool(os.environ.get("CI"))
    chosen_settings: dict[str, Any] = {"derandomize": True, "database": None} if is_ci else {}
    run_state_machine_as_test(
        lambda: Machine(open_world),
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", examples)),
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=[each for each in Phase if each is not Phase.explain],  # which slows all down
            **chosen_settings,
        ),
    )


@pytest.mark.parametrize("on_lambda", [False, True], ids=["one process", "invocations"])
def test_whatever_happens_in_sqlite(on_lambda: bool) -> None:
    opened: list[Any] = []

    def open_world() -> World:
        while opened:
            opened.pop().close()
        store, lines = SQLiteRunStore(Path(":memory:")), SQLiteLineStore(Path(":memory:"))
        opened.extend((store, lines))
        return World(store, lines, on_lambda=on_lambda)

    explore(open_world, examples=50)
    for each in opened:
        each.close()


def test_whatever_happens_in_dynamodb(aws: Emulator) -> None:
    clients = aws.clients()
    tables: list[str] = []

    def open_world() -> World:
        tables.append(f"model-{len(tables)}")
        aws.client("dynamodb").create_table(**table_definition(tables[-1]))
        store = DynamoDBRunStore(clients, tables[-1])
        return World(store, DynamoDBLineStore(clients, tables[-1]), on_lambda=True)

    explore(open_world, examples=5)
