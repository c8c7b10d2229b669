"""What an approver is sent directly: the same facts as the run's message, and the buttons.

And what stands above the question why they decide as they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from blocks.approval import approval_buttons, approval_line, danger_banner
from blocks.long_inputs import build_long_inputs, weight
from blocks.parts import MESSAGE_ROOM, MOST_BLOCKS, Block, actions, button, context, section, when
from blocks.run_message import RUN_DETAILS, SIGNS, WORDS, inputs_line
from runs.job import Job
from runs.mrkdwn import escape
from runs.run import Decision, Run, RunState

SIGNS_OF = {
    Decision.NONE_NEEDED: SIGNS[RunState.CANCELLED],
    Decision.OPEN: SIGNS[RunState.AWAITING_APPROVAL],
    Decision.APPROVED: ":white_check_mark:",
    Decision.DENIED: SIGNS[RunState.DENIED],
    Decision.EXPIRED: SIGNS[RunState.EXPIRED],
    Decision.DROPPED: SIGNS[RunState.CANCELLED],
}

REST = ":warning: This is not all of it: press *Details* to read the rest before you decide."


def build_approver_message(run: Run, job: Job | None, approver: str) -> dict[str, Any]:
    """`text` and `blocks`. `job` is None when the code no longer has it."""
    title = escape(job.title if job else run.job)
    asks = f"<@{run.requester}> {'asks' if run.is_open else 'asked'} for approval"
    # In notifications and lists of messages. It is not edited any more once the decision is made.
    state = "" if run.is_open else f": {_decided(run)}"
    return {"text": f"{asks}: {title}{state}", "blocks": list(_blocks(run, job, f"{asks}:", approver))}


def build_facts(run: Run, job: Job | None) -> list[Block]:
    """For those who may decide: not everybody who can press a button may read the inputs."""
    inputs = inputs_line(run, job)
    lines = [context(inputs)] if inputs else []
    return [section(_what_and_by_whom(run, job)), *lines, *danger_banner(job), context(_footer(run))]


def nothing_to_decide(run: Run, job: Job | None) -> str:
    return f"{_what_and_by_whom(run, job)}\n{approval_line(run, job) or _dropped(run)}"


def _what_and_by_whom(run: Run, job: Job | None) -> str:
    return f"*{escape(job.title if job else run.job)}*, asked for by <@{run.requester}>"


def _blocks(run: Run, job: Job | None, asks: str, approver: str) -> Iterator[Block]:
    request, standing = list(_request(run, job, asks)), list(_standing(run, job, approver))
    yield from request
    if run.is_open:  # nobody approves what they could not read
        room = MESSAGE_ROOM - weight([*request, *standing])
        most = MOST_BLOCKS - len(request) - len(standing)
        yield from build_long_inputs(run, job, room=room, most=most, rest=REST)
    yield from standing


def _request(run: Run, job: Job | None, asks: str) -> Iterator[Block]:
    yield section(f"{asks} *{escape(job.title if job else run.job)}*")
    inputs = inputs_line(run, job)
    if inputs:
        yield context(inputs)


def _standing(run: Run, job: Job | None, approver: str) -> Iterator[Block]:
    if run.is_open:
        yield from danger_banner(job)
    yield section(f"{SIGNS_OF[run.decision]} {approval_line(run, job) or _dropped(run)}")
    yield context(_footer(run))
    buttons = approval_buttons(run, job, reader=approver)
    yield actions(*buttons, button("Details", RUN_DETAILS, run.id))


def _decided(run: Run) -> str:
    return "approved" if run.decision is Decision.APPROVED else WORDS[run.state].lower()


def _dropped(run: Run) -> str:
    return f"{WORDS[run.state]}: there is nothing to decide any more."


def _footer(run: Run) -> str:
    """Where it was asked, too: there its message shows how it goes on."""
    parts = [when(run.created_at), f"`{run.id}`"]
    if run.message and not run.message.channel_id.startswith("D"):
        parts.insert(0, f"<#{run.message.channel_id}>")
    return "  ·  ".join(parts)
