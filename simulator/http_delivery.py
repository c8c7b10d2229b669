"""Delivery by signed HTTP request (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from simulator.clock import Timing
from simulator.deliveries import Json, Kind, NotAcked, Retry
from simulator.strict_json import parse_json

AGENT = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "application/json,*/*"}
FORM = "application/x-www-form-urlencoded"


class HttpDelivery:
    mode: Literal["socket", "http"] = "http"
    connected = True

    def __init__(self, *, request_url: str, signing_secret: str, timing: Timing) -> None:
        self._url = request_url
        self._secret = signing_secret
        self._timing = timing
        self._session: ClientSession | None = None

    async def send(self, kind: Kind, payload: Json, retry: Retry | None) -> Json | None:
        content_type, body = _encode(kind, payload)
        headers = {"Content-Type": content_type, **self._signature(body), **_retry_headers(retry)}
        try:
            async with asyncio.timeout(self._timing.ack_seconds):
                async with self._client().post(self._url, data=body, headers=headers) as response:
                    return await _answer(response, kind)
        except TimeoutError:
            raise NotAcked("timeout", "operation_timeout", "http_timeout") from None
        except ClientError:
            raise NotAcked("failed", "dispatch_failed", "connection_failed") from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _client(self) -> ClientSession:
        if self._session is None:
            agent = {
                "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                "Accept": "application/json,*/*",
            }
            # A connection that is kept may be ended by the app just when it is used again: a failure of nobody's.
            own = TCPConnector(force_close=True)
            self._session = ClientSession(connector=own, headers=agent, timeout=ClientTimeout(total=None))
        return self._session

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}


def _encode(kind: Kind, payload: Json) -> tuple[str, bytes]:
    if kind == "slash_commands":
        return FORM, urlencode(payload).encode()
    if kind == "interactive":
        return FORM, urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
    return "application/json", json.dumps(payload, ensure_ascii=False).encode()


def _retry_headers(retry: Retry | None) -> dict[str, str]:
    if retry is None:
        return {}
    return {"X-Slack-Retry-Num": str(retry.attempt), "X-Slack-Retry-Reason": retry.reason}


async def _answer(response: ClientResponse, kind: Kind) -> Json | None:
    if kind == "events_api" and 200 <= response.status < 300:
        return None
    if response.status != 200:
        again = response.headers.get("X-Slack-No-Retry") != "1"
        error = "http_client_error" if response.status < 500 else "http_service_error"
        raise NotAcked("failed", error, "http_error", again=again)
    text = await response.text(errors="replace")
    if not text.strip():
        return None
    try:
        answer = parse_json(text)
    except ValueError:
        answer = text
    return answer if isinstance(answer, dict) else {"text": text}
