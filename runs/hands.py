"""Whose hands a run is in: those of a process on one's own machine, or of one invocation on Lambda."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

TIME_TO_COME = 60  # seconds in which a run that is handed on should be in hand again

# Seconds after the last news of a run, or the end of its lease, until somebody else looks after it.
PATIENCE = 60


@dataclass(frozen=True)
class Hands:
    """`until`, in epoch seconds, is when an invocation is over, whatever happens. A process has no such time."""

    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    until: float | None = None
