"""How lazy listeners are started: never after an ack that refused, and never failing in silence.

Bolt starts them whatever the ack did, and swallows what they raise (bolt-python#635).
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import Logger, getLogger
from typing import TypeVar

from slack_bolt.kwargs_injection import build_required_kwargs
from slack_bolt.lazy_listener import LazyListenerRunner
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse
from slack_bolt.util.utils import get_arg_names_of_callable

from listeners.errors import tell_failed_lazy

LazyFunction = Callable[..., None]

# Lazy work is short (jobs have their own pool), but waits for Slack, so a handful may be under way at once.
LAZY_AT_ONCE = 16

Lazy = TypeVar("Lazy", bound=LazyFunction)


def lazy_retry_safe(function: Lazy) -> Lazy:
    """Marks a lazy listener that may be done again after it failed or broke off, because that does no harm."""
    function.is_retry_safe = True  # type: ignore[attr-defined]
    return function


def is_retry_safe(function: LazyFunction) -> bool:
    return getattr(function, "is_retry_safe", False)


class AccountableLazyRunner(LazyListenerRunner):
    """What every runner of ours does; `send` of a subclass says where the function runs."""

    def __init__(self, logger: Logger) -> None:
        self.logger = logger

    def start(self, function: LazyFunction, request: BoltRequest) -> None:
        if not ack_refused(request):
            self.send(function, request)

    @abstractmethod
    def send(self, function: LazyFunction, request: BoltRequest) -> None:
        """Has `run` called, in another place or at another time."""

    def run(self, function: LazyFunction, request: BoltRequest) -> None:
        """Tells the user what the function raises, then lets it out, unless it was an answer to them and no fault."""
        try:
            self.call(function, request)
        except Exception as error:
            if tell_failed_lazy(error, request.body, request.context, request.context.client):
                raise

    def call(self, function: LazyFunction, request: BoltRequest) -> None:
        arguments = build_required_kwargs(
            logger=self.logger,
            required_arg_names=get_arg_names_of_callable(function),
            request=request,
            response=None,
            this_func=function,
        )
        function(**arguments)


class LocalLazyRunner(AccountableLazyRunner):
    """In threads of this process, which are not the threads of acks."""

    def __init__(self) -> None:
        super().__init__(getLogger("errand.lazy"))
        self._executor = ThreadPoolExecutor(max_workers=LAZY_AT_ONCE, thread_name_prefix="lazy")

    def send(self, function: LazyFunction, request: BoltRequest) -> None:
        self._executor.submit(self.run, function, request)

    def close(self, *, wait: bool = False) -> None:
        """Starts nothing more. What requests asked for is on record since before their acks."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


def ack_refused(request: BoltRequest) -> bool:
    """No ack, an ack that is not 200, one with `response_action: errors`, or `context["lazy"] = False`."""
    response: BoltResponse | None = request.context.ack.response
    if request.context.get("lazy") is False or response is None or response.status != 200:
        return True
    return _response_action(response) == "errors"


def _response_action(response: BoltResponse) -> object:
    try:
        body = json.loads(response.body or "{}")
    except ValueError:
        return None  # the plain text of a command's ack
    return body.get("response_action") if isinstance(body, dict) else None
