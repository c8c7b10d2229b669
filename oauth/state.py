"""What says, when somebody comes back from Slack, that we sent them there a few minutes ago.

Anybody may knock at the install page, so issuing a state writes nothing: it is signed, and says itself when it ends.
What is written, once, is that it has been used.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from logging import Logger
from typing import Any, Protocol

from slack_sdk.oauth import OAuthStateStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from oauth.async_calls import in_a_thread

LIVES_FOR = 600  # seconds to read Slack's consent page and ask a colleague
# Seconds that its use is remembered beyond its end, so that clocks which differ do not let it be used again.
KEPT_BEYOND = 3600

SHAPE = re.compile(r"(v1\.([1-9][0-9]{9})\.([A-Za-z0-9_-]{22}))\.([0-9a-f]{64})", re.ASCII)

log = logging.getLogger("errand.oauth")


class Consumed(Protocol):
    def first(self, name: str, expires_at: float) -> bool:
        """True for the first who asks, and for nobody else. Raises if it cannot tell; forgets it after that time."""


class Verdict(StrEnum):
    GOOD = "good"  # and used up by now
    UNKNOWN = "not one that this app issued"
    EXPIRED = "too old"
    USED = "used before"


class SignedStateStore(OAuthStateStore, AsyncOAuthStateStore):
    """Whoever knows the client secret can issue one, as they could install the app anyhow."""

    def __init__(
        self,
        client_secret: str,
        consumed: Consumed,
        *,
        expiration_seconds: int = LIVES_FOR,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.expiration_seconds = expiration_seconds
        self._key = hmac.digest(client_secret.encode(), b"errand: OAuth state, v1", "sha256")
        self._consumed = consumed
        self._clock = clock

    @property
    def logger(self) -> Logger:
        return log

    def issue(self, *args: Any, **kwargs: Any) -> str:
        claim = f"v1.{int(self._clock()) + self.expiration_seconds}.{secrets.token_urlsafe(16)}"
        return f"{claim}.{self._sign(claim)}"

    def consume(self, state: str) -> bool:
        return self.judge(state) is Verdict.GOOD

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        return self.issue(*args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        return await in_a_thread(lambda: self.consume(state))

    def judge(self, state: str) -> Verdict:
        """Uses it up. Raises what the table raises: that we cannot tell is no word against whoever brings it."""
        verdict = self.glance(state)
        if verdict is not Verdict.GOOD:
            return verdict
        _, expires_at, name, _ = state.split(".")
        is_first = self._consumed.first(name, int(expires_at) + KEPT_BEYOND)
        return Verdict.GOOD if is_first else Verdict.USED

    def glance(self, state: str) -> Verdict:
        """Leaves it as it is, so that one which is good may have been used before."""
        parts = SHAPE.fullmatch(state or "")
        if not parts or not hmac.compare_digest(self._sign(parts[1]), parts[4]):
            return Verdict.UNKNOWN
        return Verdict.GOOD if self._clock() < int(parts[2]) else Verdict.EXPIRED

    def _sign(self, claim: str) -> str:
        return hmac.new(self._key, claim.encode(), hashlib.sha256).hexdigest()
