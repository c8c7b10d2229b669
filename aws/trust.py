"""Who vouches for AWS and for Slack: the few authorities that do so, and if they do not, all whom the machine trusts.

Reading all 140 takes 20 ms, at 256 MB seven times as long, and an ack would pay for it.
"""

from __future__ import annotations

import os
from functools import cache
from http.client import HTTPSConnection
from ssl import SSLCertVerificationError, SSLContext, create_default_context
from threading import Lock

FOLDER = os.path.dirname(__file__)
AMAZON_ROOTS = f"{FOLDER}/amazon_roots.pem"
SLACK_ROOTS = f"{FOLDER}/slack_roots.pem"


_one_at_a_time = Lock()


def tls(ca_file: str | None) -> SSLContext:
    """Made once for all connections. None: whom the machine trusts."""
    with _one_at_a_time:  # for `cache` has no lock, and the first to come would each make their own
        return _made(ca_file)


@cache
def _made(ca_file: str | None) -> SSLContext:
    return create_default_context(cafile=ca_file)


class Authorities:
    """Files of them, or None for all whom the machine trusts. Each is read when those before it have not sufficed.

    What has not sufficed once is not tried again: another handshake is dearer than having read them all.
    """

    def __init__(self, *files: str | None) -> None:
        self._files = files

    def context(self) -> SSLContext:
        return tls(self._files[0])

    def context_after(self, tried: SSLContext) -> SSLContext | None:
        """None if these were all. Another thread may have moved on already."""
        if tried is self.context():
            self._files = self._files[1:] or self._files
        left = self.context()
        return None if left is tried else left


class VouchedConnection(HTTPSConnection):
    """Whose other side one of these authorities vouches for. Until they do, nothing is sent."""

    _context: SSLContext  # as the standard library calls it

    def __init__(
        self, host: str, port: int | None = None, *, authorities: Authorities, timeout: float | None = None
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=authorities.context())
        self._authorities = authorities

    def connect(self) -> None:
        """Raises OSError, which SSLCertVerificationError is."""
        try:
            super().connect()
        except SSLCertVerificationError:
            context = self._authorities.context_after(self._context)
            if context is None:
                raise
            self.sock.close()  # and no more: http.client may be in the middle of a request
            self._context = context
            self.connect()
