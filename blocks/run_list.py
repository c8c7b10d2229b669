"""Runs as a list: the answer to `/runs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blocks.origin import EVERY_RUN, RunQuery
from blocks.parts import actions, button, context, section, when
from blocks.run_message import RUN_DETAILS, WORDS, state_line
from runs.job import Job
from runs.mrkdwn import escape
from runs.run import Run

OLDER_RUNS = "older_runs"
NEWEST_RUNS = "newest_runs"


def build_run_list(
    runs: Sequence[Run],
    jobs: Mapping[str, Job],
    query: RunQuery = EVERY_RUN,
    *,
    reader: str = "",
    has_older: bool = False,
    run_command: str = "/run",
) -> dict[str, Any]:
    """`text` and `blocks` of the answer to `/runs`: one page of what `query` asks for."""
    title = f"{'Earlier' if query.before else 'Recent'} runs{_in_words(query, reader)}"
    if not runs and not query.before:
        none = f"None yet. Type `{run_command}` to start one." if query == EVERY_RUN else "There are none."
        return {"text": f"{title}: none", "blocks": [section(f"*{title}*\n{none}")]}
    turning = []
    if query.before:
        turning.append(button("Newest", NEWEST_RUNS, query.from_the_newest().dumped()))
    if runs and has_older:
        turning.append(button("Older", OLDER_RUNS, query.after(runs[-1]).dumped()))
    return {
        "text": title,
        "blocks": [
            section(f"*{title}*"),
            *(
                section(
                    _line(run, jobs, f"<@{run.requester}>"), accessory=button("Details", RUN_DETAILS, run.id)
                )
                for run in runs
            ),
            *([] if runs else [context("There are no more.")]),
            *([actions(*turning)] if turning else []),
        ],
    }


def _in_words(query: RunQuery, reader: str) -> str:
    whose = "mine" if query.requester == reader else f"<@{escape(query.requester or '')}>"
    words = [
        *([whose] if query.requester else []),
        *([escape(query.job)] if query.job else []),
        *([WORDS[query.state].lower()] if query.state else []),
    ]
    return f": {', '.join(words)}" if words else ""


def _line(run: Run, jobs: Mapping[str, Job], *details: str) -> str:
    """Not the inputs: they may name channels that the reader of a list must not know of."""
    title = jobs[run.job].title if run.job in jobs else run.job
    below = "  ·  ".join([*details, when(run.created_at), f"`{run.id}`"])
    return f"{state_line(run)}  *{escape(title)}*\n{below}"
