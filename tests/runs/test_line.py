"""The line of a workspace: whatever comes and goes in whatever order, nobody is forgotten and nobody is overtaken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from runs.line import MOST_WAITING, PLACES_SHOWN_PER_MINUTE, Entry, Line, LineIsFull, dump_line, load_line
from runs.run import Turn

EXCLUSIVE = {"deploy": True, "migrate": True, "export": False, "report": False}


def entry(number: int, job: str = "export") -> Entry:
    return Entry(f"R{number}", float(number), job, f"U{number}", EXCLUSIVE[job])


def a_line(*jobs: str, most: int = 10) -> Line:
    line = Line("T1")
    for number, job in enumerate(jobs):
        line = line.entered(entry(number, job), most)
    return line


class Comings(RuleBasedStateMachine):
    """Every run that enters leaves some time. `overtaken` counts who came later but began earlier."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line("T1")
        self.most = 3
        self.count = 0
        self.left: set[Entry] = set()

    @rule(job=st.sampled_from(sorted(EXCLUSIVE)))
    def enter(self, job: str) -> None:
        self.count += 1
        self.change(self.line.entered(entry(self.count, job), self.most))

    @precondition(lambda self: self.line.running or self.line.waiting)
    @rule(data=st.data())
    def enter_again(self, data: st.DataObject) -> None:
        """The same request, delivered twice."""
        again = data.draw(st.sampled_from([*self.line.running, *self.line.waiting]))
        assert self.line.entered(again, self.most) is self.line

    @precondition(lambda self: self.line.running)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        self.leave(data.draw(st.sampled_from(self.line.running)))

    @precondition(lambda self: self.line.waiting)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.leave(data.draw(st.sampled_from(self.line.waiting)))

    @rule(most=st.integers(1, 5))
    def set_the_cap_anew(self, most: int) -> None:
        self.most = most
        self.change(self.line.moved_up(most))

    def leave(self, gone: Entry) -> None:
        self.left.add(gone)
        self.change(self.line.left([gone], self.most))
        assert self.line.left([gone], self.most) is self.line, "who has left cannot leave again"

    def change(self, following: Line) -> None:
        """Whoever begins is overtaking only those who wait for a run of their own job."""
        before, self.line = self.line, following
        begun = [each for each in following.running if each not in before.running]
        for waiting in following.waiting:
            for each in begun:
                is_later = int(each.run_id[1:]) > int(waiting.run_id[1:])
                assert not is_later or any(one.bars(waiting) for one in following.running)
        assert set(before.running) <= {*following.running, *self.left}, "nobody loses a place"

    @invariant()
    def nobody_is_forgotten(self) -> None:
        everybody = {*self.line.running, *self.line.waiting, *self.left}
        assert {each.run_id for each in everybody} == {f"R{number}" for number in range(1, self.count + 1)}
        assert len(self.line.running) + len(self.line.waiting) + len(self.left) == self.count

    @invariant()
    def no_two_of_an_exclusive_job_are_at_work(self) -> None:
        jobs = [each.job for each in self.line.running if each.exclusive]
        assert len(jobs) == len(set(jobs))

    @invariant()
    def no_place_is_left_empty_that_somebody_could_have(self) -> None:
        if len(self.line.running) < self.most:
            for waiting in self.line.waiting:
                assert any(each.bars(waiting) for each in self.line.running)

    @invariant()
    def they_wait_in_the_order_in_which_they_came(self) -> None:
        numbers = [int(each.run_id[1:]) for each in self.line.waiting]
        assert numbers == sorted(numbers)

    @invariant()
    def everybody_who_waits_has_a_place_in_line_and_nobody_else(self) -> None:
        for each in self.line.running:
            assert self.line.turn_of(each) is None
        for index, each in enumerate(self.line.waiting):
            turn = self.line.turn_of(each)
            assert turn
            assert 1 <= turn.place <= index + 1

    @invariant()
    def it_is_read_as_it_was_written(self) -> None:
        assert load_line(dump_line(self.line), team_id="T1", version=0) == self.line

    def teardown(self) -> None:
        """If nobody else comes, everybody gets their turn."""
        for _ in range(self.count):
            if self.line.running:
                self.leave(self.line.running[0])
        assert not self.line.running
        assert not self.line.waiting


TestComings = Comings.TestCase


def test_no_more_than_the_cap_are_at_work_unless_it_was_lowered_meanwhile() -> None:
    line = a_line("export", "report", "export", "report", most=2)
    assert [len(line.running), len(line.waiting)] == [2, 2]
    assert line.moved_up(1) is line, "nobody is thrown out"
    line = line.left(line.running[:1], 1)
    assert [len(line.running), len(line.waiting)] == [1, 2]
    assert len(line.moved_up(3).running) == 3


def test_an_exclusive_job_waits_for_its_own_kind_alone_and_keeps_nobody_else() -> None:
    line = a_line("deploy", "deploy", "deploy", "export", "migrate")
    assert [each.job for each in line.running] == ["deploy", "export", "migrate"]
    assert line.turn_of(entry(1, "deploy")) == Turn(1, behind="U0")
    assert line.turn_of(entry(2, "deploy")) == Turn(2, behind="U0")
    line = line.left([entry(0, "deploy")], 10)
    assert line.turn_of(entry(1, "deploy")) is None
    assert line.turn_of(entry(2, "deploy")) == Turn(1, behind="U1")


def test_when_a_place_gets_free_an_exclusive_job_goes_before_those_who_came_later() -> None:
    line = a_line("deploy", "deploy", "export", "export", "export", most=2)
    assert [each.run_id for each in line.running] == ["R0", "R2"]
    assert line.turn_of(entry(3)) == Turn(1), "who waits for something else does not count"
    line = line.left([entry(0, "deploy")], 2)
    assert [each.run_id for each in line.running] == ["R2", "R1"]


def test_a_job_that_was_made_exclusive_since_waits_for_those_that_began_before() -> None:
    line = Line("T1").entered(Entry("R1", 1.0, "deploy", "U1"), 10)
    later = Entry("R2", 2.0, "deploy", "U2", exclusive=True)
    assert line.entered(later, 10).waiting == (later,)
    no_more = Entry("R3", 3.0, "deploy", "U3")
    line = line.entered(later, 10).entered(no_more, 10)
    assert line.waiting == (later, no_more)
    assert line.left(line.running, 10).waiting == (no_more,)


def test_a_run_that_is_asked_for_anew_is_not_the_one_that_ended() -> None:
    first, anew = Entry("R1", 1.0, "export", "U1"), Entry("R1", 5.0, "export", "U1")
    line = Line("T1").entered(first, 10).entered(anew, 10)
    assert line.running == (anew,)
    assert line.left([first], 10) is line


def test_a_line_has_an_end() -> None:
    line = a_line(*["deploy"] * (MOST_WAITING + 1))
    assert len(line.waiting) == MOST_WAITING
    assert len(dump_line(line)) < 60_000, "every change writes all of it"
    with pytest.raises(LineIsFull, match="Try again"):
        line.entered(entry(9999, "deploy"), 10)
    assert entry(9999) in line.entered(entry(9999), 10).running, "others can still begin"


@given(st.lists(st.tuples(st.floats(0, 90), st.integers(0, 20)), max_size=40))
def test_places_are_shown_no_faster_than_slack_takes_them(asked: list[tuple[float, int]]) -> None:
    line, now, shown = Line("T1"), 1000.0, list[float]()
    for pause, wanted in asked:
        now += pause
        line, granted = line.allowed(wanted, now)
        assert granted <= wanted
        shown += [now] * granted
    for start in shown:
        within = sum(start <= each < start + 60 for each in shown)
        assert within <= 2 * PLACES_SHOWN_PER_MINUTE, "at most what was saved up, and a minute's"
