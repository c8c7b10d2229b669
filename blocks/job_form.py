"""A job's form, and the answer to a command whose arguments did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from blocks.approval import DANGER
from blocks.form import build_form_modal
from blocks.origin import FormLink, Origin
from blocks.parts import Block, actions, button, context, section
from blocks.picker import OPEN_FORM, approvers_in_words
from runs.groups import EVERYONE, in_words
from runs.inputs.arguments import usage
from runs.job import Job
from runs.mrkdwn import escape
from runs.requests import RESULTS, Misunderstood, fields_of_form

JOB_FORM = "job_form"


def build_job_form(job: Job, origin: Origin, answers: Mapping[str, Any]) -> dict[str, Any]:
    fields = fields_of_form(job, origin.channel_id)
    known = {field.name for field in fields}
    return build_form_modal(
        title="Run a job",  # a modal's title takes 24 characters, fewer than most jobs'
        submit="Ask for approval" if job.approvals_needed else "Run",
        callback_id=JOB_FORM,
        private_metadata=replace(origin, job=job.name).dumped(),
        description="\n".join([f"*{escape(job.title)}*", escape(job.description), *warnings_of(job)]),
        fields=fields,
        values={name: value for name, value in answers.items() if name in known},
    )


def warnings_of(job: Job) -> list[str]:
    """What whoever fills in the form should know before they do."""
    danger = [DANGER] if job.dangerous else []
    only = f":lock: Only {in_words(job.requesters, either='and')} can run this job."
    needs = f":raised_hand: It begins once it is approved by {approvers_in_words(job)}."
    return [
        *danger,
        *([] if EVERYONE in job.requesters else [only]),
        *([needs] if job.approvals_needed else []),
    ]


def build_misunderstanding(error: Misunderstood, *, run_command: str = "/run") -> dict[str, Any]:
    """`text` and `blocks` of the ephemeral answer, with a button that opens the form, filled as far as understood."""
    problems = "\n".join(f":warning: {escape(problem, 500)}" for problem in error.problems)
    link = FormLink(error.job.name, error.understood)
    blocks: list[Block] = [
        section(problems),
        context(usage(f"{run_command} {error.job.name}", (*error.job.fields, RESULTS))),
        actions(button("Open the form", OPEN_FORM, link.dumped())),
    ]
    return {"text": problems, "blocks": blocks}
