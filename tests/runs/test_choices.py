"""Functions that look choices up, and do not return: what keeps the others going."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import create_autospec

import pytest

import runs.choices
from runs.choices import AT_ONCE, Choices, ChoicesUnavailable
from runs.errors import UnknownJob
from runs.inputs import ask
from runs.job import Jobs, job
from runs.people import People
from tests.workspace import PATIENCE

opened = threading.Event()


def stuck(query: str) -> list[str]:
    if query == "exit":
        raise SystemExit
    assert opened.wait(2 * PATIENCE), "the test never let it go"
    return ["late"]


@dataclass(frozen=True)
class Inputs:
    choice: str = ask(choices=stuck)
    plain: str = ""


@job("Choose")
def choose(inputs: Inputs, run: Any) -> None: ...


@pytest.fixture
def choices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Choices]:
    """With patience for what comes."""
    monkeypatch.setattr(runs.choices, "WHILE_SLACK_WAITS", PATIENCE)
    opened.clear()
    people = create_autospec(People, instance=True)
    people.lately.return_value.is_one_of.return_value = True
    yield Choices(jobs=Jobs([choose]), people=people, secrets={})
    opened.set()


def offered(choices: Choices, name: str = "choice", job: str = "choose", query: str = "") -> list[str]:
    found = choices.offered(job, name, query=query, requester="U1", team_id="T1")
    return [each.value for each in found]


def looking() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "choices"}


def test_so_many_may_be_stuck_and_no_more_are_begun_until_one_ends(
    choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = looking()  # of another test, which may end meanwhile
    with monkeypatch.context() as impatient:
        impatient.setattr(runs.choices, "WHILE_SLACK_WAITS", 0.05)
        for _ in range(AT_ONCE):
            with pytest.raises(ChoicesUnavailable, match="took too long"):
                offered(choices)
        with pytest.raises(ChoicesUnavailable, match="busy"):
            offered(choices)
    stuck_ones = looking() - before
    assert len(stuck_ones) == AT_ONCE
    opened.set()
    for thread in stuck_ones:
        thread.join(PATIENCE)
    assert offered(choices) == ["late"]


def test_a_function_that_would_end_the_app_ends_itself(choices: Choices) -> None:
    with pytest.raises(RuntimeError, match="SystemExit"):
        offered(choices, query="exit")


@pytest.mark.parametrize("name", ["plain", "gone", ""])
def test_a_field_that_has_no_such_choices_is_of_a_form_that_is_out_of_date(
    choices: Choices, name: str
) -> None:
    with pytest.raises(ChoicesUnavailable, match="out of date"):
        offered(choices, name)


def test_a_job_that_is_gone_is_named(choices: Choices) -> None:
    with pytest.raises(UnknownJob):
        offered(choices, job="gone")
