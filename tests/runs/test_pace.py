from itertools import pairwise

from runs.pace import LOOK_EVERY, SHORTEST_GAP, Pace, Watch


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_update_is_due_at_once_and_the_next_after_the_gap() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock, live_runs=lambda: 1)
    assert pace.is_due()
    clock.now += SHORTEST_GAP - 0.1
    assert not pace.is_due()
    clock.now += 0.1
    assert pace.is_due()


def test_many_live_runs_together_stay_below_fifty_updates_a_minute() -> None:
    clock = Clock()
    paces = [Pace(monotonic=clock, live_runs=lambda: 20) for _ in range(20)]
    granted = 0
    for _ in range(600):
        granted += sum(pace.is_due() for pace in paces)
        clock.now += 1
    # ten minutes; the first updates of all come at once
    assert (granted - 20) / 10 <= 50


def test_after_a_rate_limit_nothing_is_due_for_as_long_as_slack_says() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock, live_runs=lambda: 1)
    assert pace.is_due()
    pace.hold(30)
    clock.now += 29
    assert not pace.is_due()
    clock.now += 1
    assert pace.is_due()


def test_however_often_a_job_reports_the_record_is_read_once_a_second() -> None:
    clock, looks = Clock(), list[float]()

    def look() -> bool:
        looks.append(clock.now)
        return False

    watch = Watch(monotonic=clock)
    for _ in range(5000):
        watch.is_over(look)
        clock.now += 0.001
    assert len(looks) <= 6
    assert all(later - earlier >= LOOK_EVERY for earlier, later in pairwise(looks))


def test_a_cancel_that_this_process_heard_of_is_looked_up_at_once_and_then_known() -> None:
    clock, cancelled = Clock(), False
    watch = Watch(monotonic=clock)
    assert not watch.is_over(lambda: cancelled)
    cancelled = True
    assert not watch.is_over(lambda: cancelled)
    watch.look_again()
    assert watch.is_over(lambda: cancelled)
    clock.now += 10
    assert watch.is_over(lambda: False)


def test_one_that_another_process_heard_of_is_found_within_a_second() -> None:
    clock = Clock()
    watch = Watch(monotonic=clock)
    assert not watch.is_over(lambda: False)
    clock.now += LOOK_EVERY
    assert watch.is_over(lambda: True)
