"""What the author of a job needs to test it: the whole app, and an offline workspace in which somebody runs the job.

with a_workspace() as slack:
    run = slack.run_job("export-channel", channel="#general", as_user="ann")
    assert run.state == "succeeded"
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blocks.approval import APPROVE_RUN
from blocks.run_message import RUN_AGAIN
from runs.run import Run
from runs.service import RunService
from tests import workspace as offline
from tests.running import an_errand
from tests.workspace import Person, Workspace, find_element, text_of


@dataclass(frozen=True)
class Ended:
    """A run that has ended. `message` is all the text of its message; `files` are what it sent, by their names."""

    state: str
    result: str | None
    error: str | None
    message: str
    files: dict[str, bytes]
    log: tuple[str, ...]
    record: Run


class Slack:
    """`workspace` and `errand` are there for whatever else a test wants to do."""

    def __init__(self, workspace: Workspace, errand: RunService) -> None:
        self.workspace, self.errand = workspace, errand

    def run_job(
        self,
        name: str,
        *,
        as_user: str = "ann",
        in_channel: str = "#general",
        approved_by: Sequence[str] = (),
        **inputs: Any,
    ) -> Ended:
        """Types `/run name …` with these inputs, has each of `approved_by` press Approve, and waits for the end.

        Raises AssertionError with what was answered if that is no run, and after some seconds without an end.
        """
        person = self.workspace.person(as_user)
        earlier = {run.id for run in self._runs()}
        ack = person.types(command(name, inputs), in_channel=in_channel)
        new = [run for run in self._runs() if run.id not in earlier]
        assert new, f"this did not start a run: {text_of(ack.get('payload') or ack)}"
        for each in approved_by:
            self._approve(self.workspace.person(each), new[0])
        run = self.workspace.eventually(lambda: self._ended(person, new[0]))
        return Ended(
            state=str(run.state),
            result=run.result,
            error=run.error,
            message=text_of(self._message(person, run)),
            files=self._files(person, run),
            log=run.log_tail,
            record=run,
        )

    def _approve(self, approver: Person, run: Run) -> None:
        def asked() -> dict[str, Any] | None:
            # An earlier run's request may keep its button for a moment after that run has ended.
            sent = approver.direct_messages()
            return next((each for each in sent if find_element(each, APPROVE_RUN, value=run.id)), None)

        approver.presses(APPROVE_RUN, on=self.workspace.eventually(asked), value=run.id)

    def _ended(self, person: Person, run: Run) -> Run | None:
        """Once its message says so, too."""
        now = self.errand.find(run.team_id, run.id)
        is_told = now.was_turned_away or find_element(self._message(person, now), RUN_AGAIN)
        return now if is_told and not now.is_live else None

    def _runs(self) -> list[Run]:
        return self.errand.recent(team_id=self.workspace.info["team"]["id"], limit=100)

    def _message(self, person: Person, run: Run) -> dict[str, Any]:
        if run.message is None:
            return {}
        there = person.messages(run.message.channel_id)
        return next((each for each in there if run.message and each["ts"] == run.message.ts), {})

    def _files(self, person: Person, run: Run) -> dict[str, bytes]:
        links = {each.permalink: each.name for each in run.files}
        channels = {run.message.channel_id} if run.message else set()
        messages = [*person.direct_messages(), *(m for c in channels for m in person.messages(c))]
        files = {file["id"]: file for message in messages for file in message.get("files", [])}
        return {
            links[file["permalink"]]: person.downloads(each)
            for each, file in files.items()
            if file["permalink"] in links
        }


@contextmanager
def a_workspace(**environ: str) -> Iterator[Slack]:
    """An offline workspace of the test's own with the app in it. `environ` are settings of the app besides."""
    with (
        tempfile.TemporaryDirectory() as data_dir,
        offline.a_workspace() as workspace,
        an_errand(workspace, Path(data_dir), **environ) as errand,
    ):
        workspace.control("limits", enabled=False)
        yield Slack(workspace, errand)


def command(name: str, inputs: dict[str, Any]) -> str:
    """As somebody would type it."""
    return " ".join(["/run", name, *(f"{each}={_typed(value)}" for each, value in inputs.items())])


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ",".join(map(_typed, value))
    text = str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if set(text) & set(" \"\\'\n") else text
