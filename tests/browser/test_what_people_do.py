"""What people do beside commands, and what apps of other people show them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from tests.workspace import Workspace

pytestmark = pytest.mark.browser


def test_somebody_shares_a_file_reacts_and_takes_it_back(page: Page, tmp_path: Path) -> None:
    scan = tmp_path / "scan.txt"
    scan.write_text("seen")
    composer = page.get_by_test_id("composer")
    composer.fill("look at this")
    page.locator("input[type=file]").set_input_files(scan)
    message = page.get_by_test_id("message").filter(has_text="look at this")
    expect(message).to_contain_text("scan.txt")
    message.hover()
    message.get_by_role("button", name="Add reaction").click()
    page.locator(".emoji-cell").first.click()
    reaction = message.get_by_role("button", name="thumbsup: Ann Lindqvist")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    reaction.click()
    expect(reaction).to_have_count(0)
    message.hover()
    message.get_by_role("button", name="More actions").click()
    page.get_by_text("Delete message").click()
    expect(message).to_have_count(0)


def test_an_apps_attachments_are_shown(page: Page, workspace: Workspace) -> None:
    client = WebClient(workspace.credentials["bot_token"], base_url=workspace.credentials["api_url"])
    channel = workspace.channel_id("#general")
    bot = workspace.info["app"]["bot_user_id"]
    workspace.control("members", channel=channel, add=[bot])
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*within*"}}
    fields = [{"title": "Took", "value": "3 min", "short": True}]
    client.chat_postMessage(
        channel=channel,
        text="Built",
        attachments=[
            {
                "fallback": "Build 42",
                "title": "Build 42",
                "color": "good",
                "fields": fields,
                "author_name": "The builder",
                "author_link": "https://example.com/builder",
                "image_url": "https://example.com/chart.png",
                "footer": "Nightly",
                "ts": 1_500_000_000,
            },
            {"fallback": "within", "blocks": [block]},
        ],
    )
    shown = page.get_by_test_id("attachment")
    expect(shown).to_have_count(2)
    expect(shown.first).to_contain_text("Build 42")
    expect(shown.first).to_contain_text("3 min")
    builder = shown.first.get_by_role("link", name="The builder")
    expect(builder).to_have_attribute("href", "https://example.com/builder")
    expect(shown.first.get_by_role("img", name="Build 42")).to_be_visible()
    expect(shown.first.locator(".attachment-footer")).to_have_text(re.compile(r"Nightly \| .*2017"))
    expect(shown.last).to_have_text("within")


def test_an_app_is_mentioned_by_its_suggestion(page: Page, workspace: Workspace) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("@Err")
    expect(page.get_by_role("option", name="Errand")).to_be_visible()
    composer.press("Enter")
    composer.press_sequentially("are you there?")
    composer.press("Enter")
    message = page.get_by_test_id("message").filter(has_text="are you there?")
    expect(message).to_contain_text("@Errand are you there?")
    written = workspace.person("ann").messages("#general")[-1]["text"]
    assert written == f"<@{workspace.info['app']['bot_user_id']}> are you there?"
