"""The invocation under way. An execution environment has one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from runs.hands import Hands


class LambdaContext(Protocol):
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int: ...


class Invocation:
    """`function_arn` is what was invoked: behind an alias, it is the alias."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._hands = Hands()
        self.function_arn = ""

    def begin(self, context: LambdaContext) -> None:
        self.function_arn = context.invoked_function_arn
        # A name of its own, for Lambda's request id is the same when it invokes again what failed.
        self._hands = Hands(until=self._clock() + context.get_remaining_time_in_millis() / 1000)

    def hands(self) -> Hands:
        return self._hands
