"""Who vouches for AWS and for Slack: the few authorities that do so, and if they do not, all whom the machine trusts.

Reading all 140 takes 20 ms, at 256 MB seven times as long, and an ack would pay for it.
"""

from __future__ import annotations

import os
from functools import cache
from http.client import HTTPResponse, HTTPSConnection
from ssl import SSLCertVerificationError, SSLContext, create_default_context
from urllib.error import URLError
from urllib.request import AbstractHTTPHandler, HTTPSHandler, Request, build_opener, install_opener

FOLDER = os.path.dirname(__file__)
AMAZON_ROOTS = f"{FOLDER}/amazon_roots.pem"
SLACK_ROOTS = f"{FOLDER}/slack_roots.pem"


@cache
def tls(ca_file: str | None) -> SSLContext:
    """Made once for all connections. None: whom the machine trusts."""
    return create_default_context(cafile=ca_file)


class FewFirst(HTTPSHandler):
    """urllib's way to open https, which the SDK's clients go; made without reading any authority."""

    def __init__(self, roots: str = SLACK_ROOTS) -> None:
        AbstractHTTPHandler.__init__(self)  # HTTPSHandler's own reads all of them at once
        self._roots: str | None = roots

    def https_open(self, request: Request) -> HTTPResponse:
        """Raises URLError."""
        try:
            return self._open(request)
        except URLError as error:
            if self._roots is None or not isinstance(error.reason, SSLCertVerificationError):
                raise
        # Nothing of the request has been sent. From now on, too: another handshake is dearer than reading them once.
        self._roots = None
        return self._open(request)

    def _open(self, request: Request) -> HTTPResponse:
        return self.do_open(HTTPSConnection, request, context=tls(self._roots))


def trust_few_first() -> None:
    """For all that urllib opens in this process."""
    install_opener(build_opener(FewFirst()))
