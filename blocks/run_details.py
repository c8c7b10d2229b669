"""A run in full: who did what when, with its inputs, its result and its log for those who may read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from blocks.long_inputs import build_long_inputs, weight
from blocks.parts import (
    MODAL_TITLE,
    SECTION_TEXT,
    Block,
    actions,
    button,
    context,
    divider,
    header,
    plain,
    section,
)
from blocks.run_message import RUN_AGAIN, state_line
from runs.inputs import InvalidInputs, describe_inputs, load_inputs
from runs.job import Job
from runs.mrkdwn import cut_mrkdwn, escape, without_broadcasts
from runs.run import LOST, Event, ResultRef, Results, Run, RunState

TITLE = "Details of a run"

FIRST_SHOWN, LAST_SHOWN = 4, 26  # of its history
LONGEST_INPUT = 2_000  # a list of a hundred people
MOST_BLOCKS, ROOM = 100, 240_000  # of a modal; in all it takes 250 kB
FILES_SHOWN = 20

REST = ":warning: The rest is too long to be shown."
NOT_FOR_YOU = (
    ":lock: Its inputs, result and log are for its requester, for its approvers and for workspace admins."
)


def build_loading_modal() -> dict[str, Any]:
    return build_note_modal(":hourglass_flowing_sand: Looking it up …")


def build_note_modal(text: str) -> dict[str, Any]:
    return _modal([section(text)])


def build_details_modal(run: Run, job: Job | None, *, reader: str, may_see: bool) -> dict[str, Any]:
    """`may_see`: the inputs, and what the run made of them. `job` is None when the code no longer has it."""
    blocks = [section(f"*{escape(job.title if job else run.job)}*\n{state_line(run)}"), context(_names(run))]
    blocks += _lines("Inputs", _inputs(run, job)) if may_see else [context(NOT_FOR_YOU)]
    below = _below(run, reader=reader, may_see=may_see)
    if may_see:
        room, most = ROOM - weight([*blocks, *below]), MOST_BLOCKS - len(blocks) - len(below)
        blocks += build_long_inputs(run, job, room=room, most=most, rest=REST)
    return _modal([*blocks, *below])


def _below(run: Run, *, reader: str, may_see: bool) -> list[Block]:
    blocks = _lines("Result", _result(run, reader)) if may_see else []
    blocks += _lines("What happened", _history(run, may_see=may_see))
    if may_see and run.log_tail:
        blocks += [divider(), header("The end of its log, in UTC"), _preformatted(run.log_tail)]
    if reader == run.requester and not run.is_live:
        blocks.append(actions(button("Run again", RUN_AGAIN, run.id)))
    return blocks


def _modal(blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(TITLE, MODAL_TITLE),
        "close": plain("Close", MODAL_TITLE),
        "blocks": blocks,
    }


def _names(run: Run) -> str:
    parts = [f"<@{run.requester}>", f"job `{escape(run.job)}`", f"run `{run.id}`"]
    if run.reference:
        parts.append(f"reference `{run.reference}`")
    return "  ·  ".join(parts)


def _inputs(run: Run, job: Job | None) -> Iterator[str]:
    try:
        described = describe_inputs(load_inputs(job.inputs, run.inputs)) if job else None
    except InvalidInputs:
        described = None
    if described is None:  # the job's declaration has changed since, or it is gone
        raw = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in run.inputs.items())
        yield from (escape(each, LONGEST_INPUT) for each in raw)
        return
    for label, value in described:
        yield f"{escape(label)}: {cut_mrkdwn(value, LONGEST_INPUT)}"


def _result(run: Run, reader: str) -> Iterator[str]:
    """What was meant for its requester alone is theirs alone here too."""
    if run.error:
        yield without_broadcasts(run.error)
    if run.state is RunState.LOST:
        yield LOST
    if not (run.result or run.files or run.shown):
        return
    if run.results is not Results.HERE and reader != run.requester:
        yield f"It went to <@{run.requester}> alone, in a direct message."
        return
    if run.result:
        yield without_broadcasts(run.result)
    yield from map(_shown, run.shown[:FILES_SHOWN])
    for file in run.files[:FILES_SHOWN]:
        name = escape(file.name, 80)
        yield f":page_facing_up: <{file.permalink}|{name}>" if file.permalink else f":page_facing_up: {name}"
    rest = len(run.files) - FILES_SHOWN
    if rest > 0:
        yield f"and {rest} more {'files' if rest > 1 else 'file'}"


def _shown(ref: ResultRef) -> str:
    title = escape(ref.title or ref.kind, 80)
    return f":bar_chart: <{ref.permalink}|{title}>" if ref.permalink else f":bar_chart: {title}"


def _history(run: Run, *, may_see: bool) -> Iterator[str]:
    left_out = len(run.history) - FIRST_SHOWN - LAST_SHOWN
    if left_out <= 0:
        yield from (_event(run, each, may_see=may_see) for each in run.history)
        return
    yield from (_event(run, each, may_see=may_see) for each in run.history[:FIRST_SHOWN])
    yield f"… {left_out} more …"
    yield from (_event(run, each, may_see=may_see) for each in run.history[-LAST_SHOWN:])


def _event(run: Run, event: Event, *, may_see: bool) -> str:
    who = f" by <@{event.actor}>" if event.actor else ""
    reason = _reason(run, event) if may_see else ""
    return f"{_moment(event.at)}  {event.what}{who}{f': {escape(reason)}' if reason else ''}"


def _reason(run: Run, event: Event) -> str:
    if event.what == "denied":
        return run.denial_reason or ""
    if event.what == "approved":
        return next((each.reason or "" for each in run.approvals if each.actor == event.actor), "")
    return ""


def _moment(at: float) -> str:
    return f"<!date^{int(at)}^{{date_short_pretty}} {{time_secs}}|{int(at)}>"


def _lines(title: str, lines: Iterable[str]) -> list[Block]:
    """Under a heading, in as many sections as their text needs; nothing of nothing."""
    sections: list[str] = []
    for line in lines:
        if sections and len(sections[-1]) + len(line) < SECTION_TEXT:
            sections[-1] += f"\n{line}"
        else:
            sections.append(line)
    return [divider(), header(title), *map(section, sections)] if sections else []


def _preformatted(lines: Iterable[str]) -> Block:
    """As it is: no formatting, no links, no mentions."""
    text = {"type": "text", "text": "\n".join(lines)}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [text]}],
    }
