"""The app's secrets: one KMS ciphertext of one JSON object, opened once for an execution environment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException

from aws.signed_client import SignedClient
from settings import AwsSettings, BadSettings

HEADERS = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt"}
SECONDS = 6.0  # for one call; init has ten in all

# KMS's quota is one for all keys and callers of a region, so it may refuse any cold start. Slack waits three seconds.
PATIENCE = 2.0  # seconds in which it is asked again
PAUSE = 0.1  # seconds


class _Passing(Exception):
    """Trouble of KMS's that may be over in a moment. The message is why."""


def open_secrets(
    aws: AwsSettings,
    kms: SignedClient,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, str]:
    """Raises BadSettings, which names neither plaintext nor ciphertext."""
    if not aws.secrets_ciphertext:
        return {}
    body = json.dumps({"CiphertextBlob": aws.secrets_ciphertext}).encode()
    until = monotonic() + PATIENCE
    while True:
        try:
            return _read(_opened(kms, body))
        except _Passing as trouble:
            if monotonic() >= until:
                raise _not_opened(str(trouble)) from trouble
            sleep(PAUSE)


def _opened(kms: SignedClient, body: bytes) -> bytes:
    """KMS's answer. Raises _Passing, and BadSettings."""
    try:
        answer = kms.post("/", body, HEADERS, seconds=SECONDS)
    except (OSError, HTTPException) as error:
        raise _Passing(f"it cannot be reached ({type(error).__name__})") from error
    if answer.status == 200:
        return answer.body
    reason = _reason(answer.body)
    if answer.status >= 500 or answer.status == 429 or "Throttl" in reason:
        raise _Passing(reason)
    raise _not_opened(reason)


def _not_opened(reason: str) -> BadSettings:
    return BadSettings(f"KMS does not open SLACK_SECRETS_CIPHERTEXT: {reason}.")


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
