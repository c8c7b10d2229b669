"""Pages come newest first, a file is read oldest first, and neither fits into memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 64 * 1024


class BackwardsFile:
    """Keeps pages in a scratch file and gives them back last page first. In memory: eight bytes a page."""

    def __init__(self, scratch: BinaryIO) -> None:
        self._scratch = scratch
        self._starts = array("Q")

    def start_page(self) -> None:
        self._starts.append(self._scratch.tell())

    def write(self, data: bytes) -> None:
        self._scratch.write(data)

    def blocks(self) -> Iterator[bytes]:
        end = self._scratch.tell()
        for start in reversed(self._starts):
            self._scratch.seek(start)
            yield from self._read(end - start)
            end = start

    def _read(self, size: int) -> Iterator[bytes]:
        for left in range(size, 0, -BLOCK):
            yield self._scratch.read(min(BLOCK, left))
