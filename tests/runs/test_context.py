"""Checkpoints, as a job makes them, and files that are none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from slack_sdk import WebClient

from runs.context import HANDING_ON, LARGEST_CHECKPOINT, RunContext
from runs.errors import CheckpointTooLarge, RunCancelled, RunContinues
from runs.run import RunRequest, new_run


class Invocation:
    def __init__(self, remaining: float = 900, saved: str | None = None, cancelled: bool = False) -> None:
        self.now, self.end = 0.0, remaining
        self.saved: list[str] = []
        self.uploaded: list[tuple[str, bytes, int]] = []
        self.run = RunContext(
            new_run(RunRequest(key="1", team_id="T1", requester="U1", job="j", inputs={}), 0.0),
            client=WebClient(),
            report=lambda progress: None,
            is_cancelled=lambda: cancelled,
            upload=self._upload,
            save=self.saved.append,
            saved=saved,
            remaining=lambda: self.end - self.now,
            monotonic=lambda: self.now,
        )

    def _upload(self, name: str, file: BinaryIO, length: int, title: str | None) -> None:
        self.uploaded.append((name, file.read(), length))


def test_a_checkpoint_is_saved_and_found() -> None:
    here = Invocation()
    assert here.run.last_checkpoint is None
    here.run.checkpoint({"done": 1, "é": "🙂"})
    assert here.run.last_checkpoint == {"done": 1, "é": "🙂"}
    assert [json.loads(each) for each in here.saved] == [{"done": 1, "é": "🙂"}]


def test_the_checkpoint_of_an_earlier_invocation_is_found() -> None:
    assert Invocation(saved="[1, 2]").run.last_checkpoint == [1, 2]


def test_what_a_job_does_to_its_state_afterwards_is_not_in_the_checkpoint() -> None:
    here, state = Invocation(), [1]
    here.run.checkpoint(state)
    state.append(2)
    assert here.run.last_checkpoint == [1]


def test_with_time_for_two_more_pieces_like_the_longest_it_goes_on() -> None:
    here = Invocation(remaining=100)
    for piece in (20, 40, 56):
        here.now = piece
        here.run.checkpoint(piece)


def test_with_less_it_goes_on_in_another_invocation_and_is_saved_before() -> None:
    here = Invocation(remaining=100)
    for piece in (20, 40):
        here.now = piece
        here.run.checkpoint(piece)
    here.now = 100 - HANDING_ON - 2 * 20 + 0.1
    with pytest.raises(RunContinues):
        here.run.checkpoint(58)
    assert here.saved[-1] == "58"


def test_no_except_exception_of_a_job_stops_it() -> None:
    assert not issubclass(RunContinues, Exception)


def test_on_ones_own_machine_there_is_always_time() -> None:
    run = new_run(RunRequest(key="1", team_id="T1", requester="U1", job="j", inputs={}), 0.0)
    here = RunContext(
        run, client=WebClient(), report=print, is_cancelled=lambda: False, upload=lambda *arguments: None
    )
    assert here.remaining == float("inf")
    here.checkpoint({})


def test_a_checkpoint_that_is_too_large_is_refused_and_not_saved() -> None:
    here = Invocation()
    here.run.checkpoint("é" * ((LARGEST_CHECKPOINT - 2) // 2))
    with pytest.raises(CheckpointTooLarge, match="300,001"):
        here.run.checkpoint("x" * (LARGEST_CHECKPOINT - 1))
    assert len(here.saved) == 1


@pytest.mark.parametrize("state", [{1, 2}, float("nan"), object()])
def test_what_is_no_json_is_refused(state: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Invocation().run.checkpoint(state)


def test_cancel_takes_effect_at_a_checkpoint_too() -> None:
    with pytest.raises(RunCancelled):
        Invocation(cancelled=True).run.checkpoint(1)


@pytest.mark.parametrize("file", ["text", Path("report.csv"), None, io.StringIO("text")])
def test_what_is_no_file_is_told_with_what_to_write_instead(file: Any) -> None:
    with pytest.raises(
        TypeError, match=r"not (str|PosixPath|WindowsPath|NoneType|StringIO)\. Of a text: text\.encode"
    ):
        Invocation().run.upload("report.csv", file)


def test_a_file_has_a_name() -> None:
    with pytest.raises(ValueError, match=r"needs a name for the file"):
        Invocation().run.upload(" ", b"1")


@pytest.mark.parametrize("file", [b"abc", bytearray(b"abc"), memoryview(b"abc"), io.BytesIO(b"abc")])
def test_bytes_of_any_kind_are_a_file(file: Any) -> None:
    here = Invocation()
    here.run.upload("report.csv", file)
    assert here.uploaded == [("report.csv", b"abc", 3)]
