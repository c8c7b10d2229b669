"""App Home of one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from blocks.approval import DANGER, approval_buttons, approval_line
from blocks.approver_message import REST
from blocks.groups import blocked_without, build_group, build_unfilled_group
from blocks.long_inputs import has_long_inputs
from blocks.parts import Block, actions, button, context, divider, header, section, when
from blocks.picker import JOBS_SHOWN, build_job_list
from blocks.run_message import RUN_DETAILS, inputs_line, state_line
from runs.groups import Group, in_words
from runs.home import Home
from runs.job import Job
from runs.mrkdwn import cut_mrkdwn, escape
from runs.run import Run

MOST_BLOCKS: Final = 100  # https://docs.slack.dev/reference/views/home-tab-views
MOST_WAITING = 6
MOST_GROUPS = 12
LONGEST_INPUTS = 700
BLOCKS_A_JOB = 2


def build_home_view(home: Home, jobs: Mapping[str, Job], *, run_command: str = "/run") -> dict[str, Any]:
    """What awaits its reader comes first; the list of jobs takes the room that the rest leaves."""
    above = [*_unfilled(home.groups, jobs), *_waiting(home, jobs)]
    below = [*_recent(home, jobs, run_command), *_groups(home.groups, jobs)]
    room = MOST_BLOCKS - len(above) - len(below) - 3
    offered = _jobs(home, jobs, run_command, most=min(JOBS_SHOWN, room // BLOCKS_A_JOB))
    return {"type": "home", "blocks": [*above, header("Jobs"), *offered, *below]}


def _unfilled(groups: Sequence[Group], jobs: Mapping[str, Job]) -> Iterator[Block]:
    """What only an admin can mend stands above all else."""
    urgent = [group for group in groups if _is_urgent(group, jobs)][:MOST_GROUPS]
    for group in urgent:
        yield build_unfilled_group(group, jobs)
    if urgent:
        yield divider()


def _is_urgent(group: Group, jobs: Mapping[str, Job]) -> bool:
    return group.is_empty and bool(blocked_without(group.name, jobs))


def _waiting(home: Home, jobs: Mapping[str, Job]) -> Iterator[Block]:
    if not home.waiting:
        return
    yield header("Waiting for you")
    for number, run in enumerate(home.waiting[:MOST_WAITING]):
        job = jobs.get(run.job)
        if number:
            yield divider()
        yield section(_request(run, job))
        yield actions(*approval_buttons(run, job, reader=home.reader), button("Details", RUN_DETAILS, run.id))
    if len(home.waiting) > MOST_WAITING:
        yield context(f"And {len(home.waiting) - MOST_WAITING} more: see my direct messages to you.")
    yield divider()


def _request(run: Run, job: Job | None) -> str:
    title = escape(job.title if job else run.job)
    inputs = inputs_line(run, job)
    lines = [f"<@{run.requester}> asks for approval: *{title}*", cut_mrkdwn(inputs, LONGEST_INPUTS)]
    rest = [REST] if len(inputs) > LONGEST_INPUTS or has_long_inputs(run, job) else []
    danger = [DANGER] if job and job.dangerous else []
    return "\n".join(filter(None, [*lines, *rest, *danger, approval_line(run, job)]))


def _jobs(home: Home, jobs: Mapping[str, Job], run_command: str, most: int) -> Iterator[Block]:
    if home.refusal:
        yield section(home.refusal)
        return
    allowed = {name: job for name, job in jobs.items() if name not in home.barred}
    if allowed or not home.barred:
        yield from build_job_list(allowed, choose="Run", run_command=run_command, most=most)
    barred = [job for name, job in jobs.items() if name in home.barred]
    if barred:
        listed = ", ".join(f"{escape(job.title)} ({in_words(job.requesters)})" for job in barred)
        yield context(f"Only for others: {listed}")


def _recent(home: Home, jobs: Mapping[str, Job], run_command: str) -> Iterator[Block]:
    yield divider()
    yield header("Your recent runs")
    for run in home.recent:
        title = escape(jobs[run.job].title if run.job in jobs else run.job)
        line = f"{state_line(run)}  *{title}*\n{when(run.created_at)}  ·  `{run.id}`"
        yield section(line, accessory=button("Details", RUN_DETAILS, run.id))
    if not home.recent:
        begin = f" Choose a job above, or type `{run_command}` in any channel."
        yield context(f"None yet.{'' if home.refusal else begin}")


def _groups(groups: Sequence[Group], jobs: Mapping[str, Job]) -> Iterator[Block]:
    """For admins."""
    listed = [group for group in groups if not _is_urgent(group, jobs)]
    if not listed:
        return
    yield divider()
    yield header("Groups")
    yield context("Who may request and approve jobs. Only workspace admins see and change this.")
    for group in listed[:MOST_GROUPS]:
        yield build_unfilled_group(group, jobs) if group.is_empty else build_group(group, jobs)
