"""Whatever is delivered again is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from aws.claims import KEPT_FOR, Claims, Found
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.requested import Requested
from runs.hands import Hands
from tests.aws.emulator import Emulator
from tests.aws.function import Clock, StoppedClock

KEY = Requested(team_id="T1", function="run", delivery="key", user_id="U1", response_url="https://r/1")


@pytest.fixture
def clock() -> Clock:
    return StoppedClock()


@pytest.fixture
def claims(aws: Emulator, table: str, clock: Clock) -> Claims:
    return Claims(aws.clients(), table, clock=clock)


def hands(clock: Clock, seconds: float = 60) -> Hands:
    return Hands(until=clock() + seconds)


def test_of_many_deliveries_at_once_exactly_one_does_the_work(claims: Claims, clock: Clock) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: claims.take(KEY, hands(clock), again=False), range(40)))
    assert found.count(Found.FREE) == 1
    assert found.count(Found.LIVE) == 39


@pytest.mark.parametrize("again", [True, False])
def test_what_is_done_stays_done(claims: Claims, clock: Clock, again: bool) -> None:
    mine = hands(clock)
    claims.take(KEY, mine, again=again)
    claims.done(KEY, mine)
    clock.ahead += 3600
    assert claims.take(KEY, hands(clock), again=again) is Found.DONE


@pytest.mark.parametrize(("again", "found"), [(True, Found.FREE_AGAIN), (False, Found.FAILED)])
def test_what_failed_is_done_again_only_where_that_is_safe(
    claims: Claims, clock: Clock, again: bool, found: Found
) -> None:
    mine = hands(clock)
    claims.take(KEY, mine, again=again)
    claims.failed(KEY, mine)
    assert claims.take(KEY, hands(clock), again=again) is found


@pytest.mark.parametrize(("again", "found"), [(True, Found.FREE), (False, Found.ABANDONED)])
def test_what_broke_off_is_done_again_only_where_that_is_safe(
    claims: Claims, clock: Clock, again: bool, found: Found
) -> None:
    claims.take(KEY, hands(clock), again=again)
    assert claims.take(KEY, hands(clock), again=again) is Found.LIVE
    clock.ahead += 61
    assert claims.take(KEY, hands(clock), again=again) is found


def test_whoever_was_thought_dead_cannot_end_what_another_has_taken(claims: Claims, clock: Clock) -> None:
    slow = hands(clock)
    claims.take(KEY, slow, again=True)
    clock.ahead += 61
    claims.take(KEY, hands(clock), again=True)
    claims.done(KEY, slow)
    assert claims.look(KEY) is Found.LIVE


def test_workspaces_and_requests_do_not_meet(claims: Claims, clock: Clock) -> None:
    for team_id, name in [("T1", "a"), ("T2", "a"), ("T1", "b"), ("T1", "a#b")]:
        other = Requested(team_id=team_id, function="run", delivery=name)
        assert claims.look(other) is Found.FREE
        assert claims.take(other, hands(clock), again=False) is Found.FREE


def test_a_claim_is_gone_after_its_time_even_if_dynamodb_still_has_it(claims: Claims, clock: Clock) -> None:
    mine = hands(clock)
    claims.take(KEY, mine, again=False)
    claims.done(KEY, mine)
    clock.ahead += KEPT_FOR + 61
    assert claims.take(KEY, hands(clock), again=False) is Found.FREE


def test_what_broke_off_is_found_with_whoever_asked_for_it_until_it_is_told(
    claims: Claims, clock: Clock
) -> None:
    mine = hands(clock)
    claims.take(KEY, mine, again=False)
    claims.take(Requested(team_id="T2", function="run", delivery="live"), hands(clock, 900), again=False)
    assert list(claims.abandoned(grace=30)) == []
    clock.ahead += 91
    assert list(claims.abandoned(grace=30)) == [(KEY, mine)]
    claims.failed(KEY, mine)
    assert list(claims.abandoned(grace=30)) == []


def test_claims_and_runs_do_not_meet_in_the_index(
    claims: Claims, clock: Clock, aws: Emulator, table: str
) -> None:
    claims.take(KEY, hands(clock), again=False)
    assert list(DynamoDBRunStore(aws.clients(), table).unsettled()) == []


def test_a_claim_whose_answer_was_lost_is_still_whoevers_it_is(claims: Claims, clock: Clock) -> None:
    mine = hands(clock)
    assert claims.take(KEY, mine, again=False) is Found.FREE
    assert claims.take(KEY, mine, again=False) is Found.FREE, "boto3 tries again by itself"
