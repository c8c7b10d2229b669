"""Revokes what an app holds in one workspace, at Slack: https://docs.slack.dev/reference/methods/auth.revoke"""

from collections.abc import Iterable

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation

from ops.console import say
from ops.installation_rows import Row
from ops.kept import Kept
from ops.stage import Stop

# It is no good any more, which is what was wanted.
DEAD = {"token_revoked", "invalid_auth", "account_inactive", "token_expired", "team_disabled", "not_authed"}


def revoke(kept: Kept, rows: Iterable[Row]) -> None:
    """People's tokens before the bot's. Raises CipherError, and Stop at the first that Slack does not revoke."""
    client = WebClient(base_url=kept.slack_api_url, timeout=10)
    users: dict[str, str] = {}
    bots: dict[str, str] = {}
    for row in rows:
        record = kept.open(row.record)
        if isinstance(record, Installation) and record.user_token:
            users[record.user_token] = f"a token of user {record.user_id}"
        if record.bot_token:
            bots[record.bot_token] = f"a token of bot {record.bot_id}"
    for token, whose in (users | bots).items():
        say(f"  {revoke_one(client, token, whose)}")


def revoke_one(client: WebClient, token: str, whose: str) -> str:
    try:
        client.auth_revoke(token=token)
    except SlackApiError as error:
        code = error.response.get("error", "")
        if code in DEAD:
            return f"Slack no longer knew {whose} ({code})."
        raise Stop(f"Slack does not revoke {whose}: {code or 'no answer'}. Nothing was deleted.") from None
    except OSError as error:
        raise Stop(f"Slack cannot be reached: {error}. Nothing was deleted.") from None
    return f"Revoked {whose}."
