"""Runs that wait for a place, over invocations of which any may die anywhere.

Slack and the storage are in this process, so that a machine of hypothesis can play thousands of invocations.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from slack_sdk import WebClient

from blocks.run_message import WORDS, build_run_message
from runs.clients import Clients
from runs.context import RunContext
from runs.errors import Refused, RunContinues, RunNotFound, WrongState
from runs.groups import GroupStore
from runs.hands import Hands
from runs.job import Job, Jobs, job
from runs.ledger import Ledger
from runs.line import Entry
from runs.run import Run, RunRequest, RunState, Turn, run_id, run_id_of
from runs.service import RunService
from runs.sqlite_lines import SQLiteLineStore
from runs.sqlite_store import SQLiteRunStore
from tests.workspace import text_of

TEAM, ANN, MOST = "T1", "U1", 2
MEMORY = Path(":memory:")
AN_INVOCATION = 900  # seconds


class Killed(BaseException):
    """The invocation is dead, and says nothing any more."""


def die(*_: object) -> str:
    raise Killed


class Fuse:
    """Burns down with every call to the storage, to Slack or to Lambda, before and after it. Then `bang`."""

    def __init__(self, left: int | None, bang: Callable[[], object]) -> None:
        self.left = left
        self.bang = bang

    def burn(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.bang()

    def wired(self, target: Any) -> Any:
        return _Wired(target, self)


class _Wired:
    def __init__(self, target: Any, fuse: Fuse) -> None:
        self._target, self._fuse = target, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._fuse.burn()
            answer = method(*arguments, **named)
            self._fuse.burn()
            return answer

        return call


class SlackInMemory:
    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.updates = 0
        self._count = itertools.count(1)

    def users_info(self, *, user: str) -> Any:
        return {"user": {"id": user, "team_id": TEAM, "is_admin": user == "UADMIN"}}

    def conversations_open(self, *, users: str) -> Any:
        return {"channel": {"id": f"D{users}"}}

    def chat_postMessage(self, *, channel: str, **message: Any) -> Any:
        ts = f"{next(self._count)}.0"
        self.messages[ts] = text_of(message)
        return {"channel": channel, "ts": ts}

    def chat_update(self, *, channel: str, ts: str, **message: Any) -> Any:
        self.updates += 1
        self.messages[ts] = text_of(message)

    def views_publish(self, **view: Any) -> None:
        pass


class OneClient(Clients):
    def __init__(self, client: object) -> None:
        super().__init__(api_url="", client_of=lambda *_, **__: cast(WebClient, client))


@dataclass(frozen=True)
class Nothing:
    pass


class World:
    """A function on Lambda. What it invokes lies in `invoked` until somebody has it carried out."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.now = 1000.0
        self.fuse = Fuse(None, die)
        self.slack = SlackInMemory()
        self.store, self.lines = SQLiteRunStore(MEMORY), SQLiteLineStore(MEMORY)
        self.invoked: list[Callable[[RunService], object]] = []
        self.work: Callable[[RunContext], str] = lambda run: "Done."
        self.begun: list[str] = []
        self.died = False  # somebody has, somewhere
        self.jobs = Jobs(self._jobs())

    def _jobs(self) -> Iterator[Job]:
        @job("Deploy", exclusive=True)
        def deploy(inputs: Nothing, run: RunContext) -> str:
            return self._at_work(run)

        @job("Migrate", exclusive=True, retry_safe=True)
        def migrate(inputs: Nothing, run: RunContext) -> str:
            return self._at_work(run)

        @job("Export")
        def export(inputs: Nothing, run: RunContext) -> str:
            return self._at_work(run)

        yield from (deploy, migrate, export)

    def _at_work(self, run: RunContext) -> str:
        self.begun.append(run.id)
        assert self.runs[run.id].state is RunState.RUNNING
        return self.work(run)

    @property
    def runs(self) -> dict[str, Run]:
        return {run.id: run for run in self.store.recent(team_id=TEAM, limit=1000)}

    def ask(self, key: str, name: str) -> str:
        request = RunRequest(key=key, team_id=TEAM, requester=ANN, job=name, inputs={})
        self.invoked.append(lambda service: service.begin(request))
        return run_id(request)

    def invoke(
        self,
        do: Callable[[RunService], object],
        fuse: int | None = None,
        bang: Callable[[], object] | None = None,
    ) -> bool:
        """In an environment of its own. False if it died."""
        hands = Hands(until=self.now + AN_INVOCATION)
        kept, self.fuse = self.fuse, Fuse(fuse, bang or die)
        try:
            do(self._service(hands))
        except Killed:
            self.died = True
            return False
        finally:
            self.fuse = kept
        return True

    def carry_out(self) -> None:
        while self.invoked:
            self.invoke(self.invoked.pop(0))

    def tick(self, fuse: int | None = None) -> bool:
        return self.invoke(lambda service: service.account(), fuse)

    def _service(self, hands: Hands) -> RunService:
        fuse = self.fuse
        ledger = Ledger(fuse.wired(self.store))
        clients = OneClient(fuse.wired(self.slack))
        return RunService(
            jobs=self.jobs,
            ledger=ledger,
            clients=clients,
            render=lambda run: build_run_message(run, self.jobs.get(run.job)),
            render_home=lambda home: {},
            groups=cast(GroupStore, None),
            render_request=lambda run, approver: {},
            draw=lambda result, note: None,
            open_lines=lambda: fuse.wired(self.lines),
            start=lambda work: work(),
            most_running=self.most,
            hand_on=self._hand_on,
            hands=lambda: hands,
            acks_are_durable=True,
            clock=lambda: self.now,
            monotonic=lambda: self.now,
            sleep=lambda seconds: None,
        )

    def _hand_on(self, run: Run) -> None:
        self.fuse.burn()
        self.invoked.append(lambda service: service.go_on(team_id=TEAM, run_id=run.id, seq=run.seq))
        self.fuse.burn()

    def shown(self, run: Run) -> str:
        return self.slack.messages[run.message.ts] if run.message else ""

    def close(self) -> None:
        self.store.close()
        self.lines.close()


def finish(run: RunContext) -> str:
    return "Done."


def go_on_later(run: RunContext) -> str:
    run.progress(1, 2)
    raise RunContinues


def fail(run: RunContext) -> str:
    raise Refused("Not now.")


WORK = {"finish": finish, "go on later": go_on_later, "fail": fail, "die": die}
JOBS_ASKED_FOR = st.sampled_from(["deploy", "migrate", "export"])
FUSES = st.none() | st.integers(0, 40)


class Crashes(RuleBasedStateMachine):
    @initialize(most=st.integers(1, 3), names=st.lists(JOBS_ASKED_FOR, max_size=6))
    def begin(self, most: int, names: list[str]) -> None:
        self.world = World(most)
        self.asked = 0
        self.world.work = go_on_later
        for name in names:
            self.ask(name)
            self.world.invoke(self.world.invoked.pop())

    @rule(name=JOBS_ASKED_FOR)
    def ask(self, name: str) -> None:
        self.asked += 1
        self.world.ask(str(self.asked), name)

    @precondition(lambda self: self.world.invoked)
    @rule(data=st.data(), how=st.sampled_from(sorted(WORK)), fuse=FUSES, again=st.booleans())
    def deliver(self, data: st.DataObject, how: str, fuse: int | None, again: bool) -> None:
        """In any order, perhaps twice."""
        event = data.draw(st.sampled_from(self.world.invoked))
        if not again:
            self.world.invoked.remove(event)
        self.world.work = WORK[how]
        self.world.invoke(event, fuse)

    @precondition(lambda self: len(self.world.invoked) > 1)
    @rule(data=st.data(), how=st.sampled_from(sorted(WORK)), at=st.integers(0, 60), fuse=FUSES)
    def deliver_in_the_middle_of_another(
        self, data: st.DataObject, how: str, at: int, fuse: int | None
    ) -> None:
        first, second = data.draw(st.permutations(self.world.invoked))[:2]
        self.world.invoked.remove(first)

        def meanwhile() -> None:
            self.world.invoked.remove(second)
            self.world.invoke(second, fuse)
            self.nothing_is_at_work_that_may_not_be()

        self.world.work = WORK[how]
        self.world.invoke(first, at, meanwhile)

    @precondition(lambda self: self.world.invoked)
    @rule(data=st.data(), at=st.integers(0, 60))
    def tick_in_the_middle_of_another(self, data: st.DataObject, at: int) -> None:
        first = data.draw(st.sampled_from(self.world.invoked))
        self.world.invoked.remove(first)
        self.world.work = finish
        self.world.invoke(first, at, self.world.tick)

    @precondition(lambda self: self.world.invoked and self.world.runs)
    @rule(data=st.data(), at=st.integers(0, 60))
    def cancel_in_the_middle_of_another(self, data: st.DataObject, at: int) -> None:
        first = data.draw(st.sampled_from(self.world.invoked))
        self.world.invoked.remove(first)
        self.world.work = finish
        self.world.invoke(first, at, lambda: self.cancel_one(data, None))

    @precondition(lambda self: self.world.invoked)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        """An invocation that Lambda gave up."""
        self.world.died = True
        self.world.invoked.remove(data.draw(st.sampled_from(self.world.invoked)))

    @precondition(lambda self: self.world.runs)
    @rule(data=st.data(), fuse=FUSES)
    def cancel(self, data: st.DataObject, fuse: int | None) -> None:
        self.cancel_one(data, fuse)

    def cancel_one(self, data: st.DataObject, fuse: int | None) -> None:
        if not self.world.runs:
            return
        run = data.draw(st.sampled_from(sorted(self.world.runs)))

        def press(service: RunService) -> None:
            try:
                service.cancel(team_id=TEAM, run_id=run, actor=ANN)
            except WrongState:
                return

        self.world.invoke(press, fuse)

    @rule(seconds=st.sampled_from([1, 30, 61, 1000]), fuse=FUSES)
    def tick(self, seconds: int, fuse: int | None) -> None:
        self.world.now += seconds
        self.world.tick(fuse)

    @invariant()
    def nothing_is_at_work_that_may_not_be(self) -> None:
        at_work = [run for run in self.world.runs.values() if run.state is RunState.RUNNING]
        assert len(at_work) <= self.world.most
        exclusive = [run.job for run in at_work if self.world.jobs[run.job].exclusive]
        assert len(exclusive) == len(set(exclusive))

    @invariant()
    def nobody_waits_in_anybodys_hands(self) -> None:
        assert all(run.owner is None for run in self.world.runs.values() if run.is_waiting)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.settle()
            self.world.close()

    def settle(self) -> None:
        """With nobody dying any more, everything ends: by itself if nobody ever died, else with a few ticks."""
        self.world.work = finish
        self.world.carry_out()
        if not self.world.died:
            assert [run for run in self.world.runs.values() if run.is_live] == []
            assert self.world.lines.find(team_id=TEAM).running == ()
        for name in ("deploy", "deploy", "migrate", "export", "export", "export"):
            self.ask(name)
        for _ in range(5):
            self.world.carry_out()
            self.nothing_is_at_work_that_may_not_be()
            self.world.now += 1000
            self.world.tick()
        runs = self.world.runs.values()
        assert [run for run in runs if run.is_live] == []
        assert self.world.lines.find(team_id=TEAM).waiting == ()
        for run in runs:
            assert run.is_settled
            assert WORDS[run.state] in self.world.shown(run)
            starts = sum(event.what == "started" for event in run.history)
            assert starts <= (3 if self.world.jobs[run.job].retry_safe else 1)


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


@contextmanager
def calls_counted(target: Any, *methods: str) -> Iterator[dict[str, int]]:
    counts = dict.fromkeys(methods, 0)
    kept = {name: getattr(target, name) for name in methods}

    def counting(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            counts[name] += 1
            return kept[name](*arguments, **named)

        return call

    for name in methods:
        setattr(target, name, counting(name))
    yield counts


def waiting(world: World, count: int, name: str = "deploy") -> list[str]:
    """One at work between two invocations, and so many behind it."""
    first = world.ask("first", name)
    world.work = go_on_later
    world.invoke(world.invoked.pop())
    asked = [world.ask(f"waiting {number}", name) for number in range(count)]
    start, *begins = world.invoked
    world.invoked = [start]
    for begin in begins:
        world.invoke(begin)
    world.work = finish
    return [first, *asked]


def test_a_run_that_finds_a_place_costs_one_change_of_the_line_at_its_start_and_one_at_its_end(
    world: World,
) -> None:
    with calls_counted(world.lines, "find", "replace") as counts:
        world.ask("1", "export")
        world.carry_out()
    assert counts["replace"] == 2
    assert counts["find"] <= 4


def test_a_run_between_two_invocations_keeps_its_place(world: World) -> None:
    first, second = waiting(world, 1)
    assert world.runs[second].turn == Turn(1, behind=ANN)
    assert world.runs[first].state is RunState.RUNNING
    world.invoke(world.invoked.pop())
    assert world.runs[first].state is RunState.SUCCEEDED
    assert world.runs[second].state is RunState.QUEUED
    world.carry_out()
    assert world.runs[second].state is RunState.SUCCEEDED


def test_a_retry_safe_run_keeps_its_place_when_it_is_run_again(world: World) -> None:
    first = world.ask("first", "migrate")
    world.work = die
    assert not world.invoke(world.invoked.pop())
    second = world.ask("second", "migrate")
    world.work = finish
    world.carry_out()
    assert world.runs[second].is_waiting
    world.now += 1000
    world.tick()
    assert world.runs[second].is_waiting
    world.carry_out()
    assert [world.runs[each].state for each in (first, second)] == [RunState.SUCCEEDED] * 2
    assert world.begun == [first, first, second]


def test_a_run_that_died_makes_place_once_it_is_known_to_be_lost(world: World) -> None:
    first = world.ask("first", "deploy")
    world.work = die
    world.invoke(world.invoked.pop())
    second = world.ask("second", "deploy")
    world.work = finish
    world.carry_out()
    world.now += 1000
    world.tick()
    world.carry_out()
    assert world.runs[first].state is RunState.LOST
    assert world.runs[second].state is RunState.SUCCEEDED


def test_what_holds_a_place_though_it_has_ended_is_found_by_whoever_waits_for_it(world: World) -> None:
    """Its invocation died before it could leave, but after everybody had been told: nothing else looks at it."""
    first = world.ask("first", "deploy")
    world.carry_out()
    ended = world.runs[first]
    line = world.lines.find(team_id=TEAM)
    world.lines.replace(line.entered(Entry.of(ended, exclusive=True), MOST))
    second = world.ask("second", "deploy")
    world.carry_out()
    assert world.runs[second].state is RunState.SUCCEEDED


def test_who_was_turned_away_and_asked_anew_since_the_runs_were_listed_keeps_its_place(world: World) -> None:
    """Telling of others may take minutes between the two."""
    first = world.ask("first", "deploy")
    world.work = go_on_later
    world.invoke(world.invoked.pop())
    listed = replace(world.runs[first], created_at=world.now - 60)
    world.invoke(lambda service: service._parts.accounts._places.heal(TEAM, [listed]))
    [entry] = world.lines.find(team_id=TEAM).running
    assert entry.run_id == first


def test_a_line_that_was_lost_is_made_anew_of_the_runs_that_wait(world: World) -> None:
    first, second, third = waiting(world, 2)
    world.lines.close()
    world.lines = SQLiteLineStore(MEMORY)
    world.carry_out()
    world.now += 100
    for _ in range(3):
        world.tick()
        world.carry_out()
    assert {world.runs[each].state for each in (first, second, third)} == {RunState.SUCCEEDED}


def test_whoever_moves_up_sees_it_and_the_others_a_little_later(world: World) -> None:
    runs = waiting(world, 9)
    before = world.slack.updates
    world.invoke(lambda service: service.cancel(team_id=TEAM, run_id=runs[1], actor=ANN))
    assert world.slack.updates - before <= 1 + 5
    shown = [world.runs[each].turn_shown for each in runs[2:]]
    assert shown == [Turn(place, ANN) for place in (1, 2, 3, 4, 5, 7, 8, 9)]
    world.tick()
    shown = [world.runs[each].turn_shown for each in runs[2:]]
    assert shown == [Turn(place, ANN) for place in (1, 2, 3, 4, 5, 6, 7, 8)]
    for each in runs[2:]:
        assert f"{world.runs[each].turn.place}" in world.shown(world.runs[each])  # type: ignore[union-attr]


def test_however_many_leave_the_places_shown_keep_to_slacks_limit(world: World) -> None:
    runs = waiting(world, 40)
    before = world.slack.updates
    for each in runs[1:31]:
        world.invoke(lambda service: service.cancel(team_id=TEAM, run_id=each, actor=ANN))  # noqa: B023
    assert world.slack.updates - before <= 30 + 10
    world.tick()
    world.now += 60
    world.tick()
    shown = [world.runs[each].turn_shown for each in runs[31:]]
    assert shown == [Turn(place, ANN) for place in range(1, 11)]


def test_a_cancelled_run_leaves_the_line_at_once(world: World) -> None:
    _, second, third = waiting(world, 2)
    world.invoke(lambda service: service.cancel(team_id=TEAM, run_id=second, actor=ANN))
    assert [each.run_id for each in world.lines.find(team_id=TEAM).waiting] == [third]
    assert world.runs[third].turn == Turn(1, behind=ANN)


def test_a_request_delivered_again_while_it_waits_keeps_its_place(world: World) -> None:
    _, second, third = waiting(world, 2)
    world.ask("waiting 0", "deploy")
    world.invoke(world.invoked.pop())
    assert [each.run_id for each in world.lines.find(team_id=TEAM).waiting] == [second, third]
    assert world.runs[second].turn == Turn(1, behind=ANN)


Do = Callable[[RunService], object]


def at_every_point(prepare: Callable[[World], Do], bang: Callable[[World], object]) -> Iterator[World]:
    """A new world for each call that what `prepare` returns makes; at that call, `bang` happens."""
    for at in itertools.count():
        world, banged = World(), list[int]()

        def once(world: World = world, banged: list[int] = banged) -> None:
            banged.append(1)
            bang(world)

        world.invoke(prepare(world), at, once)
        yield world
        world.close()
        if not banged:
            assert at > 10, "it makes more calls than that"
            return


def cancel(world: World, run: str) -> None:
    def press(service: RunService) -> None:
        with suppress(WrongState, RunNotFound):
            service.cancel(team_id=TEAM, run_id=run, actor=ANN)

    world.invoke(press)


def one_at_work_and_one_asked_for(world: World) -> Do:
    waiting(world, 0)
    world.ask("second", "deploy")
    return world.invoked.pop()


def one_asked_for_alone(world: World) -> Do:
    world.ask("first", "deploy")
    return world.invoked.pop()


def one_at_work_and_two_in_line(world: World) -> Do:
    waiting(world, 2)
    return world.invoked.pop()


def the_second_is_cancelled(world: World) -> Do:
    _, second, _ = waiting(world, 2)
    return lambda service: service.cancel(team_id=TEAM, run_id=second, actor=ANN)


def assert_all_ended(world: World) -> None:
    assert [run for run in world.runs.values() if run.is_live] == []
    assert world.lines.find(team_id=TEAM).waiting == ()
    begun = [each for each in world.begun if each != run_id_of(TEAM, "first")]  # which goes on once
    assert len(begun) == len(set(begun))


def test_a_place_that_gets_free_while_somebody_is_being_put_in_line_is_theirs() -> None:
    """Whoever leaves cannot call a run that is still in the hands of whoever puts it in line."""
    for world in at_every_point(one_at_work_and_one_asked_for, lambda world: world.carry_out()):
        world.carry_out()
        assert [run.state for run in world.runs.values()] == [RunState.SUCCEEDED] * 2
        assert world.lines.find(team_id=TEAM).running == ()


@pytest.mark.parametrize("key", ["first", "second", "waiting 0"])
@pytest.mark.parametrize(
    "prepare", [one_asked_for_alone, one_at_work_and_one_asked_for, one_at_work_and_two_in_line]
)
def test_a_run_that_is_cancelled_while_it_comes_or_goes_holds_up_nobody(
    prepare: Callable[[World], Do], key: str
) -> None:
    for world in at_every_point(prepare, lambda world: cancel(world, run_id_of(TEAM, key))):
        world.carry_out()
        assert_all_ended(world)
        assert world.lines.find(team_id=TEAM).running == ()


@pytest.mark.parametrize(
    "prepare", [one_at_work_and_one_asked_for, one_at_work_and_two_in_line, the_second_is_cancelled]
)
def test_wherever_an_invocation_dies_everybody_gets_their_turn(prepare: Callable[[World], Do]) -> None:
    for world in at_every_point(prepare, die):
        for _ in range(4):
            world.carry_out()
            world.now += AN_INVOCATION + 61
            world.tick()
        assert_all_ended(world)
