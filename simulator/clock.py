"""Time that a test can move forward, so that nothing has to wait for an expiry."""

import time
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Seconds for lifetimes and rate limits. Message timestamps are always real time."""

    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class Timing:
    """Slack's patience. No option of the command line changes it; `/sim/control/timing` does, for tests."""

    ack_seconds: float = 3.0
    retry_seconds: tuple[float, ...] = field(default=(0.0, 60.0, 300.0))
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    code_seconds: float = 600.0
    token_seconds: int = 43_200
    ticket_seconds: float = 30.0
    warning_seconds: float = 10.0

    def reset(self) -> None:
        """Slack's own figures again."""
        vars(self).update(vars(Timing()))
