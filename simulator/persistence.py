"""The state file: a workspace that is the same after a restart."""

import asyncio
import contextlib
import dataclasses
import json
import os
import time
from pathlib import Path
from typing import Any

from simulator.errors import BadStateFile
from simulator.history import History
from simulator.state import (
    Channel,
    Credentials,
    File,
    Installation,
    Json,
    RefreshToken,
    Token,
    User,
    UserGroup,
    View,
    Workspace,
)

VERSION = 2
DEBOUNCE_SECONDS = 0.5
# A write of a big workspace holds everything up; it may take a twentieth of the time, not more.
REST_FACTOR = 20


def load_workspace(path: Path) -> Workspace:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] == 1:
            _install_by_hand(raw["workspace"])
        elif raw["version"] != VERSION:
            raise BadStateFile(f"{path} is of another version; delete it to begin anew.")
        return _workspace(raw["workspace"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadStateFile(f"{path} is not a state file ({error!r}); delete it to begin anew.") from None


def save_workspace(workspace: Workspace, path: Path) -> None:
    """Writes a new file beside the old one and swaps them, readable by its owner only: it has tokens in it."""
    text = json.dumps({"version": VERSION, "workspace": _raw(workspace)}, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


class Saver:
    """Saves soon after a request changed something, and at the end."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self._workspace = workspace
        self._path = path
        self._changed = asyncio.Event()

    def touch(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await self._changed.wait()
                self._changed.clear()
                await asyncio.sleep(DEBOUNCE_SECONDS)
                started = time.perf_counter()
                self.save()
                await asyncio.sleep((time.perf_counter() - started) * REST_FACTOR)

    def save(self) -> None:
        save_workspace(self._workspace, self._path)


def _raw(workspace: Workspace) -> Json:
    raw = {field.name: getattr(workspace, field.name) for field in dataclasses.fields(workspace)}
    raw["credentials"] = dataclasses.asdict(workspace.credentials)
    raw["installation"] = workspace.installation and dataclasses.asdict(workspace.installation)
    raw["tokens"] = [dataclasses.asdict(token) for token in workspace.tokens]
    raw["refresh_tokens"] = [dataclasses.asdict(token) for token in workspace.refresh_tokens]
    raw["users"] = [dataclasses.asdict(user) for user in workspace.users.values()]
    raw["channels"] = [_raw_channel(channel) for channel in workspace.channels.values()]
    raw["files"] = [dataclasses.asdict(file) for file in workspace.files.values()]
    raw["usergroups"] = [dataclasses.asdict(group) for group in workspace.usergroups.values()]
    raw["homes"] = [dataclasses.asdict(view) for view in workspace.homes.values()]
    # Open dialogs and messages for one person's eyes end with the session, as in Slack.
    del raw["modals"], raw["ephemerals"]
    return raw


def _raw_channel(channel: Channel) -> Json:
    raw = {field.name: getattr(channel, field.name) for field in dataclasses.fields(channel)}
    return raw | {"history": list(channel.history.by_ts.values())}


def _workspace(raw: Json) -> Workspace:
    return Workspace(
        **raw
        | {
            "credentials": Credentials(**raw["credentials"]),
            "installation": Installation(**raw["installation"]) if raw["installation"] else None,
            "tokens": [Token(**each) for each in raw["tokens"]],
            "refresh_tokens": [RefreshToken(**each) for each in raw["refresh_tokens"]],
            "users": _by_id(User(**each) for each in raw["users"]),
            "channels": _by_id(_channel(each) for each in raw["channels"]),
            "files": _by_id(_file(each) for each in raw["files"]),
            # a file of before there were any has none
            "usergroups": _by_id(UserGroup(**each) for each in raw.get("usergroups", ())),
            "homes": {each["user"]: View(**each) for each in raw["homes"]},
        }
    )


def _install_by_hand(raw: Json) -> None:
    """Version 1 knew one token and no other way to be installed."""
    token = Token(raw["credentials"].pop("bot_token"), raw["bot_user_id"])
    installation = Installation(raw["default_user"], {raw["bot_user_id"]: []}, by_hand=True)
    raw["installation"] = dataclasses.asdict(installation)
    raw["tokens"], raw["refresh_tokens"] = [dataclasses.asdict(token)], []


def _channel(raw: Json) -> Channel:
    history = History()
    history.add_many(raw.pop("history"))
    return Channel(**raw, history=history)


def _file(raw: Json) -> File:
    return File(**raw | {"shares": [(channel, ts) for channel, ts in raw["shares"]]})


def _by_id(records: Any) -> dict[str, Any]:
    return {record.id: record for record in records}
