"""The app comes into the workspace and leaves it, with all that hangs on that."""

import secrets
from collections.abc import Collection
from typing import Literal, get_args

from simulator.app_events import app_uninstalled, tokens_revoked
from simulator.core import Simulator
from simulator.errors import SimError
from simulator.manifest import Manifest
from simulator.oauth.tokens import new_token_text
from simulator.state import Installation, Token, User, Workspace

First = Literal["app_uninstalled", "tokens_revoked"]


def install_by_hand(workspace: Workspace, manifest: Manifest) -> None:
    """As the button on the app's settings page does, for one workspace: no OAuth, a token that stays."""
    bot = workspace.bot
    if workspace.installation is None:
        workspace.installation = Installation(workspace.default_user, {}, by_hand=True)
    if workspace.installation.by_hand:
        workspace.installation.granted[bot.id] = list(manifest.scopes)
    if not workspace.bot_token:
        workspace.tokens.append(Token(new_token_text(workspace, bot.id), bot.id))
    bot.deleted = False


def take_bot_away(workspace: Workspace) -> None:
    """Whoever wants it back after the next install invites it again, as in Slack."""
    workspace.bot.deleted = True
    for channel in workspace.channels.values():
        if not channel.is_direct and workspace.bot_user_id in channel.members:
            channel.members.remove(workspace.bot_user_id)


def install(sim: Simulator, user_id: str, scopes: Collection[str], user_scopes: Collection[str]) -> None:
    """Scopes are added to those that were granted before."""
    workspace = sim.workspace
    granted = workspace.installation.granted if workspace.installation else {}
    workspace.installation = Installation(user_id, granted)
    for owner, more in ((workspace.bot_user_id, scopes), (user_id, user_scopes)):
        if more:
            granted[owner] = list(dict.fromkeys([*granted.get(owner, []), *more]))
    workspace.bot.deleted = workspace.bot_user_id not in granted
    sim.live.publish({"type": "installation", "installed": True})


def uninstall(sim: Simulator, first: First | None = None) -> None:
    """Every token is dead, the app's views and addresses are gone, and the app is told in two events.

    Slack sends them in either order; `first` chooses one.
    """
    workspace = sim.workspace
    dead = _end_tokens(workspace, set(workspace.users), "uninstalled")
    sim.functions.end_tokens()
    workspace.installation = None
    workspace.refresh_tokens.clear()
    workspace.webhooks.clear()
    workspace.homes.clear()
    workspace.modals.clear()
    sim.response_urls.clear()
    take_bot_away(workspace)
    sim.live.publish({"type": "views_cleared"})
    sim.live.publish({"type": "installation", "installed": False})
    first = first or secrets.choice(get_args(First))
    if first == "app_uninstalled":
        app_uninstalled(sim)
    tokens_revoked(sim, dead)
    if first == "tokens_revoked":
        app_uninstalled(sim)


def revoke(sim: Simulator, user_id: str) -> None:
    """All tokens of the bot or a person. With the last of the app's tokens goes the app."""
    workspace = sim.workspace
    others = {each.user for each in workspace.tokens if each.state == "live"} - {user_id}
    if not others:
        uninstall(sim)
        return
    dead = _end_tokens(workspace, {user_id}, "revoked")
    if workspace.installation:
        workspace.installation.granted.pop(user_id, None)
    tokens_revoked(sim, dead)


def check_installed(sim: Simulator) -> None:
    if sim.workspace.installation is None:
        message = f"{sim.manifest.name} is not installed in this workspace."
        raise SimError("not_installed", message, status=404)


def check_may_manage_apps(workspace: Workspace, user: User) -> None:
    if user.is_restricted:
        raise SimError("not_allowed", "Guests cannot add or remove apps.", status=403)
    if workspace.only_admins_install and not (user.is_admin or user.is_owner):
        message = f"In {workspace.team_name} only owners and admins add and remove apps."
        raise SimError("not_allowed", message, status=403)


def who_may_manage_apps(workspace: Workspace) -> list[User]:
    return [user for user in workspace.people() if not user.deleted and _may(workspace, user)]


def _may(workspace: Workspace, user: User) -> bool:
    try:
        check_may_manage_apps(workspace, user)
    except SimError:
        return False
    return True


def _end_tokens(
    workspace: Workspace, owners: Collection[str], state: Literal["revoked", "uninstalled"]
) -> list[str]:
    """Whose tokens have ended by it."""
    ended = [each for each in workspace.tokens if each.state == "live" and each.user in owners]
    for token in ended:
        token.state = state
    workspace.refresh_tokens[:] = [each for each in workspace.refresh_tokens if each.user not in owners]
    return list(dict.fromkeys(each.user for each in ended))
