"""Tokens under a KMS that authenticates: what was tampered with is an error of ours, never a token of somebody's."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.file import FileInstallationStore

from aws.kms_key import KmsKey
from oauth.cipher import Cipher, Group, key_id_of
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.keys import CipherError, ForeignKey, NotAuthentic
from settings import AwsSettings
from tests.aws.emulator import Emulator
from tests.aws.test_kms_key import MakeKey, make, new_key

__all__ = ["make"]  # the fixture

BOT = Group("E1", "T1")
USER = Group("E1", "T1", "U1")


class CountingKey(KmsKey):
    decrypts = 0

    def decrypt(self, *arguments: Any, **options: Any) -> bytes:
        self.decrypts += 1
        return super().decrypt(*arguments, **options)


@pytest.fixture
def key(moto: Emulator) -> Iterator[CountingKey]:
    key = CountingKey(AwsSettings.from_env(moto.environment), new_key(moto))
    yield key
    key.close()


@pytest.fixture
def cipher(key: CountingKey) -> Cipher:
    return Cipher(key, client_id="1.2")


def test_a_full_installation_costs_two_decrypts(key: CountingKey, tmp_path: Path) -> None:
    def store() -> EncryptedInstallationStore:
        return EncryptedInstallationStore(
            FileInstallationStore(base_dir=str(tmp_path)), Cipher(key, client_id="1.2")
        )

    store().save(
        Installation(
            team_id="T1",
            user_id="U1",
            bot_id="B1",
            bot_user_id="UB1",
            bot_token="xoxb-1",
            bot_refresh_token="xoxe-1",
            user_token="xoxp-1",
            user_refresh_token="xoxe-2",
            incoming_webhook_url="https://hooks.slack.com/services/1",
            incoming_webhook_configuration_url="https://slack.com/1",
        )
    )
    found = store().find_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert found is not None
    assert (found.bot_token, found.user_token) == ("xoxb-1", "xoxp-1")
    assert key.decrypts == 2


def test_a_flipped_bit_anywhere_is_noticed(cipher: Cipher) -> None:
    sealed = cipher.seal(BOT, {"bot_token": "xoxb-1"})["bot_token"]
    mark, version, *parts = sealed.split(".")
    for number, part in enumerate(parts):
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for at in {0, len(raw) // 2, len(raw) - 1}:
            flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            text = urlsafe_b64encode(flipped).rstrip(b"=").decode()
            with pytest.raises(CipherError):
                cipher.open(
                    BOT, "bot_token", ".".join([mark, version, *parts[:number], text, *parts[number + 1 :]])
                )
    assert cipher.open(BOT, "bot_token", sealed) == "xoxb-1"


@pytest.mark.parametrize("other", [Group("E1", "T2"), Group("", "T1"), Group("E1", ""), USER])
def test_kms_itself_refuses_another_workspaces_or_users_tokens(
    key: CountingKey, cipher: Cipher, other: Group
) -> None:
    sealed = cipher.seal(BOT, {"bot_token": "xoxb-1"})["bot_token"]
    with pytest.raises(NotAuthentic):
        cipher.open(other, "bot_token", sealed)
    assert key.decrypts == 1


def test_what_is_under_another_key_is_opened_only_if_that_one_may_be_read(
    moto: Emulator, make: MakeKey, cipher: Cipher
) -> None:
    sealed = cipher.seal(BOT, {"bot_token": "xoxb-1"})["bot_token"]
    new = new_key(moto)
    with pytest.raises(ForeignKey, match="KMS_READ_KEY_IDS"):
        Cipher(make(moto, new), client_id="1.2").open(BOT, "bot_token", sealed)
    moving = Cipher(make(moto, new, read_key_ids=[key_id_of(sealed)]), client_id="1.2")
    moved = moving.seal(BOT, {"bot_token": moving.open(BOT, "bot_token", sealed)})["bot_token"]
    assert key_id_of(moved) == new
    assert Cipher(make(moto, new), client_id="1.2").open(BOT, "bot_token", moved) == "xoxb-1"
