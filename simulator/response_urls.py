"""`response_url`s: five answers in thirty minutes, without a token."""

import secrets
from dataclasses import dataclass, field

from simulator.clock import Clock, Timing
from simulator.errors import ApiError

KEPT = 2_000


@dataclass
class ResponseUrl:
    """Where answers go. `message_ts` is the message that was clicked, if it was one.

    `in_channel`: everybody sees a new message that names no `response_type`, as in answer to an attachment's button.
    """

    user: str
    channel: str
    expires: float
    message_ts: str | None = None
    ephemeral: bool = False
    in_channel: bool = False
    uses: int = 0


@dataclass
class ResponseUrls:
    clock: Clock
    timing: Timing
    _issued: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(
        self,
        family: str,
        team: str,
        *,
        user: str,
        channel: str,
        message_ts: str | None,
        ephemeral: bool,
        in_channel: bool = False,
    ) -> str:
        """The path of a new response_url; `family` is `commands`, `actions` or `app`."""
        path = f"/{family}/{team}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        expires = self.clock.now() + self.timing.response_url_seconds
        self._issued[path] = ResponseUrl(user, channel, expires, message_ts, ephemeral, in_channel)
        if len(self._issued) > KEPT:
            del self._issued[next(iter(self._issued))]
        return path

    def clear(self) -> None:
        self._issued.clear()

    def use(self, path: str) -> ResponseUrl:
        """Spends one use; raises what Slack would answer if there is none left."""
        known = self._issued.get(path)
        if known is None or self.clock.now() > known.expires:
            raise ApiError("expired_url", status=404)
        if known.uses >= self.timing.response_url_uses:
            raise ApiError("used_url", status=404)
        known.uses += 1
        return known
