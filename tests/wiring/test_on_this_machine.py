"""What an app on one's own machine does every minute goes on, whatever happens in one of them."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest

import wiring.on_this_machine as here
from oauth.installations import Installations
from oauth.loopback import InstallPages
from runs.service import RunService
from settings import Settings

MINUTES = 3


class Runs:
    """Fails at everything, the first time."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def recover(self) -> None:
        self._do("recover")

    def account(self) -> None:
        self._do("account")

    def renew(self) -> None:
        self._do("renew")

    def forget(self) -> None:
        self._do("forget")

    def _do(self, what: str) -> None:
        self.done.append(what)
        if self.done.count(what) == 1:
            raise OSError("database is locked")


def test_what_fails_in_one_minute_is_tried_again_in_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runs, passed = Runs(), iter(range(MINUTES))

    def sleep(seconds: float) -> None:
        if next(passed, None) is None:
            raise SystemExit

    # Here alone: what other tests have left behind in this process may sleep, too.
    monkeypatch.setattr(here, "time", SimpleNamespace(sleep=sleep))
    installations = Installations(cast(Any, None), cast(Any, None), renew=runs.renew)
    with pytest.raises(SystemExit):
        here._keep_accounts(cast(RunService, runs), installations, runs.forget)
    assert runs.done == ["recover", "forget", *["account", "renew"] * MINUTES]
    told = [each.levelno for each in caplog.records if each.name == here.log.name]
    assert told == [logging.ERROR] * 4
    assert "database is locked" in caplog.text


@pytest.mark.parametrize(
    ("environ", "named", "warns"),
    [
        ({}, "http://127.0.0.1:3000/slack/install", True),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "http://127.0.0.1:3000/slack/install", False),
        (
            {"SLACK_REDIRECT_URI": "https://tunnel.example/x/slack/oauth_redirect"},
            "https://tunnel.example/x/slack/install",
            False,
        ),
    ],
)
def test_the_install_page_is_named_where_slack_leads_back_to(
    caplog: pytest.LogCaptureFixture, environ: dict[str, str], named: str, warns: bool
) -> None:
    caplog.set_level(logging.INFO)
    many = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"}
    pages = SimpleNamespace(url="http://127.0.0.1:3000/slack/install", port=3000)
    here._say_where(cast(InstallPages, pages), Settings.from_env(many | environ))
    assert f"To install it, open {named}" in caplog.text
    assert ("SLACK_REDIRECT_URI" in caplog.text) is warns
