from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.history import History
from simulator.ids import format_ts, parse_ts

TIMES = st.lists(st.integers(10**15, 10**15 + 60), unique=True, min_size=1, max_size=20)
BOUND = st.one_of(st.just(""), st.integers(10**15 - 1, 10**15 + 61).map(format_ts))


def message(micros: int) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "", "ts": format_ts(micros)}


@given(times=TIMES, oldest=BOUND, latest=BOUND, inclusive=st.booleans())
def test_a_page_found_by_bisection_is_the_page_found_by_looking(
    times: list[int], oldest: str, latest: str, inclusive: bool
) -> None:
    history = History()
    for micros in times:
        history.add(message(micros))
    start, end = history.between(oldest, latest, inclusive=inclusive)
    assert history.timeline[start : max(start, end)] == [
        ts
        for ts in sorted(map(format_ts, times))
        if (not oldest or ts > oldest or (inclusive and ts == oldest))
        and (not latest or ts < latest or (inclusive and ts == latest))
    ]


@given(times=TIMES)
def test_adding_many_is_adding_one_by_one(times: list[int]) -> None:
    parent = message(10**15 - 1)
    replies = [{**message(each), "thread_ts": parent["ts"]} for each in times]
    one_by_one, at_once = History(), History()
    for each in (dict(parent), *replies):
        one_by_one.add(each)
    at_once.add_many([dict(parent), *replies])
    assert one_by_one == at_once
    assert at_once.by_ts[parent["ts"]]["reply_count"] == len(times)


@given(times=TIMES)
def test_a_parent_forgets_its_replies_when_the_last_is_gone(times: list[int]) -> None:
    history, parent = History(), message(10**15 - 1)
    history.add(parent)
    for each in times:
        history.add({**message(each), "thread_ts": parent["ts"]})
    for each in times:
        history.remove(format_ts(each))
    assert history == History({parent["ts"]: message(10**15 - 1)}, [parent["ts"]], {})


def test_times_are_compared_in_full_length() -> None:
    assert parse_ts("12") == "0000000012.000000"
    assert parse_ts("1700000000.1") == "1700000000.100000"
    assert parse_ts("1700000000.0000001") is None
    assert parse_ts("-1") is None


def test_a_taken_time_gives_way_to_the_next_free_one() -> None:
    history = History()
    history.add(message(10**15 - 1))
    assert history.free_ts(format_ts(10**15 - 1)) == format_ts(10**15)
