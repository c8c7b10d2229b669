"""Installations with tokens that are easy to find again, wherever they should not be."""

from __future__ import annotations

from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation

CLIENT_ID = "111.222"
AT = 1_700_000_000.0


def an_installation(
    team_id: str | None = "T1",
    user_id: str = "U1",
    *,
    at: float = AT,
    mark: str = "",
    **more: Any,
) -> Installation:
    """Every secret of it says `HUSH`, and whose it is; `mark` tells it from others of the same workspace and person."""
    of = f"HUSH-{team_id or 'org'}-{mark}"
    fields: dict[str, Any] = {
        "app_id": "A1",
        "team_id": team_id,
        "team_name": f"Team {team_id}",
        "bot_token": f"xoxb-{of}",
        "bot_id": "B1",
        "bot_user_id": "UB1",
        "bot_scopes": ["chat:write", "commands"],
        "user_id": user_id,
        "user_token": f"xoxp-{of}-{user_id}",
        "user_scopes": ["search:read"],
        "incoming_webhook_url": f"https://hooks.slack.com/services/{of}-{user_id}",
        "incoming_webhook_configuration_url": f"https://acme.slack.com/services/{of}-{user_id}",
        "installed_at": at,
    }
    return Installation(**(fields | more))


def a_rotating_installation(team_id: str = "T1", user_id: str = "U1", **more: Any) -> Installation:
    """Its tokens expire."""
    of = f"HUSH-{team_id}"
    rotating = {
        "bot_refresh_token": f"xoxe-1-{of}",
        "bot_token_expires_at": int(AT) + 43_200,
        "user_refresh_token": f"xoxe-2-{of}-{user_id}",
        "user_token_expires_at": int(AT) + 43_200,
    }
    return an_installation(team_id, user_id, **(rotating | more))


def an_org_wide_installation(enterprise_id: str = "E1", user_id: str = "U1", **more: Any) -> Installation:
    org = {"enterprise_id": enterprise_id, "enterprise_name": f"Org {enterprise_id}"}
    return an_installation(None, user_id, team_name=None, is_enterprise_install=True, **(org | more))


def secrets_of(record: Bot | Installation) -> set[str]:
    names = (
        "bot_token",
        "bot_refresh_token",
        "user_token",
        "user_refresh_token",
        "incoming_webhook_url",
        "incoming_webhook_configuration_url",
    )
    return {value for name in names if (value := getattr(record, name, None))}
