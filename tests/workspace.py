"""The offline workspace as tests use it: started as its own process, pressed through its documented /sim/ API."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds until a test gives up on something that should have come long ago
LOOK_AGAIN = 1.0  # seconds, if nothing happens

Found = TypeVar("Found")


class Person:
    """Somebody in the workspace, at their keyboard."""

    def __init__(self, workspace: Workspace, user: dict[str, Any]) -> None:
        self.id: str = user["id"]
        self.name: str = user["name"]
        self._workspace = workspace

    def types(self, text: str, *, in_channel: str) -> dict[str, Any]:
        """A slash command; returns how the app acked it."""
        channel = self._workspace.channel_id(in_channel)
        answer = self._post("/sim/commands", channel=channel, text=text)
        return dict(answer["ack"])

    def views(self) -> list[dict[str, Any]]:
        return list(self._get("/sim/views")["views"])

    def submits(self, view_id: str, values: dict[str, Any], **options: Any) -> dict[str, Any]:
        return self._post(f"/sim/views/{view_id}/submit", state={"values": values}, **options)

    def presses(self, action_id: str, *, on: dict[str, Any], **options: Any) -> dict[str, Any]:
        """The button of a message or a view (the first of that action_id, or the one whose value is given)."""
        element, block_id = _element(on, action_id, options.pop("value", None))
        return self._post(
            "/sim/actions",
            container=_container(on),
            block_id=block_id,
            action_id=element["action_id"],
            **options,
        )

    def suggestions(self, action_id: str, *, on: dict[str, Any], query: str = "") -> dict[str, Any]:
        """What the external menu of that action_id offers (the first of them)."""
        element, block_id = _element(on, action_id, None)
        return self._post(
            "/sim/options",
            container=_container(on),
            block_id=block_id,
            action_id=element["action_id"],
            query=query,
        )

    def presses_stale(self, message: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
        """A button on a message as it looked before."""
        container = _container(message)
        return self._post(
            "/sim/actions",
            container=container,
            stale=True,
            action=action,
            message=message,
            block_id=action.get("block_id", "b"),
            action_id=action["action_id"],
        )

    def messages(self, channel: str) -> list[dict[str, Any]]:
        channel_id = self._workspace.channel_id(channel)
        messages = self._get(f"/sim/conversations/{channel_id}/messages", limit=100)["messages"]
        return [{**message, "channel": channel_id} for message in messages]

    def direct_messages(self) -> list[dict[str, Any]]:
        """With the app."""
        channel = self._post("/sim/dms", **{"with": self._workspace.info["app"]["bot_user_id"]})["channel"]
        return self.messages(channel["id"] if isinstance(channel, dict) else channel)

    def opens_home(self) -> None:
        self._post("/sim/home")

    def home(self) -> dict[str, Any] | None:
        return self._get("/sim/home")["view"]

    def uses_shortcut(self, callback_id: str) -> dict[str, Any]:
        return self._post("/sim/shortcuts", callback_id=callback_id)

    def downloads(self, file_id: str) -> bytes:
        return self._workspace.download(f"/sim/files/{file_id}?user={self.id}")

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._workspace.get(path, user=self.id, **query)

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._workspace.post(path, user=self.id, **body)


class Workspace:
    def __init__(self, first_line: dict[str, str]) -> None:
        self.url = first_line["url"].rstrip("/")
        self.credentials = first_line
        self.info = self.get("/sim/workspace")
        self.people = {user["name"]: Person(self, user) for user in self.info["users"] if can_act(user)}
        self._ids = {"#" + channel["name"]: channel["id"] for channel in self._every_channel()}
        self._news = threading.Condition()
        self._count = 0
        for person in self.people.values():
            threading.Thread(target=self._listen, args=(person,), daemon=True).start()

    def person(self, name: str) -> Person:
        return self.people[name]

    def channel_id(self, channel: str) -> str:
        return self._ids.get(channel, channel)

    def environment(self, data_dir: Path) -> dict[str, str]:
        """The settings of an app in this workspace."""
        return {
            "SLACK_API_URL": self.credentials["api_url"],
            "SLACK_BOT_TOKEN": self.credentials["bot_token"],
            "SLACK_APP_TOKEN": self.credentials["app_token"],
            "SLACK_SIGNING_SECRET": self.credentials["signing_secret"],
            "DATA_DIR": str(data_dir),
        }

    def eventually(self, look: Callable[[], Found | None]) -> Found:
        """What `look` finds, looking again whenever something happens in the workspace.

        And once in a while besides, for it may read what changes without that: a record of the app's, its log.
        """
        with self._news:
            until = time.monotonic() + PATIENCE
            while True:
                seen = self._count
                found = look()
                if found:
                    return found
                if self._news.wait_for(lambda: self._count != seen, timeout=LOOK_AGAIN):  # noqa: B023
                    until = time.monotonic() + PATIENCE
                elif time.monotonic() > until:
                    raise AssertionError(f"nothing came of it in {PATIENCE} s: {look}")

    def control(self, what: str, **body: Any) -> dict[str, Any]:
        answer = self.post(f"/sim/control/{what}", **body)
        if what == "clear":
            grant_time(self.url)
        return answer

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        return list(self.get("/sim/calls", **({"method": method} if method else {}))["calls"])

    def deliveries(self) -> list[dict[str, Any]]:
        return list(self.get("/sim/deliveries")["deliveries"])

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return _json(Request(f"{self.url}{path}?{urlencode(query)}"))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return _json(_posted(self.url + path, body))

    def download(self, path: str) -> bytes:
        with urlopen(self.url + quote(path, safe="/?=&"), timeout=PATIENCE) as answer:
            return bytes(answer.read())

    def _every_channel(self) -> Iterator[dict[str, Any]]:
        for person in self.people.values():
            yield from self.get("/sim/workspace", user=person.id)["channels"]

    def _listen(self, person: Person) -> None:
        try:
            with urlopen(f"{self.url}/sim/events?user={person.id}") as stream:
                for line in stream:
                    if line.startswith(b"data:"):
                        with self._news:
                            self._count += 1
                            self._news.notify_all()
        except (OSError, HTTPException):
            return  # the workspace has been stopped, maybe in the middle of an event


def can_act(user: dict[str, Any]) -> bool:
    return not user["is_bot"] and not user["deleted"]


def grant_time(url: str) -> None:
    """Slack gives an app three seconds, for which a busy machine may stand still. That is no test's concern."""
    patience = {"ack_ms": PATIENCE * 1000, "trigger_ms": PATIENCE * 1000}
    _json(_posted(f"{url.rstrip('/')}/sim/control/timing", patience))


@contextmanager
def a_workspace(*options: str) -> Iterator[Workspace]:
    command = [sys.executable, "-m", "simulator", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            first_line = json.loads(process.stdout.readline())
            grant_time(first_line["url"])
            yield Workspace(first_line)
        finally:
            process.kill()


def find_element(shown: Any, action_id: str, *, value: str | None = None) -> dict[str, Any] | None:
    """The first of that action_id, or the one whose value is given."""
    wanted = (each for each, _ in _elements(shown.get("blocks", [])) if each["action_id"] == action_id)
    return next((each for each in wanted if value in (None, each.get("value"))), None)


def text_of(shown: Any) -> str:
    """Every text in a message or a view, to look for words in."""
    if isinstance(shown, dict):
        return "\n".join(
            text_of(value) for key, value in shown.items() if key in _SHOWN or not isinstance(value, str)
        )
    if isinstance(shown, list):
        return "\n".join(map(text_of, shown))
    return shown if isinstance(shown, str) else ""


_SHOWN = {"text", "title", "alt_text", "fallback"}


# How Slack's client submits each element: the key of its answer, and where its initial one stands.
_ANSWERS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
}


def filled(form: dict[str, Any], **answers: Any) -> dict[str, Any]:
    """The state of a form whose fields of these names were filled in, and whose others were left as they were."""
    values: dict[str, Any] = {}
    for block in form["blocks"]:
        if element := block.get("element"):
            key, initial = _ANSWERS[element["type"]]
            answer = answers.pop(block["block_id"].removeprefix("field:"), element.get(initial))
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], key: answer}}
    assert not answers, f"the form does not ask for {sorted(answers)}"
    return values


def _element(shown: dict[str, Any], action_id: str, value: str | None) -> tuple[dict[str, Any], str]:
    for element, block_id in _elements(shown["blocks"]):
        if element["action_id"] == action_id and value in (None, element.get("value")):
            return element, block_id
    raise AssertionError(f"no element {action_id} in {text_of(shown)}")


def _elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if element and "action_id" in element:
                yield element, block.get("block_id", "")


def _container(shown: dict[str, Any]) -> dict[str, str]:
    if shown.get("type") == "modal":
        return {"type": "view", "view_id": shown["id"]}
    if shown.get("type") == "home":
        return {"type": "home"}
    return {"type": "message", "channel": shown["channel"], "ts": shown["ts"]}


def _posted(url: str, body: dict[str, Any]) -> Request:
    return Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _json(request: Request) -> dict[str, Any]:
    """It may be answered only when the workspace itself gives up on the app."""
    try:
        with urlopen(request, timeout=2 * PATIENCE) as answer:
            return dict(json.load(answer))
    except HTTPError as refusal:
        with refusal as error:
            raise AssertionError(f"{request.full_url}: {error.code} {error.read().decode()[:500]}") from None
