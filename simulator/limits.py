"""Slack's rate limits: a bucket for each method, refilled evenly (https://docs.slack.dev/apis/web-api/rate-limits)."""

import math
from dataclasses import dataclass, field

TIER_2 = 20
TIER_3 = 50
TIER_4 = 100


@dataclass(frozen=True)
class Rate:
    """So many calls a minute; `burst` of them at once."""

    per_minute: float
    burst: int


POSTS_IN_A_CHANNEL = Rate(per_minute=60, burst=10)
# Tier 1, were it not that an app may hold ten connections and renew them all: slack_sdk sleeps out a 429.
CONNECTIONS = Rate(per_minute=60, burst=30)


def tier(per_minute: int) -> Rate:
    return Rate(per_minute=per_minute, burst=per_minute)


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass
class RateLimits:
    enabled: bool = True
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def take(self, key: str, rate: Rate, now: float) -> int | None:
        """Takes one call; if there is none left, the whole seconds to wait."""
        if not self.enabled:
            return None
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        refill = max(0.0, now - bucket.at) * rate.per_minute / 60
        bucket.tokens, bucket.at = min(float(rate.burst), bucket.tokens + refill), now
        if bucket.tokens < 1:
            return max(1, math.ceil((1 - bucket.tokens) * 60 / rate.per_minute))
        bucket.tokens -= 1
        return None

    def clear(self) -> None:
        self._buckets.clear()
