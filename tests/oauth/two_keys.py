"""A ciphertext that AES-256-GCM opens under two keys: https://eprint.iacr.org/2020/1456, section 3.1.

The tag is a polynomial over GF(2^128) in the blocks. With one block free, both keys' tags can be made equal.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16
ONE = 1 << 127  # GCM counts its bits from the left
REDUCTION = 0xE1 << 120


def times(a: int, b: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (REDUCTION if b & 1 else 0)
    return product


def inverse(a: int) -> int:
    """a ** (2 ** 128 - 2)"""
    result = ONE
    for _ in range(127):
        a = times(a, a)
        result = times(result, a)
    return result


def aes(key: bytes, block: bytes) -> int:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # GCM's one building block
    return int.from_bytes(encryptor.update(block) + encryptor.finalize())


def ghash(h: int, blocks: list[int]) -> int:
    digest = 0
    for block in blocks:
        digest = times(digest ^ block, h)
    return digest


def blocks_of(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + BLOCK].ljust(BLOCK, b"\0")) for at in range(0, len(data), BLOCK)]


def opening_under_both(keys: tuple[bytes, bytes], nonce: bytes, aads: tuple[bytes, bytes]) -> bytes:
    """Two blocks and the tag."""
    first_block = b"whatever it says"
    sums, squares = 0, 0
    tags = []
    for key, aad in zip(keys, aads, strict=True):
        h = aes(key, bytes(BLOCK))
        lengths = len(aad) * 8 << 64 | 2 * BLOCK * 8
        blocks = [*blocks_of(aad), *blocks_of(first_block), 0, lengths]
        tags.append((ghash(h, blocks) ^ aes(key, nonce + b"\0\0\0\1"), times(h, h)))
        sums ^= tags[-1][0]
        squares ^= tags[-1][1]
    free = times(sums, inverse(squares))
    tag = tags[0][0] ^ times(free, tags[0][1])
    return first_block + free.to_bytes(BLOCK) + tag.to_bytes(BLOCK)
