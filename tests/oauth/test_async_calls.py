"""What Bolt's AsyncApp would call, of the stores that are ours."""

from __future__ import annotations

import asyncio
import inspect
import threading
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from aws.dynamodb_installation_store import DynamoDBInstallationStore
from oauth.async_calls import AsyncCalls
from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.key_file import KeyFile
from oauth.local_store import LocalInstallationStore
from tests.aws.emulator import Emulator
from tests.fake_slack import TEAM
from tests.oauth.installation_stores import a_client_id
from tests.oauth.records import a_bot, an_installation
from tests.own_loop import run_in_own_loop
from tests.workspace import PATIENCE

OF_IT: dict[str, Any] = {"enterprise_id": None, "team_id": TEAM}


@pytest.fixture(params=["local", "encrypted", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncCalls:
    if request.param == "dynamodb":
        aws: Emulator = request.getfixturevalue("aws")
        return DynamoDBInstallationStore(
            aws.clients(), request.getfixturevalue("table"), client_id=a_client_id()
        )
    local = LocalInstallationStore(tmp_path / "installations.sqlite3", "1.2")
    if request.param == "local":
        return local
    return EncryptedInstallationStore(local, Cipher(KeyFile(tmp_path / "key"), client_id="1.2"))


def test_they_do_what_the_others_do(store: AsyncCalls) -> None:
    async def play() -> None:
        await store.async_save(an_installation())
        await store.async_save(an_installation(user_id="U0BOB"))
        await store.async_save_bot(a_bot(bot_token="xoxb-second"))
        bot = await store.async_find_bot(**OF_IT)
        assert bot
        assert bot.bot_token == "xoxb-second"
        await store.async_delete_installation(**OF_IT, user_id="U0BOB")
        assert await store.async_find_installation(**OF_IT, user_id="U0BOB") is None
        assert await store.async_find_installation(**OF_IT, user_id="U0ANN")
        await store.async_delete_bot(**OF_IT)
        assert await store.async_find_bot(**OF_IT) is None
        await store.async_save(an_installation())
        await store.async_delete_all(**OF_IT)
        assert await store.async_find_bot(**OF_IT) is None
        assert await store.async_find_installation(**OF_IT) is None

    run_in_own_loop(play())


def test_the_event_loop_goes_on_meanwhile() -> None:
    """One call waits for another that comes later."""

    class Waiting(AsyncCalls):
        come = threading.Event()

        def find_bot(self, **ids: Any) -> Bot | None:
            assert self.come.wait(PATIENCE)
            return None

        def find_installation(self, **ids: Any) -> Installation | None:
            self.come.set()
            return None

    async def play() -> None:
        store = Waiting()
        await asyncio.gather(store.async_find_bot(**OF_IT), store.async_find_installation(**OF_IT))

    run_in_own_loop(play())


@pytest.mark.parametrize("name", [each for each in vars(AsyncInstallationStore) if each.startswith("async_")])
def test_their_methods_take_what_slack_sdks_take(name: str) -> None:
    def parameters(kind: type) -> list[tuple[str, object, object]]:
        taken = inspect.signature(getattr(kind, name)).parameters.values()
        return [(each.name, each.kind, each.default) for each in taken]

    assert parameters(AsyncCalls) == parameters(AsyncInstallationStore)


def test_a_store_that_has_the_asynchronous_interface_alone_is_refused(tmp_path: Path) -> None:
    """As slack_sdk's AsyncSQLAlchemyInstallationStore."""
    inner: Any = AsyncInstallationStore()
    with pytest.raises(TypeError, match="AsyncInstallationStore is no InstallationStore"):
        EncryptedInstallationStore(inner, Cipher(KeyFile(tmp_path / "key"), client_id="1.2"))
    EncryptedInstallationStore(InstallationStore(), Cipher(KeyFile(tmp_path / "key"), client_id="1.2"))
