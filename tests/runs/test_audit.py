"""The audit log says what the records say: each step once, and nothing that anybody wrote."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws.dynamodb_run_store import DynamoDBRunStore
from runs.audit import moment
from runs.errors import RunChanged, WrongState
from runs.ledger import Ledger
from runs.run import Run, RunRequest, new_run
from runs.sqlite_store import SQLiteRunStore
from runs.store import RunStore
from tests.aws.emulator import Emulator

PRIVATE = "hunter2"


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def of(self, run: Run) -> list[tuple[Any, ...]]:
        return [
            (each.what, each.actor if hasattr(each, "actor") else None, each.at)  # type: ignore[attr-defined]
            for each in self.records
            if getattr(each, "run", None) == run.id
        ]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("errand.audit")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = SQLiteRunStore(tmp_path / "runs.sqlite3")
    yield opened
    opened.close()


def asked(key: str, at: float, *, approvals: int = 0) -> Run:
    request = RunRequest(key=key, team_id="T1", requester="U1", job="export", inputs={"channel": PRIVATE})
    return new_run(request, at, approvals_needed=approvals)


# What may be tried at any moment, whether it is possible then or not. `at` is a clock that goes on.
STEPS: dict[str, Callable[[Run, float], Run]] = {
    "taken": lambda run, at: run.taken("me", at),
    "opened": lambda run, at: run.opened(["U2", "U3"], at, until=at + 9),
    "approved": lambda run, at: run.approved("U2", at, PRIVATE),
    "approved by another": lambda run, at: run.approved("U3", at),
    "denied": lambda run, at: run.denied("U2", PRIVATE, at),
    "expired": lambda run, at: run.expired(at),
    "started": lambda run, at: run.started("me", at),
    "handed over": lambda run, at: run.handed_over(at, at + 5),
    "expected again": lambda run, at: run.expected_again(at + 5),
    "requeued": lambda run, at: run.requeued(at),
    "cancelled": lambda run, at: run.cancel_asked("U2", at),
    "stopped": lambda run, at: run.cancelled(at),
    "succeeded": lambda run, at: run.succeeded(PRIVATE, at),
    "failed": lambda run, at: run.failed(PRIVATE, at),
    "lost": lambda run, at: run.lost(at),
    "told": lambda run, at: run.told(),
    "the same": lambda run, at: run,
}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(list(STEPS)), max_size=25),
    approvals=st.integers(0, 2),
)
def test_the_lines_of_a_whole_life_are_its_history(
    store: RunStore, lines: Lines, steps: list[str], approvals: int
) -> None:
    ledger, key = Ledger(store), uuid4().hex
    run = ledger.create(asked(key, 1.0, approvals=approvals))
    ledger.create(asked(key, 1.5, approvals=approvals))  # delivered again
    for at, step in enumerate(steps, 2):
        with suppress(WrongState):
            ledger.change(run, lambda current, step=step, at=at: STEPS[step](current, float(at)))  # type: ignore[misc]
    run = ledger.find("T1", run.id)
    assert lines.of(run) == [(event.what, event.actor, moment(event.at)) for event in run.history]
    assert lines.records[-1].state == run.state  # type: ignore[attr-defined]


def test_nothing_is_told_that_was_not_written(store: RunStore, lines: Lines) -> None:
    class Contended:
        """Somebody else writes first, once."""

        def __init__(self, inner: RunStore) -> None:
            self.inner, self.is_first = inner, True

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def replace(self, run: Run) -> Run:
            if self.is_first:
                self.is_first = False
                raise RunChanged
            return self.inner.replace(run)

    contended: Any = Contended(store)
    ledger, run = Ledger(contended), asked("1", 1.0)
    ledger.create(run)
    ledger.change(run, lambda current: current.cancel_asked("U9", 2.0))
    assert [what for what, *_ in lines.of(run)] == ["asked for", "cancelled"]


def test_a_run_that_is_asked_for_anew_is_told_of_anew(store: RunStore, lines: Lines) -> None:
    ledger, run = Ledger(store), asked("1", 1.0)
    ledger.create(run)
    ledger.change(run, lambda current: current.failed("Not on a Monday.", 2.0))
    request = RunRequest(key="1", team_id="T1", requester="U1", job="export", inputs={})
    ledger.change(run, lambda current: current.asked_anew(request, 2.0))
    assert [what for what, *_ in lines.of(run)] == ["asked for", "failed", "asked for"]


def test_a_line_holds_ids_and_nothing_that_anybody_wrote(store: RunStore, lines: Lines) -> None:
    ledger, run = Ledger(store), asked("1", 1_795_000_000.25, approvals=1)
    ledger.create(run)
    for step in ("taken", "opened", "denied"):
        ledger.change(run, lambda current, step=step: STEPS[step](current, 1_795_000_001.5))  # type: ignore[misc]
    [first, *_, last] = lines.records
    assert first.getMessage() == (
        f'what="asked for" run={run.id} job=export team=T1 actor=U1 state=awaiting_approval'
        " at=2026-11-18T11:06:40.250Z"
    )
    assert (last.what, last.actor, last.state) == ("denied", "U2", "denied")  # type: ignore[attr-defined]
    assert PRIVATE not in json.dumps([each.__dict__ for each in lines.records], default=str)


def test_dynamodb_knows_its_own_new_run_again_if_the_answer_was_lost(
    aws: Emulator, table: str, lines: Lines
) -> None:
    clients = aws.clients()
    lost = iter([True])

    def tries_again(**_: Any) -> float | None:
        return 0.0 if next(lost, False) else None

    clients.dynamodb.meta.events.register("needs-retry.dynamodb.PutItem", tries_again)
    ledger, run = Ledger(DynamoDBRunStore(clients, table)), asked("1", 1.0)
    assert ledger.create(run) is run
    assert next(lost, None) is None, "no answer was lost"
    assert [what for what, *_ in lines.of(run)] == ["asked for"]
