"""The app is killed in the middle of an export, and started again: the person sees it finish."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_running_a_job import run_message, type_in
from tests.running import an_app_process
from tests.workspace import Workspace

pytestmark = pytest.mark.browser

LONG = 120_000  # ms; the export calls Slack about sixty times


def test_an_export_moves_is_killed_and_is_finished_by_the_next_start(
    page: Page, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.control("latency", ms=250)
    with an_app_process(workspace, tmp_path) as app:
        type_in(page, "/run export-channel channel=#general days=30 threads")
        bar = run_message(page, "Export a channel").get_by_role("progressbar")
        expect(bar).not_to_have_attribute("aria-valuenow", "0", timeout=LONG)
        app.kill()
    expect(page.get_by_test_id("banner")).to_be_visible()
    workspace.control("latency", ms=0)
    with an_app_process(workspace, tmp_path):
        message = run_message(page, "Export a channel")
        expect(message).to_contain_text("Done", timeout=LONG)
        expect(page.get_by_test_id("banner")).not_to_be_visible()
        page.get_by_test_id("app-home").click()
        page.get_by_role("tab", name="Messages").click()
        expect(page.get_by_test_id("message").filter(has_text="Exported")).to_have_count(1)
