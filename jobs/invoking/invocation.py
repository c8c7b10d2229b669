"""One invocation of a Lambda function: made once or not at all, and whatever is known of it is said."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.invoking.shown import in_file, is_long, readable_json, shown
from runs.context import RunContext
from runs.errors import AwsRefused, AwsTimedOut, AwsUnreachable, Refused
from runs.mrkdwn import escape

LONGEST = 900  # seconds: no function runs longer
FOR_THE_RESULT = 30  # seconds of our own invocation that are kept for showing what came of it
SHORTEST = 30

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
THROTTLED = {
    "TooManyRequestsException",
    "ThrottlingException",
    "EC2ThrottledException",
    "ENILimitReachedException",
}
NOT_READY = {
    "ResourceConflictException",
    "ResourceNotReadyException",
    "SnapStartNotReadyException",
    "CodeArtifactUserPendingException",
}
DENIED = {"AccessDeniedException", "KMSAccessDeniedException", "EC2AccessDeniedException", "AccessDenied"}


@dataclass(frozen=True)
class Answer:
    """`error` is empty if the function returned; else what it raised, as Lambda tells it."""

    payload: str
    error: str
    log: str
    seconds: float


def invoke(run: RunContext, allowed: Mapping[str, str], function: str, payload: str) -> str:
    """The result, in words. Raises Refused for everything else that can be foreseen, and RunCancelled."""
    if function not in allowed:
        raise Refused(f"`{escape(function)}` is not among the functions that I may invoke (any more).")
    name = f"`{escape(allowed[function])}`"
    answer = _invoke_once(run, function, payload, name)
    run.log.info("it answered after %.1f s%s", answer.seconds, ", with an error" if answer.error else "")
    if answer.error:
        _raise_error(run, answer, function, name)
    return _told(run, answer, function, name)


def _invoke_once(run: RunContext, function: str, payload: str, name: str) -> Answer:
    timeout = min(run.remaining - FOR_THE_RESULT, LONGEST + SHORTEST)
    if timeout < SHORTEST:
        raise Refused(f"There is no time left to wait for {name}, so I did not invoke it. Run it again.")
    client = run.aws("lambda", region=_region(function), timeout=timeout, attempts=1)
    began = time.monotonic()
    run.progress(0, 1, f"waiting for {name}; from here on it cannot be cancelled")  # or is cancelled, here
    try:
        answer = client.invoke(FunctionName=function, Payload=payload.encode(), LogType="Tail")
        returned = answer["Payload"].read().decode(errors="replace")
    except AwsRefused as error:
        raise Refused(_refusal(error, name)) from error
    except AwsTimedOut as error:
        minutes = round(timeout / 60)
        raise Refused(
            f"I waited {minutes} minutes for {name}, and it has not answered. It may still be at work, or be done:"
            " its log knows. I did not invoke it again."
        ) from error
    except AwsUnreachable as error:
        raise Refused(_unreachable(error, name)) from error
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    return Answer(returned, answer.get("FunctionError", ""), log.strip(), time.monotonic() - began)


def _region(function: str) -> str:
    """An ARN's own."""
    parts = function.split(":")
    return parts[3] if len(parts) > 6 else ""


def _refusal(error: AwsRefused, name: str) -> str:
    """None of these has invoked it, but perhaps the last."""
    if error.code in THROTTLED:
        return f"Lambda has no room for {name} just now, so it was not invoked. Run it again in a minute."
    if error.code in DENIED:
        return (
            f"AWS does not let me invoke {name} (`{error.code}`). Deploy again with it in `INVOKE_FUNCTIONS`; a"
            " function of another account has to allow it as well."
        )
    if error.code == "ResourceNotFoundException":
        return f"There is no function {name} in this account and region, so nothing was invoked."
    if error.code in NOT_READY:
        return f"{name} is not ready yet (`{error.code}`), so it was not invoked. Run it again in a minute."
    if error.code in ("RequestTooLargeException", "InvalidRequestContentException"):
        return f"Lambda does not take this payload for {name} (`{error.code}`), so it was not invoked."
    return f"Lambda had trouble with {name} (`{error.code}`). Whether it ran, its log knows; I did not try again."


def _unreachable(error: AwsUnreachable, name: str) -> str:
    if error.is_unsent:
        return f"Lambda cannot be reached, so {name} was not invoked. Run it again in a few minutes."
    return (
        f"The connection broke while I waited for {name}. Whether it ran, its log knows; I did not try again."
    )


def _told(run: RunContext, answer: Answer, function: str, name: str) -> str:
    text = readable_json(answer.payload)
    lines = [f"{name} answered after {_duration(answer.seconds)}."]
    if is_long(text):
        run.upload(f"{in_file(function)}-answer.json", text.encode())
        lines.append("Its answer is in the file.")
    elif text != "null":
        lines.append(shown(text))
    if answer.log:
        lines.append(f"The end of its log:\n{shown(answer.log, from_end=True)}")
    return "\n".join(lines)


def _raise_error(run: RunContext, answer: Answer, function: str, name: str) -> None:
    """What it said and logged is for the requester: it goes where they want results, not into the run's message."""
    report = f"{readable_json(answer.payload)}\n\n--- the end of its log ---\n{answer.log}\n"
    run.upload(f"{in_file(function)}-error.txt", report.encode())
    raise Refused(
        f"{name} ended with an error after {_duration(answer.seconds)}{_kind(answer.payload)}. What it said, and the"
        " end of its log, are in the file."
    )


def _kind(payload: str) -> str:
    import json

    try:
        told: Any = json.loads(payload)
    except ValueError:
        return ""
    kind = told.get("errorType") if isinstance(told, dict) else None
    return f": `{escape(str(kind)[:100]).replace('`', 'ˋ')}`" if kind else ""


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"
