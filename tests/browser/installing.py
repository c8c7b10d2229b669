"""An admin at the install page, Slack's consent page and what comes after, wherever the app runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.workspace import PATIENCE, Workspace

PHONE = {"width": 390, "height": 844}


@contextmanager
def a_visit(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Of somebody who was never here. Nothing but loopback may be asked for anything."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    elsewhere: list[str] = []

    def note(url: str) -> None:
        if not re.match(r"(http://(127\.0\.0\.1|localhost):|data:)", url):
            elsewhere.append(url)

    context.on("request", lambda request: note(request.url))
    yield context
    context.close()
    assert elsewhere == []


def ask_slack(page: Page, install_url: str, name: str = "Errand") -> None:
    page.goto(install_url)
    expect(page).to_have_title(f"Add {name} to Slack")
    page.get_by_role("link", name="Add to Slack").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is requesting permission")


def allow(page: Page) -> None:
    page.get_by_role("button", name="Allow").click()


def cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel").click()


def expect_installed(page: Page, in_: str, name: str = "Errand", command: str = "/run") -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} is in {in_}")
    expect(page.get_by_text(command, exact=True)).to_be_visible()


def expect_title(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def is_installed(workspace: Workspace) -> bool:
    return bool(workspace.get("/sim/installation")["installed"])


def fits(page: Page) -> bool:
    """Nothing runs out of the screen to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
