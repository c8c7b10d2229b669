"""On Lambda: a menu is filled within the ack, and what a run has shown is on its record when it goes on elsewhere."""

from __future__ import annotations

import json

import pytest

from runs.hands import PATIENCE
from tests.aws.deployed import Deployed
from tests.aws.jobs import COUNTED, KilledByLambda
from tests.workspace import text_of


def test_a_menu_is_filled_by_the_ack_alone(deployed: Deployed) -> None:
    deployed.ann.types("/run paint", in_channel="#general")
    form = deployed.ann.views()[-1]
    before = len(deployed.function.lambda_api.invoked)
    answer = deployed.ann.suggestions("answer", on=form, query="b")
    assert [each["value"] for each in answer["options"]] == ["blue"]
    assert len(deployed.function.lambda_api.invoked) == before, "nothing is left for later"


def test_a_value_that_was_made_up_is_refused_by_the_work_behind_the_ack(deployed: Deployed) -> None:
    deployed.ann.types("/run paint colour=green", in_channel="#general")
    deployed.function.carry_out()
    assert "colour must be one of its choices now" in text_of(deployed.ann.messages("#general"))
    assert COUNTED == []


def test_what_was_shown_is_on_record_and_begun_anew_with_the_run(deployed: Deployed) -> None:
    deployed.ann.types("/run paint colour=blue results=here", in_channel="#general")
    with pytest.raises(KilledByLambda):
        deployed.function.invoke(deployed.function.lambda_api.invoked.pop(0))
    assert [each["title"] for each in shown(deployed)] == ["Strokes", "Colours"]
    deployed.function.clock.ahead += 2 * PATIENCE + 60
    deployed.function.tick()
    deployed.function.carry_out()
    assert COUNTED == ["blue", "blue"]
    assert [each["title"] for each in shown(deployed)] == ["Strokes", "Colours"]
    kinds = [
        block["type"] for message in deployed.ann.messages("#general") for block in message.get("blocks", [])
    ]
    assert kinds.count("data_visualization") == 2, "what the first attempt sent stays"
    assert "Painted." in text_of(deployed.ann.messages("#general"))


def shown(deployed: Deployed) -> list[dict[str, str]]:
    [record] = [json.loads(each["record"]["S"]) for each in deployed.records() if each["sk"]["S"] == "run"]
    assert len(json.dumps(record)) < 5_000, "what was shown is kept by reference"
    return list(record["shown"])
