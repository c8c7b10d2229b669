"""The install flow as a browser meets it: over HTTP on loopback, with a cookie jar, against a fake Slack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_sdk.oauth.installation_store import InstallationStore

from oauth.installations import Installations
from oauth.local_storage import LocalStorage
from oauth.loopback import InstallPages
from settings import Settings
from tests.fake_slack import FakeSlack
from tests.workspace import PATIENCE
from wiring.installing import create_flow, create_installations

CODE = "1234.a-code-that-nobody-may-see"
CLIENT_SECRET = "a-client-secret-that-nobody-may-see"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Page:
    status: int
    headers: HTTPMessage
    body: str

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.body, re.DOTALL)
        assert found, self.body
        return unescape(found[1])

    @property
    def reference(self) -> str:
        found = re.search(r"Reference <code>(E-[0-9A-F]{8})</code>", self.body)
        assert found, self.body
        return found[1]

    @property
    def links(self) -> list[str]:
        return [unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', self.body)]

    @property
    def authorize(self) -> dict[str, list[str]]:
        """What the button asks Slack for."""
        return parse_qs(urlsplit(self.links[0]).query)

    @property
    def cookies(self) -> dict[str, str]:
        """As they are set, each with its attributes."""
        return {each.partition("=")[0]: each for each in self.headers.get_all("Set-Cookie") or []}


@dataclass
class BrowserOf:
    """Keeps cookies and follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, **query: Any
    ) -> Page:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        address = f"{path}?{urlencode(query, doseq=True)}" if query else path
        connection.request(method, address, headers={"Cookie": cookie, **(headers or {})})
        answer = connection.getresponse()
        page = Page(answer.status, answer.headers, answer.read().decode())
        connection.close()
        for name, text in page.cookies.items():
            value = text.partition("=")[2].partition(";")[0]
            self.cookies[name] = value
            if "Max-Age=0" in text:
                del self.cookies[name]
        return page

    def begins(self) -> str:
        """Opens the install page. The state that Slack would bring back."""
        return self.get("/slack/install").authorize["state"][0]

    def comes_back(self, **query: Any) -> Page:
        return self.get("/slack/oauth_redirect", **query)

    def installs(self) -> Page:
        return self.comes_back(code=CODE, state=self.begins())


@dataclass
class Installing:
    slack: FakeSlack
    clock: Clock
    installations: Installations
    pages: InstallPages
    data_dir: Path

    @property
    def port(self) -> int:
        return urlsplit(self.pages.url).port or 0

    def browser(self) -> BrowserOf:
        return BrowserOf(self.port)

    @property
    def store(self) -> InstallationStore:
        assert self.installations.storage
        return self.installations.storage.store()


@contextmanager
def installing(slack: FakeSlack, data_dir: Path, **environ: str) -> Iterator[Installing]:
    """An app for many workspaces on one's own machine, as `make dev` makes it, but for Socket Mode."""
    settings = Settings.from_env(
        {
            "SLACK_CLIENT_ID": "111.222",
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": f"{slack.url}/api/",
            "DATA_DIR": str(data_dir),
            "OAUTH_PORT": "0",
            **environ,
        }
    )
    data_dir.mkdir(exist_ok=True)
    clock = Clock()
    storage = LocalStorage(data_dir, settings.client_id, clock=clock)
    installations = create_installations(settings, storage, clock=clock)
    flow = create_flow(settings, installations, is_https=False, clock=clock)
    assert flow
    host = urlsplit(settings.redirect_uri).hostname or ""
    pages = InstallPages(flow, settings.oauth_port, public_host=host)
    try:
        yield Installing(slack, clock, installations, pages, data_dir)
    finally:
        pages.close()
