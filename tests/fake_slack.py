"""A small Slack Web API over real HTTP on loopback, for tests of what reads channels and sends files.

It holds what a test puts in, in Slack's own shapes, and remembers each call.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

TEAM, BOT, ANN, BOB = "T0001", "U0BOT", "U0ANN", "U0BOB"

Arguments = dict[str, str]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One answer that is not the ordinary one; `drop` closes the connection without any."""

    status: int = 200
    body: Answer = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


RATE_LIMITED = Fault(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"})


def refused(error: str, **more: Any) -> Fault:
    return Fault(200, {"ok": False, "error": error, **more})


# https://docs.slack.dev/reference/methods/oauth.v2.access
INSTALLED = {
    "access_token": "xoxb-of-the-bot",
    "token_type": "bot",
    "scope": "chat:write,commands",
    "bot_user_id": BOT,
    "app_id": "A0001",
    "team": {"id": TEAM, "name": "Harbour"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": ANN},
}


class FakeSlack:
    """Faults are taken by method, in order; `upload` stands for the POST of a file's bytes."""

    def __init__(self) -> None:
        self.url = ""
        self.upload_scheme = "http"
        self.calls: list[tuple[str, Arguments]] = []
        self.channels: dict[str, Answer] = {}
        self.members: dict[str, list[str]] = defaultdict(list)
        self.users: dict[str, Answer] = {}
        self.usergroups: dict[str, list[str]] = {}
        self.history: dict[str, list[Answer]] = defaultdict(list)
        self.threads: dict[str, list[Answer]] = defaultdict(list)
        self.uploads: list[bytes] = []
        self.refresh_tokens: dict[str, str] = {}  # each good for one use: its token's type
        self._refreshing = threading.Lock()
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.on_call: Callable[[str], None] = lambda method: None
        self.installed: Answer = dict(INSTALLED)  # what a code buys
        self.add_user(ANN, "Ann")
        self.add_user(BOB, "Bob")

    @property
    def client(self) -> WebClient:
        client = WebClient(token="xoxb-of-a-test", base_url=f"{self.url}/api/", timeout=60)
        client.retry_handlers = [RateLimitErrorRetryHandler(max_retry_count=3), ConnectionErrorRetryHandler()]
        return client

    def add_user(self, user_id: str, name: str, **more: Any) -> None:
        self.users[user_id] = {"id": user_id, "team_id": TEAM, "profile": {"display_name": name}, **more}

    def add_channel(self, channel_id: str, name: str, **more: Any) -> None:
        self.channels[channel_id] = {
            "id": channel_id,
            "name": name,
            "is_channel": True,
            "is_private": False,
            "is_archived": False,
            "is_member": True,
            "created": 0,
            **more,
        }

    def called(self, method: str) -> list[Arguments]:
        return [arguments for name, arguments in self.calls if name == method]

    def answer(self, method: str, arguments: Arguments) -> Fault:
        self.calls.append((method, arguments))
        self.on_call(method)
        if self.faults[method]:
            return self.faults[method].popleft()
        return getattr(self, "_" + method.replace(".", "_"))(arguments)

    def _conversations_info(self, arguments: Arguments) -> Fault:
        channel = self.channels.get(arguments["channel"])
        return _ok(channel=channel) if channel else refused("channel_not_found")

    def _conversations_members(self, arguments: Arguments) -> Fault:
        members = self.members[arguments["channel"]]
        start, limit = int(arguments.get("cursor") or 0), int(arguments["limit"])
        more = str(start + limit) if start + limit < len(members) else ""
        return _ok(members=members[start : start + limit], response_metadata={"next_cursor": more})

    def _users_info(self, arguments: Arguments) -> Fault:
        user = self.users.get(arguments["user"])
        return _ok(user=user) if user else refused("user_not_found")

    def _chat_postMessage(self, arguments: Arguments) -> Fault:
        return _ok(channel=arguments["channel"], ts="1.0001")

    def _chat_getPermalink(self, arguments: Arguments) -> Fault:
        where = f"{arguments['channel']}/p{arguments['message_ts'].replace('.', '')}"
        return _ok(permalink=f"https://harbour.slack.com/archives/{where}")

    def _users_list(self, arguments: Arguments) -> Fault:
        users = list(self.users.values())
        start, limit = int(arguments.get("cursor") or 0), int(arguments["limit"])
        more = str(start + limit) if start + limit < len(users) else ""
        return _ok(members=users[start : start + limit], response_metadata={"next_cursor": more})

    def _usergroups_users_list(self, arguments: Arguments) -> Fault:
        members = self.usergroups.get(arguments["usergroup"])
        return refused("no_such_subteam") if members is None else _ok(users=members)

    def _conversations_history(self, arguments: Arguments) -> Fault:
        messages = [
            message
            for message in sorted(self.history[arguments["channel"]], key=_moment, reverse=True)
            if float(arguments["oldest"]) <= _moment(message) <= float(arguments["latest"])
        ]
        return _page(messages, arguments)

    def _conversations_replies(self, arguments: Arguments) -> Fault:
        thread = self.threads[arguments["ts"]]
        return _page(thread, arguments) if thread else refused("thread_not_found")

    def _oauth_v2_access(self, arguments: Arguments) -> Fault:
        if "code" in arguments:
            return _ok(**self.installed)
        with self._refreshing:
            kind = self.refresh_tokens.pop(arguments["refresh_token"], None)
            if kind is None:
                return refused("invalid_refresh_token")
            number = len(self.called("oauth.v2.access"))
            self.refresh_tokens[f"xoxe-1-{number}"] = kind
            return _ok(
                token_type=kind,
                access_token=f"xoxe.xox{'b' if kind == 'bot' else 'p'}-1-{number}",
                refresh_token=f"xoxe-1-{number}",
                expires_in=43200,
            )

    def _auth_test(self, arguments: Arguments) -> Fault:
        return _ok(team_id=TEAM, user_id=BOT, bot_id="B0BOT")

    def _auth_revoke(self, arguments: Arguments) -> Fault:
        return _ok(revoked=True)

    def _files_getUploadURLExternal(self, arguments: Arguments) -> Fault:
        host = self.url.partition("://")[2]
        number = len(self.called("files.getUploadURLExternal"))
        return _ok(upload_url=f"{self.upload_scheme}://{host}/upload/{number}", file_id=f"F{number}")

    def _files_completeUploadExternal(self, arguments: Arguments) -> Fault:
        return _ok(files=json.loads(arguments["files"]))


def _ok(**body: Any) -> Fault:
    return Fault(200, {"ok": True, **body})


def _page(messages: list[Answer], arguments: Arguments) -> Fault:
    start, limit = int(arguments.get("cursor") or 0), int(arguments["limit"])
    more = str(start + limit) if start + limit < len(messages) else ""
    return _ok(messages=messages[start : start + limit], response_metadata={"next_cursor": more})


def _moment(message: Answer) -> float:
    return float(message["ts"])


@contextmanager
def fake_slack(slack: FakeSlack | None = None) -> Iterator[FakeSlack]:
    slack = slack or FakeSlack()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack)) as server:
        slack.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield slack
        finally:
            server.shutdown()
            thread.join()


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path = urlsplit(self.path).path  # a proxy is given whole addresses
            if path.startswith("/upload/"):
                self._take_file()
            else:
                size = int(self.headers.get("Content-Length", 0))
                arguments = self._arguments(self.rfile.read(size).decode())
                self._give(slack.answer(path.removeprefix("/api/"), arguments))

        do_GET = do_POST

        def _arguments(self, body: str) -> Arguments:
            is_json = body.startswith("{")
            return json.loads(body) if is_json else dict(parse_qsl(body))

        def _take_file(self) -> None:
            slack.calls.append(("upload", {"path": self.path, **dict(self.headers)}))
            fault = slack.faults["upload"].popleft() if slack.faults["upload"] else Fault()
            if not fault.drop:
                slack.uploads.append(self.rfile.read(int(self.headers["Content-Length"])))
            self._give(fault)

        def _give(self, fault: Fault) -> None:
            if fault.drop:
                self.close_connection = True
                return
            body = json.dumps(fault.body).encode()
            self.send_response(fault.status)
            for name, value in {"Content-Type": "application/json", **fault.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silence: a failing test prints the calls itself."""

    return Handler
