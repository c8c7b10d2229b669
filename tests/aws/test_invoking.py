"""invoke-function with a function that really runs, in ministack."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
from slack_sdk import WebClient

from jobs.invoke_function import Inputs, invoke_function
from runs.context import RunContext
from runs.errors import Refused
from runs.run import Run
from tests.aws.emulator import Emulator

HANDLER = """
def handler(event, context):
    print("working on", event["day"])
    return {"day": event["day"].upper()}
"""


@pytest.fixture
def reports(aws: Emulator) -> str:
    """The name of a function that is there."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("reports.py", HANDLER)
    name = f"reports-{time.monotonic_ns()}"
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="reports.handler",
        Role="arn:aws:iam::000000000000:role/reports",
        Code={"ZipFile": zipped.getvalue()},
    )
    return name


def invoked(aws: Emulator, function: str, payload: dict[str, Any], files: dict[str, str]) -> str | None:
    run = Run(id="R1", team_id="T1", requester="U1", job="invoke-function", inputs={}, created_at=0.0)
    context = RunContext(
        run,
        client=WebClient(),
        report=lambda progress: None,
        is_cancelled=lambda: False,
        upload=lambda name, file, length, title: files.update({name: file.read().decode()}),
        secrets={"INVOKE_FUNCTIONS": function},
        aws=aws.clients().for_jobs,
    )
    return invoke_function(Inputs(function, json.dumps(payload)), context)


def test_it_gets_the_payload_and_answers_with_its_log(aws: Emulator, reports: str) -> None:
    said = invoked(aws, reports, {"day": "monday"}, {})
    assert said
    assert '"day": "MONDAY"' in said
    assert "working on monday" in said


def test_what_it_raises_is_told_by_its_kind_and_kept_in_a_file(aws: Emulator, reports: str) -> None:
    files: dict[str, str] = {}
    with pytest.raises(Refused, match=r"ended with an error after .* s: `[\w.]+`"):
        invoked(aws, reports, {"week": "12"}, files)
    assert "day" in files[f"{reports}-error.txt"]


def test_one_that_is_not_there_is_said_to_be_missing(aws: Emulator) -> None:
    with pytest.raises(Refused, match="There is no function `nowhere`"):
        invoked(aws, "nowhere", {}, {})


def test_one_without_room_is_said_not_to_have_been_invoked(aws: Emulator, reports: str) -> None:
    aws.client("lambda").put_function_concurrency(FunctionName=reports, ReservedConcurrentExecutions=0)
    with pytest.raises(Refused, match=f"no room for `{reports}` just now, so it was not invoked"):
        invoked(aws, reports, {"day": "monday"}, {})


def test_what_it_is_given_and_what_it_prints_come_through_as_they_are(aws: Emulator, reports: str) -> None:
    said = invoked(aws, reports, {"day": "<!channel> ```straße"}, {})
    assert said
    assert '"day": "&lt;!CHANNEL&gt; ˋˋˋSTRASSE"' in said
    assert "working on &lt;!channel&gt; ˋˋˋstraße" in said
