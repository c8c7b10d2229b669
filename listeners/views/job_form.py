"""A job's form, submitted."""

from typing import Any

from slack_bolt import Ack, BoltContext

from blocks.form import form_errors, read_form
from blocks.origin import Origin
from runs.inputs.answers import InvalidInputs
from runs.requests import Asked, fields_of_form, read_answers
from runs.run import RunRequest
from runs.service import RunService


def ack_job_form(ack: Ack, view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    try:
        runs.accept(run_request(view, context, runs))
    except InvalidInputs as error:
        ack(response_action="errors", errors=form_errors(error.errors))
        return
    ack(response_action="clear")  # the picker below it too


def run_job_form(view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    runs.begin(run_request(view, context, runs))


def run_request(view: dict[str, Any], context: BoltContext, runs: RunService) -> RunRequest:
    """Raises UnknownJob and InvalidInputs."""
    assert context.team_id, "Slack names the workspace of every form"
    assert context.user_id, "and who submitted it"
    origin = Origin.load(view["private_metadata"])
    asked = _asked(origin, view, runs)
    return RunRequest(
        key=view["id"],  # the same however often this form is submitted
        team_id=context.team_id,
        enterprise_id=context.enterprise_id,
        requester=context.user_id,
        job=asked.job.name,
        inputs=asked.inputs,
        results=asked.results,
        channel_id=origin.channel_id,
        response_url=origin.response_url,
    )


def _asked(origin: Origin, view: dict[str, Any], runs: RunService) -> Asked:
    job = runs.jobs.named(origin.job)
    return read_answers(job, read_form(fields_of_form(job, origin.channel_id), view["state"]["values"]))
