"""Where the app is installed, and the pages by which it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from slack_sdk import WebClient

from oauth.bots import BotIdentity, BotOfToken, Bots, OneBot
from oauth.installations import Installations
from settings import Settings

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store import Installation

    from oauth.facts import Facts
    from oauth.flow import InstallFlow
    from oauth.state import SignedStateStore
    from oauth.storage import Storage

MANIFEST = Path(__file__).parent.with_name("manifest.json")


def create_installations(
    settings: Settings, storage: Storage, *, clock: Callable[[], float] = time.time
) -> Installations:
    """Of an app for many workspaces."""
    from oauth.many_workspaces import installations_of_many
    from oauth.rotation import Rotation

    rotation = Rotation(
        storage.store,
        storage.leases,
        api_url=settings.slack_api_url,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        clock=clock,
    )
    return installations_of_many(
        storage,
        rotation,
        clock=clock,
        allowed=settings.allowed_team_ids,
        user_scopes=lambda: manifest()["oauth_config"]["scopes"].get("user", ()),
    )


def create_flow(
    settings: Settings,
    installations: Installations,
    *,
    is_https: bool,
    clock: Callable[[], float] = time.time,
) -> InstallFlow | None:
    """None in one workspace, where nobody installs anything."""
    storage = installations.storage
    if storage is None:
        return None
    from oauth.flow import InstallFlow

    @cache
    def open_state() -> SignedStateStore:
        from oauth.state import SignedStateStore

        return SignedStateStore(settings.client_secret, storage.consumed(), clock=clock)

    @cache
    def read_facts() -> Facts:
        from oauth.facts import read_facts

        return read_facts(
            manifest(),
            stage_suffix=settings.command_suffix,
            kept=storage.where,
            is_restricted=bool(settings.allowed_team_ids),
        )

    def forget(installed: Installation) -> None:
        installations.bots.forget(team_id=installed.team_id, enterprise_id=installed.enterprise_id)

    return InstallFlow(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        api_url=settings.slack_api_url,
        open_state=open_state,
        open_store=storage.store,
        read_facts=read_facts,
        allowed=settings.allowed_team_ids,
        is_https=is_https,
        redirect_uri=settings.redirect_uri,
        on_installed=forget,
    )


@cache
def manifest() -> Mapping[str, Any]:
    """The one source of scopes. Read when somebody first asks, which no ack does."""
    return cast(Mapping[str, Any], json.loads(MANIFEST.read_bytes()))


def create_bots(settings: Settings) -> Bots:
    """Of an app in one workspace."""
    if not (settings.team_id and settings.bot_id and settings.bot_user_id):
        return BotOfToken(WebClient(base_url=settings.slack_api_url, timeout=10), settings.bot_token)
    return OneBot(
        BotIdentity(
            team_id=settings.team_id,
            bot_id=settings.bot_id,
            bot_user_id=settings.bot_user_id,
            token=settings.bot_token,
        )
    )
