"""Keys as tests need them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

from oauth.keys import DataKey, KeyUnreachable, NotAuthentic


class FakeKey:
    """Remembers what it wrapped, with which context, and how often it was asked."""

    def __init__(self, key_id: str = "fake:1") -> None:
        self.key_id = key_id
        self.calls: Counter[str] = Counter()
        self.contexts: list[Mapping[str, str]] = []
        self.is_reachable = True
        self._wrapped: dict[bytes, tuple[bytes, dict[str, str]]] = {}

    def generate_data_key(self, context: Mapping[str, str]) -> DataKey:
        self._ask("generate", context)
        plaintext, wrapped = os.urandom(32), os.urandom(184)
        self.know(wrapped, plaintext, context)
        return DataKey(plaintext, wrapped, self.key_id)

    def decrypt(self, wrapped: bytes, *, key_id: str, context: Mapping[str, str]) -> bytes:
        self._ask("decrypt", context)
        plaintext, expected = self._wrapped.get(wrapped, (b"", None))
        if key_id != self.key_id or context != expected:
            raise NotAuthentic
        return plaintext

    def know(self, wrapped: bytes, plaintext: bytes, context: Mapping[str, str]) -> None:
        self._wrapped[wrapped] = (plaintext, dict(context))

    def _ask(self, operation: str, context: Mapping[str, str]) -> None:
        if not self.is_reachable:
            raise KeyUnreachable("nobody there")
        self.calls[operation] += 1
        self.contexts.append(context)
