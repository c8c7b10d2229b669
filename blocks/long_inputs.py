"""All of the long texts and lists that a run was given: the line of its inputs has only their beginnings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from blocks.parts import SECTION_TEXT, Block, context, section
from runs.inputs import InvalidInputs, Kind, load_inputs, long_lists
from runs.inputs.notation import SHOWN
from runs.job import Job
from runs.mrkdwn import escape
from runs.run import Run

FENCES = 10  # characters of a section that are not the text's


def has_long_inputs(run: Run, job: Job | None) -> bool:
    return any(True for _ in _in_full(run, job))


def build_long_inputs(run: Run, job: Job | None, *, room: int, most: int, rest: str) -> list[Block]:
    """In at most `room` bytes and `most` blocks, each whole. `rest` is mrkdwn that says where what did not fit is."""
    inputs = list(_in_full(run, job))
    everything = list(chain(*inputs))
    if len(everything) <= most and weight(everything) <= room:
        return everything
    ending = context(rest)
    fitting: list[Block] = []
    for blocks in inputs:
        if len(fitting) + len(blocks) < most and weight([*fitting, *blocks, ending]) <= room:
            fitting += blocks
    return [*fitting, ending]


def weight(blocks: Sequence[Block]) -> int:
    """Bytes, as they are sent. Slack does not say how it counts; it has never been less than this."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))


def _in_full(run: Run, job: Job | None) -> Iterator[list[Block]]:
    """Of each of them a line that names it, and all of it."""
    for field in job.fields if job else ():
        text = run.inputs.get(field.name)
        if field.kind is Kind.TEXT and isinstance(text, str) and (len(text) > SHOWN or "\n" in text.strip()):
            pieces = _pieces(map(escape, text.replace("`", "ˋ")))
            yield [
                context(f"{escape(field.label)}, all of it:"),
                *(section(f"```\n{piece}\n```") for piece in pieces),
            ]
    for label, items in _long_lists(run, job):
        pieces = _pieces([*(f"{item}, " for item in items[:-1]), items[-1]])
        yield [context(f"{escape(label)}, all {len(items)} of them:"), *map(section, pieces)]


def _long_lists(run: Run, job: Job | None) -> list[tuple[str, list[str]]]:
    try:
        return long_lists(load_inputs(job.inputs, run.inputs)) if job else []
    except InvalidInputs:
        return []  # the job's declaration has changed since


def _pieces(parts: Iterable[str]) -> Iterator[str]:
    """Of escaped parts, none of which is taken apart; each as long as a section takes."""
    piece = ""
    for part in parts:
        if len(piece) + len(part) > SECTION_TEXT - FENCES:
            yield piece
            piece = ""
        piece += part
    yield piece
