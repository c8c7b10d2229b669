"""The job as a run calls it, with Lambda behind real HTTP."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient

from jobs.invoke_function import Inputs, invoke_function, payload_problem
from jobs.invoking.invocation import FOR_THE_RESULT
from runs.context import RunContext, no_aws
from runs.errors import Refused, RunCancelled
from runs.inputs import InvalidInputs
from runs.run import Progress, Run
from tests.fake_aws import Answer, FakeAws, Fault, fake_aws
from tests.workspace import PATIENCE

ARN = "arn:aws:lambda:eu-west-3:111111111111:function:clean-up:live"
ALLOWED = f"reports, Clean up={ARN}"
LOG = "START RequestId: 1 Version: $LATEST\nhalf-way\nEND RequestId: 1\n"


class Bench:
    """A RunContext whose reports and uploads a test can look at."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        self.reports: list[Progress] = []
        self.files: dict[str, str] = {}
        self.cancelled = False
        self.remaining = 900.0
        self.secrets = {"INVOKE_FUNCTIONS": ALLOWED}
        self.regions: list[str] = []

    def invoke(self, function: str = "reports", payload: str = "{}") -> str:
        run = Run(
            id="R1", team_id="T1", requester="U1", job="invoke-function", inputs={}, created_at=time.time()
        )
        context = RunContext(
            run,
            client=WebClient(),
            report=self.reports.append,
            is_cancelled=lambda: self.cancelled,
            upload=lambda name, file, length, title: self.files.update({name: file.read().decode()}),
            secrets=self.secrets,
            aws=self.open,
            remaining=lambda: self.remaining,
        )
        said = invoke_function(Inputs(function, payload), context)
        assert isinstance(said, str)
        return said

    def open(self, service: str, **options: Any) -> Any:
        self.regions.append(options["region"])
        return self.aws.client(service, **options)


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with fake_aws() as fake:
        yield fake


@pytest.fixture
def bench(aws: FakeAws) -> Bench:
    return Bench(aws)


def test_the_function_gets_the_payload_as_it_was_typed_and_its_answer_and_log_are_shown(
    aws: FakeAws, bench: Bench
) -> None:
    aws.answer("reports", Answer(b'{"sent":3,"to":"<!channel> ```"}', log=LOG))
    said = bench.invoke(payload='{"day": "Monday",\n "n": 1.50}')
    assert aws.called("reports") == [{"payload": '{"day": "Monday",\n "n": 1.50}', "log_type": "Tail"}]
    assert re.match(r"`reports` answered after \d+\.\d s", said)
    assert '```\n{\n  "sent": 3,\n  "to": "&lt;!channel&gt; ˋˋˋ"\n}\n```' in said
    assert (
        "The end of its log:\n```\nSTART RequestId: 1 Version: $LATEST\nhalf-way\nEND RequestId: 1\n```"
        in said
    )
    assert bench.files == {}


def test_a_function_is_called_by_its_label_and_in_the_region_of_its_arn(aws: FakeAws, bench: Bench) -> None:
    aws.answer(ARN, Answer())
    said = bench.invoke(ARN)
    assert said.startswith("`Clean up` answered")
    assert "```" not in said, "null says nothing"
    assert bench.regions == ["eu-west-3"]


def test_a_long_answer_is_a_file_and_of_a_long_log_the_last_lines_are_shown(
    aws: FakeAws, bench: Bench
) -> None:
    rows = [{"n": number} for number in range(100_000)]
    log = "\n".join(f"line {number}" for number in range(400))
    aws.answer("reports", Answer(json.dumps(rows).encode(), log=log))
    said = bench.invoke()
    assert json.loads(bench.files["reports-answer.json"]) == rows
    assert "Its answer is in the file." in said
    assert "```\n…\n" in said
    assert "\nline 399\n```" in said
    assert "line 1\n" not in said
    assert len(said) < 2_000, "the run would make a file of it"


def test_what_a_failed_function_said_goes_where_results_go_and_its_kind_alone_into_the_message(
    aws: FakeAws, bench: Bench
) -> None:
    raised = {"errorMessage": "no such customer: Ann", "errorType": "KeyError", "stackTrace": ["line 1"]}
    aws.answer("reports", Answer(json.dumps(raised).encode(), error="Unhandled", log=LOG))
    with pytest.raises(
        Refused, match=r"`reports` ended with an error after \d+\.\d s: `KeyError`\."
    ) as caught:
        bench.invoke()
    assert "Ann" not in str(caught.value)
    report = bench.files["reports-error.txt"]
    assert "no such customer: Ann" in report
    assert report.endswith("half-way\nEND RequestId: 1\n")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("TooManyRequestsException", 429), "no room for `reports` just now, so it was not invoked"),
        (Fault("AccessDeniedException", 403), "AWS does not let me invoke `reports`"),
        (Fault("ResourceNotFoundException", 404), "no function `reports` in this account and region"),
        (
            Fault("ResourceConflictException", 409),
            "not ready yet (`ResourceConflictException`), so it was not",
        ),
        (Fault("RequestTooLargeException", 413), "does not take this payload"),
        (Fault("ServiceException", 500), "Whether it ran, its log knows; I did not try again"),
        (Fault(drop=True), "The connection broke while I waited"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence_and_never_tried_again(
    aws: FakeAws, bench: Bench, fault: Fault, said: str
) -> None:
    aws.answer("reports", fault, Answer())
    with pytest.raises(Refused) as caught:
        bench.invoke()
    assert said in str(caught.value)
    assert len(aws.calls) == 1


def test_where_lambda_cannot_be_reached_nothing_was_invoked(aws: FakeAws, bench: Bench) -> None:
    aws.url = "http://127.0.0.1:9"
    with pytest.raises(Refused, match="cannot be reached, so `reports` was not invoked"):
        bench.invoke()


def test_it_waits_as_long_as_its_own_invocation_lasts_and_says_so(aws: FakeAws, bench: Bench) -> None:
    called, answered = threading.Event(), threading.Event()

    def keep_waiting(name: str) -> None:
        called.set()
        answered.wait(PATIENCE)

    aws.on_call = keep_waiting
    aws.answer("reports", Answer())
    bench.remaining = FOR_THE_RESULT + 30
    waited: list[float] = []
    real = bench.open

    def hurried(service: str, **options: Any) -> Any:
        waited.append(options["timeout"])
        return real(service, **{**options, "timeout": 0.2})

    bench.open = hurried  # type: ignore[method-assign]
    try:
        with pytest.raises(Refused, match="it has not answered") as caught:
            bench.invoke()
        assert called.wait(PATIENCE), "what was sent is read some time, though nobody waits for it any more"
    finally:
        answered.set()
    assert "It may still be at work, or be done" in str(caught.value)
    assert "I did not invoke it again" in str(caught.value)
    assert waited == [30]
    assert len(aws.calls) == 1


def test_without_time_to_wait_it_is_not_invoked(aws: FakeAws, bench: Bench) -> None:
    bench.remaining = FOR_THE_RESULT + 1
    with pytest.raises(Refused, match="so I did not invoke it"):
        bench.invoke()
    assert aws.calls == []


def test_one_that_is_cancelled_before_is_not_invoked(aws: FakeAws, bench: Bench) -> None:
    aws.answer("reports", Answer())
    bench.cancelled = True
    with pytest.raises(RunCancelled):
        bench.invoke()
    assert aws.calls == []


@pytest.mark.parametrize("function", ["other", "reports:1", "clean-up", "Clean up", ""])
def test_only_what_is_listed_is_invoked(aws: FakeAws, bench: Bench, function: str) -> None:
    with pytest.raises(Refused, match="not among the functions"):
        bench.invoke(function)
    assert aws.calls == []


def test_without_a_list_it_says_what_an_admin_has_to_set(bench: Bench) -> None:
    bench.secrets = {}
    with pytest.raises(Refused, match="an admin has to set INVOKE_FUNCTIONS"):
        bench.invoke()


def test_without_an_account_it_says_what_to_set(bench: Bench) -> None:
    bench.open = no_aws  # type: ignore[method-assign]
    with pytest.raises(Refused, match="set AWS_PROFILE"):
        bench.invoke()


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ('{"a": 1,}', "line 1, at character"),
        ('{\n  "a": }', "expecting value in line 2, at character 8."),
        ("{“a”: 1}", 'Quotes have to be straight ones: "'),
        ('{"a": NaN}', "NaN is no number in JSON."),
        ('{"a": 1, "b": 2, "a": 3}', '"a" is in it twice.'),
        ("[" * 3000, "in line 1"),
        ("", "expecting value"),
        ("{} {}", "extra data in line 1, at character 4."),
    ],
)
def test_a_payload_that_is_no_json_is_told_where(payload: str, problem: str) -> None:
    with pytest.raises(InvalidInputs) as caught:
        Inputs("reports", payload)
    assert caught.value.errors["payload"].startswith("payload must be JSON: ")
    assert problem in caught.value.errors["payload"] or "nested too deeply" in caught.value.errors["payload"]


@given(st.text() | st.recursive(st.none() | st.integers() | st.floats(), st.lists).map(json.dumps))
def test_whatever_is_typed_is_taken_only_if_it_is_json(text: str) -> None:
    assert (payload_problem(text) == "") == is_json(text)


def is_json(text: str) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True
