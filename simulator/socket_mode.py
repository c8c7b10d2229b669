"""Socket Mode: envelopes over WebSockets that the app opened (https://docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from typing import Literal

from aiohttp import WSMsgType, web

from simulator.clock import Clock, Timing
from simulator.deliveries import Json, Kind, NotAcked, Retry
from simulator.ids import new_uuid
from simulator.strict_json import parse_json

# slack_sdk's own client pings every 5 s; this notices an app that is stopped without closing its socket.
PING_SECONDS = 20.0
HOST = "applink-offline"


class Connection:
    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._is_cut = False
        self.leaving = False

    @property
    def is_over(self) -> bool:
        """Nothing can be sent, though it may take a moment until both ends know."""
        return self._is_cut or self.socket.closed

    async def send(self, message: Json) -> None:
        await self.socket.send_str(json.dumps(message, ensure_ascii=False))

    def cut(self) -> None:
        """Drops the line without a word, as a lost network does."""
        self._is_cut = True
        if self._request.transport is not None:
            self._request.transport.abort()


class SocketMode:
    mode: Literal["socket", "http"] = "socket"

    def __init__(
        self, *, app_id: str, clock: Clock, timing: Timing, on_change: Callable[[bool], None]
    ) -> None:
        self._app_id = app_id
        self._clock = clock
        self._timing = timing
        self._on_change = on_change
        self._connections: list[Connection] = []
        # By envelope, not by connection: an app that was just asked to leave acks on its new one.
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._tickets: dict[str, float] = {}
        self._next = 0
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether what is sent now has a way to go."""
        return any(not each.is_over for each in self._connections)

    def issue_ticket(self) -> str:
        now = self._clock.now()
        self._tickets = {ticket: expires for ticket, expires in self._tickets.items() if expires > now}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now + self._timing.ticket_seconds
        return ticket

    async def link(self, request: web.Request) -> web.StreamResponse:
        """`GET /link/?ticket=…`, the address from `apps.connections.open`, good for one connection."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if expires < self._clock.now():
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.append(connection)
        try:
            await connection.send(self._hello())
            self._on_change(True)
            self._release_leaving()
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._take(message.data)
        finally:
            self._connections.remove(connection)
            self._on_change(self.connected)
        return socket

    async def send(self, kind: Kind, payload: Json, retry: Retry | None) -> Json | None:
        connection = self._pick()
        envelope_id = new_uuid()
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            async with asyncio.timeout(self._timing.ack_seconds):
                await connection.send(_envelope(envelope_id, kind, payload, retry))
                answer = await waiting
        except TimeoutError:
            raise NotAcked("timeout", "operation_timeout", "timeout") from None
        except ConnectionError:
            raise NotAcked("failed", "dispatch_failed", "connection_failed") from None
        finally:
            del self._waiting[envelope_id]
        return answer if kind != "events_api" else None

    async def disconnect(self, reason: str, *, hard: bool) -> int:
        """Asks every connection to go, as Slack does now and then, or cuts the lines."""
        connections = list(self._connections)
        for connection in connections:
            connection.leaving = True
            if hard:
                connection.cut()
                continue
            with contextlib.suppress(ConnectionError):  # it is going of itself
                await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})
            self._close_later(connection, self._timing.warning_seconds if reason == "warning" else 0)
        return len(connections)

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        for connection in list(self._connections):
            await connection.socket.close()

    def _take(self, text: str) -> None:
        """An ack from the app: `{"envelope_id": …, "payload": …}`. The rest is ignored."""
        try:
            message = parse_json(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        payload = message.get("payload")
        waiting = self._waiting.get(str(message.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    def _release_leaving(self) -> None:
        """An app that came back needs its old connection no more. slack_sdk reads the new one only
        when the old one ends or three seconds have passed in silence."""
        for connection in self._connections:
            if connection.leaving:
                self._close_later(connection, 0)

    def _pick(self) -> Connection:
        """Round robin; one that was asked to leave gets nothing while there is another."""
        able = [each for each in self._connections if not each.is_over]
        ready = [each for each in able if not each.leaving] or able
        if not ready:
            raise NotAcked("failed", "dispatch_failed", "connection_failed")
        self._next += 1
        return ready[self._next % len(ready)]

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }

    def _close_later(self, connection: Connection, seconds: float) -> None:
        async def close() -> None:
            await asyncio.sleep(seconds)
            await connection.socket.close()

        task = asyncio.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _envelope(envelope_id: str, kind: Kind, payload: Json, retry: Retry | None) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "type": kind,
        "accepts_response_payload": kind != "events_api",
        "payload": payload,
    }
    if kind == "events_api":
        envelope["retry_attempt"] = retry.attempt if retry else 0
        envelope["retry_reason"] = retry.reason if retry else ""
    return envelope
