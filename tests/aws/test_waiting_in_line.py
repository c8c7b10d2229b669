"""Runs that wait for a place on Lambda: each waits in no invocation, and is started by whoever makes place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws.invoke import SelfInvoker
from runs.hands import PATIENCE
from runs.places import Places
from tests.aws.deployed import Deployed
from tests.aws.jobs import COUNTED, KilledByLambda
from tests.workspace import text_of

LATER = 20 * 60  # seconds: past every lease


def ask(deployed: Deployed, count: int) -> None:
    """The first is at work, between two invocations; the others have been put in line behind it."""
    function = deployed.function
    deployed.ann.types("/run count-alone pieces=2", in_channel="#general")
    function.invoke(function.lambda_api.invoked.pop(0), seconds=1)
    for _ in range(count - 1):
        deployed.ann.types("/run count-alone pieces=1", in_channel="#general")
        function.invoke(function.lambda_api.invoked.pop())


def states(deployed: Deployed) -> list[str]:
    """The oldest first."""
    records = [json.loads(each["record"]["S"]) for each in deployed.records() if each["sk"]["S"] == "run"]
    return [each["state"] for each in sorted(records, key=lambda each: each["created_at"])]


def the_line(deployed: Deployed) -> tuple[int, int]:
    """How many are at work, and how many wait."""
    [line] = [each for each in deployed.records() if each["sk"]["S"] == "line"]
    record = json.loads(line["record"]["S"])
    return len(record["running"]), len(record["waiting"])


def shown(deployed: Deployed) -> list[str]:
    messages = [each for each in deployed.ann.messages("#general") if not each.get("is_ephemeral")]
    return [text_of(each) for each in messages if "Count alone" in text_of(each)]


def test_who_waits_takes_up_no_invocation_and_is_started_by_the_end_of_the_one_before(
    deployed: Deployed,
) -> None:
    ask(deployed, 3)
    assert the_line(deployed) == (1, 2)
    _, second, third = shown(deployed)
    assert "1st in line; waits for *Count alone* by" in second
    assert "2nd in line" in third
    [continuation] = deployed.function.lambda_api.invoked
    assert continuation["kind"] == "start"
    assert deployed.function.carry_out() == 3
    assert states(deployed) == ["succeeded"] * 3
    assert COUNTED == ["0", "1", "0", "0"]
    assert the_line(deployed) == (0, 0)
    assert all("Done" in each for each in shown(deployed))


def test_cancelled_in_line_it_leaves_at_once_and_the_other_moves_up(deployed: Deployed) -> None:
    ask(deployed, 3)
    waiting = next(each for each in deployed.ann.messages("#general") if "1st in line" in text_of(each))
    deployed.ann.presses("cancel_run", on=waiting)
    assert len(deployed.function.lambda_api.invoked) == 2
    deployed.function.invoke(deployed.function.lambda_api.invoked.pop())
    assert the_line(deployed) == (1, 1)
    assert "1st in line" in shown(deployed)[2]
    deployed.function.carry_out()
    assert states(deployed) == ["succeeded", "cancelled", "succeeded"]


def die(*arguments: Any, **named: Any) -> None:
    raise KilledByLambda


@pytest.mark.parametrize(
    ("owner", "where"), [(Places, "leave"), (Places, "_call"), (SelfInvoker, "start_run")]
)
def test_an_invocation_that_dies_on_its_way_from_one_run_to_the_next_is_made_good(
    deployed: Deployed, owner: type, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(deployed, 2)
    with monkeypatch.context() as patched:
        patched.setattr(owner, where, die)
        with pytest.raises(KilledByLambda):
            deployed.function.invoke(deployed.function.lambda_api.invoked.pop())
    assert states(deployed) == ["succeeded", "queued"]
    for _ in range(3):
        deployed.function.clock.ahead += 60 + PATIENCE + 1
        deployed.function.tick()
        deployed.function.carry_out()
    assert states(deployed) == ["succeeded"] * 2
    assert COUNTED == ["0", "1", "0"]
    assert the_line(deployed) == (0, 0)


def test_a_run_that_died_makes_place_when_its_lease_is_over(deployed: Deployed) -> None:
    deployed.ann.types("/run die-alone", in_channel="#general")
    with pytest.raises(KilledByLambda):
        deployed.function.invoke(deployed.function.lambda_api.invoked.pop())
    deployed.ann.types("/run die-alone", in_channel="#general")
    deployed.function.carry_out()
    deployed.function.tick()
    assert states(deployed) == ["running", "queued"]
    deployed.function.clock.ahead += LATER
    deployed.function.tick()
    assert len(deployed.function.lambda_api.invoked) == 1
    assert deployed.function.carry_out() == 1
    assert states(deployed) == ["lost", "succeeded"]


def test_the_start_of_a_turn_that_never_arrives_is_sent_again(deployed: Deployed) -> None:
    ask(deployed, 2)
    deployed.function.invoke(deployed.function.lambda_api.invoked.pop())
    lost = deployed.function.lambda_api.invoked.pop()
    deployed.function.clock.ahead += LATER
    deployed.function.tick()
    deployed.function.carry_out()
    deployed.function.invoke(lost)
    assert states(deployed) == ["succeeded"] * 2
    assert COUNTED == ["0", "1", "0"]


def test_the_cap_of_the_workspace_holds(deployed: Deployed) -> None:
    function = deployed.function
    function.restart(MAX_RUNNING_JOBS="2")
    for _ in range(5):
        deployed.ann.types("/run count-pieces pieces=2", in_channel="#general")
    begins, function.lambda_api.invoked = function.lambda_api.invoked, []
    for begin in begins:
        function.invoke(begin, seconds=1)
    assert the_line(deployed) == (2, 3)
    assert sorted(states(deployed)) == ["queued"] * 3 + ["running"] * 2
    function.carry_out()
    assert states(deployed) == ["succeeded"] * 5
