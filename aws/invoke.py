"""How work gets into another invocation of this very function: what is invoked is durable once it was accepted."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

from slack_bolt.request import BoltRequest

from aws.claims import Claims, Found
from aws.invocation import Invocation
from aws.requested import Requested
from aws.signed_client import WORTH_ANOTHER_TRY, Answer, SignedClient
from listeners.lazy import AccountableLazyRunner, LazyFunction, is_retry_safe
from runs.errors import NotTakenIn, Refused
from runs.run import Run
from settings import AwsSettings

log = logging.getLogger("errand.invoke")

# An asynchronous event may have 1 MB; what Lambda gives up goes into an SQS message of 1 MB with a few lines around it.
MOST_BYTES = 1_000_000

ASKED_FOR = 1.0  # seconds in which Lambda is asked again: a third of what Slack waits for an ack
PAUSE = 0.2  # seconds before that

HEADERS = {"content-type": "application/json", "x-amz-invocation-type": "Event"}

# Of Slack's request, what proves that it is Slack's and says how to read it.
NEEDED_HEADERS = ("content-type", "x-slack-request-timestamp", "x-slack-signature")


class NotAccepted(NotTakenIn):
    """Lambda did not take the event, so nothing will come of it; or did not say."""


class BrokenOff(Exception):
    """An earlier delivery of this request failed or died. It was or will be told; it is not done again."""


class SelfInvoker:
    """The one call on the ack path."""

    def __init__(
        self,
        aws: AwsSettings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = SignedClient("lambda", aws)
        self._monotonic = monotonic
        self._sleep = sleep

    def connect(self) -> None:
        """During init, where a handshake costs nobody's patience. The first call tries again if it fails."""
        try:
            self._client.connect()
        except (OSError, HTTPException) as error:
            log.info("No connection to Lambda yet: %s", type(error).__name__)

    def close(self) -> None:
        self._client.close()

    def send(self, function_arn: str, event: Mapping[str, Any]) -> None:
        """Raises Refused for an event that is too large, and NotAccepted."""
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > MOST_BYTES:
            raise Refused(
                "That is more text than I can take in at once. Make it shorter, or put it into a file."
            )
        path = f"/2015-03-31/functions/{quote(function_arn, safe='')}/invocations"
        try:
            answer = self._post(path, payload)
        except (OSError, HTTPException) as error:
            raise NotAccepted(f"Lambda cannot be reached: {type(error).__name__}", is_sure=False) from error
        if answer.status != 202:
            why = f"Lambda answered {answer.status} {answer.error_type}".rstrip()
            raise NotAccepted(why, is_sure=answer.status < 500)

    def _post(self, path: str, payload: bytes) -> Answer:
        """Asks again while Lambda has too much to do, for as long as an answer could still come in time."""
        began = self._monotonic()
        answer = self._client.post(path, payload, HEADERS)
        while answer.status in WORTH_ANOTHER_TRY and self._monotonic() - began < ASKED_FOR:
            self._sleep(PAUSE)
            left = self._client.seconds - (self._monotonic() - began)
            answer = self._client.post(path, payload, HEADERS, seconds=left)
        return answer

    def start_run(self, function_arn: str, run: Run) -> None:
        self.send(function_arn, {"kind": "start", "team_id": run.team_id, "run_id": run.id, "seq": run.seq})


class LambdaLazyRunner(AccountableLazyRunner):
    """Sends lazy work on to another invocation, and in that one does it: once, however often it is delivered."""

    def __init__(self, invoker: SelfInvoker, claims: Claims, invocation: Invocation) -> None:
        super().__init__(log)
        self._invoker = invoker
        self._claims = claims
        self._invocation = invocation
        self._settled = False
        self._error: Exception | None = None

    def send(self, function: LazyFunction, request: BoltRequest) -> None:
        self._invoker.send(
            self._invocation.function_arn,
            {
                "kind": "lazy",
                "function": request.lazy_function_name,
                "headers": {
                    name: request.headers[name][0] for name in NEEDED_HEADERS if name in request.headers
                },
                "body": request.raw_body,
            },
        )

    def close(self) -> None:
        self._invoker.close()

    def run(self, function: LazyFunction, request: BoltRequest) -> None:
        """Bolt would swallow what this raises: it is kept for `raise_unless_it_ran`."""
        try:
            self._run_once(function, request)
        except Exception as error:
            self._error = error
        self._settled = True

    def expect(self) -> None:
        """Before Bolt dispatches a lazy invocation."""
        self._settled, self._error = False, None

    def raise_unless_it_ran(self, function_name: str, status: int) -> None:
        """Lambda learns of a failure by an exception alone, while Bolt returns ordinarily whatever happened."""
        if self._error:
            raise self._error
        if not self._settled:
            raise NotAccepted(f"no lazy function {function_name} ran: Bolt answered {status}")

    def _run_once(self, function: LazyFunction, request: BoltRequest) -> None:
        requested = Requested.by(request, function.__name__)
        hands = self._invocation.hands()
        found = self._claims.take(requested, hands, again=is_retry_safe(function))
        if found in (Found.DONE, Found.LIVE):
            log.info("%s has been done, or is being done, for this request", function.__name__)
            return
        if found not in (Found.FREE, Found.FREE_AGAIN):
            raise BrokenOff(f"{function.__name__} has {found} for this request")
        work = super().run if found is Found.FREE else self.call  # told once is enough
        try:
            work(function, request)
        except Exception:
            self._claims.failed(requested, hands)
            raise
        self._claims.done(requested, hands)
