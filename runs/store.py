"""What any store of runs must do. `tests/runs/test_store_contract.py` holds every store to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple, Protocol, TypeVar

from runs.run import (
    Approval,
    ApproverMessage,
    Event,
    FileRef,
    MessageRef,
    Progress,
    ResultRef,
    Results,
    Run,
    RunState,
    Turn,
)

Part = TypeVar("Part", Run, Progress, MessageRef, FileRef, ResultRef, Event, Turn, Approval, ApproverMessage)


class Place(NamedTuple):
    """Where a run stands among others: by when it was asked for, and of those of one moment by its id."""

    created_at: float
    run_id: str

    @classmethod
    def of(cls, run: Run) -> Place:
        return cls(run.created_at, run.id)


class RunStore(Protocol):
    """Errors of the storage itself (unreachable, denied, full) are raised as they come."""

    def create(self, run: Run) -> Run:
        """Puts `run` unless one of its id exists, and returns the one that is stored: `run` itself if it was put."""

    def find(self, *, team_id: str, run_id: str) -> Run | None: ...

    def replace(self, run: Run) -> Run:
        """Puts `run` in place of the stored run of the same version, and returns it with the next version.

        Raises RunChanged if the stored run has another version, or is gone.
        """

    def recent(
        self,
        *,
        team_id: str,
        limit: int,
        requester: str | None = None,
        job: str | None = None,
        state: RunState | None = None,
        before: Place | None = None,
    ) -> list[Run]:
        """The newest first, of those that stand before `before`: whoever passes the last one's place reads on.

        What it reads does not grow with the history.
        """

    def unsettled(self) -> Iterable[Run]:
        """The runs of every workspace that have not ended, or whose end was not told; the oldest first."""

    def save_checkpoint(self, run: Run, state: str) -> None:
        """Keeps `state`, a JSON text, in place of the run's earlier one.

        Raises RunChanged if an owner of a later `seq` has saved one: this run is no longer in the caller's hands.
        """

    def load_checkpoint(self, *, team_id: str, run_id: str) -> str | None: ...


def dump_run(run: Run) -> str:
    return json.dumps(asdict(run), ensure_ascii=False, separators=(",", ":"))


def load_run(text: str) -> Run:
    """Of a record that another version of Errand wrote, what this one knows: fields come and go with deploys."""
    record: dict[str, Any] = json.loads(text)
    record["state"] = RunState(record["state"])
    record["results"] = Results(record["results"])
    record["announced"] = RunState(record["announced"]) if record.get("announced") else None
    record["progress"] = _known(Progress, record["progress"]) if record.get("progress") else None
    record["message"] = _known(MessageRef, record["message"]) if record.get("message") else None
    record["files"] = tuple(_known(FileRef, each) for each in record.get("files", ()))
    record["shown"] = tuple(_known(ResultRef, each) for each in record.get("shown", ()))
    record["approvals"] = tuple(_known(Approval, each) for each in record.get("approvals", ()))
    record["asked"] = tuple(_known(ApproverMessage, each) for each in record.get("asked", ()))
    for turn in ("turn", "turn_shown"):
        record[turn] = _known(Turn, record[turn]) if record.get(turn) else None
    record["to_ask"] = tuple(record.get("to_ask", ()))
    record["log_tail"] = tuple(record.get("log_tail", ()))
    record["history"] = tuple(_known(Event, each) for each in record.get("history", ()))
    return _known(Run, record)


def _known(cls: type[Part], record: dict[str, Any]) -> Part:
    return cls(**{name: value for name, value in record.items() if name in cls.__dataclass_fields__})
