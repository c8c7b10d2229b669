"""An app for many workspaces on one's own machine: over Socket Mode, with tokens in SQLite under a key file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import InstallationStore

from oauth.local_storage import LocalStorage
from tests.oauth.records import an_installation
from tests.running import an_errand
from tests.workspace import Workspace, text_of


def environ(workspace: Workspace) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": workspace.credentials["client_id"],
        "SLACK_CLIENT_SECRET": workspace.credentials["client_secret"],
    }


@pytest.fixture
def store(workspace: Workspace, tmp_path: Path) -> InstallationStore:
    return LocalStorage(tmp_path, workspace.credentials["client_id"]).store()


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path, store: InstallationStore) -> Iterator[None]:
    with an_errand(workspace, tmp_path, **environ(workspace)):
        yield


def install(workspace: Workspace, store: InstallationStore) -> dict[str, Any]:
    team = {"enterprise_id": None, "team_id": workspace.info["team"]["id"]}
    app = workspace.info["app"]
    token = workspace.credentials["bot_token"]
    store.save(an_installation(**team, bot_token=token, bot_user_id=app["bot_user_id"]))
    return team


def test_a_workspace_is_served_from_the_second_it_is_installed(
    app: None, workspace: Workspace, store: InstallationStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ann, before = workspace.person("ann"), len(workspace.calls("auth.test"))
    for text in ("/run", "/runs", "/run say-it text=hello"):
        assert "Ask an admin to open my install page" in json.dumps(ann.types(text, in_channel="#general"))
    install(workspace, store)
    ann.types("/run", in_channel="#general")
    [picker] = ann.views()
    assert "Run a job" in text_of(picker)
    ann.types("/run say-it text=sesame", in_channel="#general")
    workspace.eventually(lambda: "sesame" in text_of(ann.direct_messages()))
    assert len(workspace.calls("auth.test")) == before
    assert workspace.credentials["bot_token"] not in caplog.text


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
def test_a_workspace_that_removes_the_app_leaves_no_token(
    workspace: Workspace, tmp_path: Path, store: InstallationStore, first: str
) -> None:
    team = install(workspace, store)
    with an_errand(workspace, tmp_path, **environ(workspace)):
        workspace.post("/sim/installation/remove", user=workspace.person("ann").id, first=first)
        while [each["status"] for each in workspace.deliveries()] != ["acked", "acked"]:
            pass  # the test's own time limit ends it
    assert store.find_bot(**team) is None
    assert store.find_installation(**team) is None
