"""One holder at a time, and never for longer than it said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from aws.leases import DynamoDBLeases
from oauth.leases import Leases, LocalLeases
from tests.aws.emulator import Emulator
from tests.aws.function import Clock, StoppedClock


@pytest.fixture
def clock() -> Clock:
    return StoppedClock()


@pytest.fixture(params=["local", "DynamoDB"])
def leases(request: pytest.FixtureRequest, clock: Clock) -> Leases:
    if request.param == "local":
        return LocalLeases(monotonic=clock)
    aws: Emulator = request.getfixturevalue("aws")
    return DynamoDBLeases(aws.clients(), request.getfixturevalue("table"), clock=clock)


def test_what_is_held_is_not_taken_and_what_is_released_is(leases: Leases) -> None:
    holder = leases.take("a", 60)
    assert holder
    assert leases.take("a", 60) is None
    leases.release("a", holder)
    assert leases.take("a", 60)


def test_another_name_is_another_lease(leases: Leases) -> None:
    assert leases.take("rotation T1", 60)
    assert leases.take("rotation T12", 60)
    assert leases.take("rotation T1#", 60)


def test_a_holder_that_died_holds_it_no_longer_than_it_said(leases: Leases, clock: Clock) -> None:
    leases.take("a", 60)
    clock.ahead += 59
    assert leases.take("a", 60) is None
    clock.ahead += 2
    assert leases.take("a", 60)


def test_nobody_releases_what_another_holds(leases: Leases, clock: Clock) -> None:
    first = leases.take("a", 60)
    assert first
    clock.ahead += 61
    second = leases.take("a", 60)
    leases.release("a", first)
    leases.release("a", "somebody")
    assert leases.take("a", 60) is None
    assert second
    leases.release("a", second)
    leases.release("a", second)
    leases.release("never taken", second)
    assert leases.take("a", 60)


def test_of_many_at_once_one_takes_it(leases: Leases) -> None:
    barrier = threading.Barrier(20)

    def take(_: int) -> str | None:
        barrier.wait()
        return leases.take("a", 60)

    with ThreadPoolExecutor(20) as pool:
        assert len([each for each in pool.map(take, range(20)) if each]) == 1


def test_many_who_take_turns_never_meet(leases: Leases) -> None:
    inside, met, done = 0, [], []

    def work(n: int) -> None:
        nonlocal inside
        while not (holder := leases.take("a", 60)):
            pass
        inside += 1
        met.append(inside)
        inside -= 1
        done.append(n)
        leases.release("a", holder)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    assert sorted(done) == list(range(20))
    assert set(met) == {1}


def test_of_many_who_find_a_dead_holders_lease_one_takes_it(leases: Leases, clock: Clock) -> None:
    leases.take("a", 60)
    clock.ahead += 61
    with ThreadPoolExecutor(20) as pool:
        assert len([each for each in pool.map(lambda _: leases.take("a", 60), range(20)) if each]) == 1


def test_leases_that_nobody_released_do_not_pile_up() -> None:
    clock = StoppedClock()
    leases = LocalLeases(monotonic=clock)
    for n in range(50):
        leases.take(str(n), 1)
        clock.ahead += 2
    assert len(leases._held) == 1


def test_a_row_in_dynamodb_goes_by_itself(aws: Emulator, table: str, clock: Clock) -> None:
    DynamoDBLeases(aws.clients(), table, clock=clock).take("a", 60)
    (item,) = aws.client("dynamodb").scan(TableName=table)["Items"]
    assert float(item["expires_at"]["N"]) > float(item["lease_until"]["N"])


@pytest.mark.parametrize("do", [lambda leases: leases.take("a", 1), lambda leases: leases.release("a", "x")])
def test_a_table_that_is_not_there_is_an_error(aws: Emulator, do: Callable[[Leases], object]) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        do(DynamoDBLeases(aws.clients(), "no-such-table"))


def test_an_answer_that_was_lost_leaves_the_lease_with_its_holder(
    aws: Emulator, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 sends it again by itself."""
    clients = aws.clients()
    put = clients.dynamodb.put_item

    def put_twice(**request: object) -> object:
        put(**request)
        return put(**request)

    monkeypatch.setattr(clients.dynamodb, "put_item", put_twice)
    leases = DynamoDBLeases(clients, table)
    assert leases.take("a", 60)
    assert leases.take("a", 60) is None
