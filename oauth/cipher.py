"""Envelope encryption of single fields. A sealed field is one text that carries all but the key to open it.

    errand.v1.<key id>.<wrapped data key>.<commitment>.<nonce>.<ciphertext>

Each part but the first two is base64 without padding (RFC 4648 §5). The data key is opened by the key named, with the
field's group as its encryption context. From it come, each by HMAC-SHA-256 over all that the field is bound to, an
encryption key and a commitment. The commitment is compared before anything is decrypted, for AES-GCM alone would let
a ciphertext be made that opens, to different texts, under two keys (https://eprint.iacr.org/2020/1456).
"""

from __future__ import annotations

import hmac
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from oauth.keys import BrokenText, Key, NotAuthentic, UnknownVersion

MARK = "errand."
VERSION = "v1"
PARTS = 5

KEY_BYTES = 32
NONCE_BYTES = 12
COMMITMENT_BYTES = 32
TAG_BYTES = 16

KEPT_SECONDS = 300.0
MOST_KEPT = 1000


class Group(NamedTuple):
    """Fields that share a data key: those of a workspace's bot, or those of one user's installation in it.

    Nothing is '' where Slack has none: no enterprise, or no team in an org-wide install.
    """

    enterprise_id: str
    team_id: str
    user_id: str | None = None  # None: the bot's

    def context(self, client_id: str) -> dict[str, str]:
        """Not secret: KMS writes it into CloudTrail. KMS does not promise to take empty values: they are left out."""
        context = {
            "client_id": client_id,
            "enterprise_id": self.enterprise_id,
            "team_id": self.team_id,
            "group": "bot" if self.user_id is None else "user",
            "user_id": self.user_id or "",
        }
        return {name: value for name, value in context.items() if value}


class Cipher:
    """Seals and opens fields under one key. For several threads at once. Whatever fails raises CipherError."""

    def __init__(
        self,
        key: Key,
        *,
        client_id: str,
        kept_seconds: float = KEPT_SECONDS,
        most_kept: int = MOST_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._client_id = client_id
        self._opened = _OpenedKeys(kept_seconds, most_kept, clock)

    def seal(self, group: Group, fields: Mapping[str, str]) -> dict[str, str]:
        """All under one new data key, which is not used again. No fields cost no data key."""
        if not fields:
            return {}
        context = group.context(self._client_id)
        data_key = self._key.generate_data_key(context)
        return {
            name: _seal(text, data_key.plaintext, data_key.key_id, data_key.wrapped, _bound(context, name))
            for name, text in fields.items()
        }

    def open(self, group: Group, field: str, sealed: str) -> str:
        parts = _Parts.read(sealed)
        context = group.context(self._client_id)
        # by its context too: a key that is kept must not open what KMS would refuse
        name = (parts.key_id, parts.wrapped, tuple(sorted(context.items())))
        kept = self._opened.get(name)
        data_key = kept or self._key.decrypt(parts.wrapped, key_id=parts.key_id, context=context)
        text = parts.open(data_key, _bound(context, field))
        if not kept:
            self._opened.put(name, data_key)
        return text


def load_aes_gcm() -> None:
    """Ahead of the first text, which would else load it: 8 ms of a CPU."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    AESGCM(bytes(KEY_BYTES)).encrypt(bytes(NONCE_BYTES), b"", b"")


def is_sealed(text: str | None) -> bool:
    """By any version of this app. No token of Slack's begins like that."""
    return text is not None and text.startswith(MARK)


def key_id_of(sealed: str) -> str:
    """The key that it says it is sealed under. Raises BrokenText and UnknownVersion."""
    return _Parts.read(sealed).key_id


class _Parts(NamedTuple):
    key_id: str
    wrapped: bytes
    commitment: bytes
    nonce: bytes
    ciphertext: bytes

    @classmethod
    def read(cls, sealed: str) -> _Parts:
        version, *parts = sealed.removeprefix(MARK).split(".")
        if not is_sealed(sealed):
            raise BrokenText
        if version != VERSION:
            raise UnknownVersion
        if len(parts) != PARTS:
            raise BrokenText
        key_id, *others = (_unpacked(part) for part in parts)
        read = cls(_decoded(key_id), *others)
        if (
            len(read.nonce) != NONCE_BYTES
            or len(read.commitment) != COMMITMENT_BYTES
            or len(read.ciphertext) < TAG_BYTES
            or not read.wrapped
        ):
            raise BrokenText
        return read

    def open(self, data_key: bytes, bound: list[object]) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        aad = _aad(self.key_id, self.wrapped, self.nonce, bound)
        if not hmac.compare_digest(self.commitment, _derived(data_key, b"commitment", aad)):
            raise NotAuthentic
        try:
            plaintext = AESGCM(_derived(data_key, b"encryption", aad)).decrypt(
                self.nonce, self.ciphertext, aad
            )
        except InvalidTag:
            raise NotAuthentic from None
        try:
            return plaintext.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # sealed by somebody else who has the key; the error would show what
            raise BrokenText from None


def _seal(text: str, data_key: bytes, key_id: str, wrapped: bytes, bound: list[object]) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    aad = _aad(key_id, wrapped, nonce, bound)
    ciphertext = AESGCM(_derived(data_key, b"encryption", aad)).encrypt(
        nonce, text.encode("utf-8", "surrogatepass"), aad
    )
    parts = (key_id.encode(), wrapped, _derived(data_key, b"commitment", aad), nonce, ciphertext)
    return ".".join([MARK + VERSION, *map(_packed, parts)])


def _bound(context: Mapping[str, str], field: str) -> list[object]:
    return [field, sorted(context.items())]


def _aad(key_id: str, wrapped: bytes, nonce: bytes, bound: list[object]) -> bytes:
    """JSON, so that no two of them read alike."""
    return json.dumps([MARK + VERSION, key_id, wrapped.hex(), nonce.hex(), *bound]).encode()


def _derived(data_key: bytes, purpose: bytes, aad: bytes) -> bytes:
    return hmac.digest(data_key, b"errand.v1 " + purpose + b"\0" + aad, "sha256")


def _packed(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    try:
        part = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise BrokenText from None
    if _packed(part) != text:  # several texts decode to the same bytes; one of them is ours
        raise BrokenText
    return part


def _decoded(key_id: bytes) -> str:
    try:
        return key_id.decode()
    except UnicodeDecodeError:
        raise BrokenText from None


_Name = tuple[str, bytes, tuple[tuple[str, str], ...]]


class _OpenedKeys:
    """Data keys that were opened lately, so that KMS is not asked at every read. Failures are not kept."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._keys: OrderedDict[_Name, tuple[float, bytes]] = OrderedDict()

    def get(self, name: _Name) -> bytes | None:
        with self._lock:
            if name not in self._keys:
                return None
            until, plaintext = self._keys[name]
            if self._clock() >= until:
                del self._keys[name]
                return None
            self._keys.move_to_end(name)
            return plaintext

    def put(self, name: _Name, plaintext: bytes) -> None:
        with self._lock:
            self._keys[name] = (self._clock() + self._seconds, plaintext)
            while len(self._keys) > self._most:
                self._keys.popitem(last=False)
