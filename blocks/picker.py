"""The modal in which a person picks one of the team's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blocks.origin import FormLink, Origin
from blocks.parts import MODAL_TITLE, Block, button, context, divider, plain, section
from runs.groups import EVERYONE, in_words
from runs.job import Job
from runs.mrkdwn import escape

OPEN_FORM = "open_form"
JOBS_SHOWN = 40  # a modal and App Home take 100 blocks: two for each job, the rest for other things


def build_picker_modal(
    jobs: Mapping[str, Job], origin: Origin, *, run_command: str = "/run"
) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain("Run a job", MODAL_TITLE),
        "close": plain("Close"),
        "private_metadata": origin.dumped(),
        "blocks": build_job_list(jobs, run_command=run_command),
    }


def build_job_list(
    jobs: Mapping[str, Job], *, choose: str = "Choose", run_command: str = "/run", most: int = JOBS_SHOWN
) -> list[Block]:
    """One section a job, with a button that opens its form. `run_command` is what people type on this stage."""
    if not jobs:
        return [section("There are no jobs yet. Add one in `jobs/`, and list it in `jobs/__init__.py`.")]
    blocks = [block for job in list(jobs.values())[:most] for block in (_job(job, choose), divider())][:-1]
    if len(jobs) > most:
        blocks.append(context(f"And {len(jobs) - most} more: type `{run_command}` and the job's name."))
    return blocks


def approvers_in_words(job: Job) -> str:
    count = "" if job.approvals_needed == 1 else f"{job.approvals_needed} of "
    return f"{count}{in_words(job.approvers)}"


def _job(job: Job, choose: str) -> Block:
    marks = [f"`{job.name}`"]
    if job.dangerous:
        marks.append(":rotating_light: dangerous")
    if EVERYONE not in job.requesters:
        marks.append(f":lock: for {in_words(job.requesters)}")
    if job.approvals_needed:
        marks.append(f":raised_hand: approved by {approvers_in_words(job)}")
    lines = [f"*{escape(job.title)}*", escape(job.description, 500), "  ·  ".join(marks)]
    return section(
        "\n".join(filter(None, lines)), accessory=button(choose, OPEN_FORM, FormLink(job.name).dumped())
    )
