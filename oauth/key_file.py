"""A key in a file, for one's own machine: what KMS is on Lambda."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

from oauth.keys import DataKey, ForeignKey, KeyFileUnusable, NotAuthentic, shown

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyFile:
    """Made when something is first sealed, for its owner alone (0600). For several threads and processes at once."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = Lock()
        self._key: bytes | None = None

    @property
    def key_id(self) -> str:
        """What texts sealed under it say. Makes the file if there is none."""
        return _key_id(self._own(make=True))

    def generate_data_key(self, context: Mapping[str, str]) -> DataKey:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._own(make=True)
        plaintext, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + AESGCM(key).encrypt(nonce, plaintext, _aad(context))
        return DataKey(plaintext, wrapped, _key_id(key))

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._own(make=False)
        if key_id != _key_id(key):
            raise ForeignKey(
                f"This is sealed under {shown(key_id)}, and {self._path} is {_key_id(key)}:"
                " put that key file back, or install the app again."
            )
        try:
            return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _aad(context))
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise NotAuthentic from None

    def _own(self, *, make: bool) -> bytes:
        with self._lock:
            if self._key is None:
                self._key = self._read_or_make() if make else self._read()
            return self._key

    def _read_or_make(self) -> bytes:
        try:
            if not self._path.exists():
                self._make()
        except OSError as error:
            raise KeyFileUnusable(f"{self._path} cannot be made: {error.strerror}.") from error
        return self._read()

    def _make(self) -> None:
        """Whole or not at all, and by one of several that try at once: a link is never made over another file."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            with suppress(FileExistsError):
                os.link(fresh, self._path)
        finally:
            fresh.unlink()

    def _read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                text = file.read(1024)
        except FileNotFoundError:
            raise KeyFileUnusable(
                f"{self._path} is not there, and something is sealed under it: put it back, or install the app again."
            ) from None
        except OSError as error:
            raise KeyFileUnusable(f"{self._path} cannot be read: {error.strerror}.") from error
        if os.name == "posix" and status.st_mode & 0o077:
            raise KeyFileUnusable(f"{self._path} can be read or written by others: chmod 600 {self._path}")
        return self._checked(text)

    def _checked(self, text: bytes) -> bytes:
        try:
            key = b64decode(text.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyFileUnusable(
                f"{self._path} is no key, or not a whole one: put it back from a backup. Without one, delete it"
                " and install the app again."
            )
        return key


def _key_id(key: bytes) -> str:
    return f"file:{hashlib.sha256(b'errand key file id' + key).hexdigest()[:16]}"


def _aad(context: Mapping[str, str]) -> bytes:
    return json.dumps(["errand key file v1", *sorted(context.items())]).encode()
