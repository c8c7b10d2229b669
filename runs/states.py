"""The states of a run, which of them may follow which, and what people read of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RunState(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"  # recorded; nothing is done until enough people have approved it
    QUEUED = "queued"  # accepted and recorded; its work has not begun
    RUNNING = "running"  # the job's function is at work under its owner's lease, or between two owners
    SUCCEEDED = "succeeded"  # the function returned
    FAILED = "failed"  # the function raised, or the run was refused before it began
    CANCELLED = "cancelled"  # somebody pressed Cancel, and the work stopped
    LOST = "lost"  # its owner died in the middle; nobody knows how far it came
    DENIED = "denied"  # an approver said no
    EXPIRED = "expired"  # too few had approved it in time


LIVE = frozenset({RunState.AWAITING_APPROVAL, RunState.QUEUED, RunState.RUNNING})

NEXT_STATES: Mapping[RunState, frozenset[RunState]] = {
    RunState.AWAITING_APPROVAL: frozenset(
        {RunState.QUEUED, RunState.DENIED, RunState.EXPIRED, RunState.FAILED, RunState.CANCELLED}
    ),
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    # back to queued: a retry_safe job whose owner died is run again
    RunState.RUNNING: frozenset(
        {RunState.QUEUED, RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED, RunState.LOST}
    ),
    RunState.SUCCEEDED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.LOST: frozenset(),
    RunState.DENIED: frozenset(),
    RunState.EXPIRED: frozenset(),
}


NEVER_TAKEN_UP = "I could not start it, however often I tried. Run it again; tell whoever looks after me."

LOST = "Errand stopped in the middle of this run, so nobody knows how far it came. You can run it again."

# in a sentence: "it …"
ENDINGS: Mapping[RunState, str] = {
    RunState.SUCCEEDED: "succeeded",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "was cancelled",
    RunState.LOST: "was lost",
    RunState.DENIED: "was denied",
    RunState.EXPIRED: "expired before it was approved",
}


class Decision(StrEnum):
    """What came of asking for approval."""

    NONE_NEEDED = ""
    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    DROPPED = "dropped"  # the run was cancelled or failed before anybody decided
