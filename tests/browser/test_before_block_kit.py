"""A Bolt app of before modals and Block Kit, as people use it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.browser.test_running_a_job import type_in
from tests.workspace import Workspace

pytestmark = pytest.mark.browser
Json = dict[str, Any]

DIALOG: Json = {
    "callback_id": "ride",
    "title": "Request a Ride",
    "submit_label": "Request",
    "notify_on_cancel": True,
    "elements": [
        {"type": "text", "subtype": "tel", "label": "Phone", "name": "phone", "hint": "Of the passenger"},
        {"type": "select", "label": "Car", "name": "car", "data_source": "external", "min_query_length": 0},
    ],
}
GAMES: Json = {
    "text": "Which game?",
    "fallback": "Which game?",
    "callback_id": "games",
    "actions": [
        {"name": "game", "type": "button", "text": "Chess", "value": "chess", "style": "primary"},
        {
            "name": "game",
            "type": "button",
            "text": "War",
            "value": "war",
            "style": "danger",
            "confirm": {"title": "War?", "text": "Is it worth it?", "ok_text": "It is", "dismiss_text": "No"},
        },
        {"type": "button", "text": "Rules", "url": "https://example.com/rules"},
        {
            "name": "level",
            "type": "select",
            "text": "Level",
            "option_groups": [
                {
                    "text": "For all",
                    "options": [{"text": "Easy", "value": "easy", "description": "At first"}],
                },
                {"text": "For few", "options": [{"text": "Hard", "value": "hard"}]},
            ],
        },
    ],
}


@pytest.fixture
def client(workspace: Workspace) -> Iterator[WebClient]:
    """The client of an app that is at work in the workspace."""
    credentials = workspace.credentials
    client = WebClient(credentials["bot_token"], base_url=credentials["api_url"])
    app = App(client=client, signing_secret=credentials["signing_secret"])
    _listen(app)
    handler = SocketModeHandler(
        app, credentials["app_token"], web_client=WebClient(base_url=credentials["api_url"])
    )
    handler.connect()
    workspace.control(
        "members",
        channel=workspace.channel_id("#general"),
        add=[workspace.info["app"]["bot_user_id"]],
    )
    yield client
    handler.client.auto_reconnect_enabled = False
    workspace.control("disconnect", hard=True)
    handler.close()


def _listen(app: App) -> None:
    @app.command("/run")
    def open_a_dialog(ack: Ack, client: WebClient, body: Json) -> None:
        ack()
        client.dialog_open(trigger_id=body["trigger_id"], dialog=DIALOG)

    @app.options("ride")
    def offer(ack: Ack) -> None:
        ack({"options": [{"label": "Van", "value": "van"}, {"label": "Limo", "value": "limo"}]})

    @app.action({"type": "dialog_submission", "callback_id": "ride"})
    def take(ack: Ack, body: Json, client: WebClient) -> None:
        entered = body["submission"]
        if not entered["phone"].isdigit():
            ack({"errors": [{"name": "phone", "error": "Only digits, please"}]})
            return
        ack()
        client.chat_postMessage(
            channel=body["channel"]["id"], text=f"{entered['car']} for {entered['phone']}"
        )

    @app.action({"type": "dialog_cancellation", "callback_id": "ride"})
    def hear(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=body["channel"]["id"], text="No ride, then")

    @app.attachment_action("games")
    def play(ack: Ack, action: Json) -> None:
        chosen = action.get("value") or action["selected_options"][0]["value"]
        ack({"text": f"It is {chosen}", "attachments": [{**GAMES, "text": "And now?"}]})


def test_a_dialog_is_filled_in_with_the_keyboard(page: Page, client: WebClient) -> None:
    type_in(page, "/run")
    dialog = page.get_by_role("dialog", name="Request a Ride")
    phone = dialog.get_by_label("Phone")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("inputmode", "tel")
    expect(dialog).to_contain_text("Of the passenger")
    page.keyboard.type("call me")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Limo")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.locator(".select-value")).to_have_text("Limo")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator(".field-error:visible")).to_have_text("Only digits, please")
    expect(phone).to_be_focused()
    phone.fill("4711")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("message").filter(has_text="limo for 4711")).to_be_visible()


def test_an_app_hears_that_a_dialog_was_closed(page: Page, client: WebClient) -> None:
    type_in(page, "/run")
    expect(page.get_by_role("dialog", name="Request a Ride")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("message").filter(has_text="No ride, then")).to_be_visible()


def test_buttons_of_an_attachment_change_its_message(
    page: Page, client: WebClient, workspace: Workspace
) -> None:
    client.chat_postMessage(channel=workspace.channel_id("#general"), text="Play", attachments=[GAMES])
    attachment = page.get_by_test_id("attachment")
    expect(attachment.get_by_role("link", name="Rules")).to_have_attribute(
        "href", "https://example.com/rules"
    )
    attachment.get_by_role("button", name="War").click()
    asked = page.get_by_role("alertdialog", name="War?")
    expect(asked).to_contain_text("Is it worth it?")
    asked.get_by_role("button", name="No").click()
    expect(asked).to_have_count(0)
    attachment.get_by_role("button", name="War").click()
    asked.get_by_role("button", name="It is").click()
    expect(page.get_by_text("It is war")).to_be_visible()
    expect(attachment).to_contain_text("And now?")


def test_the_words_for_clients_without_buttons_are_not_shown_beside_them(
    page: Page, client: WebClient, workspace: Workspace
) -> None:
    bare = {**GAMES, "text": "", "fallback": "You cannot play here"}
    client.chat_postMessage(channel=workspace.channel_id("#general"), text="Play", attachments=[bare])
    attachment = page.get_by_test_id("attachment")
    expect(attachment.get_by_role("button", name="Chess")).to_be_visible()
    expect(attachment).not_to_contain_text("You cannot play here")


def test_a_menu_of_an_attachment_is_chosen_from_on_a_phone(
    page: Page, client: WebClient, workspace: Workspace
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    client.chat_postMessage(channel=workspace.channel_id("#general"), text="Play", attachments=[GAMES])
    menu = page.get_by_test_id("attachment").get_by_role("button", name="Level")
    menu.click()
    panel = page.locator(".select-popover")
    expect(panel).to_contain_text("For all")
    expect(panel.get_by_role("option", name="Easy")).to_contain_text("At first")
    panel.get_by_role("option", name="Hard").click()
    expect(page.get_by_text("It is hard")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
