"""A state is ours, a few minutes old, and used once."""

from __future__ import annotations

import base64
import inspect
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from aws.consumed import DynamoDBConsumed
from oauth.consumed import SQLiteConsumed
from oauth.state import KEPT_BEYOND, Consumed, SignedStateStore, Verdict
from tests.aws.emulator import Emulator
from tests.aws.function import Clock, StoppedClock
from tests.own_loop import run_in_own_loop

SECRET = "client-secret"
ROOT = Path(__file__).parent.parent.parent

Make = Callable[[Callable[[], float]], Consumed]


@pytest.fixture
def clock() -> Clock:
    return StoppedClock()


@pytest.fixture(params=["SQLite", "DynamoDB"])
def consumed(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Consumed:
    if request.param == "SQLite":
        return SQLiteConsumed(tmp_path / "state.sqlite3", clock=clock)
    aws: Emulator = request.getfixturevalue("aws")
    return DynamoDBConsumed(aws.clients(), request.getfixturevalue("table"), clock=clock)


@pytest.fixture
def states(consumed: Consumed, clock: Clock) -> SignedStateStore:
    return SignedStateStore(SECRET, consumed, clock=clock)


class Untouched:
    """Nothing may be written of what is not ours."""

    def first(self, name: str, expires_at: float) -> bool:
        raise AssertionError("it was asked")


def test_a_state_is_good_once(states: SignedStateStore) -> None:
    state = states.issue()
    assert states.judge(state) is Verdict.GOOD
    assert states.judge(state) is Verdict.USED
    other = states.issue()
    assert states.consume(other) is True
    assert states.consume(other) is False


def test_bolts_async_app_is_answered_the_same(states: SignedStateStore) -> None:
    async def play() -> list[bool]:
        state = await states.async_issue(foo=123, bar="baz")
        return [await states.async_consume(state) for _ in range(2)] + [
            await states.async_consume("no state")
        ]

    assert isinstance(states, AsyncOAuthStateStore)
    assert run_in_own_loop(play()) == [True, False, False]


@pytest.mark.parametrize("name", ["async_issue", "async_consume"])
def test_its_methods_take_what_slack_sdks_take(name: str) -> None:
    ours, theirs = (
        inspect.signature(getattr(kind, name)) for kind in (SignedStateStore, AsyncOAuthStateStore)
    )
    assert [(each.name, each.kind) for each in ours.parameters.values()] == [
        (each.name, each.kind) for each in theirs.parameters.values()
    ]


def test_issuing_writes_nothing() -> None:
    states = SignedStateStore(SECRET, Untouched())
    assert len({states.issue() for _ in range(100)}) == 100
    with pytest.raises(AssertionError, match="asked"):
        states.consume(states.issue())


def test_it_goes_through_a_url_and_a_cookie_unquoted() -> None:
    state = SignedStateStore(SECRET, Untouched()).issue()
    assert quote(state, safe="") == state
    assert len(state) < 150
    assert SECRET not in state
    for part in state.split("."):
        assert SECRET.encode() not in base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize(("passed", "verdict"), [(599, Verdict.GOOD), (600, Verdict.EXPIRED)])
def test_it_is_good_for_ten_minutes(
    states: SignedStateStore, clock: Clock, passed: float, verdict: Verdict
) -> None:
    state = states.issue()
    clock.ahead += passed
    assert states.judge(state) is verdict


@given(where=st.integers(0, 200), letter=st.sampled_from("0aZ-_.~ é\n"))
def test_one_letter_changed_is_not_ours(where: int, letter: str) -> None:
    states = SignedStateStore(SECRET, Untouched())
    state = states.issue()
    where %= len(state)
    changed = state[:where] + letter + state[where + 1 :]
    if changed != state:
        assert states.judge(changed) is Verdict.UNKNOWN


@given(st.text() | st.from_regex(r"v1\.[0-9]{10}\.[A-Za-z0-9_-]{22}\.[0-9a-f]{64}", fullmatch=True))
def test_whatever_else_somebody_brings_is_not_ours(state: str) -> None:
    assert SignedStateStore(SECRET, Untouched()).judge(state) is Verdict.UNKNOWN


@pytest.mark.parametrize("change", [str.upper, lambda state: f"{state}\n", lambda state: f" {state}"])
def test_it_has_one_spelling(change: Callable[[str], str]) -> None:
    states = SignedStateStore(SECRET, Untouched())
    assert states.judge(change(states.issue())) is Verdict.UNKNOWN


def test_its_end_cannot_be_put_off(clock: Clock) -> None:
    states = SignedStateStore(SECRET, Untouched(), clock=clock)
    version, end, nonce, signature = states.issue().split(".")
    assert states.judge(f"{version}.{int(end) + 1}.{nonce}.{signature}") is Verdict.UNKNOWN


def test_another_apps_state_is_not_ours(consumed: Consumed) -> None:
    ours, theirs = SignedStateStore(SECRET, consumed), SignedStateStore("another", consumed)
    assert ours.judge(theirs.issue()) is Verdict.UNKNOWN


def test_of_many_who_bring_it_at_once_one_is_first(consumed: Consumed, clock: Clock) -> None:
    states = SignedStateStore(SECRET, consumed, clock=clock)
    barrier = threading.Barrier(20)
    state = states.issue()

    def bring(_: int) -> bool:
        barrier.wait()
        return states.consume(state)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(bring, range(20))).count(True) == 1


def test_of_many_processes_one_is_first(tmp_path: Path) -> None:
    bring = (
        "import sys; from pathlib import Path; from oauth.consumed import SQLiteConsumed;"
        "sys.stdin.read(); print(SQLiteConsumed(Path(sys.argv[1])).first('name', 5e9))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", bring, str(tmp_path / "db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    for each in started:
        assert each.stdin
        each.stdin.close()  # now
    said = []
    for each in started:
        with each:
            assert each.stdout
            said.append(each.stdout.read().strip())
    assert sorted(said) == ["False", "False", "False", "True"]


def test_what_is_used_is_remembered_until_long_after_its_end(
    states: SignedStateStore, consumed: Consumed, clock: Clock
) -> None:
    state = states.issue()
    nonce, end = state.split(".")[2], int(state.split(".")[1])
    states.consume(state)
    clock.ahead += 600 + KEPT_BEYOND - 10
    assert not consumed.first(nonce, end)
    clock.ahead += 20
    assert consumed.first(nonce, end), "and then forgotten"


def test_a_row_in_dynamodb_goes_by_itself(aws: Emulator, table: str) -> None:
    states = SignedStateStore(SECRET, DynamoDBConsumed(aws.clients(), table))
    state = states.issue()
    states.consume(state)
    (item,) = aws.client("dynamodb").scan(TableName=table)["Items"]
    assert item["expires_at"]["N"] == str(int(state.split(".")[1]) + KEPT_BEYOND)
    assert state not in str(item)


def test_a_table_that_is_not_there_is_no_word_against_whoever_brings_it(aws: Emulator) -> None:
    states = SignedStateStore(SECRET, DynamoDBConsumed(aws.clients(), "no-such-table"))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        states.consume(states.issue())


def test_a_folder_that_is_not_there_is_no_word_against_whoever_brings_it(tmp_path: Path) -> None:
    states = SignedStateStore(SECRET, SQLiteConsumed(tmp_path / "none" / "db"))
    with pytest.raises(Exception, match=re.escape("unable to open database file")):
        states.consume(states.issue())


def test_an_answer_that_was_lost_is_still_the_firsts(
    aws: Emulator, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 sends it again by itself."""
    clients = aws.clients()
    put = clients.dynamodb.put_item

    def put_twice(**request: object) -> object:
        put(**request)
        return put(**request)

    monkeypatch.setattr(clients.dynamodb, "put_item", put_twice)
    assert DynamoDBConsumed(clients, table).first("name", 5e9) is True
    assert DynamoDBConsumed(clients, table).first("name", 5e9) is False
