"""What is asked for has to fit into one record."""

from dataclasses import make_dataclass, replace

import pytest

from jobs import JOBS
from runs.context import RunContext
from runs.execution import LONGEST_NAME_KEPT, LONGEST_RESULT_SHOWN, LONGEST_TEXT_KEPT, MOST_FILES, MOST_SHOWN
from runs.inputs import InvalidInputs, ask
from runs.job import Jobs, job
from runs.requests import LARGEST_INPUTS, Asked, Misunderstood, parse_command, read_answers
from runs.results.table import LONGEST_TITLE
from runs.run import FileRef, Progress, ResultRef, RunRequest, new_run
from runs.store import dump_run, load_run

ITEM = 400_000  # bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

Inputs = make_dataclass(
    "Inputs", [(f"text_{n}", str, ask(default="", multiline=True)) for n in range(40)], frozen=True
)


@job("Take much text")
def take_much(inputs: Inputs, run: RunContext) -> None:  # type: ignore[valid-type]
    """More than a record holds."""


def test_inputs_that_no_record_holds_are_refused_below_the_longest() -> None:
    texts = {f"text_{n}": "\u05d0" * 2_000 for n in range(40)} | {"text_7": "\u05d0" * 3_000}
    with pytest.raises(InvalidInputs) as refused:
        read_answers(take_much, texts)
    assert refused.value.errors == {"text_7": "text_7 is too long: all inputs together may have 100 kB."}
    typed = " ".join(f"{name}={text}" for name, text in texts.items())
    with pytest.raises(Misunderstood, match="too long"):
        parse_command(f"take-much {typed}", Jobs([take_much]))


def test_whatever_a_run_comes_to_fits_an_item_of_dynamodb() -> None:
    request = RunRequest(
        key="1",
        team_id="T1",
        requester="U1",
        job="j",
        inputs={"text": "x" * LARGEST_INPUTS},
        response_url="u" * 3_000,
    )
    widest = "\N{SLIGHTLY SMILING FACE}"
    run = new_run(request, 1.0).taken("me").started("me", 1.0)
    for _ in range(100):
        run = run.handed_over(1.0, 2.0).taken("me", 1.0, lease_until=2.0)
    file = FileRef(widest * LONGEST_NAME_KEPT, "https://example.slack.com/files/U0123/F0123/" + "x" * 300, 1)
    table = ResultRef(
        "table", widest * LONGEST_TITLE, "https://example.slack.com/archives/" + "x" * 200, "x" * 200
    )
    run = replace(
        run,
        files=(file,) * MOST_FILES,
        shown=(table,) * MOST_SHOWN,
        progress=Progress(1, 2, widest * LONGEST_TEXT_KEPT),
        message_note="x" * 200,
    ).succeeded(widest * LONGEST_RESULT_SHOWN, 2.0, widest * LONGEST_TEXT_KEPT)
    assert load_run(dump_run(run)) == run
    assert len(dump_run(run).encode()) < ITEM * 0.9


@pytest.mark.parametrize("between", ["\n", " \n ", "\t", "\u00a0", "\r\n"])
def test_arguments_may_begin_on_a_line_of_their_own(between: str) -> None:
    asked = parse_command(f" export-channel{between}channel=C1\ndays=3", JOBS)
    assert isinstance(asked, Asked)
    assert asked.inputs["days"] == 3
