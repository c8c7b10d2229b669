"""An admin installs the app in the offline workspace, changes their mind, is refused, and removes it again."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, Page, expect

from ops.offline import client_credentials, oauth_options
from ops.ports import reserved_port
from tests.browser.installing import (
    PHONE,
    a_visit,
    allow,
    ask_slack,
    cancel,
    expect_installed,
    expect_title,
    fits,
    is_installed,
)
from tests.workspace import PATIENCE, ROOT, Workspace, a_workspace

pytestmark = pytest.mark.browser


class Log:
    """What the app writes, line by line as it comes."""

    def __init__(self, stream: IO[str]) -> None:
        self.text = ""
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def wait_for(self, words: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: words in self.text, timeout=PATIENCE), self.text

    def close(self) -> None:
        self._reader.join()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._news:
                self.text += line
                self._news.notify_all()


@dataclass(frozen=True)
class Place:
    workspace: Workspace
    install_url: str
    data_dir: Path
    log: Log

    @property
    def team(self) -> str:
        return str(self.workspace.info["team"]["name"])


@contextmanager
def a_place(data_dir: Path, *, host: str = "127.0.0.1", **environ: str) -> Iterator[Place]:
    """`python app.py` with client credentials, beside a workspace that it is not installed in."""
    with reserved_port() as port, a_workspace(*oauth_options(f"http://{host}:{port}/slack")) as workspace:
        routes = f"http://{host}:{port}/slack"
        env = {
            "PATH": os.environ["PATH"],
            **workspace.environment(data_dir),
            **client_credentials(workspace.credentials),
            "OAUTH_PORT": str(port),
            "SLACK_REDIRECT_URI": "" if host == "127.0.0.1" else f"{routes}/oauth_redirect",
            **environ,
        }
        del env["SLACK_BOT_TOKEN"]
        command = [sys.executable, "app.py"]
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as app:
            assert app.stderr
            log = Log(app.stderr)
            try:
                workspace.eventually(lambda: workspace.get("/sim/workspace")["app"]["connected"])
                yield Place(workspace, f"{routes}/install", data_dir, log)
            finally:
                app.kill()
                log.close()
            assert not re.search(r"xox[a-z]-|code=|v1\.\d{10}\.", log.text), log.text


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as made:
        yield made


@pytest.fixture
def admin(browser: Browser) -> Iterator[Page]:
    with a_visit(browser) as context:
        yield context.new_page()


def test_an_admin_installs_it_reloads_goes_to_slack_and_types_the_command(place: Place, admin: Page) -> None:
    ask_slack(admin, place.install_url)
    allow(admin)
    expect_installed(admin, place.team)
    assert is_installed(place.workspace)
    admin.reload()
    expect_installed(admin, "your workspace")
    admin.get_by_role("link", name="Open in Slack").click()
    expect(admin).to_have_url(re.compile(re.escape(place.workspace.url) + r"/\?(user=\w+&)?app=home"))
    place.workspace.person("ann").types("/run", in_channel="#general")
    assert place.workspace.person("ann").views()


def test_the_page_that_the_app_names_is_where_slack_leads_back_to(admin: Page, tmp_path: Path) -> None:
    """As through a tunnel: a browser sends the state's cookie to no other host."""
    with a_place(tmp_path, host="localhost") as place:
        place.log.wait_for("To install it, open ")
        [named] = re.findall(r"To install it, open (\S+)\n", place.log.text)
        ask_slack(admin, named)
        allow(admin)
        expect_installed(admin, place.team)


def test_who_cancels_is_told_that_nothing_happened_and_may_begin_again(place: Place, admin: Page) -> None:
    ask_slack(admin, place.install_url)
    cancel(admin)
    expect_title(admin, "Nothing was installed")
    assert not is_installed(place.workspace)
    admin.get_by_role("link", name="Start again").click()
    expect(admin).to_have_url(place.install_url)
    ask_slack(admin, place.install_url)
    allow(admin)
    expect_installed(admin, place.team)


def test_of_two_tabs_the_one_begun_last_ends_well(place: Place, browser: Browser) -> None:
    with a_visit(browser) as context:
        first, second = context.new_page(), context.new_page()
        ask_slack(first, place.install_url)
        ask_slack(second, place.install_url)
        allow(first)
        expect_title(first, "Not the browser you began in")
        allow(second)
        expect_installed(second, place.team)


def test_whoever_goes_back_and_allows_again_comes_to_no_harm(place: Place, admin: Page) -> None:
    ask_slack(admin, place.install_url)
    allow(admin)
    expect_installed(admin, place.team)
    admin.go_back()
    allow(admin)
    expect_installed(admin, "your workspace")
    assert is_installed(place.workspace)


def test_a_workspace_that_is_not_on_the_list_is_left_as_it_was(admin: Page, tmp_path: Path) -> None:
    with a_place(tmp_path, ALLOWED_TEAM_IDS="T0ELSEWHERE") as place:
        ask_slack(admin, place.install_url)
        allow(admin)
        expect_title(admin, "Not for this workspace")
        reference = admin.locator(".hint code").inner_text()
        assert not is_installed(place.workspace), "its token was revoked"
        place.log.wait_for(reference)


def test_what_is_removed_in_slack_is_gone_here_and_can_be_installed_again(place: Place, admin: Page) -> None:
    ask_slack(admin, place.install_url)
    allow(admin)
    expect_installed(admin, place.team)
    ann = place.workspace.person("ann")
    place.workspace.post("/sim/installation/remove", user=ann.id)
    # Two events, in either order. One that is carried out late takes what was installed anew within seconds for old.
    place.log.wait_for("its tokens are deleted")
    place.log.wait_for("has revoked tokens")
    with closing(sqlite3.connect(place.data_dir / "installations.sqlite3")) as db:
        for table in ("slack_bots", "slack_installations"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    ask_slack(admin, place.install_url)
    allow(admin)
    expect_installed(admin, place.team)
    ann.types("/run", in_channel="#general")
    assert ann.views()


def test_it_needs_no_script(place: Place, browser: Browser) -> None:
    with a_visit(browser, java_script_enabled=False) as context:
        page = context.new_page()
        ask_slack(page, place.install_url)
        cancel(page)
        expect_title(page, "Nothing was installed")
        page.get_by_role("link", name="Start again").click()
        page.get_by_role("link", name="Add to Slack").click()
        allow(page)
        expect_installed(page, place.team)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_the_policy_is_broken_by_nothing(
    place: Place, browser: Browser, scheme: str
) -> None:
    with a_visit(browser, viewport=PHONE, color_scheme=scheme) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(place.install_url)
        assert fits(page)
        page.goto(place.install_url.replace("install", "oauth_redirect"))
        assert fits(page)
        ask_slack(page, place.install_url)
        allow(page)
        expect_installed(page, place.team)
        assert fits(page)
        assert [each for each in said if "Content Security Policy" in each] == []
