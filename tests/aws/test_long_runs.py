"""Runs that take longer than an invocation, and invocations that end before their run."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

import pytest

from aws.dynamodb_run_store import DynamoDBRunStore
from runs.run import Run
from tests.aws.deployed import Deployed
from tests.aws.function import signed
from tests.aws.jobs import COUNTED, KilledByLambda
from tests.workspace import text_of

LATER = 20 * 60  # seconds: past every lease


def test_a_job_of_many_pieces_finishes_over_many_invocations_each_piece_done_once(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=25", in_channel="#general")
    # so near its deadline that every checkpoint hands the run on
    assert deployed.function.carry_out(seconds=1) == 26
    assert list(map(str, range(25))) == COUNTED
    assert "Counted 25 pieces." in text_of(deployed.ann.direct_messages())
    assert "Done" in text_of(deployed.ann.messages("#general"))


def test_with_time_enough_it_stays_in_one_invocation(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=25", in_channel="#general")
    assert deployed.function.carry_out(seconds=600) == 1


def test_a_continuation_that_is_delivered_twice_goes_on_once(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=3", in_channel="#general")
    function = deployed.function
    while function.lambda_api.invoked:
        event = function.lambda_api.invoked.pop(0)
        function.invoke(event, seconds=1)
        function.invoke(event, seconds=1)
    assert COUNTED == ["0", "1", "2"]


def test_a_continuation_that_never_arrives_is_sent_again_by_tick(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=2", in_channel="#general")
    function = deployed.function
    function.invoke(function.lambda_api.invoked.pop(), seconds=1)
    lost = function.lambda_api.invoked.pop()
    function.tick()
    assert function.lambda_api.invoked == [], "it may still come"
    function.clock.ahead += LATER
    function.tick()
    assert function.carry_out() == 1
    function.invoke(lost)
    assert COUNTED == ["0", "1"]


def test_a_run_cannot_go_on_for_ever(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=1000", in_channel="#general")
    assert deployed.function.carry_out(seconds=1) == 101
    assert "100 continuations" in text_of(deployed.ann.messages("#general"))


def test_cancelled_between_two_invocations_it_does_nothing_more(deployed: Deployed) -> None:
    deployed.ann.types("/run count-pieces pieces=5", in_channel="#general")
    function = deployed.function
    function.invoke(function.lambda_api.invoked.pop(), seconds=1)
    continuation = function.lambda_api.invoked.pop()
    deployed.ann.presses("cancel_run", on=deployed.ann.messages("#general")[-1])
    function.carry_out()
    function.invoke(continuation)
    assert COUNTED == ["0"]
    assert "ancelled" in text_of(deployed.ann.messages("#general"))


def test_a_run_whose_invocation_died_is_lost_and_its_requester_is_told_once(deployed: Deployed) -> None:
    deployed.ann.types("/run die", in_channel="#general")
    function = deployed.function
    event = function.lambda_api.invoked.pop()
    with pytest.raises(KilledByLambda):
        function.invoke(event)
    function.clock.ahead += LATER
    assert function.give_up(event, deployed.queue_url, attempts=2) == ["BrokenOff", "BrokenOff"]
    function.tick()
    message = deployed.ann.messages("#general")[-1]
    assert "nobody knows how far it came" in text_of(deployed.replies(message))
    calls = len(deployed.workspace.calls())
    function.tick()
    assert len(deployed.workspace.calls()) == calls
    assert COUNTED == ["tried"]
    assert deployed.given_up() == 0


def test_the_lease_of_a_run_at_work_is_respected(deployed: Deployed) -> None:
    deployed.ann.types("/run die", in_channel="#general")
    function = deployed.function
    event = function.lambda_api.invoked.pop()
    with pytest.raises(KilledByLambda):
        function.invoke(event, seconds=900)
    function.clock.ahead += 600
    function.invoke(event)  # delivered again while its first delivery may be at work
    function.tick()
    assert "was lost" not in text_of(deployed.ann.messages("#general"))
    assert COUNTED == ["tried"]


def test_a_retry_safe_run_whose_invocation_died_is_run_again(deployed: Deployed) -> None:
    deployed.ann.types("/run die-once", in_channel="#general")
    function = deployed.function
    with pytest.raises(KilledByLambda):
        function.invoke(function.lambda_api.invoked.pop())
    function.clock.ahead += LATER
    function.tick()
    assert function.carry_out() == 1
    assert "The second time." in text_of(deployed.ann.direct_messages())


def test_an_invocation_that_never_began_is_told(deployed: Deployed) -> None:
    """Throttled for hours: Lambda gives it up without having tried."""
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.give_up(deployed.function.lambda_api.invoked.pop(), deployed.queue_url, attempts=0)
    deployed.function.tick()
    assert "couldn't finish" in text_of(deployed.ann.messages("#general"))
    assert deployed.given_up() == 0
    assert COUNTED == []


def test_who_cannot_be_reached_where_they_asked_any_more_is_told_directly(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    for _ in range(5):
        deployed.uses_up(event)
    deployed.function.give_up(event, deployed.queue_url, attempts=0)
    deployed.function.tick()
    assert "couldn't finish" in text_of(deployed.ann.direct_messages())


def test_where_it_is_not_installed_it_says_so_once_and_what_to_do(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    deployed.function.restart(SLACK_BOT_TOKEN="", SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="c")
    deployed.function.invoke(event)
    deployed.function.clock.ahead += LATER
    deployed.function.tick()
    messages = [text_of(each) for each in deployed.ann.messages("#general")]
    [told] = [each for each in messages if "not installed" in each]
    assert "Ask an admin to open my install page" in told


def test_what_lambda_gave_up_where_it_is_not_installed_is_told_and_the_queue_is_emptied(
    deployed: Deployed,
) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    deployed.function.restart(SLACK_BOT_TOKEN="", SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="c")
    deployed.function.give_up(event, deployed.queue_url, attempts=0)
    deployed.function.tick()
    assert "not installed" in text_of(deployed.ann.messages("#general"))
    assert deployed.given_up() == 0


@pytest.mark.parametrize(
    "event", [None, {"kind": "lazy"}, {"kind": "lazy", "function": "run_run", "headers": {}}]
)
def test_what_nobody_can_read_does_not_stay_in_the_queue_for_ever(deployed: Deployed, event: Any) -> None:
    """Somebody invoked the function by hand. It would keep the alarm on for a fortnight."""
    deployed.function.give_up(event, deployed.queue_url, attempts=0)
    deployed.function.tick()
    assert deployed.given_up() == 0


def test_what_cannot_be_told_now_is_told_later(deployed: Deployed) -> None:
    deployed.ann.opens_home()
    deployed.function.lambda_api.wait_for(1)
    event = deployed.function.lambda_api.invoked.pop()
    deployed.function.give_up(event, deployed.queue_url, attempts=0)
    deployed.workspace.control("faults", method="chat.postMessage", times=99, error="internal_error")
    deployed.function.tick()
    assert deployed.given_up() == 1
    deployed.workspace.control("clear")
    deployed.function.tick()
    assert "couldn't finish" in text_of(deployed.ann.direct_messages())
    assert deployed.given_up() == 0


def test_an_invocation_that_comes_ten_minutes_late_does_its_work_once(deployed: Deployed) -> None:
    info = deployed.workspace.info
    body = urlencode(
        {
            "command": "/run",
            "text": "say-hello",
            "team_id": info["team"]["id"],
            "user_id": deployed.ann.id,
            "channel_id": deployed.workspace.channel_id("#general"),
            "trigger_id": "1.2.3",
            "response_url": "",
        }
    )
    secret = deployed.workspace.credentials["signing_secret"]
    headers = signed(secret, body.encode(), time.time() - 600)
    event = {"kind": "lazy", "function": "run_run", "headers": headers, "body": body}
    deployed.function.invoke(event)
    deployed.function.invoke(event)
    assert COUNTED == ["hello"]


def test_a_run_that_slack_could_not_be_told_of_is_told_later(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.workspace.control("faults", method="chat.update", times=99, error="internal_error")
    deployed.function.give_up(deployed.function.lambda_api.invoked.pop(), deployed.queue_url)
    deployed.workspace.control("clear")
    deployed.function.clock.ahead += LATER
    deployed.function.tick()
    assert "Done" in text_of(deployed.ann.messages("#general"))
    assert COUNTED == ["hello"]


def test_a_lazy_listener_that_died_early_is_told_though_its_retry_came_too_soon(deployed: Deployed) -> None:
    """Its memory ran out in the first second of fifteen minutes; a minute later its claim looks alive."""
    deployed.ann.types("/runs mine", in_channel="#general")
    function = deployed.function
    event = function.lambda_api.invoked.pop()
    with function.killed_in("recent"), pytest.raises(KilledByLambda):
        function.invoke(event, seconds=900)
    function.clock.ahead += 60
    function.invoke(event)
    function.tick()
    assert "couldn't finish" not in text_of(deployed.ann.messages("#general"))
    function.clock.ahead += 900
    function.tick()
    function.tick()
    assert text_of(deployed.ann.messages("#general")).count("couldn't finish") == 1


def test_an_end_that_cannot_be_recorded_is_tried_again_for_as_long_as_the_invocation_lasts(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, naps = DynamoDBRunStore.replace, list[float]()

    def throttled(self: DynamoDBRunStore, run: Run) -> Run:
        if run.ended_at is not None:
            raise OSError("throttled")
        return replace(self, run)

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        deployed.function.clock.ahead += seconds

    monkeypatch.setattr(DynamoDBRunStore, "replace", throttled)
    monkeypatch.setattr(deployed.function.handler._runs._parts.taking_up._work, "_sleep", sleep)
    deployed.ann.types("/run say-hello", in_channel="#general")
    with pytest.raises(OSError, match="throttled"):
        deployed.function.invoke(deployed.function.lambda_api.invoked.pop(), seconds=30)
    assert naps == [1, 5, 15]
