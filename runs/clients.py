"""Slack clients for work that nobody is waiting for within three seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http.client import HTTPException
from json import JSONDecodeError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

# What a call to Slack may raise: refused, unreachable, or broken off in the middle of its answer.
TROUBLE = (SlackClientError, OSError, HTTPException, JSONDecodeError)

# The SDK quotes the whole address, which for a response_url is a secret.
logging.getLogger("slack_sdk.webhook").setLevel(logging.WARNING)

ClientOf = Callable[
    ..., WebClient
]  # (team_id, enterprise_id, **options of WebClient) -> one with its bot token


class Clients:
    """Makes a workspace's clients, a new one for each use: they are cheap, and hold nothing but their token."""

    def __init__(self, *, api_url: str, client_of: ClientOf) -> None:
        self.api_url = api_url
        self._client_of = client_of

    def patient(self, team_id: str, enterprise_id: str | None = None) -> WebClient:
        """Waits as long as Slack's `Retry-After` says, and tries again when Slack is unreachable or broken."""
        client = self.brisk(team_id, enterprise_id)
        client.retry_handlers = [
            RateLimitErrorRetryHandler(max_retry_count=30),
            ConnectionErrorRetryHandler(max_retry_count=4),
            ServerErrorRetryHandler(max_retry_count=4),
        ]
        return client

    def brisk(self, team_id: str, enterprise_id: str | None = None) -> WebClient:
        """Tries once: for what is worth nothing later, such as an intermediate progress bar."""
        return self._client_of(team_id, enterprise_id, base_url=self.api_url, timeout=15, retry_handlers=[])


def is_response_url(url: str, api_url: str) -> bool:
    """Whether Slack itself could have made this `response_url`.

    It may have come back through a form's `private_metadata`, where a person could have put any address.
    """
    given, api = urlsplit(url), urlsplit(api_url)
    is_slacks = given.scheme == "https" and given.netloc == "hooks.slack.com"
    is_of_the_configured_slack = (given.scheme, given.netloc) == (api.scheme, api.netloc)
    return is_slacks or is_of_the_configured_slack
