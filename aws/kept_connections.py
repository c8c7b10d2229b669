"""Connections to Slack that outlive a call. urllib makes one for each, so that every call begins with a handshake.

What is asked over a kept one is answered two round trips sooner, and without the handshake's milliseconds of a CPU, of
which a small function has a seventh.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from ssl import SSLEOFError, SSLZeroReturnError
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    AbstractHTTPHandler,
    HTTPSHandler,
    Request,
    build_opener,
    getproxies,
    install_opener,
)
from urllib.response import addinfourl

from aws.signed_client import is_dropped
from aws.trust import SLACK_ROOTS, Authorities, VouchedConnection

log = logging.getLogger("errand.slack")

# What lies between forgets an idle connection without a word, AWS's NAT gateway after 350 s, and what is sent then is
# never answered. Where Slack itself has closed one, that is seen before it is used.
IDLE_FOR = 60.0  # seconds
MOST_IDLE = 4
SECONDS_TO_CONNECT = 2.0

# How a connection fails that was given up at the very moment it was used again: that news was under way, so it comes
# within a round trip. Later, Slack may have done what was asked.
GIVEN_UP = (ConnectionError, SSLEOFError, SSLZeroReturnError)
GIVEN_UP_WITHIN = 0.5  # seconds
REQUEST_TIMEOUT = 408  # some servers say so, of a request that never came, before they close

# A code or a refresh token is good for one try, which is made over a connection that nobody can have given up.
ONE_TRY = "/oauth.v2.access"


class KeptConnections(HTTPSHandler):
    """urllib's way to open https: to one server over connections that are kept, and elsewhere over one for each call.

    For several threads at once. All of an answer is read before it is given out, so `url` is that of an API, not of
    large files. An `http://` url, of a stand-in for Slack on this machine, is left to urllib.
    """

    def __init__(self, url: str, *, roots: str = SLACK_ROOTS, clock: Callable[[], float] = time.time) -> None:
        """`roots`: the few authorities that are tried first. `clock`: one that goes on while all else is frozen."""
        AbstractHTTPHandler.__init__(self)  # HTTPSHandler's own reads all authorities at once
        self._scheme, self._host = urlsplit(url)[:2]
        self._authorities = Authorities(roots, None)
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[tuple[VouchedConnection, float]] = []
        self._process = os.getpid()
        self._is_closed = False

    def install(self) -> None:
        """For all that urllib opens in this process, which the SDK's clients do."""
        install_opener(build_opener(self))

    def connect_ahead(self) -> threading.Thread | None:
        """For the first call, while this thread goes on. If it comes to nothing, that call makes its own connection."""
        if self._scheme != "https" or {"http", "https"} & getproxies().keys():  # the SDK takes either
            return None
        thread = threading.Thread(target=self._connect_ahead, name="connect ahead", daemon=True)
        thread.start()
        # OpenSSL crashes a process that ends in the middle of a handshake; looking a name up may take much longer.
        atexit.register(thread.join, SECONDS_TO_CONNECT)
        return thread

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def https_open(self, request: Request) -> HTTPResponse | addinfourl:  # type: ignore[override]
        """Raises what urllib's own does."""
        if self._is_kept_for(request):
            return self._ask(request)
        return self.do_open(VouchedConnection, request, authorities=self._authorities)  # type: ignore[arg-type]

    def _is_kept_for(self, request: Request) -> bool:
        """Not for what is sent in pieces. Through a proxy, the host is the proxy's."""
        is_whole = request.data is None or isinstance(request.data, bytes)
        is_its_servers = self._scheme == "https" and request.host == self._host
        is_this_process = self._process == os.getpid()  # a child would read what its parent has asked for
        return is_its_servers and is_this_process and is_whole and not request.has_header("Transfer-encoding")

    def _ask(self, request: Request) -> addinfourl:
        kept = None if request.selector.endswith(ONE_TRY) else self._take()
        response = self._response_unless_given_up(kept, request) if kept else None
        if kept and response:
            return self._read(kept, response, request)
        connection = self._connected(_seconds(request))
        return self._read(connection, _response(connection, request), request)

    def _response_unless_given_up(self, kept: VouchedConnection, request: Request) -> HTTPResponse | None:
        began = self._clock()
        try:
            response = _response(kept, request)
        except (URLError, *GIVEN_UP) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, GIVEN_UP) and 0 <= self._clock() - began < GIVEN_UP_WITHIN:
                return None
            raise
        if response.status == REQUEST_TIMEOUT:
            kept.close()
            return None
        return response

    def _read(self, connection: VouchedConnection, response: HTTPResponse, request: Request) -> addinfourl:
        try:
            body = response.read()
        except BaseException:
            connection.close()
            raise
        if response.status < 200:  # http.client takes it for the answer, which is yet to come
            connection.close()
        self._keep(connection, self._clock())
        answer = addinfourl(BytesIO(body), response.headers, request.full_url, response.status)
        answer.msg = answer.reason = response.reason  # type: ignore[attr-defined]  # where urllib looks for them
        return answer

    def _connected(self, seconds: float | None) -> VouchedConnection:
        """Raises URLError."""
        connection = VouchedConnection(self._host, timeout=seconds, authorities=self._authorities)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise URLError(error) from error
        return connection

    def _take(self) -> VouchedConnection | None:
        """The one that was used last, for it is the likeliest to live."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection, since = self._idle.pop()
            if 0 <= self._clock() - since < IDLE_FOR and not is_dropped(connection):
                return connection
            connection.close()

    def _keep(self, connection: VouchedConnection, since: float) -> None:
        """Unless the server said that it closes it; http.client has let go of it then."""
        if connection.sock is None:
            return
        with self._lock:
            if not self._is_closed and len(self._idle) < MOST_IDLE:
                self._idle.append((connection, since))
                return
        connection.close()

    def _connect_ahead(self) -> None:
        began = self._clock()  # all may be frozen before it is connected
        try:
            self._keep(self._connected(SECONDS_TO_CONNECT), began)
        except (OSError, HTTPException, ValueError) as error:
            log.info("No connection to Slack yet: %s", error)


def _response(connection: VouchedConnection, request: Request) -> HTTPResponse:
    """Its body is yet to be read. Raises as urllib's own does: URLError while the request is sent, any error later."""
    headers = {**request.headers, **request.unredirected_hdrs}
    try:
        connection.sock.settimeout(_seconds(request))
        try:
            connection.request(request.get_method(), request.selector, request.data, headers)
        except OSError as error:
            raise URLError(error) from error
        return connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _seconds(request: Request) -> float | None:
    """urllib says "none given" by an object of its own."""
    return float(request.timeout) if isinstance(request.timeout, (int, float)) else None
