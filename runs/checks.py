"""What is checked of a run before its job is called, each time somebody takes it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runs.access import known_member, readable_channel
from runs.approvals import Approvals
from runs.choices import Choices
from runs.clients import Clients
from runs.inputs import channels_in, dump_inputs, load_inputs, replace_names, unresolved_names
from runs.job import Job, Jobs
from runs.ledger import Ledger
from runs.names import resolve_names
from runs.run import Run, RunState


class Checks:
    """`open_choices` is called only for jobs whose inputs are looked up."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        ledger: Ledger,
        clients: Clients,
        approvals: Approvals,
        open_choices: Callable[[], Choices],
    ) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._clients = clients
        self._approvals = approvals
        self._open_choices = open_choices

    def check(self, run: Run) -> tuple[Job, Run]:
        """The run with names made ids, if its requester may run it with these inputs; else raises."""
        job = self._jobs.named(run.job)
        client = self._clients.patient(run.team_id, run.enterprise_id)
        known_member(client, run.requester, run.team_id)
        inputs: Any = load_inputs(job.inputs, run.inputs)
        names = resolve_names(client, {name for _, name in unresolved_names(inputs)})
        inputs = replace_names(inputs, names)
        for channel_id in channels_in(inputs):
            readable_channel(client, channel_id, run.requester)
        dumped = dump_inputs(inputs)
        if run.state is not RunState.RUNNING:
            self._approvals.check_requester(job, run.team_id, run.enterprise_id, run.requester)
            if any(field.source for field in job.fields):
                self._open_choices().check(job, run, inputs)
        if run.state is RunState.QUEUED:
            self._approvals.check_again(job, run, dumped)
        if dumped == run.inputs or run.state is RunState.RUNNING:
            return job, run
        return job, self._ledger.change(run, lambda current: current.held_by(run.owner).resolved(dumped))
