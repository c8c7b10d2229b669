"""The whole app in this process, connected to an offline workspace over real HTTP and WebSocket."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from jobs import JOBS
from listeners.lazy import LocalLazyRunner
from oauth.bots import OneBot, identify_bot
from oauth.installations import Installations, installations_of_one
from oauth.local_storage import LocalStorage
from runs.job import Jobs
from runs.pool import JobPool
from runs.service import RunService
from runs.sqlite_groups import SQLiteGroupStore
from runs.sqlite_lines import SQLiteLineStore
from runs.sqlite_store import SQLiteRunStore
from settings import Settings
from tests.team_jobs import TEAM_JOBS, gate
from tests.workspace import PATIENCE, ROOT, Workspace
from wiring.bolt_app import create_app
from wiring.installing import create_installations
from wiring.on_this_machine import PING_EVERY, local_aws
from wiring.run_service import create_runs

TEAM_SECRETS = {"WEBHOOK_URL": "https://hooks.example/secret"}


@contextmanager
def an_errand(workspace: Workspace, data_dir: Path, **environ: str) -> Iterator[RunService]:
    """With the jobs that ship, and those of `tests.team_jobs`."""
    with _unhurried():
        yield from _an_errand(workspace, data_dir, environ)


def _an_errand(workspace: Workspace, data_dir: Path, environ: Mapping[str, str]) -> Iterator[RunService]:
    gate.reset()
    settings = Settings.from_env(workspace.environment(data_dir) | TEAM_SECRETS | environ)
    installations = _installations(settings)
    store, pool = SQLiteRunStore(data_dir / "runs.sqlite3"), JobPool()
    groups = SQLiteGroupStore(data_dir / "groups.sqlite3")
    lines = SQLiteLineStore(data_dir / "lines.sqlite3")
    jobs = Jobs([*JOBS.values(), *TEAM_JOBS])
    runs = create_runs(
        settings,
        bots=installations.bots,
        store=store,
        groups=groups,
        open_lines=lambda: lines,
        start=pool.start,
        jobs=jobs,
        aws=local_aws(settings),
    )
    lazy = LocalLazyRunner()
    app = create_app(settings, installations=installations, runs=runs, lazy=lazy)
    handler = SocketModeHandler(app, settings.app_token, ping_interval=PING_EVERY)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        workspace.eventually(lambda: workspace.get("/sim/workspace")["app"]["connected"])
        yield runs
    finally:
        gate.open()
        _hang_up(workspace, handler)
        lazy.close(wait=True)
        pool.close(wait=True)
        store.close()
        groups.close()
        lines.close()


@contextmanager
def _unhurried() -> Iterator[None]:
    """What is the app's of Slack's three seconds, for which a busy machine may stand still.

    What has to come within them is shown by tests that hold up what it must not wait for.
    """
    with (
        patch("oauth.authorize.SECONDS_FOR_AN_ACK", PATIENCE),
        patch("runs.choices.WHILE_SLACK_WAITS", PATIENCE),
    ):
        yield


def restarted(runs: RunService) -> RunService:
    """What the next process would have: the same data, other hands, and nothing in them."""
    again = copy.copy(runs)
    vars(again).pop("_parts")
    return again


def _installations(settings: Settings) -> Installations:
    if settings.is_for_many:
        return create_installations(settings, LocalStorage(settings.data_dir, settings.client_id))
    bot = identify_bot(WebClient(base_url=settings.slack_api_url), settings.bot_token)
    return installations_of_one(OneBot(bot))


def _hang_up(workspace: Workspace, handler: SocketModeHandler) -> None:
    # The client would wait three seconds for a socket that is still open.
    handler.client.auto_reconnect_enabled = False
    workspace.control("disconnect", hard=True)
    handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def an_app_process(workspace: Workspace, data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python app.py` as people start it, to be killed."""
    env = {"PATH": os.environ["PATH"], **workspace.environment(data_dir)}
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env) as process:
        try:
            workspace.eventually(lambda: workspace.get("/sim/workspace")["app"]["connected"])
            yield process
        finally:
            process.kill()
