"""`trigger_id`s: who may be shown a modal, for three seconds, once."""

import secrets
from dataclasses import dataclass, field

from simulator.clock import Clock, Timing
from simulator.errors import ApiError

KEPT = 1_000


@dataclass
class Trigger:
    """`view_id` is the modal the interaction happened in; `channel` the conversation it began in."""

    user: str
    expires: float
    channel: str | None = None
    view_id: str | None = None
    exchanged: bool = False


@dataclass
class Triggers:
    clock: Clock
    timing: Timing
    team_number: int = field(default_factory=lambda: secrets.randbelow(10**10))
    _issued: dict[str, Trigger] = field(default_factory=dict)

    def issue(self, user: str, *, channel: str | None = None, view_id: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{self.team_number}.{secrets.token_hex(16)}"
        expires = self.clock.now() + self.timing.trigger_seconds
        self._issued[trigger_id] = Trigger(user, expires, channel, view_id)
        if len(self._issued) > KEPT:
            del self._issued[next(iter(self._issued))]
        return trigger_id

    def find(self, trigger_id: str) -> Trigger:
        """The trigger if it can still be used; raises what Slack would answer if not."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.exchanged:
            raise ApiError("exchanged_trigger_id")
        if self.clock.now() > trigger.expires:
            raise ApiError("expired_trigger_id")
        return trigger
