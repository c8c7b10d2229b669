"""What API Gateway hands to the function: signed requests of Slack's, in Slack's shapes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bench.fakes import TEAM_ID, USER_ID

SIGNING_SECRET = "bench-signing-secret"  # noqa: S105


def command_event(command: str, text: str) -> dict[str, Any]:
    """https://docs.slack.dev/interactivity/implementing-slash-commands"""
    return http_event(
        {
            "token": "unused",
            "team_id": TEAM_ID,
            "team_domain": "bench",
            "channel_id": "C0BENCH01",
            "channel_name": "general",
            "user_id": USER_ID,
            "user_name": "ada",
            "command": command,
            "text": text,
            "api_app_id": "A0BENCH01",
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/T0BENCH01/1/unused",
            "trigger_id": f"1.2.{uuid.uuid4().hex}",
        }
    )


def click_event(action_id: str, value: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": USER_ID, "username": "ada", "name": "ada", "team_id": TEAM_ID},
        "api_app_id": "A0BENCH01",
        "token": "unused",
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0BENCH01"},
        "trigger_id": f"1.2.{uuid.uuid4().hex}",
        "team": {"id": TEAM_ID, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0BENCH01", "name": "general"},
        "message": {"type": "message", "ts": "1700000000.000100", **message},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0BENCH01/1/unused",
        "actions": [
            {
                "action_id": action_id,
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "Cancel", "emoji": True},
                "value": value,
                "type": "button",
                "action_ts": "1700000000.000200",
            }
        ],
    }
    return http_event({"payload": json.dumps(payload)})


def page_event(path: str, *cookies: str, **query: str) -> dict[str, Any]:
    """A browser's request. Cookies stand apart in payload format 2.0; Bolt's adapter reads the header alone."""
    event = http_event({})
    event["rawPath"], event["rawQueryString"] = path, urlencode(query)
    event["queryStringParameters"] = query
    event["requestContext"]["http"] |= {"method": "GET", "path": path}
    event["headers"] |= {"cookie": "; ".join(cookies)}
    return event | {
        "routeKey": f"GET {path}",
        "cookies": list(cookies),
        "body": None,
        "isBase64Encoded": False,
    }


def http_event(form: Mapping[str, str]) -> dict[str, Any]:
    """Payload format 2.0, whose bodies of forms are base64."""
    body = urlencode(form)
    timestamp = str(int(time.time()))
    signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    return {
        "version": "2.0",
        "routeKey": "POST /slack/events",
        "rawPath": "/slack/events",
        "rawQueryString": "",
        "headers": {
            "accept": "application/json,*/*",
            "accept-encoding": "gzip,deflate",
            "content-length": str(len(body)),
            "content-type": "application/x-www-form-urlencoded",
            "host": "bench.execute-api.eu-central-1.amazonaws.com",
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": f"v0={signature.hexdigest()}",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "bench",
            "domainName": "bench.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "bench",
            "http": {
                "method": "POST",
                "path": "/slack/events",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            },
            "requestId": uuid.uuid4().hex[:16],
            "routeKey": "POST /slack/events",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }
