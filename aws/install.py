"""The OAuth pages behind API Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow


def answer(flow: OAuthFlow, path: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Told apart by path, where Bolt's adapter looks at the query alone.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    cookies = event.get("cookies") or [str((event.get("headers") or {}).get("cookie", ""))]
    query = str(event.get("rawQueryString") or "")
    request = BoltRequest(body="", query=query, headers={"cookie": cookies})
    if path == flow.install_path:
        return _response(flow.handle_installation(request))
    return _response(flow.handle_callback(request))


def _response(given: BoltResponse) -> dict[str, Any]:
    """Cookies stand apart, for a header has one value here."""
    return {
        "statusCode": given.status,
        "headers": given.first_headers_without_set_cookie(),
        "cookies": list(given.headers.get("set-cookie", [])),
        "body": given.body,
        "isBase64Encoded": False,
    }
