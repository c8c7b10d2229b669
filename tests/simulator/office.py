"""The offline workspace as a process of its own, reached as apps and browsers reach it."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0  # seconds until a test gives up on something that should have come long ago
PING_SECONDS = 15.0
Json = dict[str, Any]

SCOPES = [
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
]
MANIFEST: Json = {
    "display_information": {"name": "Tester"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Tester"},
        "shortcuts": [
            {"name": "Begin", "type": "global", "callback_id": "begin", "description": "Begins"},
            {"name": "Pin", "type": "message", "callback_id": "pin", "description": "Pins"},
        ],
        "slash_commands": [
            {"command": "/do", "description": "Does", "should_escape": True},
            {"command": "/raw", "description": "Does as typed"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        return dict(json.loads(self.raw))

    @property
    def error(self) -> str | None:
        return self.body.get("error")

    def __getitem__(self, key: str) -> Any:
        return self.body[key]


@dataclass
class Office:
    process: subprocess.Popen[str]
    first_line: Json
    workspace: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workspace = self.get("/sim/workspace").body

    @property
    def url(self) -> str:
        return str(self.first_line["url"])

    @property
    def bot(self) -> str:
        return str(self.workspace["app"]["bot_user_id"])

    def person(self, name: str = "ann") -> str:
        return next(str(user["id"]) for user in self.workspace["users"] if user["name"] == name)

    def channel(self, name: str) -> str:
        for user in self.workspace["users"]:
            if not user["is_bot"] and not user["deleted"]:
                for each in self.get("/sim/workspace", user=user["id"])["channels"]:
                    if each["name"] == name:
                        return str(each["id"])
        raise AssertionError(f"no channel {name}")

    def request(
        self, path: str, data: bytes | None = None, *, headers: dict[str, str] | None = None, method: str = ""
    ) -> Answer:
        request = Request(self.url + path, data, headers or {}, method=method or None)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def get(self, path: str, **query: Any) -> Answer:
        return self.request(f"{path}?{urlencode(query)}")

    def post(self, path: str, **body: Any) -> Answer:
        return self.request(path, json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    def control(self, what: str, **body: Any) -> Answer:
        answer = self.post(f"/sim/control/{what}", **body)
        assert answer.status == 200, answer.raw
        return answer

    def calm(self) -> None:
        """No faults, and nothing that a test has not ordered itself happens because a machine was busy.

        An app's ack may be late, a trigger old, and no event of one test comes again in a later one.
        """
        self.control("clear")
        patience = PATIENCE * 1000
        self.control("timing", ack_ms=patience, trigger_ms=patience, retry_ms=[])

    def api(self, name: str, /, *, token: str | None = "bot_token", **args: Any) -> Answer:
        """A Web API call with a JSON body."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            headers["Authorization"] = f"Bearer {self.first_line.get(token, token)}"
        return self.request(f"/api/{name}", json.dumps(args).encode(), headers=headers)

    def messages(self, channel: str, user: str, **query: Any) -> list[Json]:
        answer = self.get(f"/sim/conversations/{channel}/messages", user=user, **query)
        return list(answer["messages"])


@dataclass
class App:
    """An app over Socket Mode that keeps what it gets and answers as `answer` says."""

    client: SocketModeClient
    answer: Callable[[SocketModeRequest], Any] = lambda request: None
    got: queue.Queue[SocketModeRequest] = field(default_factory=queue.Queue)
    greeted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.client.socket_mode_request_listeners.append(self._take)
        self.client.on_message_listeners.append(self._listen)

    def next(self) -> SocketModeRequest:
        return self.got.get(timeout=PATIENCE)

    def forget(self, office: Office) -> None:
        """Answers as usual again, with nothing got yet, nor still to come of what was done before."""
        self.answer = lambda request: None
        while any(each["status"] == "pending" for each in office.get("/sim/deliveries")["deliveries"]):
            pass  # it is answered within the workspace's patience, or given up
        # What was given up may still lie in the socket, before this one: what is sent is got in its order.
        assert office.control("event", event={"type": "all_before_this_has_come"})["ack"]["status"] == "acked"
        with self.got.mutex:
            self.got.queue.clear()

    def reconnected(self, act: Callable[[], Any]) -> None:
        """Does something after which the app connects anew, and waits for the new connection's hello."""
        self.greeted.clear()
        act()
        assert self.greeted.wait(PATIENCE)

    def _listen(self, text: str) -> None:
        if json.loads(text).get("type") == "hello":
            self.greeted.set()

    def _take(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        self.got.put(request)
        payload = self.answer(request)
        if payload is not SILENCE:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))


SILENCE = object()


@contextmanager
def an_office(manifest: Path, *options: str) -> Iterator[Office]:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--manifest", str(manifest), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            office = Office(process, json.loads(process.stdout.readline()))
            office.calm()
            yield office
        finally:
            process.terminate()


@contextmanager
def an_app(office: Office, *, looks_every: float = PING_SECONDS) -> Iterator[App]:
    """`looks_every`: seconds after which it sees at the latest that its connection was cut."""
    web = WebClient(base_url=office.first_line["api_url"])
    # It takes a connection for lost that has been silent for four pings: never one on a machine that stalls.
    client = SocketModeClient(
        office.first_line["app_token"], web_client=web, ping_interval=PING_SECONDS, concurrency=1
    )
    client.current_app_monitor.interval_seconds = looks_every
    app = App(client)
    try:
        app.reconnected(client.connect)
        yield app
    finally:
        end_at_once(client)


def end_at_once(client: SocketModeClient) -> None:
    """Closes its own connection and no other; it would hold on to a silent one for three seconds."""
    client.default_auto_reconnect_enabled = client.auto_reconnect_enabled = False
    sock = client.current_session.sock if client.current_session else None
    if sock:
        with suppress(OSError):  # the workspace has ended it already
            sock.shutdown(socket.SHUT_RDWR)
    client.close()
    client.disconnect()  # one that was being made meanwhile: nothing else would ever close it
