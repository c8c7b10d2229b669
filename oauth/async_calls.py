"""slack_sdk's asynchronous interface of a store that has the other one, for whoever hands it to Bolt's AsyncApp.

The SDK's own stores have both. Without it AsyncApp would take the store for an empty one, and log no more than INFO.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

Answer = TypeVar("Answer")


class AsyncCalls(InstallationStore, AsyncInstallationStore):
    """Each call is made in a thread, so that the event loop goes on meanwhile."""

    async def async_save(self, installation: Installation) -> None:
        await in_a_thread(lambda: self.save(installation))

    async def async_save_bot(self, bot: Bot) -> None:
        await in_a_thread(lambda: self.save_bot(bot))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        return await in_a_thread(
            lambda: self.find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
            )
        )

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        return await in_a_thread(
            lambda: self.find_installation(
                enterprise_id=enterprise_id,
                team_id=team_id,
                user_id=user_id,
                is_enterprise_install=is_enterprise_install,
            )
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await in_a_thread(lambda: self.delete_bot(enterprise_id=enterprise_id, team_id=team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        await in_a_thread(
            lambda: self.delete_installation(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
        )

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await in_a_thread(lambda: self.delete_all(enterprise_id=enterprise_id, team_id=team_id))


async def in_a_thread(call: Callable[[], Answer]) -> Answer:
    from asyncio import to_thread  # not for an ack, which reads a bot without it

    return await to_thread(call)
