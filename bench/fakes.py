"""Slack and AWS over TLS on loopback: they answer what a function under measurement asks, and count it."""

from __future__ import annotations

import base64
import json
import os
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import trustme
from slack_sdk.oauth.installation_store import Bot

from aws.clients import AwsClients
from aws.dynamodb_installation_store import DynamoDBInstallationStore
from bench.http_server import HttpServer, Reply, Request
from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.keys import DataKey

TEAM_ID = "T0BENCH01"
USER_ID = "U0BENCH01"
BOT_ID = "B0BENCH01"
BOT_USER_ID = "U0BENCHB0"
CLIENT_ID = "1.1"
KMS_KEY = "arn:aws:kms:eu-central-1:123456789012:key/bench"
BOT_TOKEN = "xoxb-bench-not-a-real-token"  # noqa: S105

BOT: dict[str, Any] = {
    "app_id": "A0BENCH01",
    "enterprise_id": None,
    "team_id": TEAM_ID,
    "bot_token": BOT_TOKEN,
    "bot_id": BOT_ID,
    "bot_user_id": BOT_USER_ID,
    "bot_scopes": "commands,chat:write",
    "installed_at": 1_700_000_000.0,
}

# What boto3's clients name in X-Amz-Target, by the names that IAM has for them.
SERVICES = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs"}

S3 = {"GET": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


class FakeSlackAndAws:
    """`url` is AWS's endpoint and `api_url` Slack's. `ca` is the authority that vouches for them."""

    def __init__(self) -> None:
        self.ca = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("127.0.0.1", "localhost").configure_cert(tls)
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._server = HttpServer(self._answer, tls)
        self.close = self._server.close
        self.url = f"https://{self._server.address}"
        self.api_url = f"{self.url}/api/"

    def take_calls(self) -> Counter[str]:
        """What was called since the last time, by IAM's name of an AWS action or Slack's of a method."""
        with self._lock:
            taken, self._calls = self._calls, Counter()
        return taken

    def _answer(self, request: Request) -> Reply:
        call = name_call(request)
        with self._lock:
            self._calls[call] += 1
        answer = ANSWERS.get(call)
        return answer(request) if answer else _json({})


def name_call(request: Request) -> str:
    path = urlsplit(request.path).path
    if path.startswith("/api/"):
        return "slack:" + path.removeprefix("/api/")
    if "x-amz-target" in request.headers:
        service, _, action = request.headers["x-amz-target"].partition(".")
        return f"{SERVICES.get(service, service)}:{action}"
    if path.endswith("/invocations"):
        return "lambda:InvokeFunction"
    return S3.get(request.method, f"{request.method} {path}")


def is_aws(call: str) -> bool:
    return not call.startswith("slack:")


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})


def _invoke(request: Request) -> Reply:
    """Accepted, never executed: only acks are measured."""
    return Reply(202, headers={"x-amzn-RequestId": "6f1d5a7c-0000-4000-8000-000000000000"})


def _decrypt(request: Request) -> Reply:
    """The bench's ciphertexts are their own plaintext."""
    ciphertext = json.loads(request.body)["CiphertextBlob"]
    return _json({"KeyId": KMS_KEY, "Plaintext": ciphertext})


def encrypt(plaintext: str) -> str:
    return base64.b64encode(plaintext.encode()).decode()


def _auth_test(request: Request) -> Reply:
    answer = {
        "ok": True,
        "url": "https://bench.slack.com/",
        "team": "Bench",
        "team_id": TEAM_ID,
        "user": "bench",
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }
    headers = {"Content-Type": "application/json", "x-oauth-scopes": "commands,chat:write"}
    return Reply(200, json.dumps(answer).encode(), headers)


def _installation(request: Request) -> Reply:
    """What the SDK's S3 stores wrote: when a state was issued, or under …/bot-latest a Bot, or an Installation."""
    if request.path.startswith("/states/"):
        return Reply(200, str(time.time()).encode())
    is_bot = "/bot-" in request.path
    return _json(BOT if is_bot else BOT | {"user_id": USER_ID})


def _taken(request: Request) -> Reply:
    """S3 has nothing to say to that; botocore takes any words for an error."""
    return Reply(200)


def _data_key(request: Request) -> Reply:
    key = base64.b64encode(os.urandom(32)).decode()
    return _json({"KeyId": KMS_KEY, "Plaintext": key, "CiphertextBlob": key})


def _installed(request: Request) -> Reply:
    """https://docs.slack.dev/reference/methods/oauth.v2.access"""
    return _json(
        {
            "ok": True,
            "access_token": BOT_TOKEN,
            "token_type": "bot",
            "scope": BOT["bot_scopes"],
            "bot_user_id": BOT_USER_ID,
            "app_id": BOT["app_id"],
            "team": {"id": TEAM_ID, "name": "Bench"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": USER_ID},
        }
    )


def _sealed_bot(request: Request) -> Reply:
    """What Errand's store wrote."""
    return _json({"Item": sealed_bot()})


@cache
def sealed_bot() -> Mapping[str, Any]:
    kept = KeptItem()
    cipher = Cipher(_KeyOfBench(), client_id=CLIENT_ID)
    store = EncryptedInstallationStore(
        DynamoDBInstallationStore(kept.as_clients(), "bench", client_id=CLIENT_ID), cipher
    )
    store.save_bot(Bot(**BOT))
    return kept.item


class KeptItem:
    """boto3's clients, as far as a store uses them that writes one item."""

    item: Mapping[str, Any]

    def as_clients(self) -> AwsClients:
        return cast(AwsClients, self)

    @property
    def dynamodb(self) -> KeptItem:
        return self

    def put_item(self, *, TableName: str, Item: Mapping[str, Any]) -> None:
        self.item = Item


class _KeyOfBench:
    def generate_data_key(self, context: Mapping[str, str]) -> DataKey:
        plaintext = os.urandom(32)
        return DataKey(plaintext, plaintext, KMS_KEY)

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        return wrapped


def _opened_view(request: Request) -> Reply:
    return _json({"ok": True, "view": {"id": "V0BENCH01", "type": "modal"}})


ANSWERS: dict[str, Callable[[Request], Reply]] = {
    "lambda:InvokeFunction": _invoke,
    "kms:Decrypt": _decrypt,
    "kms:GenerateDataKey": _data_key,
    "dynamodb:GetItem": _sealed_bot,
    "s3:GetObject": _installation,
    "s3:PutObject": _taken,
    "s3:DeleteObject": _taken,
    "slack:auth.test": _auth_test,
    "slack:oauth.v2.access": _installed,
    "slack:views.open": _opened_view,
}
