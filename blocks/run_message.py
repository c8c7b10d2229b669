"""The one message of a run, edited through its life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from blocks.approval import approval_buttons, approval_line, danger_banner
from blocks.origin import FormLink
from blocks.parts import Block, actions, button, context, section, when
from blocks.picker import OPEN_FORM
from runs.access import NO_MEMBER
from runs.inputs import InvalidInputs, describe_inputs, load_inputs
from runs.job import Job
from runs.mrkdwn import escape, without_broadcasts
from runs.requests import RESULTS
from runs.run import LOST, FileRef, Progress, ResultRef, Results, Run, RunState

CANCEL_RUN = "cancel_run"
RUN_AGAIN = "run_again"
RUN_DETAILS = "run_details"  # opens a modal

BAR_CELLS = 20
FILES_SHOWN = 3  # of up to 250 characters each, beside a result of 2,000: a section takes 3,000
RESULTS_SHOWN = 4  # tables and charts
SIGNS = {
    RunState.AWAITING_APPROVAL: ":raised_hand:",
    RunState.QUEUED: ":hourglass_flowing_sand:",
    RunState.RUNNING: ":gear:",
    RunState.SUCCEEDED: ":white_check_mark:",
    RunState.FAILED: ":x:",
    RunState.CANCELLED: ":no_entry_sign:",
    RunState.LOST: ":warning:",
    RunState.DENIED: ":no_entry:",
    RunState.EXPIRED: ":hourglass:",
}
WORDS = {
    RunState.AWAITING_APPROVAL: "Waiting for approval",
    RunState.QUEUED: "Waiting for its turn",
    RunState.RUNNING: "Running",
    RunState.SUCCEEDED: "Done",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
    RunState.LOST: "Lost",
    RunState.DENIED: "Denied",
    RunState.EXPIRED: "Expired",
}


def build_run_message(run: Run, job: Job | None) -> dict[str, Any]:
    """`text` and `blocks`. `job` is None when the code no longer has it."""
    title = job.title if job else run.job
    if run.was_turned_away:
        return build_refusal(run, job)
    return {"text": f"{title}: {WORDS[run.state].lower()}", "blocks": list(_blocks(run, job, title))}


def build_refusal(run: Run, job: Job | None) -> dict[str, Any]:
    """For its requester alone: why it did not begin, and the form as they filled it in, to be mended."""
    text = f":warning: {run.error}"
    link = FormLink(run.job, {**run.inputs, RESULTS.name: str(run.results)})
    has_form = job is not None and bool(job.fields) and run.error not in NO_MEMBER
    buttons = [actions(button("Open the form", OPEN_FORM, link.dumped()))] if has_form else []
    return {"text": text, "blocks": [section(without_broadcasts(text)), *buttons]}


def state_line(run: Run) -> str:
    """The state in a few words, as lists show it too."""
    words = WORDS[run.state]
    if run.state is RunState.RUNNING and run.cancelled_by:
        words = "Cancelling"
    if run.is_waiting and run.turn:
        words = f"{ordinal(run.turn.place)} in line"
    return f"{SIGNS[run.state]} {words}{_duration(run)}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, …, 11th, …, 21st"""
    is_teen = 10 < number % 100 < 20
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def progress_bar(progress: Progress) -> str:
    filled = round(progress.fraction * BAR_CELLS)
    return f"`{'█' * filled}{'░' * (BAR_CELLS - filled)}` {progress.fraction:.0%}"


def _blocks(run: Run, job: Job | None, title: str) -> Iterator[Block]:
    yield section(f"*{escape(title)}*\n{state_line(run)}{_why_it_waits(run, title)}")
    inputs = inputs_line(run, job)
    if inputs:
        yield context(inputs)
    if run.is_live:
        yield from danger_banner(job)
    approval = approval_line(run, job)
    if approval:
        yield section(approval)
    if run.state is RunState.RUNNING and run.progress:
        doing = run.progress.text or ("" if run.progress.fraction else "Starting …")
        yield section(f"{progress_bar(run.progress)}\n{escape(doing, 200)}".rstrip())
    outcome = _outcome(run)
    if outcome:
        yield section(outcome)
    if run.shown and run.state is RunState.SUCCEEDED and _is_shown_here(run):
        yield section("\n".join(_shown_lines(run.shown)))
    yield context(_footer(run))
    yield actions(*_buttons(run, job))


def _why_it_waits(run: Run, title: str) -> str:
    if run.state is RunState.RUNNING and run.cancelled_by:
        return ". It stops at its next report of progress; a job that never reports any runs to its end."
    if not (run.is_waiting and run.turn):
        return ""
    if run.turn.behind:
        return f"; waits for *{escape(title)}* by <@{run.turn.behind}>"
    return "; waits for one of the jobs that are at work to end"


def inputs_line(run: Run, job: Job | None) -> str:
    """On one line, to leave the message to what is happening."""
    try:
        described = describe_inputs(load_inputs(job.inputs, run.inputs)) if job else []
    except InvalidInputs:
        return ""  # the job's declaration has changed since
    return "  ·  ".join(f"{escape(label)}: {value}" for label, value in described)


def _outcome(run: Run) -> str:
    if run.error:
        return without_broadcasts(run.error)
    if run.state is RunState.LOST:
        return LOST
    if run.state is not RunState.SUCCEEDED:
        return ""
    if not _is_shown_here(run):
        has_any = run.result or run.files or any(not each.problem for each in run.shown)
        place = [f"The result is in a direct message to <@{run.requester}>."] if has_any else []
        problems = [f":warning: {_problem(each)}" for each in run.shown if each.problem]
        return "\n".join([*place, *problems[:RESULTS_SHOWN]])
    result = [without_broadcasts(run.result)] if run.result else []
    return "\n".join([*result, *_file_lines(run.files)])


def _is_shown_here(run: Run) -> bool:
    """A result meant for its requester alone is shown only in their direct messages (ids begin with D)."""
    is_direct = run.message is not None and run.message.channel_id.startswith("D")
    return run.results is Results.HERE or is_direct


def _shown_lines(shown: Sequence[ResultRef]) -> list[str]:
    lines = [_shown_line(each) for each in shown[:RESULTS_SHOWN]]
    rest = len(shown) - RESULTS_SHOWN
    return (
        [*lines, f"and {rest} more {'tables and charts' if rest > 1 else 'table or chart'}"]
        if rest > 0
        else lines
    )


def _shown_line(each: ResultRef) -> str:
    title = escape(each.title or each.kind.capitalize(), 60)
    if each.problem:
        return f":warning: {title}: {_problem(each)}"
    return f":bar_chart: <{each.permalink}|{title}>" if each.permalink else f":bar_chart: {title}"


def _problem(each: ResultRef) -> str:
    return f"a {each.kind} could not be shown. {each.problem}."


def _file_lines(files: Sequence[FileRef]) -> list[str]:
    lines = [_file_line(file) for file in files[:FILES_SHOWN]]
    rest = len(files) - FILES_SHOWN
    return [*lines, f"and {rest} more {'files' if rest > 1 else 'file'}"] if rest > 0 else lines


def _file_line(file: FileRef) -> str:
    name = escape(file.name, 80)
    return f":page_facing_up: <{file.permalink}|{name}>" if file.permalink else f":page_facing_up: {name}"


def _footer(run: Run) -> str:
    parts = [f"<@{run.requester}>", when(run.created_at), f"`{run.id}`"]
    is_or_will_be = run.is_live or run.state is RunState.CANCELLED  # else it came too late
    if run.cancelled_by not in (None, run.requester) and is_or_will_be:
        parts.insert(1, f"cancelled by <@{run.cancelled_by}>")
    if run.message_note:
        parts.append(run.message_note)
    return "  ·  ".join(parts)


def _buttons(run: Run, job: Job | None) -> Iterator[Block]:
    if not run.is_live:
        yield button("Run again", RUN_AGAIN, run.id)
        yield button("Details", RUN_DETAILS, run.id)
        return
    is_direct = run.message is not None and run.message.channel_id.startswith("D")
    yield from approval_buttons(run, job, reader=run.requester if is_direct else None)
    if not run.cancelled_by:  # else it stops as soon as it can
        yield button("Cancel", CANCEL_RUN, run.id)
    yield button("Details", RUN_DETAILS, run.id)


def _duration(run: Run) -> str:
    if run.started_at is None or run.ended_at is None:
        return ""
    seconds = max(0, round(run.ended_at - run.started_at))  # a clock may have been set back
    minutes, rest = divmod(seconds, 60)
    word = "in" if run.state is RunState.SUCCEEDED else "after"
    return f" {word} {minutes} min {rest} s" if minutes else f" {word} {seconds} s"
