"""What the app called, for people who wonder and tests that count."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 5_000
SECRET = {"client_secret", "code", "refresh_token"}


@dataclass(frozen=True)
class CallRecord:
    n: int
    at: float
    method: str
    args: dict[str, Any]
    status: int
    ok: bool
    error: str | None
    ms: int


class CallLog:
    def __init__(self) -> None:
        self._records: deque[CallRecord] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, *, method: str, args: dict[str, Any], status: int, answer: dict[str, Any], ms: int) -> None:
        self._count += 1
        record = CallRecord(
            n=self._count,
            at=time.time(),
            method=method,
            args={key: "…" if key in SECRET else value for key, value in args.items()},
            status=status,
            ok=bool(answer.get("ok")),
            error=answer.get("error"),
            ms=ms,
        )
        self._records.append(record)

    def since(self, n: int, method: str | None = None) -> list[dict[str, Any]]:
        return [asdict(each) for each in self._records if each.n > n and method in (None, each.method)]
