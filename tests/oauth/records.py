"""Installations as tests need them."""

from __future__ import annotations

from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation

from tests.fake_slack import TEAM


def an_installation(**changed: Any) -> Installation:
    given = {
        "app_id": "A0APP",
        "team_id": TEAM,
        "bot_token": "xoxb-first",
        "bot_id": "B0BOT",
        "bot_user_id": "U0BOT",
        "bot_scopes": ["chat:write", "commands"],
        "user_id": "U0ANN",
        "installed_at": 1_000.0,
    }
    return Installation(**given | changed)


def a_bot(**changed: Any) -> Bot:
    return an_installation(**changed).to_bot()
