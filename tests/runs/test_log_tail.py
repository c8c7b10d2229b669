"""What is kept of a job's log: its end, within bounds, and no secret."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.context import RunContext, _formatted
from runs.log_tail import LONGEST_LINE, MOST_BYTES, MOST_LINES, LogTail
from runs.run import RunRequest, new_run
from settings import Secrets

SECRET = "s3cr3t-w3bh00k"
RUN = new_run(RunRequest(key="1", team_id="T1", requester="U1", job="export", inputs={}), 1.0)


def a_tail(**secrets: str) -> LogTail:
    return LogTail(Secrets(secrets), clock=lambda: 3_661.0)


def test_the_last_lines_are_kept_with_their_time_and_what_is_amiss() -> None:
    tail = a_tail()
    for number in range(30):
        tail.add(logging.INFO, f"line {number}")
    tail.add(logging.WARNING, "hot\nvery")
    assert len(tail.lines) == MOST_LINES
    assert tail.lines[-3:] == ("01:01:01 line 29", "01:01:01 WARNING hot", "01:01:01 WARNING very")


def test_the_next_owner_goes_on_where_the_last_one_stopped() -> None:
    assert LogTail({}, ["before"], clock=lambda: 0.0).lines == ("before",)


@given(st.lists(st.text(max_size=2_000), max_size=40))
def test_it_stays_within_its_bounds(messages: list[str]) -> None:
    tail = a_tail()
    for message in messages:
        tail.add(logging.INFO, message)
    assert len(tail.lines) <= MOST_LINES
    assert sum(len(line.encode()) for line in tail.lines) <= MOST_BYTES
    assert all(len(line) <= LONGEST_LINE and "\n" not in line for line in tail.lines)


@given(before=st.text(max_size=600), after=st.text(max_size=600), level=st.sampled_from([20, 30, 40]))
def test_no_secret_nor_the_beginning_of_one_is_kept(before: str, after: str, level: int) -> None:
    """A line that is cut must not end in half a secret."""
    tail = a_tail(WEBHOOK=SECRET, LONGER=f"{SECRET}-and-more", SHORT="1")
    tail.add(level, f"{before}{SECRET}{after}{SECRET}-and-more")
    kept = "\n".join(tail.lines)
    assert SECRET[:6] not in kept
    assert "-and-more" not in kept


def test_a_job_logs_as_it_always_did(caplog: pytest.LogCaptureFixture) -> None:
    tail = a_tail(WEBHOOK=SECRET)
    run = RunContext(
        RUN,
        client=Any,
        report=lambda _: None,
        is_cancelled=lambda: False,
        upload=lambda *_: None,
        tail=tail,  # type: ignore[arg-type]
    )
    caplog.set_level(logging.INFO)
    run.log.debug("not at this level")
    run.log.info("sent %d of %s", 3, SECRET)
    run.log.info("100% sure")
    try:
        raise ValueError(SECRET)
    except ValueError:
        run.log.exception("it broke")
    assert tail.lines == (
        "01:01:01 sent 3 of …",
        "01:01:01 100% sure",
        "01:01:01 ERROR it broke (ValueError)",
    )
    assert {record.filename for record in caplog.records} == {"test_log_tail.py"}
    assert f"{RUN.id} sent 3 of {SECRET}" in caplog.messages[0]


def test_what_does_not_fit_together_is_kept_as_it_is() -> None:
    assert _formatted("odd %d", ("text",)) == "odd %d"
    assert _formatted("%s of %s", ("one",)) == "%s of %s"
