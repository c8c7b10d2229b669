"""The two OAuth pages on one's own machine, beside Socket Mode, which brings everything but these.

Slack leads a browser back only to addresses that begin with https://, so a real workspace is installed to through a
tunnel to this port; the offline workspace leads to it directly.
"""

from __future__ import annotations

import errno
import logging
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow

log = logging.getLogger("errand.oauth")

HOST = "127.0.0.1"
LOOPBACK = {HOST, "localhost", "[::1]"}
POLL = 0.1  # seconds until it notices that it is closed
PATIENCE = 10  # seconds for a browser to say what it wants


class PortTaken(OSError):
    """Something else listens where the OAuth pages should be."""


class InstallPages:
    """Listens from the start, on loopback alone. Raises PortTaken. `public_host`: of a tunnel that leads here."""

    def __init__(self, flow: OAuthFlow, port: int, *, public_host: str = "") -> None:
        try:
            self._server = _Server((HOST, port), _handler(flow, LOOPBACK | {public_host} - {""}))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise PortTaken(
                f"port {port} of this machine, for the install page, is taken. Set OAUTH_PORT to another."
            ) from None
        self.flow = flow
        self.port = self._server.server_port
        self.url = f"http://{HOST}:{self.port}{flow.install_path}"
        # In a thread of its own, that ends with the process.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Silence for a browser that went away in the middle; the flow itself lets nothing out."""
        if not isinstance(sys.exception(), OSError):
            log.error("A request for an OAuth page failed: %s", type(sys.exception()).__name__)


def _handler(flow: OAuthFlow, hosts: set[str]) -> type[BaseHTTPRequestHandler]:
    pages = {flow.install_path: flow.handle_installation, flow.redirect_uri_path: flow.handle_callback}

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "Errand", ""

        def do_GET(self) -> None:
            try:
                url = urlsplit(self.path)
            except ValueError:  # a whole URL, with half of an IPv6 address
                self._not_found()
                return
            page = pages.get(url.path)
            # A name that somebody else's DNS points here must not make their page the same site as ours.
            if page is None or _host(self.headers.get("Host", "")) not in hosts:
                self._not_found()
                return
            cookies = self.headers.get_all("Cookie") or []
            self._give(page(BoltRequest(body="", query=url.query, headers={"cookie": cookies})))

        def do_other(self) -> None:
            self._not_found()

        do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_other

        def _not_found(self) -> None:
            self.close_connection = True  # with whatever body it may have sent
            self._give(BoltResponse(status=404, body="Not Found"))

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            """For what is no request, or has a method that nobody knows: the page of http.server would repeat it."""
            status = HTTPStatus.NOT_FOUND if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
            self.close_connection = True
            self._give(BoltResponse(status=status, body=status.phrase))

        def _give(self, response: BoltResponse) -> None:
            body = response.body.encode()
            self.send_response(response.status)
            for name, values in response.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silence: the address of a request has the code in it."""

    return Handler


def _host(header: str) -> str:
    """Without its port."""
    host, _, port = header.rpartition(":")
    return host if port.isdigit() else header
