"""What the record of a run is made of, besides plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far the work has come: `done` of `total`, in whatever unit the job counts."""

    done: float
    total: float
    text: str = ""

    @property
    def fraction(self) -> float:
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else 0.0


@dataclass(frozen=True)
class MessageRef:
    """Where a message stands."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class Approval:
    """`inputs_hash` is of what was approved; `reason` is given by those who approve what they asked for themselves."""

    actor: str
    at: float
    inputs_hash: str
    reason: str | None = None


@dataclass(frozen=True)
class ApproverMessage:
    """What an approver was sent directly. `ts` is empty if they cannot be written to."""

    user: str
    channel_id: str
    ts: str


@dataclass(frozen=True)
class FileRef:
    """A file that was sent, of `size` bytes."""

    name: str
    permalink: str
    size: int


@dataclass(frozen=True)
class ResultRef:
    """A table or a chart that was shown, in a message of its own; `problem` says why it could not be."""

    kind: str
    title: str
    permalink: str
    problem: str = ""


@dataclass(frozen=True)
class Turn:
    """Its place in the workspace's line. `behind` asked for the run of the same job that it waits for, if it does."""

    place: int
    behind: str | None = None


@dataclass(frozen=True)
class Event:
    """Who did what when. `actor` is a Slack user id, or None for Errand itself; `at` is in epoch seconds."""

    at: float
    what: str
    actor: str | None = None
