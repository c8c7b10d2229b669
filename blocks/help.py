"""The answer to `/run help` and `/run help <job>`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blocks.job_form import warnings_of
from blocks.origin import FormLink
from blocks.parts import actions, button, context, section
from blocks.picker import OPEN_FORM
from runs.inputs.arguments import example, usage
from runs.job import Job
from runs.mrkdwn import escape
from runs.requests import RESULTS

HOW_TO_TYPE = "Put text with spaces into quotes, and commas between several values."


def build_help(jobs: Mapping[str, Job], *, run_command: str, runs_command: str) -> dict[str, Any]:
    """`text` and `blocks`: what can be typed, and the jobs."""
    typed = [
        f"`{run_command}` – choose a job from a list and fill in its form",
        *(
            f"`{escape(_example(job, run_command))}` – all of it, without a form"
            for job in list(jobs.values())[:1]
        ),
        *(f"`{run_command} help {name}` – what it can be given" for name in list(jobs)[:1]),
        f"`{runs_command}` – see recent runs",
    ]
    listed = [f"• `{job.name}` – {escape(job.title)}" for job in jobs.values()]
    return {
        "text": f"What can be typed after {run_command}",
        "blocks": [section("\n".join(typed)), section("\n".join(["*Jobs*", *listed])), context(HOW_TO_TYPE)],
    }


def build_job_help(job: Job, *, run_command: str) -> dict[str, Any]:
    """`text` and `blocks`: what a job can be given, and a button that opens its form."""
    how = usage(f"{run_command} {job.name}", (*job.fields, RESULTS))
    return {
        "text": job.title,
        "blocks": [
            section("\n".join([f"*{escape(job.title)}*", escape(job.description), *warnings_of(job)])),
            context(f"{how}\n{HOW_TO_TYPE}"),
            actions(button("Open the form", OPEN_FORM, FormLink(job.name).dumped())),
        ],
    }


def _example(job: Job, run_command: str) -> str:
    return example(f"{run_command} {job.name}", job.fields)
