"""A small HTTP/1.1 server whose own time is not worth measuring: buffered writes, TCP_NODELAY, a thread a connection.

Written without them, every answer would wait 40 to 90 ms for the peer's delayed ACK.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO


@dataclass(frozen=True)
class Request:
    """`headers` by lower-case name; `came_at` is a time.perf_counter()."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    came_at: float


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpServer:
    """Listens on a free loopback port from its making until `close`."""

    def __init__(self, answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls
        self._connections: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._accepting.join()
        self._listener.close()
        for connection in list(self._connections):
            _hang_up(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._connections.add(connection)
            with connection.makefile("rb") as requests, connection.makefile("wb") as replies:
                while request := read_request(requests):
                    write_reply(replies, self._answer(request))
        except (OSError, ValueError):
            pass  # the function under measurement hung up or was ended
        finally:
            self._connections.discard(connection)
            connection.close()


def read_request(stream: BinaryIO) -> Request | None:
    """None at the end of the connection."""
    first = stream.readline().split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while (line := stream.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(first[0].decode(), first[1].decode(), headers, body, time.perf_counter())


def write_reply(stream: BinaryIO, reply: Reply) -> None:
    headers = {"Content-Length": str(len(reply.body)), "Connection": "keep-alive", **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    stream.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + reply.body)
    stream.flush()


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side may have been faster
        connection.shutdown(socket.SHUT_RDWR)
