"""A teammate looks back in the browser: at a list of runs, and at one of them in full."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_running_a_job import run_message, type_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("errand")]


def test_from_the_list_to_the_end_of_a_runs_log(page: Page) -> None:
    for command in ('/run say-it text="hello"', "/run log-much"):
        type_in(page, command)
    for title in ("Say it", "Log much"):
        expect(run_message(page, title)).to_contain_text("Done in")
    type_in(page, "/runs mine log-much")
    listed = page.get_by_test_id("message").filter(has_text="Recent runs: mine, log-much")
    expect(listed).not_to_contain_text("Say it")
    listed.get_by_role("button", name="Details").click()
    details = page.get_by_role("dialog")
    expect(details).to_contain_text("asked for by")
    expect(details).to_contain_text("line 29")
    expect(details.get_by_role("button", name="Run again")).to_be_visible()
