"""Jobs that fail with what they know."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from runs.context import RunContext
from runs.job import job


@dataclass(frozen=True)
class Nothing:
    pass


@job("Send a file and say so")
def send_file(inputs: Nothing, run: RunContext) -> str:
    run.progress(1, 2, "half")
    run.upload("notes.txt", b"notes")
    return "Sent."


@job("Fail with a secret")
def fail_with_secret(inputs: Nothing, run: RunContext) -> str:
    """As HTTP clients do, which name the address that they could not reach."""
    url = run.secrets["PAGER_URL"]
    try:
        raise OSError(f"cannot connect to {url}")
    except OSError as error:
        error.add_note(f"It was {url!r}")
        raise RuntimeError(f"POST {url} failed") from error


@job("Fail with a token")
def fail_with_token(inputs: Nothing, run: RunContext) -> str:
    answer = {"ok": False, "error": "no_way", "needed": f"Bearer {run.client.token}"}
    raise SlackApiError(f"refused: {run.client.token}", answer)


JOBS = (send_file, fail_with_secret, fail_with_token)
