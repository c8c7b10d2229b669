"""A port that is told to a program before it listens there."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port(wanted: int = 0) -> Iterator[int]:
    """On loopback; 0: any free one. Whoever is told it may listen there, again and again; nobody else is given it.

    That is what Linux makes of an address that is bound with SO_REUSEADDR, as servers bind theirs, and not listened at.
    Other systems would let nobody listen there: on them it is let go of at once, and only likely to stay free.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", wanted))
        port = int(holder.getsockname()[1])
        if sys.platform != "linux":
            holder.close()
        yield port
