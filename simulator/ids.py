"""Ids, tokens and timestamps in Slack's formats."""

import random
import re
import secrets
import string
import time
import uuid

_ALPHABET = string.ascii_uppercase + string.digits
_TS = re.compile(r"\d{1,10}(\.\d{1,6})?")


def new_id(prefix: str, rng: random.Random | None = None) -> str:
    """An opaque id such as `C07K2M4Q9XZ`; with a generator of its own it is repeatable."""
    pick = rng or secrets.SystemRandom()
    return prefix + "0" + "".join(pick.choices(_ALPHABET, k=9))


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_secret(length: int = 24) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def new_hash(now: float) -> str:
    """A view's `hash`, which changes with every change of the view."""
    return f"{int(now)}.{secrets.token_hex(4)}"


def format_ts(micros: int) -> str:
    return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"


def parse_ts(text: str) -> str | None:
    """The same time with six decimals, so that comparing texts compares times; None if it is no time."""
    if not _TS.fullmatch(text):
        return None
    seconds, _, fraction = text.partition(".")
    return f"{int(seconds):010d}.{fraction:0<6}"


class Timestamps:
    """A source of message timestamps that never repeats and never goes back."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 100, time.time_ns() // 1000)
        return format_ts(self._last)
