"""`make run ARGS=--oauth` as a person goes through it: from the one URL to a run, and the app removed again."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_running_a_job import type_in
from tests.workspace import ROOT, grant_time

pytestmark = pytest.mark.browser

LONG = 120_000  # ms; the workspace answers as slowly as Slack over the internet, at every call


@pytest.fixture
def alone() -> Iterator[None]:
    """Of all who test this on this machine: everybody's install page has the same port, if it looks free."""
    lock = Path(tempfile.gettempdir()) / f"errand-make-run-oauth-{os.getuid()}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def running(tmp_path: Path, alone: None) -> Iterator[str]:
    """The URL it prints."""
    command = [
        sys.executable,
        "-m",
        "ops.offline",
        "--oauth",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path / "o"),
    ]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = next(line.split()[-1] for line in process.stdout if "Open" in line)
        grant_time(url)
        yield url
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0


def install(page: Page) -> None:
    with page.expect_popup() as opened:
        page.get_by_test_id("banner").get_by_role("link", name="Install it").click()
    app = opened.value
    app.get_by_role("link", name="Add to Slack").click()
    expect(app.get_by_role("heading", level=1)).to_contain_text("Errand is requesting permission")
    app.get_by_role("button", name="Allow").click()
    expect(app.get_by_role("heading", level=1)).to_contain_text("Errand is in Tidewell", timeout=LONG)
    app.get_by_role("link", name="Open").click()
    expect(app.get_by_test_id("app-home")).to_be_visible()
    app.close()


def test_the_app_is_installed_used_removed_and_installed_again(browser: Browser, running: str) -> None:
    page = browser.new_page()
    page.context.set_default_timeout(LONG)
    page.goto(running)
    expect(page.get_by_test_id("composer")).to_be_visible()
    type_in(page, "/run")
    expect(page.get_by_text("/run is not a valid command")).to_be_visible()
    install(page)
    expect(page.get_by_test_id("banner")).not_to_be_visible()
    type_in(page, "/run")
    expect(page.get_by_role("dialog")).to_contain_text("Export a channel", timeout=LONG)
    page.keyboard.press("Escape")
    page.get_by_test_id("app-home").click()
    expect(page.get_by_text("Export a channel").first).to_be_visible(timeout=LONG)
    page.get_by_role("tab", name="About").click()
    page.get_by_test_id("remove-app").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove app").click()
    expect(page.get_by_test_id("not-installed")).to_be_visible()
    install(page)
    expect(page.get_by_test_id("not-installed")).not_to_be_visible()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_text("Export a channel").first).to_be_visible(timeout=LONG)
    page.close()
