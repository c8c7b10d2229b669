"""KMS keys, asked without boto3: an ack that opens a modal may need a token at a cold start."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any

from aws.signed_client import Answer, SignedClient
from oauth.keys import CipherError, DataKey, ForeignKey, KeyRefused, KeyUnreachable, NotAuthentic, shown
from settings import AwsSettings

DATA_KEY_BYTES = 32

WHAT_NEXT = {
    "AccessDeniedException": "let the function's role use it, in serverless.yml and in the key's own policy",
    "DisabledException": "enable it again (aws kms enable-key)",
    "KMSInvalidStateException": "if it awaits its deletion, cancel that (aws kms cancel-key-deletion) and enable it",
    "NotFoundException": "it is not in this account and region: set KMS_KEY_ID and KMS_READ_KEY_IDS right",
    "InvalidArnException": "set KMS_KEY_ID and KMS_READ_KEY_IDS right",
    "InvalidKeyUsageException": "it must be a symmetric key that encrypts and decrypts",
    "ExpiredTokenException": "sign in to AWS again",
    "UnrecognizedClientException": "look at the AWS credentials",
    "InvalidSignatureException": "look at the AWS credentials and at this machine's clock",
}

PASSING = {
    "DependencyTimeoutException",
    "InternalFailure",
    "KeyUnavailableException",
    "KMSInternalException",
    "RequestThrottledException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Throttling",
    "ThrottlingException",
}

# KMS says so with a 400, which SignedClient takes for the last word. One quota is shared by all that use the account's
# keys, so it is asked once more and then left alone.
THROTTLED = {"RequestThrottledException", "Throttling", "ThrottlingException"}
PAUSE = 0.2  # seconds before that
TRIED_FOR = 1.0  # seconds: a third of what Slack waits for an ack


class _WrongKey(CipherError):
    """KMS says that another key than the one named wrapped this."""


class KmsKey:
    """Writes under `key_id` alone, and opens what is under it or one of `read_key_ids`: ids, ARNs or aliases of keys.

    An alias means the key it points to now. For several threads at once, each with a connection of its own; the first
    has `client`, which may be connected already. `seconds` that KMS has for an answer: an ack's, unless there is more.
    """

    def __init__(
        self,
        aws: AwsSettings,
        key_id: str,
        *,
        read_key_ids: Sequence[str] = (),
        client: SignedClient | None = None,
        seconds: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._aws = aws
        self._key_id = key_id
        self._readable = (key_id, *(each for each in read_key_ids if each != key_id))
        self._idle = [client] if client else []

    def generate_data_key(self, context: Mapping[str, str]) -> DataKey:
        """Its `key_id` is the ARN of the key that was really used, whatever KMS_KEY_ID calls it."""
        answer = self._call("GenerateDataKey", self._key_id, context, {"NumberOfBytes": DATA_KEY_BYTES})
        data_key = DataKey(_bytes(answer, "Plaintext"), _bytes(answer, "CiphertextBlob"), _key_id(answer))
        if len(data_key.plaintext) != DATA_KEY_BYTES or not data_key.wrapped:
            raise KeyUnreachable("KMS answered with no whole data key. Try again later.")
        return data_key

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        for ours in self._called(key_id):
            try:
                answer = self._call("Decrypt", ours, context, {"CiphertextBlob": b64encode(wrapped).decode()})
            except _WrongKey:
                if _is_alias(ours):
                    continue  # it points elsewhere by now, or always did
                raise NotAuthentic from None
            if _name(_key_id(answer)) != _name(key_id):
                raise NotAuthentic
            return _bytes(answer, "Plaintext")
        raise ForeignKey(
            f"This is sealed under {shown(key_id)}, which is none of this app's keys:"
            " add it to KMS_READ_KEY_IDS if it should be."
        )

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _called(self, key_id: str) -> Iterator[str]:
        """What we call the key that a text names, which is untrusted: KMS is asked about none but our own."""
        for ours in self._readable:
            if _name(ours) == _name(key_id):
                yield ours
                return
        yield from filter(_is_alias, self._readable)

    def _call(
        self, operation: str, key_id: str, context: Mapping[str, str], arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        body = json.dumps({**arguments, "KeyId": key_id, "EncryptionContext": dict(context)}).encode()
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"TrentService.{operation}"}
        client = self._client()
        try:
            until = self._monotonic() + TRIED_FOR
            answer = client.post("/", body, headers)
            if _code(answer) in THROTTLED and self._monotonic() < until:
                self._sleep(PAUSE)
                answer = client.post("/", body, headers)
        except (OSError, HTTPException) as error:
            raise KeyUnreachable(f"KMS cannot be reached: {type(error).__name__}.") from error
        finally:
            self._idle.append(client)
        said = _read(answer)
        if answer.status != 200:
            raise _refusal(operation, key_id, answer)
        return said

    def _client(self) -> SignedClient:
        try:
            return self._idle.pop()
        except IndexError:
            return SignedClient("kms", self._aws, seconds=self._seconds)


def _code(answer: Answer) -> str:
    """Why it refuses, without what may stand before and behind it; "" if it does not."""
    if answer.status == 200:
        return ""
    named = str(_read(answer).get("__type") or answer.error_type)
    return shown(named.rpartition("#")[2].partition(":")[0])


def _refusal(operation: str, key_id: str, answer: Answer) -> CipherError:
    code = _code(answer)
    if code == "InvalidCiphertextException":
        return NotAuthentic()
    if code == "IncorrectKeyException":
        return _WrongKey()
    if code in PASSING or answer.status >= 500 or answer.status == 429:
        return KeyUnreachable(
            f"KMS has too much to do, or is in trouble ({code or answer.status}). Try again later."
        )
    next_step = WHAT_NEXT.get(code, "the KMS documentation of this error says what to do")
    return KeyRefused(
        f"KMS refuses {operation} with the key {key_id} ({code or answer.status}): {next_step}."
    )


def _read(answer: Answer) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    if answer.status == 200:
        raise KeyUnreachable("What answered for KMS is not KMS: look at AWS_ENDPOINT_URL and the proxy.")
    return {}


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    try:
        return b64decode(answer[name], validate=True)
    except (KeyError, TypeError, ValueError):
        raise KeyUnreachable(f"KMS answered without a {name}. Try again later.") from None


def _key_id(answer: Mapping[str, Any]) -> str:
    key_id = answer.get("KeyId")
    if isinstance(key_id, str) and key_id:
        return key_id
    raise KeyUnreachable("KMS answered without a KeyId. Try again later.")


def _name(key_id: str) -> str:
    """What is the same in a key's id and its ARN. A multi-Region key's ARNs have it in common too."""
    return key_id.rpartition(":")[2].removeprefix("key/")


def _is_alias(key_id: str) -> bool:
    return _name(key_id).startswith("alias/")
