"""What a requester is told of beside the run's message, whose edit notifies nobody."""

from __future__ import annotations

import pytest

from runs.decisions import WATCHED, news_of
from runs.run import Run, RunRequest, new_run

QUEUED = new_run(RunRequest(key="1", team_id="T1", requester="U1", job="export", inputs={}), 1.0)
RUNNING = QUEUED.taken("me").started("me", 100.0)


def test_a_failure_that_nobody_watched_is_told() -> None:
    news = news_of(RUNNING.failed("No <!channel> of that name.", 100.0 + WATCHED))
    assert news == "This run failed. No &lt;!channel> of that name."


@pytest.mark.parametrize(
    "ended",
    [
        RUNNING.failed("No.", 99.0 + WATCHED),
        RUNNING.failed("No.", 90.0),  # the clock was set back
        RUNNING.succeeded("Yes.", 9000.0),
        RUNNING.cancel_asked("U1", 101.0).cancelled(9000.0),
        QUEUED.taken("me").failed("No.", 9000.0),
    ],
    ids=["at once", "before it began", "succeeded", "cancelled", "turned away"],
)
def test_what_its_requester_sees_or_learns_otherwise_is_not_told_again(ended: Run) -> None:
    assert news_of(ended) is None


def test_why_an_approved_run_did_not_begin_notifies_no_channel() -> None:
    asked = new_run(
        RunRequest(key="1", team_id="T1", requester="U1", job="export", inputs={}), 1.0, approvals_needed=1
    )
    approved = asked.taken("me").opened(["U2"], 2.0, until=99.0).approved("U2", 3.0)
    assert news_of(approved.taken("me").failed("<!here>", 4.0)) == "This did not run. &lt;!here>"
