"""Lists and details on Lambda: the ack opens a modal and asks nothing else, the rest is another invocation's."""

from __future__ import annotations

from typing import Any

from blocks.run_list import OLDER_RUNS
from blocks.run_message import RUN_DETAILS
from listeners.commands.runs import PAGE
from tests.aws.deployed import Deployed
from tests.watching import message_with
from tests.workspace import find_element, text_of


def the_message(deployed: Deployed, words: str) -> dict[str, Any]:
    message = message_with(deployed.ann, "#general", words)
    assert message
    return message


def test_details_are_acked_with_one_call_to_slack_and_one_invoke(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    message = the_message(deployed, "Done")
    calls, records = len(deployed.workspace.calls()), deployed.records()
    deployed.ann.presses(RUN_DETAILS, on=message)
    assert [call["method"] for call in deployed.workspace.calls()[calls:]] == ["views.open"]
    assert deployed.records() == records
    assert [event["kind"] for event in deployed.function.lambda_api.invoked] == ["lazy"]
    [modal] = deployed.ann.views()
    assert "Looking it up" in text_of(modal)


def test_another_invocation_fills_them_in_once_or_twice(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    deployed.ann.presses(RUN_DETAILS, on=the_message(deployed, "Done"))
    [event] = deployed.function.lambda_api.invoked
    deployed.function.carry_out()
    deployed.function.invoke(event)
    [modal] = deployed.ann.views()
    assert f"asked for by <@{deployed.ann.id}>" in text_of(modal)
    assert "succeeded" in text_of(modal)


def test_a_list_is_turned_over(deployed: Deployed) -> None:
    for _ in range(PAGE + 1):
        deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    deployed.ann.types("/runs mine", in_channel="#general")
    deployed.function.carry_out()
    deployed.ann.presses(OLDER_RUNS, on=the_message(deployed, "Recent runs: mine"))
    deployed.function.carry_out()
    older = the_message(deployed, "Earlier runs: mine")
    assert text_of(older).count("Done in") == 1
    assert not find_element(older, OLDER_RUNS)
