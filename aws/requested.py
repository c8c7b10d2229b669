"""Who asked for what: as much of a request as it takes to tell them what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from slack_bolt.request import BoltRequest

from listeners.deliveries import delivery_key, run_key


@dataclass(frozen=True)
class Requested:
    """`run_key` is that of the run it asks for, if it asks for one."""

    team_id: str
    function: str
    delivery: str
    enterprise_id: str | None = None
    user_id: str | None = None
    response_url: str | None = field(default=None, repr=False)
    run_key: str | None = None

    @classmethod
    def by(cls, request: BoltRequest, function: str) -> Requested:
        return cls(
            team_id=request.context.team_id or "",
            function=function,
            delivery=delivery_key(request.body),
            enterprise_id=request.context.enterprise_id,
            user_id=request.context.user_id,
            response_url=request.context.response_url,
            run_key=run_key(request.body),
        )

    @property
    def name(self) -> str:
        """The same for every delivery, within its workspace."""
        return f"{self.delivery} {self.function}"

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Requested:
        return cls(**json.loads(text))
