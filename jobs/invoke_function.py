"""One of the team's Lambda functions, invoked with a payload that somebody else has approved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from jobs.allow_list import allowed
from runs.context import RunContext
from runs.inputs import InvalidInputs, ask
from runs.job import job

SETTING = "INVOKE_FUNCTIONS"


def functions(secrets: dict[str, str]) -> list[tuple[str, str]]:
    """For the menu; the role in serverless.yml allows the same."""
    return list(allowed(secrets, SETTING).items())


@dataclass(frozen=True)
class Inputs:
    function: str = ask("Lambda function", choices=functions)
    payload: str = ask(
        "Payload",
        default="{}",
        multiline=True,
        hint="JSON, as the function takes it. Whoever approves the run sees it.",
    )

    def __post_init__(self) -> None:
        problem = payload_problem(self.payload)
        if problem:
            raise InvalidInputs({"payload": f"payload must be JSON: {problem}"})


@job("Invoke a Lambda function", approvers="workspace_admins")
def invoke_function(inputs: Inputs, run: RunContext) -> str:
    """Invokes one of the functions that the setting `INVOKE_FUNCTIONS` lists, once an admin has approved the payload,
    and shows what it answered and the end of its log.
    """
    from jobs.invoking.invocation import invoke  # late: a cold start invokes nothing

    return invoke(run, allowed(run.secrets, SETTING), inputs.function, inputs.payload)


def payload_problem(text: str) -> str:
    """What is wrong with it and where; empty for JSON that everybody reads alike."""
    try:
        json.loads(text, object_pairs_hook=_told_once, parse_constant=_no_json)
    except json.JSONDecodeError as error:
        said = error.msg[:1].lower() + error.msg[1:]
        curly = any(quote in text for quote in "“”„‘’")
        hint = ' Quotes have to be straight ones: ".' if curly else ""
        return f"{said} in line {error.lineno}, at character {error.colno}.{hint}"
    except ValueError as error:
        return str(error)
    except RecursionError:
        return "it is nested too deeply."
    return ""


def _told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name given twice, approver and function might each read another value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is in it twice.')
    return found


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no number in JSON.")
