"""The offline workspace's consent page in a browser that runs no script, as it needs none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workspace import PATIENCE, ROOT, Workspace, a_workspace

pytestmark = pytest.mark.browser


class Callback(BaseHTTPRequestHandler):
    """An app's redirect URL, which leads on to another site, as some apps' do."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.send_response(200 if path == "/done" else 302)
        if path != "/done":
            port = self.server.server_port  # type: ignore[attr-defined]
            self.send_header("Location", f"http://localhost:{port}/done?{urlsplit(self.path).query}")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def callback() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Callback) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/slack/oauth_redirect"
        server.shutdown()


@pytest.fixture
def office(callback: str) -> Iterator[Workspace]:
    with a_workspace("--not-installed", "--redirect-url", callback) as started:
        yield started


@pytest.fixture
def consent(browser: Browser, office: Workspace, callback: str) -> Iterator[Page]:
    scopes = json.loads(Path(ROOT / "manifest.json").read_text("utf-8"))["oauth_config"]["scopes"]["bot"]
    query = {"client_id": office.credentials["client_id"], "scope": ",".join(scopes), "state": "a&b"}
    page = browser.new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{office.url}/oauth/v2/authorize?{urlencode({**query, 'redirect_uri': callback})}")
    yield page
    page.close()


def answer_of(page: Page) -> dict[str, list[str]]:
    page.wait_for_url("**/done?*")
    return parse_qs(urlsplit(page.url).query)


def test_allow_leads_through_the_app_to_wherever_it_leads(consent: Page) -> None:
    expect(consent.get_by_role("heading", level=1)).to_contain_text("Errand is requesting permission")
    consent.get_by_label("You act as").select_option("Margit Holm")
    consent.get_by_role("button", name="Allow").click()
    answer = answer_of(consent)
    assert answer.keys() == {"code", "state"}
    assert answer["state"] == ["a&b"]


def test_cancel_leads_there_too_without_a_code(consent: Page) -> None:
    consent.get_by_role("button", name="Cancel").click()
    assert answer_of(consent) == {"error": ["access_denied"], "state": ["a&b"]}


def test_everything_can_be_reached_by_keyboard_and_fits_a_phone(consent: Page) -> None:
    consent.get_by_label("You act as").focus()
    consent.keyboard.press("Tab")
    expect(consent.get_by_role("button", name="Cancel")).to_be_focused()
    consent.keyboard.press("Tab")
    consent.keyboard.press("Enter")
    assert "code" in answer_of(consent)
