"""The manifest tells Slack what exists; the route tables say what answers. Each must know all of the other."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import listeners
from blocks.approver_message import build_approver_message
from blocks.home import build_home_view
from blocks.job_form import build_misunderstanding
from blocks.origin import Origin, RunQuery
from blocks.picker import build_picker_modal
from blocks.run_details import build_details_modal
from blocks.run_list import build_run_list
from blocks.run_message import build_run_message
from jobs import JOBS
from runs.groups import Group
from runs.home import Home
from runs.requests import Misunderstood
from runs.run import RunRequest, new_run

MANIFEST = json.loads((Path(__file__).parent.parent / "manifest.json").read_text())


class RecordingApp:
    """Takes registrations as Bolt's App does, and lists them."""

    def __init__(self) -> None:
        self.routes: dict[str, list[str]] = {}
        self.lazy_names: list[str] = []

    def __getattr__(self, kind: str) -> Callable[[str], Callable[..., None]]:
        assert kind in {"command", "action", "view", "shortcut", "event", "options"}

        def register(constraint: str) -> Callable[..., None]:
            self.routes.setdefault(kind, []).append(constraint)
            return self.listener

        return register

    def listener(self, ack: Any, lazy: tuple[Any, ...] = ()) -> None:
        assert callable(ack)
        self.lazy_names += [function.__name__ for function in lazy]


@pytest.fixture(scope="module")
def app() -> RecordingApp:
    recording = RecordingApp()
    listeners.register(recording)  # type: ignore[arg-type]
    return recording


def test_every_slash_command_in_the_manifest_is_answered_and_none_other(app: RecordingApp) -> None:
    announced = [command["command"] for command in MANIFEST["features"]["slash_commands"]]
    assert sorted(app.routes["command"]) == sorted(announced)


def test_every_shortcut_in_the_manifest_is_answered_and_none_other(app: RecordingApp) -> None:
    announced = [shortcut["callback_id"] for shortcut in MANIFEST["features"]["shortcuts"]]
    assert sorted(app.routes["shortcut"]) == sorted(announced)


def test_every_event_in_the_manifest_is_answered_and_none_other(app: RecordingApp) -> None:
    assert sorted(app.routes["event"]) == sorted(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_nothing_is_registered_twice(app: RecordingApp) -> None:
    # Bolt runs only the first, without an error.
    for kind, constraints in app.routes.items():
        assert not [each for each, count in Counter(constraints).items() if count > 1], kind


def test_every_lazy_function_has_a_name_of_its_own(app: RecordingApp) -> None:
    # Bolt finds the function of a lazy invocation by its name alone.
    assert not [name for name, count in Counter(app.lazy_names).items() if count > 1]


def test_every_button_that_we_show_is_answered(app: RecordingApp) -> None:
    assert set(app.routes["action"]) == set(action_ids(list(everything_we_show())))


def everything_we_show() -> Iterator[Any]:
    job = JOBS["export-channel"]
    request = RunRequest(key="k", team_id="T1", requester="U1", job=job.name, inputs={"channel": "C1"})
    run = new_run(request, at=0)
    yield build_run_message(run, job)
    yield build_run_message(run.cancel_asked("U1", at=1), job)
    waiting = new_run(request, at=0, approvals_needed=1).opened(["U2"], at=1, until=9)
    yield build_run_message(waiting, replace(job, approvers=("everyone",), self_approval=True))
    yield build_approver_message(waiting, job, "U2")
    yield build_picker_modal(JOBS, Origin())
    empty = Group("T1", "deployers")
    yield build_home_view(Home("U2", waiting=(waiting,), recent=(run,), groups=(empty,)), JOBS)
    query = RunQuery().after(run)
    yield build_run_list([run], JOBS, query, has_older=True)
    yield build_details_modal(run.cancel_asked("U1", at=1), job, reader="U1", may_see=True)
    yield build_misunderstanding(Misunderstood(job, ("No.",), {}))


def action_ids(shown: Any) -> Iterator[str]:
    if isinstance(shown, list):
        for each in shown:
            yield from action_ids(each)
    elif isinstance(shown, dict):
        if "action_id" in shown:
            yield shown["action_id"]
        for value in shown.values():
            yield from action_ids(value)
