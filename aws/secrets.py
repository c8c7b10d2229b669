"""The app's secrets: one KMS ciphertext of one JSON object, opened once for an execution environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException

from aws.signed_client import SignedClient
from settings import AwsSettings, BadSettings

HEADERS = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt"}
SECONDS = 6.0  # init has ten in all


def open_secrets(aws: AwsSettings, kms: SignedClient) -> Mapping[str, str]:
    """Raises BadSettings, which names neither plaintext nor ciphertext."""
    if not aws.secrets_ciphertext:
        return {}
    body = json.dumps({"CiphertextBlob": aws.secrets_ciphertext}).encode()
    try:
        answer = kms.post("/", body, HEADERS, seconds=SECONDS)
    except (OSError, HTTPException) as error:
        reason = f"it cannot be reached ({type(error).__name__})"
        raise BadSettings(f"KMS does not open SLACK_SECRETS_CIPHERTEXT: {reason}.") from error
    if answer.status != 200:
        raise BadSettings(f"KMS does not open SLACK_SECRETS_CIPHERTEXT: {_reason(answer.body)}.")
    return _read(answer.body)


def _read(body: bytes) -> Mapping[str, str]:
    from base64 import b64decode

    try:
        secrets = json.loads(b64decode(json.loads(body)["Plaintext"]))
    except ValueError:
        secrets = None
    if not isinstance(secrets, dict) or not all(isinstance(value, str) for value in secrets.values()):
        raise BadSettings(
            "SLACK_SECRETS_CIPHERTEXT is not one JSON object of texts. Make it with make secrets."
        )
    return secrets


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body).get("__type", "refused")).rpartition("#")[2]
    except ValueError:
        return "refused"
