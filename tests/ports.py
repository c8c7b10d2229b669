"""A port for a program that has to be told which: no other process is given it before the program has it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def a_port() -> Iterator[int]:
    """Held, but not listened at: whoever asks by its number has it, if they say SO_REUSEADDR as servers do."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
        if sys.platform != "linux":
            held.close()  # elsewhere nobody could listen there beside it
        yield port
