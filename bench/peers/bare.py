"""The floor: nothing but Slack's signature is checked, with the standard library alone."""

import base64
import hashlib
import hmac
import os
import time


def handler(event, context):
    body = event["body"]
    if event["isBase64Encoded"]:
        body = base64.b64decode(body).decode()
    timestamp = event["headers"]["x-slack-request-timestamp"]
    expected = hmac.new(
        os.environ["SLACK_SIGNING_SECRET"].encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256
    )
    is_fresh = abs(time.time() - int(timestamp)) < 300
    is_signed = hmac.compare_digest(f"v0={expected.hexdigest()}", event["headers"]["x-slack-signature"])
    return {"statusCode": 200 if is_fresh and is_signed else 401, "body": "Accepted!"}
