"""Requests that nobody finished and nobody was told of, found by `tick`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from slack_bolt import BoltContext
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from aws.claims import Claims, Found
from aws.clients import AwsClients
from aws.requested import Requested
from listeners.errors import reach
from oauth.bots import NotAuthorized
from runs.errors import RunNotFound
from runs.hands import PATIENCE
from runs.run import run_id_of
from runs.service import RunService

log = logging.getLogger("errand.failures")

MOST_AT_ONCE = 100  # messages for one tick; the rest waits for the next

BROKEN_OFF = (
    ":warning: I couldn't finish what you asked me for just now, and I can't tell how far I came."
    " Look whether it is done, and ask again if it isn't."
)


class Failures:
    """What died in the middle is known by its claim; what Lambda gave up lies in a queue, `url`."""

    def __init__(self, clients: AwsClients, url: str, claims: Claims, runs: RunService) -> None:
        self._clients = clients
        self._url = url
        self._claims = claims
        self._runs = runs

    def account(self) -> None:
        """A request that cannot be told of now keeps no other waiting; the next tick finds it again."""
        for requested, holder in list(self._claims.abandoned(PATIENCE)):
            try:
                self._tell(requested)
                self._claims.failed(requested, holder)
            except Exception as error:
                log.error("A request that broke off could not be accounted for", exc_info=error)
        for message in self._messages():
            try:
                self._account_for(_event_of(message))
            except Exception as error:
                log.error("A failed invocation could not be accounted for", exc_info=error)
                continue  # SQS shows it again
            self._clients.sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _messages(self) -> Iterator[Any]:
        for _ in range(MOST_AT_ONCE // 10 if self._url else 0):
            answer = self._clients.sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            yield from messages
            if not messages:
                return

    def _account_for(self, event: dict[str, Any]) -> None:
        """Of an invocation that failed three times, or waited too long for its turn.

        Runs are accounted for by their leases, and what was claimed by its claim; this is for what never began.
        """
        log.error("Lambda gave up an invocation of kind %s", event.get("kind"))
        match event:
            case {"kind": "lazy", "function": str(function), "headers": dict(headers), "body": str(body)}:
                requested = Requested.by(BoltRequest(body=body, headers=headers), function)
                if self._claims.look(requested) is Found.FREE:
                    self._tell(requested)

    def _tell(self, requested: Requested) -> None:
        if self._has_run(requested):
            return  # whose end is told in any case
        text, client, user_id = BROKEN_OFF, WebClient(), requested.user_id
        try:
            client = self._runs.client(requested.team_id, requested.enterprise_id)
        except NotAuthorized as error:
            text, user_id = f":warning: {error}", None  # by response_url, which needs no token, or not at all
        context = BoltContext(client=client, user_id=user_id, response_url=requested.response_url)
        try:
            reach(text, context, client)
        except NotAuthorized as error:
            log.warning("Nobody could be told of a failure: %s", type(error).__name__)

    def _has_run(self, requested: Requested) -> bool:
        if requested.run_key is None:
            return False
        try:
            self._runs.find(requested.team_id, run_id_of(requested.team_id, requested.run_key))
        except RunNotFound:
            return False
        return True


def _event_of(message: Any) -> dict[str, Any]:
    """What Lambda gave up. Empty if nobody can read it: that is logged, but would be no better the next time."""
    try:
        event = json.loads(message["Body"])["requestPayload"]
    except (ValueError, KeyError, TypeError):
        event = None
    return event if isinstance(event, dict) else {}
