"""Whoever had a run in hand and was thought dead, by a clock that is ahead or a lease that was too short, but is not.

Somebody else has the run by then. Whatever the late one still does, it must not undo what the other does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from runs.errors import WrongState
from runs.run import Run, RunState
from runs.sqlite_lines import SQLiteLineStore
from runs.sqlite_store import SQLiteRunStore
from tests.runs.office import ANN
from tests.runs.tasks import JOB, Task
from tests.runs.world import LEASE, World, slack_trouble


@pytest.fixture
def stores() -> Iterator[list[SQLiteRunStore | SQLiteLineStore]]:
    opened: list[SQLiteRunStore | SQLiteLineStore] = []
    yield opened
    for each in opened:
        each.close()


def open_world(stores: list[SQLiteRunStore | SQLiteLineStore]) -> World:
    store, lines = SQLiteRunStore(Path(":memory:")), SQLiteLineStore(Path(":memory:"))
    stores += [store, lines]
    return World(store, lines, on_lambda=True)


def stopped_everywhere(
    stores: list[SQLiteRunStore | SQLiteLineStore], job_name: str
) -> Iterator[tuple[World, Task, Run]]:
    """At each call that beginning a run makes. Then the clock is ahead, and another has it at work."""
    for at in count(1):
        world = open_world(stores)
        world.ask(ANN, job_name, in_channel=False)
        world.deliver(world.requests[-1], at)
        if not world.tasks.parked:
            assert at > 5, "it makes more calls than that"
            return
        [late] = world.tasks.parked
        world.clock_is_set(LEASE + 61)
        world.account()
        for _ in range(3):
            for request in list(world.requests):
                world.deliver(request, JOB)
        runs = world.runs()
        if runs:
            yield world, late, runs[0]


@pytest.mark.parametrize("job_name", ["plain", "approved", "alone"])
def test_what_goes_wrong_for_a_late_one_does_not_end_the_run(
    stores: list[SQLiteRunStore | SQLiteLineStore], job_name: str
) -> None:
    seen = set()
    for world, late, run in stopped_everywhere(stores, job_name):
        world.tasks.troubles["slack"] = slack_trouble(1, is_refused=True, is_done=False)
        world.go_on(late)
        now = world.store.find(team_id=run.team_id, run_id=run.id)
        assert now
        assert (now.state, now.owner, now.error) == (run.state, run.owner, run.error)
        seen.add(run.state)
    assert RunState.RUNNING in seen or RunState.AWAITING_APPROVAL in seen


def test_a_cancel_while_a_run_is_being_turned_away_is_no_error(
    stores: list[SQLiteRunStore | SQLiteLineStore],
) -> None:
    for at in count(1):
        world = open_world(stores)
        world.ask(ANN, "plain", in_channel=False)
        world.deliver(world.requests[-1], at)
        [task] = world.tasks.parked
        if not world.runs():
            continue
        if world.runs()[0].state is RunState.RUNNING:
            assert at > 5, "it makes more calls than that"
            return
        world.press_cancel(ANN, world.runs()[0])
        world.deliver(world.requests[-1])
        world.tasks.troubles["slack"] = slack_trouble(1, is_refused=True, is_done=False)
        world.go_on(task)
        assert not isinstance(task.error, WrongState), "which is written for who asked for the run"
        assert world.runs()[0].state is RunState.CANCELLED
