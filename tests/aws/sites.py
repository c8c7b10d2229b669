"""A server on loopback that speaks HTTP/1.1, plain or over TLS, and does to its connections what its paths say."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from aws import trust
from tests.workspace import PATIENCE


class Site:
    """`roots` is the file of the authority that vouches for it.

    A request is answered with `says`, or if that is None with its own body, unless its path is one of these:

        /says-goodbye       answered, with `Connection: close`
        /stops-talking      answered, and not a word more, though it listens on: `fallen_silent` is set then
        /hangs-up           hung up on
        /hangs-up-later     answered the first time that a connection asks, then hung up on
        /gives-up-later     the same, with a 408
        /does-not-read-later    the same, without reading what is asked
        /thinks-first       `thinking` is set; hung up on, but not before `thought` is
        /breaks-off         half of an answer
        /stalls             half of an answer, and the rest of it when `thought` is set
        /hints              a 103, and then the answer
        /never              no answer, until the site is closed
        /refuses            429

    It is a proxy too: what is meant for another server is answered like that, but for a CONNECT, which leads there.
    """

    def __init__(self, roots: Path, *, is_https: bool = True, name: str = "127.0.0.1") -> None:
        self.roots = str(roots)
        self.asked: list[str] = []  # the paths, as they come
        self.method, self.headers = "", dict[str, str]()  # of the last
        self.connections = 0
        self.says: bytes | None = None
        self.fallen_silent = threading.Event()
        self.thinking = threading.Event()
        self.thought = threading.Event()
        self.closed = threading.Event()
        self._open: list[socket.socket] = []
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": self}))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # of handshakes that fail
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.roots)
        if is_https:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(name).configure_cert(context)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()
        self.url = f"http{'s' if is_https else ''}://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.closed.set()
        self.thought.set()
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()
        while self._open:
            with suppress(OSError):  # the other side may have been faster
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def connected(self, connection: socket.socket) -> None:
        with self._news:
            self.connections += 1
            self._open.append(connection)
            self._news.notify_all()

    def wait_for_connections(self, count: int) -> None:
        """One that nothing has been asked over may be known to the other side first."""
        with self._news:
            assert self._news.wait_for(lambda: self.connections >= count, timeout=PATIENCE)


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
        self.site.asked.append(self.path)
        self.site.method, self.site.headers = self.command, dict(self.headers.items())
        if self.path.endswith("-later") and self.answered:
            self.close_connection = True
            if self.path != "/does-not-read-later":
                self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/gives-up-later":
                self._answer(408, b"")
            return
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = body if self.site.says is None else self.site.says
        match self.path:
            case "/never":
                self.site.closed.wait()
                self.close_connection = True
            case "/hangs-up":
                self.close_connection = True
            case "/thinks-first":
                self.site.thinking.set()
                self.site.thought.wait()
                self.close_connection = True
            case "/breaks-off":
                self._answer(200, body, body[: len(body) // 2])
                self.close_connection = True
            case "/stalls":
                self._answer(200, body, body[: len(body) // 2])
                self.site.thought.wait()
                self.wfile.write(body[len(body) // 2 :])
            case "/hints":
                self.send_response(103)
                self.end_headers()
                self._answer(200, body)
            case "/says-goodbye":
                self.close_connection = True
                self._answer(200, body, connection="close")
            case "/stops-talking":
                self._answer(200, body)
                # not SSLSocket's own, which would not listen any more either
                socket.socket.shutdown(self.connection, socket.SHUT_WR)
                self.site.fallen_silent.set()
            case "/refuses":
                self._answer(429, body)
            case _:
                self._answer(200, body)

    do_GET = do_POST

    def _answer(self, status: int, body: bytes, sent: bytes | None = None, **headers: str) -> None:
        self.answered += 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body if sent is None else sent)

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
def a_site(folder: Path, *, is_https: bool = True, name: str = "127.0.0.1") -> Iterator[Site]:
    """`name`: what its certificate says that it is."""
    site = Site(folder / "its.pem", is_https=is_https, name=name)
    try:
        yield site
    finally:
        site.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the machine that the tests run on."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def nothing_read_yet() -> Iterator[None]:
    """Of any authorities, and nothing left of those of the test."""
    trust._made.cache_clear()
    yield
    trust._made.cache_clear()
