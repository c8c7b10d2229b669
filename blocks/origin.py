"""What our buttons and modals carry through a person's browser, and read back with suspicion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from blocks.parts import BUTTON_VALUE
from runs.run import Run, RunState
from runs.store import Place

LONGEST_ID = 100


@dataclass(frozen=True)
class Origin:
    """Where a person began, kept in a modal's `private_metadata`."""

    job: str = ""
    channel_id: str | None = None
    response_url: str | None = field(default=None, repr=False)

    def dumped(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    @classmethod
    def load(cls, metadata: str) -> Origin:
        """Of anything but what `dumped` made, an empty one."""
        found = _json_object(metadata)
        return cls(
            job=_text(found.get("job")) or "",
            channel_id=_text(found.get("channel_id")),
            response_url=_text(found.get("response_url")),
        )


@dataclass(frozen=True)
class FormLink:
    """A button's `value` that opens a job's form, with what the person had already typed."""

    job: str
    answers: Mapping[str, Any] = field(default_factory=dict)

    def dumped(self) -> str:
        """Without the answers if they are too long for a button."""
        value = json.dumps(asdict(self), ensure_ascii=False)
        return value if len(value) <= BUTTON_VALUE else json.dumps({"job": self.job})

    @classmethod
    def load(cls, value: str) -> FormLink:
        found = _json_object(value)
        answers = found.get("answers")
        return cls(job=_text(found.get("job")) or "", answers=answers if isinstance(answers, dict) else {})


@dataclass(frozen=True)
class RunQuery:
    """Which runs a list shows, and in a button's `value` from where on. The workspace is always the reader's own."""

    requester: str | None = None
    job: str | None = None
    state: RunState | None = None
    before: Place | None = None

    def after(self, last: Run) -> RunQuery:
        """The next page, behind the last run of this one."""
        return replace(self, before=Place.of(last))

    def from_the_newest(self) -> RunQuery:
        return replace(self, before=None)

    def dumped(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def load(cls, value: str) -> RunQuery:
        """Of anything but what `dumped` made, one of all runs from the newest."""
        found = _json_object(value)
        state = _text(found.get("state"))
        return cls(
            requester=_id(found.get("requester")),
            job=_id(found.get("job")),
            state=RunState(state) if state in set(RunState) else None,
            before=_place(found.get("before")),
        )


EVERY_RUN = RunQuery()


def _id(value: object) -> str | None:
    """Ids and names of jobs are never as long, and have none of what DynamoDB's keys are put together with."""
    is_one = (
        isinstance(value, str) and 0 < len(value) <= LONGEST_ID and "#" not in value and value.isprintable()
    )
    return value if is_one else None  # type: ignore[return-value]


def _place(value: object) -> Place | None:
    match value:
        case [float() | int() as at, str() as run_id] if 0 <= at < 1e12 and _id(run_id):
            return Place(float(at), run_id)
    return None


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
