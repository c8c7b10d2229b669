"""Whose eyes a run has: the requester's. What they cannot read in Slack, no job reads for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from runs.errors import Refused

Channel = dict[str, Any]
User = dict[str, Any]

# One answer for "does not exist" and "is private and not yours": two would tell strangers that it exists.
UNSEEN_CHANNEL = "I can't find that channel, or you aren't in it."
DIRECT_MESSAGES = "I don't read direct messages. Choose a channel instead."

DEACTIVATED = "That account is deactivated, so I can't run jobs for it."
A_BOT = "I run jobs for people, not for bots."
A_STRANGER = "I run jobs only for members of this workspace. Ask one of them to run it for you."
A_GUEST = "Guests can't run jobs here. Ask a full member of this workspace to run it for you."
NO_MEMBER = frozenset({DEACTIVATED, A_BOT, A_STRANGER, A_GUEST})

# conversations.members answers with bare ids of 11 letters, so the largest page costs nothing but saves calls
# on the way to a run's start. https://docs.slack.dev/reference/methods/conversations.members
MEMBERS_PAGE = 999

# The only user of Slack's own that users.info does not call a bot.
SLACKBOT = "USLACKBOT"


def readable_channel(client: WebClient, channel_id: str, requester: str) -> Channel:
    """Slack's channel object, if `requester` may read the channel and the bot can.

    Raises Refused for direct messages, for private channels that the requester is not in, and for public ones
    that the bot is not in. Archived channels can be read.
    """
    if channel_id.startswith("D"):
        raise Refused(DIRECT_MESSAGES)
    channel = _channel(client, channel_id)
    # No is_private at all counts as private: what Slack does not call public is nobody's business.
    is_public = channel.get("is_private") is False and not channel.get("is_im") and not channel.get("is_mpim")
    if not is_public and requester not in _members(client, channel_id):
        raise Refused(UNSEEN_CHANNEL)
    if channel.get("is_im") or channel.get("is_mpim"):
        raise Refused(DIRECT_MESSAGES)
    if not channel.get("is_member") and not channel.get("is_archived"):
        raise Refused(invitation(channel))
    return channel


def invitation(channel: Channel) -> str:
    """How to let the bot into a channel that the reader is known to see."""
    if channel.get("is_archived"):
        return f"#{channel['name']} is archived and I was never in it, so I can't read it."
    return f"I'm not in #{channel['name']}. Invite me there with `/invite @Errand`, then run again."


def known_member(client: WebClient, user_id: str, team_id: str) -> User:
    """Slack's user object of a full member of this workspace.

    Raises Refused for guests, deactivated accounts, bots and people of other workspaces.
    """
    user = _user(client, user_id)
    refusal = why_no_member(user, team_id)
    if refusal:
        raise Refused(refusal)
    return user


def why_no_member(user: User, team_id: str) -> str:
    """Why somebody is no full member of this workspace; empty if they are."""
    if user.get("deleted"):
        return DEACTIVATED
    if user.get("is_bot") or user["id"] == SLACKBOT:
        return A_BOT
    if user.get("is_stranger") or team_id not in _teams(user):
        return A_STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return A_GUEST
    return ""


def is_admin(client: WebClient, user_id: str, team_id: str) -> bool:
    """False for admins of other workspaces. Raises Refused for somebody whom this workspace does not know."""
    return is_admin_of(_user(client, user_id), team_id)


def is_admin_of(user: User, team_id: str) -> bool:
    return bool(user.get("is_admin") or user.get("is_owner")) and not why_no_member(user, team_id)


def _channel(client: WebClient, channel_id: str) -> Channel:
    try:
        channel: Channel = client.conversations_info(channel=channel_id)["channel"]
    except SlackApiError as error:
        if _hides_a_conversation(error):
            raise Refused(UNSEEN_CHANNEL) from None
        raise
    return channel


def _hides_a_conversation(error: SlackApiError) -> bool:
    """A group message's id may begin like a channel's; without its scope Slack says `missing_scope`."""
    code = error.response.get("error")
    if code == "missing_scope":
        needed = set(str(error.response.get("needed", "")).split(","))
        return needed <= {"im:read", "mpim:read"}
    return code in {"channel_not_found", "invalid_channel", "not_in_channel"}


def _members(client: WebClient, channel_id: str) -> Iterator[str]:
    try:
        for page in client.conversations_members(channel=channel_id, limit=MEMBERS_PAGE):
            yield from page["members"]
    except SlackApiError as error:
        if _hides_a_conversation(error):
            raise Refused(UNSEEN_CHANNEL) from None
        raise


def _user(client: WebClient, user_id: str) -> User:
    user = find_user(client, user_id)
    if user is None:
        raise Refused("I can't find your account in this workspace.")
    return user


def find_user(client: WebClient, user_id: str) -> User | None:
    """None for somebody whom this workspace does not know."""
    try:
        user: User = client.users_info(user=user_id)["user"]
    except SlackApiError as error:
        if error.response.get("error") in {"user_not_found", "user_not_visible"}:
            return None
        raise
    return user


def _teams(user: User) -> set[str]:
    """On Enterprise Grid one person is a member of several workspaces."""
    return {user.get("team_id", ""), *user.get("enterprise_user", {}).get("teams", ())}
