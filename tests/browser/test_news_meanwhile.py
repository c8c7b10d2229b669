"""What happens while the page fetches something: the answer may be older than that, and does not undo it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from runs.service import RunService
from tests.browser.test_running_a_job import run_message, wait_until
from tests.workspace import PATIENCE, Workspace

pytestmark = pytest.mark.browser

# The next answer of that path is there, but the page has it only when `release` is called, and then at once.
HOLD = """
const path = "%s";
const fetch = window.fetch;
window.fetch = async (...asked) => {
  const answer = await fetch(...asked);
  if (window.release || asked[1]?.method === "POST" || !String(asked[0]).startsWith(path)) return answer;
  const body = await answer.json();
  await new Promise((resolve) => (window.release = resolve));
  return { ok: true, status: 200, json: async () => body };
};
"""


def test_a_form_that_opens_while_the_page_begins_stays(
    browser: Browser, workspace: Workspace, errand: RunService
) -> None:
    ann = workspace.person("ann")
    page = browser.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.add_init_script(HOLD % "/sim/views?")
    page.goto(f"{workspace.url}/?user={ann.id}&channel={workspace.channel_id('#general')}")
    wait_until(page, "typeof window.release === 'function'")
    ann.types("/run say-it", in_channel="#general")
    form = page.get_by_role("dialog")
    form.get_by_label("Text").fill("in time")
    page.evaluate("window.release()")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(run_message(page, "Say it")).to_contain_text("Done")
    page.close()


def home_that_says(words: str) -> dict[str, Any]:
    return {"type": "home", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": words}}]}


def test_app_home_shows_what_was_published_last(page: Page, workspace: Workspace) -> None:
    client = WebClient(workspace.credentials["bot_token"], base_url=workspace.credentials["api_url"])
    ann = workspace.person("ann").id
    client.views_publish(user_id=ann, view=home_that_says("Waiting for you"))
    page.evaluate(f"() => {{ {HOLD % '/sim/home?'} }}")
    page.get_by_test_id("app-home").click()
    wait_until(page, "typeof window.release === 'function'")
    client.views_publish(user_id=ann, view=home_that_says("Nothing to do"))
    shown = page.get_by_role("tabpanel")
    expect(shown).to_contain_text("Nothing to do")
    page.evaluate("window.release()")
    assert "Waiting for you" not in shown.inner_text()
