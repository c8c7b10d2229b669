"""Codes that the consent page hands out: each buys one set of tokens, within ten minutes."""

import secrets
from dataclasses import dataclass, field

from simulator.clock import Clock, Timing
from simulator.errors import ApiError

KEPT = 1_000


@dataclass(frozen=True)
class Consent:
    """What a person allowed. `redirect_uri` is as the app sent it, empty if it did not."""

    user: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    channel: str = ""


@dataclass
class _Code:
    consent: Consent
    expires: float
    used: bool = False


@dataclass
class Codes:
    clock: Clock
    timing: Timing
    _issued: dict[str, _Code] = field(default_factory=dict)

    def issue(self, consent: Consent) -> str:
        code = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**13)}.{secrets.token_hex(32)}"
        self._issued[code] = _Code(consent, self.clock.now() + self.timing.code_seconds)
        if len(self._issued) > KEPT:
            del self._issued[next(iter(self._issued))]
        return code

    def take(self, text: str, redirect_uri: str) -> Consent:
        """Uses the code up; raises what Slack would answer if it is not good."""
        code = self._issued.get(text)
        if code is None or self.clock.now() > code.expires:
            raise ApiError("invalid_code")
        if code.used:
            raise ApiError("code_already_used")
        if code.consent.redirect_uri != redirect_uri:
            raise ApiError("bad_redirect_uri")
        code.used = True
        return code.consent
