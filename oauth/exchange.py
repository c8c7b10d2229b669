"""Slack's side of the code exchange: one try each, soon given up, and what it answers in the flow's own words."""

from __future__ import annotations

import logging
import re
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from oauth.failure import InstallFailed, Kind

TIMEOUT = (
    7  # seconds a call; the callback makes two, with the stores beside them, and API Gateway waits for 30
)

CODE_REFUSED = {"invalid_code", "code_already_used", "code_expired"}
SET_UP_WRONGLY = {
    "bad_client_secret",
    "bad_redirect_uri",
    "invalid_client_id",
    "invalid_team_for_non_distributed_app",
    "oauth_authorization_url_mismatch",
}
IN_TROUBLE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
AN_ERROR = re.compile(r"[a-z_]{1,60}", re.ASCII)

# The SDK logs bodies: with the code in them on the way there, and with the tokens on the way back.
silent = logging.getLogger("errand.oauth.exchange")
silent.setLevel(logging.CRITICAL + 1)


class ExchangeClient(WebClient):
    """Raises InstallFailed. A code is good for one try, so nothing is tried again."""

    def __init__(self, *, base_url: str) -> None:
        super().__init__(base_url=base_url, timeout=TIMEOUT, retry_handlers=[], logger=silent)

    def api_call(self, api_method: str, **arguments: Any) -> Any:
        try:
            return super().api_call(api_method, **arguments)
        except SlackApiError as error:
            kind, word = _read(error)
            raise InstallFailed(kind, f"{api_method}: {word}") from None
        except (SlackClientError, OSError, HTTPException, ValueError) as error:
            raise InstallFailed(Kind.SLACK_UNREACHABLE, f"{api_method}: {type(error).__name__}") from None


def _read(error: SlackApiError) -> tuple[Kind, str]:
    response = error.response
    status = getattr(response, "status_code", 200)
    said = str(response.get("error", "")) if hasattr(response, "get") else ""
    word = said if AN_ERROR.fullmatch(said) else f"HTTP {status}"
    if said == "ratelimited" or status == 429:
        return Kind.SLACK_BUSY, word
    if said in CODE_REFUSED:
        return Kind.CODE_REFUSED, word
    if said in SET_UP_WRONGLY:
        return Kind.SET_UP_WRONGLY, word
    if said in IN_TROUBLE or status >= 500 or not AN_ERROR.fullmatch(said):
        return Kind.SLACK_UNREACHABLE, word
    return Kind.SLACK_REFUSED, word
