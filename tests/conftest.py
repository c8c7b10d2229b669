from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from aws import signed_client
from oauth import authorize
from oauth.redaction import TALKATIVE
from ops.browser import SKIPPED, find_browser
from runs.service import RunService
from tests.running import an_errand
from tests.workspace import PATIENCE, Person, Workspace, a_workspace

# No test watches the clock: a busy machine is no failure.
settings.register_profile("errand", deadline=None)
settings.load_profile("errand")
expect.set_options(timeout=PATIENCE * 1000)

# Nor does the ack path, but where a test says so: it would ask twice, or give up, when the machine stands still.
signed_client.SECONDS = 2.0 * PATIENCE  # of two tries
authorize.SECONDS_FOR_AN_ACK = PATIENCE

# As they are before any app guards the log, which it does for its whole process: here, for the tests that come after.
UNGUARDED = logging.getLogRecordFactory()
LEVELS = {name: logging.getLogger(name).level for name in TALKATIVE}

# Nothing but loopback: Chromium calls home at every start otherwise.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(autouse=True)
def unguarded_log() -> Iterator[None]:
    yield
    logging.setLogRecordFactory(UNGUARDED)
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process: Playwright takes no second one beside it."""
    path = find_browser()
    if not path and os.environ.get("CI"):
        pytest.fail(SKIPPED)
    if not path:
        pytest.skip(SKIPPED)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=[*QUIET, *as_root], timeout=PATIENCE * 1000
        )
        yield launched
        launched.close()


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """An offline workspace of the test's own, seeded, without rate limits."""
    with a_workspace() as started:
        started.control("limits", enabled=False)
        yield started


@pytest.fixture
def errand(workspace: Workspace, tmp_path: Path) -> Iterator[RunService]:
    with an_errand(workspace, tmp_path) as runs:
        yield runs


@pytest.fixture
def ann(workspace: Workspace, errand: RunService) -> Person:
    return workspace.person("ann")
