"""From what a person typed or filled in to a job and its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from runs.inputs import build_inputs, dump_inputs
from runs.inputs.answers import InvalidInputs, RawValue, validate
from runs.inputs.arguments import BadArguments, parse_arguments
from runs.inputs.fields import Choice, Field, Kind
from runs.job import RESERVED_INPUTS, Job, Jobs
from runs.run import Results

# Errand's own question, beside those of the job.
RESULTS: Final = Field(
    name="results",
    kind=Kind.CHOICE,
    label="Where should the result go?",
    default=Results.DM,
    choices=(
        Choice(Results.DM, "Only to me, in a direct message", Results.DM),
        Choice(Results.HERE, "To this channel, where everyone can read it", Results.HERE),
    ),
)
assert RESULTS.name in RESERVED_INPUTS, "no job may have an input of this name"


# Bytes of JSON. A run is one item of DynamoDB, of 400 kB at most, and its files, result and history need room too.
LARGEST_INPUTS: Final = 100_000


class Misunderstood(Exception):
    """What was typed after a job's name: a line for each problem, and what could be understood nevertheless."""

    def __init__(self, job: Job, problems: tuple[str, ...], understood: Mapping[str, RawValue]) -> None:
        super().__init__("\n".join(problems))
        self.job, self.problems, self.understood = job, problems, dict(understood)


@dataclass(frozen=True)
class Asked:
    """A job with inputs that fit it. `inputs` are JSON values, ready for a RunRequest."""

    job: Job
    inputs: Mapping[str, Any]
    results: Results


def fields_of_form(job: Job, channel_id: str | None) -> tuple[Field, ...]:
    """Where the result goes is a question only where others can read: ids of direct messages begin with D."""
    return job.fields if channel_id is None or channel_id.startswith("D") else (*job.fields, RESULTS)


def parse_command(text: str, jobs: Jobs) -> Asked | Job | None:
    """`export-channel channel=#general days=30` as a whole request.

    A Job alone if it was named without the inputs that it must have: its form asks for them. None of no text.
    Raises UnknownJob, and Misunderstood for arguments that do not fit.
    """
    if not text.strip():
        return None
    name, *following = text.split(maxsplit=1)  # a line may end after the name, too
    job = jobs.named(name)
    rest = "".join(following)
    if not rest and any(field.required for field in job.fields):
        return job
    try:
        raw = parse_arguments(rest, (*job.fields, RESULTS))
    except BadArguments as error:
        raise Misunderstood(job, error.problems, error.understood) from None
    try:
        return read_answers(job, raw)
    except InvalidInputs as error:
        raise Misunderstood(job, tuple(error.errors.values()), raw) from None


def read_answers(job: Job, raw: Mapping[str, Any]) -> Asked:
    """Raises InvalidInputs, with all that is wrong at once."""
    own = {name: value for name, value in raw.items() if name == RESULTS.name}
    theirs = {name: value for name, value in raw.items() if name != RESULTS.name}
    errors: dict[str, str] = {}
    try:
        results = validate((RESULTS,), own)[RESULTS.name]
    except InvalidInputs as error:
        errors |= error.errors
    try:
        inputs = dump_inputs(build_inputs(job.inputs, theirs))
    except InvalidInputs as error:
        errors |= error.errors
    errors = errors or _too_large(inputs)
    if errors:
        raise InvalidInputs(errors)
    return Asked(job, inputs, results)


def _too_large(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Below the field that has the most."""
    sizes = {name: len(json.dumps(value, ensure_ascii=False).encode()) for name, value in inputs.items()}
    if sum(sizes.values()) <= LARGEST_INPUTS:
        return {}
    name = max(sizes, key=lambda each: sizes[each])
    return {name: f"{name} is too long: all inputs together may have {LARGEST_INPUTS // 1000} kB."}
