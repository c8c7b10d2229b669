"""A real browser. Without Chrome or Chromium these tests are skipped, loudly; in CI that is an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workspace import PATIENCE, Workspace


@pytest.fixture
def page(browser: Browser, workspace: Workspace, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Ann's browser, in #general. An error on the page fails the test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(PATIENCE * 1000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(
        f"{workspace.url}/?user={workspace.person('ann').id}&channel={workspace.channel_id('#general')}"
    )
    expect(opened.get_by_test_id("composer")).to_be_visible()
    expect(opened.get_by_test_id("message").last).to_be_visible()  # so what comes now comes as news
    yield opened
    folder = Path("test-results")
    folder.mkdir(exist_ok=True)
    opened.screenshot(path=folder / f"{request.node.name}.png")
    opened.close()
    assert errors == []
