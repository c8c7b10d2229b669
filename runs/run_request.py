"""Somebody asks for a job to be run: what they ask for, and the id of the run that comes of it."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Results(StrEnum):
    """Where a run's result and files go."""

    DM = "dm"
    HERE = "here"


@dataclass(frozen=True)
class RunRequest:
    """Somebody asks for a job to be run.

    `key` is the same whenever Slack or Lambda delivers the same request again, so that both are one run.
    `inputs` are JSON values as `dump_inputs` makes them. `channel_id` is where it was asked, if in a channel.
    """

    key: str
    team_id: str
    requester: str
    job: str
    inputs: Mapping[str, Any]
    enterprise_id: str | None = None
    results: Results = Results.DM
    channel_id: str | None = None
    response_url: str | None = field(default=None, repr=False)


def run_id(request: RunRequest) -> str:
    return run_id_of(request.team_id, request.key)


def run_id_of(team_id: str, key: str) -> str:
    """Derived from the request's key: one conditional put under it is all that "never twice" takes.

    15 base32 letters are 75 bits, far from any collision within a workspace; short enough to read aloud.
    """
    digest = hashlib.sha256(f"{team_id}\0{key}".encode()).digest()
    return "R" + b32encode(digest)[:15].decode()


def key_of_another(run_id: str) -> str:
    """Of the run that Run again makes: one, however many press the button of that message."""
    return f"{run_id} again"
