"""The bot is a workspace's, whoever installed it; each person's installation is stored with the one of its time."""

from __future__ import annotations

from slack_sdk.oauth.installation_store import Bot, Installation


def with_bot(installation: Installation, bot: Bot | None) -> Installation:
    """A refresh, or whoever installed it last, changed the token for all (bolt-python#664)."""
    if bot:
        installation.bot_token = bot.bot_token
        installation.bot_id = bot.bot_id
        installation.bot_user_id = bot.bot_user_id
        installation.bot_scopes = bot.bot_scopes
        installation.bot_refresh_token = bot.bot_refresh_token
        installation.bot_token_expires_at = bot.bot_token_expires_at
    return installation
