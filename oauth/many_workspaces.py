"""An app for many workspaces: how it knows the bots and the people who let it act for them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from slack_sdk.oauth.installation_store import Installation, InstallationStore

from oauth.bot_client import Workspace
from oauth.installations import Installations
from oauth.installed_bots import InstalledBots
from oauth.revocations import StoredRevocations
from oauth.rotation import AHEAD, Rotation
from oauth.storage import Storage


class InstalledUsers:
    """Those who let the app act for them, with tokens that are good. `scopes`: what it asks of them; mostly nothing."""

    def __init__(
        self,
        open_store: Callable[[], InstallationStore],
        rotation: Rotation,
        scopes: Callable[[], Collection[str]],
    ) -> None:
        self._open_store = open_store
        self._rotation = rotation
        self._scopes = scopes

    def find(self, of: Workspace, user_id: str) -> Installation | None:
        if not self._scopes():
            return None
        found = self._open_store().find_installation(
            enterprise_id=of.enterprise_id,
            team_id=of.team_id,
            user_id=user_id,
            is_enterprise_install=of.is_enterprise_install,
        )
        return self._rotation.current_user(found) if found else None


def installations_of_many(
    storage: Storage,
    rotation: Rotation,
    *,
    clock: Callable[[], float],
    allowed: Collection[str] = (),
    user_scopes: Callable[[], Collection[str]] = tuple,
) -> Installations:
    bots = InstalledBots(storage.store, allowed=allowed, rotation=rotation, is_at_hand=storage.is_at_hand)
    return Installations(
        bots=bots,
        revocations=StoredRevocations(storage.store, bots),
        users=InstalledUsers(storage.store, rotation, user_scopes),
        storage=storage,
        renew=lambda: rotation.renew_all(storage.rotating_before(clock() + AHEAD)),
    )
