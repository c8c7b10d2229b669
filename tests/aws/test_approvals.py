"""A run that has to be approved, over as many invocations as that takes, some of which die."""

from __future__ import annotations

import json
from typing import Any

import pytest

from blocks.approval import APPROVE_RUN
from runs.hands import PATIENCE
from tests.aws.deployed import Deployed
from tests.aws.jobs import COUNTED, KilledByLambda
from tests.watching import message_with
from tests.workspace import Person, find_element, text_of


@pytest.fixture
def margit(deployed: Deployed) -> Person:
    """The workspace's only admin."""
    return deployed.workspace.person("margit")


def asked(deployed: Deployed, approver: Person) -> dict[str, Any]:
    deployed.ann.types("/run deploy-site", in_channel="#general")
    assert deployed.function.carry_out() == 1
    message = message_with(approver, None, "asks for approval")
    assert message
    return message


def run_of(deployed: Deployed) -> dict[str, Any]:
    [record] = [json.loads(each["record"]["S"]) for each in deployed.records() if each["sk"]["S"] == "run"]
    return dict(record)


def test_approve_is_acked_with_one_invoke_and_no_call_to_slack(deployed: Deployed, margit: Person) -> None:
    message = asked(deployed, margit)
    calls, records = len(deployed.workspace.calls()), deployed.records()
    margit.presses(APPROVE_RUN, on=message)
    assert len(deployed.workspace.calls()) == calls
    assert deployed.records() == records
    assert [event["kind"] for event in deployed.function.lambda_api.invoked] == ["lazy"]


def test_with_the_approval_it_goes_on_in_an_invocation_of_its_own(deployed: Deployed, margit: Person) -> None:
    message = asked(deployed, margit)
    assert COUNTED == []
    margit.presses(APPROVE_RUN, on=message)
    deployed.function.invoke(deployed.function.lambda_api.invoked.pop(0))
    assert COUNTED == [], "the approver's invocation ends with their answer"
    [start] = deployed.function.lambda_api.invoked
    assert start["kind"] == "start"
    deployed.function.carry_out()
    deployed.function.invoke(start)
    assert COUNTED == ["deployed"]
    assert "Done" in text_of(deployed.ann.messages("#general"))
    assert message_with(margit, None, "Approved by")


def test_an_approval_whose_invocation_died_before_it_started_the_run_is_made_good(
    deployed: Deployed, margit: Person
) -> None:
    margit.presses(APPROVE_RUN, on=asked(deployed, margit))
    event = deployed.function.lambda_api.invoked.pop(0)
    with (
        deployed.function.killed_in("_hand_on", deployed.function.handler._runs._parts),
        pytest.raises(KilledByLambda),
    ):
        deployed.function.invoke(event)
    assert run_of(deployed)["state"] == "queued"
    deployed.function.clock.ahead += PATIENCE + 1
    deployed.function.tick()
    deployed.function.carry_out()
    assert COUNTED == ["deployed"]


def test_the_same_approval_delivered_again_after_its_invocation_died_goes_on_from_there(
    deployed: Deployed, margit: Person
) -> None:
    margit.presses(APPROVE_RUN, on=asked(deployed, margit))
    event = deployed.function.lambda_api.invoked.pop(0)
    with deployed.function.killed_in("approve"), pytest.raises(KilledByLambda):
        deployed.function.invoke(event)
    deployed.function.clock.ahead += 2 * PATIENCE
    deployed.function.invoke(event)
    deployed.function.carry_out()
    assert COUNTED == ["deployed"]
    assert len(run_of(deployed)["approvals"]) == 1


def test_the_schedule_finds_what_nobody_approved_in_time(deployed: Deployed, margit: Person) -> None:
    asked(deployed, margit)
    deployed.function.clock.ahead += 24 * 3600 + 1
    deployed.function.tick()
    assert "Expired" in text_of(deployed.ann.messages("#general"))
    told = message_with(margit, None, "Not approved in time")
    assert told
    assert not find_element(told, APPROVE_RUN)
    assert run_of(deployed)["state"] == "expired"
    calls = len(deployed.workspace.calls())
    deployed.function.tick()
    assert len(deployed.workspace.calls()) == calls, "told once"


def test_a_request_whose_invocation_died_before_anybody_was_asked_is_made_good(
    deployed: Deployed, margit: Person
) -> None:
    deployed.ann.types("/run deploy-site", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop(0)
    decisions = deployed.function.handler._runs._parts.decisions
    ask, decisions.ask = decisions.ask, _die  # type: ignore[method-assign]
    with pytest.raises(KilledByLambda):
        deployed.function.invoke(event)
    decisions.ask = ask  # type: ignore[method-assign]
    assert not message_with(margit, None, "asks for approval")
    deployed.function.tick()
    assert not message_with(margit, None, "asks for approval"), "whoever began may still be at it"
    deployed.function.clock.ahead += 60 + PATIENCE + 1
    deployed.function.tick()
    deployed.function.tick()
    assert sum("asks for approval" in text_of(each) for each in margit.direct_messages()) == 1
    assert "Waiting for approval" in text_of(deployed.ann.messages("#general"))


def _die(*arguments: object) -> None:
    raise KilledByLambda
