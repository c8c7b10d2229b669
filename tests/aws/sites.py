"""A server on loopback that speaks HTTP/1.1, plain or over TLS, and does to its connections what its paths say."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


class Site:
    """`roots` is the file of the authority that vouches for it.

    A POST is answered with `says`, or if that is None with its own body, unless its path is one of these:

        /says-goodbye       answered, with `Connection: close`
        /drops              answered, and the connection closed without a word of it
        /hangs-up           hung up on
        /hangs-up-later     answered the first time that a connection asks, then hung up on
        /breaks-off         half of an answer
        /never              no answer, until the site is closed
        /refuses            429

    It is a proxy too: what is meant for another server is answered like that, but for a CONNECT, which leads there.
    """

    def __init__(self, roots: Path, *, is_https: bool = True) -> None:
        self.roots = str(roots)
        self.asked: list[str] = []  # the paths, as they come
        self.connections = 0
        self.says: bytes | None = None
        self.reached = threading.Event()
        self.closed = threading.Event()
        self._open: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": self}))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # of handshakes that fail
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.roots)
        if is_https:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()
        self.url = f"http{'s' if is_https else ''}://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()
        self.hang_up()

    def hang_up(self) -> None:
        """On everybody, as servers do with who has been idle for long."""
        while self._open:
            with suppress(OSError):  # the other side may have been faster
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def connected(self, connection: socket.socket) -> None:
        self.connections += 1
        self._open.append(connection)
        self.reached.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    site: Site
    answered = 0

    def setup(self) -> None:
        super().setup()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()
        self.site.connected(self.connection)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.site.asked.append(self.path)
        if self.path == "/never":
            self.site.closed.wait()
        if self.path in ("/never", "/hangs-up") or (self.path == "/hangs-up-later" and self.answered):
            self.close_connection = True
            return
        self.answered += 1
        body = body if self.site.says is None else self.site.says
        self.send_response(429 if self.path == "/refuses" else 200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/says-goodbye":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/breaks-off" else body)
        if self.path in ("/drops", "/breaks-off"):
            self.close_connection = True

    def do_CONNECT(self) -> None:
        host, _, port = self.path.partition(":")
        self.site.asked.append(self.path)
        with socket.create_connection((host, int(port))) as other:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_relay, args=(other, self.connection), daemon=True)
            back.start()
            _relay(self.connection, other)
            back.join()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _relay(source: socket.socket, target: socket.socket) -> None:
    """To the end of what one side sends."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def a_site(folder: Path, *, is_https: bool = True) -> Iterator[Site]:
    site = Site(folder / "its.pem", is_https=is_https)
    try:
        yield site
    finally:
        site.close()
