"""Reading an item for an ack, without boto3."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from aws.signed_client import Answer, SignedClient
from settings import AwsSettings

log = logging.getLogger("errand.dynamodb")

HEADERS = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem"}

# DynamoDB says so with a 400, which SignedClient takes for the last word. A partition recovers within moments.
THROTTLED = frozenset({
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
})  # fmt: skip
PAUSE = 0.1  # seconds before the next try
TRIED_FOR = 1.0  # seconds: a third of what Slack waits for an ack


class NotRead(Exception):
    """DynamoDB did not say what the item is. `code` is its own word for why; "" if it did not answer at all."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(f"DynamoDB: {why}")
        self.code = code


class SignedDynamoDB:
    """One of the methods of boto3's low-level client, over one kept connection that threads take turns at.

    It raises NotRead where boto3 raises ClientError, and does not decode binary values, of which the table has none.
    """

    def __init__(
        self,
        aws: AwsSettings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = SignedClient("dynamodb", aws)
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()

    def get_item(self, **request: Any) -> dict[str, Any]:
        """`{"Item": …}`, or without it if there is none."""
        body = json.dumps(request).encode()
        with self._lock:
            until = self._monotonic() + TRIED_FOR
            answer = self._post(body)
            while _code(answer) in THROTTLED and self._monotonic() < until:
                self._sleep(PAUSE)
                answer = self._post(body)
        if answer.status != 200:
            code = _code(answer)
            raise NotRead(f"{answer.status} {code}".rstrip(), code)
        return _object(answer.body)

    def connect(self) -> None:
        """Ahead of the first call, which tries again if it fails."""
        with self._lock:
            try:
                self._client.connect()
            except (OSError, HTTPException) as error:
                log.info("No connection to DynamoDB yet: %s", type(error).__name__)

    def close(self) -> None:
        with self._lock:
            self._client.close()

    def _post(self, body: bytes) -> Answer:
        try:
            return self._client.post("/", body, HEADERS)
        except (OSError, HTTPException) as error:
            raise NotRead(f"cannot be reached: {type(error).__name__}") from error


def _object(body: bytes) -> dict[str, Any]:
    """Whatever else it is must not be taken for no item."""
    try:
        read = json.loads(body)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise NotRead("the answer is no JSON object")
    return read


def _code(answer: Answer) -> str:
    """`com.amazonaws.dynamodb.v20120810#ThrottlingException` without what stands before it."""
    if answer.status == 200:
        return ""
    try:
        return str(json.loads(answer.body)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return answer.error_type
