"""A run in full, for those who may read it."""

from dataclasses import replace
from typing import Any

import pytest

from blocks.run_details import build_details_modal, build_loading_modal
from blocks.run_message import RUN_AGAIN
from jobs import JOBS
from runs.run import Event, FileRef, Results, Run, RunRequest, new_run
from simulator.blocks import check_view
from tests.workspace import find_element, text_of

JOB = JOBS["export-channel"]
ASKED = new_run(
    RunRequest(key="1", team_id="T1", requester="U1", job=JOB.name, inputs={"channel": "C77", "days": 7}),
    1.0,
    approvals_needed=1,
)
DENIED = ASKED.taken("me").opened(["U2"], 2.0, until=99.0).denied("U2", "Not on a <!channel> Friday", 3.0)
APPROVED = ASKED.taken("me").opened(["U1"], 2.0, until=99.0).approved("U1", 3.0, "It burns")
DONE = replace(
    APPROVED.taken("me").started("me", 4.0).succeeded("It went well", 5.0), log_tail=("one", "*two*")
)


def shown(run: Run, *, reader: str = "U1", may_see: bool = True) -> str:
    return text_of(build_details_modal(run, JOB, reader=reader, may_see=may_see))


def test_the_timeline_says_who_did_what_and_why() -> None:
    text = shown(DENIED)
    assert "asked for by <@U1>" in text
    assert "denied by <@U2>: Not on a &lt;!channel&gt; Friday" in text
    assert "approved by <@U1>: It burns" in shown(DONE)


def test_the_inputs_result_log_and_reasons_are_not_for_everybody() -> None:
    for run in (DENIED, DONE, replace(ASKED, error="#secret-plans is archived")):
        text = shown(run, reader="U9", may_see=False)
        for private in ("C77", "Friday", "It burns", "It went well", "two", "secret-plans"):
            assert private not in text
        assert JOB.title in text
        assert "asked for by <@U1>" in text
        assert run.id in text


def test_what_went_to_its_requester_alone_is_shown_to_nobody_else() -> None:
    run = replace(DONE, files=(FileRef("plans.csv", "https://files/1", 1),))
    assert "It went well" in shown(run)
    assert "https://files/1|plans.csv" in shown(run)
    assert "It went well" not in shown(run, reader="U2")
    assert "plans.csv" not in shown(run, reader="U2")
    assert "It went well" in shown(replace(run, results=Results.HERE), reader="U2")


def test_the_log_is_shown_as_it_is() -> None:
    modal = build_details_modal(DONE, JOB, reader="U1", may_see=True)
    [block] = [each for each in modal["blocks"] if each["type"] == "rich_text"]
    assert block["elements"][0]["elements"] == [{"type": "text", "text": "one\n*two*"}]


@pytest.mark.parametrize(
    ("reader", "run", "is_offered"), [("U1", DONE, True), ("U1", APPROVED, False), ("U2", DONE, False)]
)
def test_its_requester_can_run_it_again_from_here(reader: str, run: Run, is_offered: bool) -> None:
    modal = build_details_modal(run, JOB, reader=reader, may_see=True)
    assert bool(find_element(modal, RUN_AGAIN)) == is_offered


def test_the_inputs_of_a_job_that_is_gone_are_shown_as_they_are() -> None:
    text = text_of(build_details_modal(DONE, None, reader="U1", may_see=True))
    assert 'channel: "C77"' in text


@pytest.mark.parametrize(
    "run",
    [
        ASKED,
        DONE,
        replace(DONE, history=(*DONE.history, *[Event(float(n), "continued", "U1") for n in range(400)])),
        replace(DONE, result="x" * 2_500, error="e" * 3_000, log_tail=("l" * 4_000,)),
        replace(DONE, files=tuple(FileRef("f" * 99, f"https://files/{n}" * 9, 1) for n in range(200))),
        replace(DONE, inputs={"channel": "C1" * 9_000, "days": "x"}),
        replace(DENIED, denial_reason="<" * 500),
    ],
    ids=["new", "done", "long history", "long texts", "many files", "odd inputs", "escaped"],
)
def test_slack_takes_it_however_much_there_is(run: Run) -> None:
    for job in (JOB, None):
        accepted(build_details_modal(run, job, reader="U1", may_see=True))
    accepted(build_loading_modal())


def accepted(view: dict[str, Any]) -> None:
    assert check_view(view, "modal") == []
