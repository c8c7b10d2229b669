"""`/run`: pick a job, open its form, or run it at once with the arguments that were typed."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.job_form import build_job_form, build_misunderstanding
from blocks.origin import Origin
from blocks.picker import build_picker_modal
from listeners.modals import close_to_others, named
from runs.job import Job
from runs.requests import Asked, Misunderstood, parse_command
from runs.run import RunRequest
from runs.service import RunService

HELP = {"help", "--help", "-h", "?"}


def ack_run(
    ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient, runs: RunService
) -> None:
    context["lazy"] = False
    if help_wanted := _help(command, runs):
        ack(response_type="ephemeral", **help_wanted)
        return
    try:
        asked = parse_command(command.get("text") or "", runs.jobs)
    except Misunderstood as error:
        ack(response_type="ephemeral", **build_misunderstanding(error, run_command=runs.run_command))
        return
    if isinstance(asked, Asked):
        runs.accept(run_request(command, asked))
        context["lazy"] = True
        verb = "Asking for approval of" if asked.job.approvals_needed else "Starting"
        ack(f"{verb} *{asked.job.title}* …")
        return
    modal = named(_modal(asked, command, runs), command["trigger_id"])
    client.views_open(trigger_id=command["trigger_id"], view=modal)
    context["lazy"] = True
    ack()


def run_run(command: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    asked = parse_command(command.get("text") or "", runs.jobs)
    if isinstance(asked, Asked):
        runs.begin(run_request(command, asked))
    else:
        close_to_others(command["trigger_id"], context, runs, job=asked)


def run_request(command: dict[str, Any], asked: Asked) -> RunRequest:
    return RunRequest(
        key=command["trigger_id"],  # the same in every delivery of this command
        team_id=command["team_id"],
        enterprise_id=command.get("enterprise_id"),
        requester=command["user_id"],
        job=asked.job.name,
        inputs=asked.inputs,
        results=asked.results,
        channel_id=command["channel_id"],
        response_url=command["response_url"],
    )


def _modal(job: Job | None, command: dict[str, Any], runs: RunService) -> dict[str, Any]:
    origin = Origin(channel_id=command["channel_id"], response_url=command["response_url"])
    if job:
        return build_job_form(job, origin, {})
    return build_picker_modal(runs.jobs, origin, run_command=runs.run_command)


def _help(command: dict[str, Any], runs: RunService) -> dict[str, Any] | None:
    """The answer to `help` and `help <job>`, unless the team has a job of that name. Raises UnknownJob."""
    word, *name = str(command.get("text") or "").split(maxsplit=1) or [""]
    if word.lower() not in HELP or "help" in runs.jobs:
        return None
    from blocks.help import build_help, build_job_help  # late: a cold start is seldom asked for help

    if name:
        return build_job_help(runs.jobs.named(name[0].strip()), run_command=runs.run_command)
    return build_help(runs.jobs, run_command=runs.run_command, runs_command=runs.runs_command)
