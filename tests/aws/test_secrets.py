"""The app's secrets: one ciphertext, opened once, shown nowhere."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping

import pytest

from aws import secrets
from aws.signed_client import SignedClient
from settings import AwsSettings, BadSettings, Settings
from tests.aws.emulator import Emulator
from tests.aws.test_kms_key import in_turn, saying
from tests.aws.test_signed_client import peer

SECRETS = {"SLACK_BOT_TOKEN": "xoxb-sealed", "SLACK_SIGNING_SECRET": "s3cret", "WEBHOOK": "https://h/sealed"}

Seal = Callable[[bytes], AwsSettings]


class Clock:
    """Its time passes by sleeping alone."""

    def __init__(self, pause: float | None) -> None:
        self.now, self.pause = 0.0, pause

    def sleep(self, seconds: float) -> None:
        self.now += seconds if self.pause is None else self.pause


def open_secrets(aws: AwsSettings, pause: float | None = None) -> Mapping[str, str]:
    """`pause`: how long each one is, in place of the real seconds."""
    kms, clock = SignedClient("kms", aws), Clock(pause)
    try:
        return secrets.open_secrets(aws, kms, monotonic=lambda: clock.now, sleep=clock.sleep)
    finally:
        kms.close()


@pytest.fixture(scope="session")
def seal(aws: Emulator) -> Seal:
    kms = aws.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]

    def sealed(plaintext: bytes) -> AwsSettings:
        blob = kms.encrypt(KeyId=key_id, Plaintext=plaintext)["CiphertextBlob"]
        return AwsSettings.from_env(aws.environment | {"SLACK_SECRETS_CIPHERTEXT": b64encode(blob).decode()})

    return sealed


def test_what_was_sealed_is_opened(seal: Seal) -> None:
    assert open_secrets(seal(json.dumps(SECRETS).encode())) == SECRETS


def test_nothing_sealed_is_nothing_asked() -> None:
    nowhere = AwsSettings("r", "a", "s", endpoints={"": "http://127.0.0.1:9"})
    assert open_secrets(nowhere) == {}


@pytest.mark.parametrize("plaintext", [b"xoxb-no-json", b'["xoxb-list"]', b'{"SLACK_BOT_TOKEN": 1}'])
def test_what_is_no_object_of_texts_is_named_but_never_shown(seal: Seal, plaintext: bytes) -> None:
    with pytest.raises(BadSettings, match="SLACK_SECRETS_CIPHERTEXT") as caught:
        open_secrets(seal(plaintext))
    assert "xoxb" not in str(caught.value)


def test_a_ciphertext_that_is_none_is_named_but_never_shown(aws: Emulator) -> None:
    environ = aws.environment | {"SLACK_SECRETS_CIPHERTEXT": "bm8gY2lwaGVydGV4dA=="}
    with pytest.raises(BadSettings, match="KMS does not open SLACK_SECRETS_CIPHERTEXT") as caught:
        open_secrets(AwsSettings.from_env(environ))
    assert "bm8g" not in str(caught.value)


def test_a_kms_that_does_not_answer_is_named() -> None:
    nowhere = AwsSettings("r", "a", "s", endpoints={"": "http://127.0.0.1:9"}, secrets_ciphertext="eHg=")
    with pytest.raises(BadSettings, match=r"KMS .* SLACK_SECRETS_CIPHERTEXT: it cannot be reached"):
        open_secrets(nowhere)


THROTTLED = saying(400, {"__type": "ThrottlingException"})
OPENED = saying(200, {"Plaintext": b64encode(json.dumps(SECRETS).encode()).decode()})


def hanging_up(connection: socket.socket) -> None:
    connection.close()


@pytest.mark.parametrize(
    "connections",
    [
        [in_turn(THROTTLED, THROTTLED, OPENED)],
        [hanging_up, hanging_up, OPENED],
        [saying(500, {"__type": "KMSInternalException"}), saying(503, b""), OPENED],
    ],
)
def test_trouble_of_kms_that_passes_costs_no_cold_start(
    connections: list[Callable[[socket.socket], None]],
) -> None:
    with peer(*connections) as server:
        aws = AwsSettings("r", "a", "s", endpoints={"": server.url}, secrets_ciphertext="eHg=")
        assert open_secrets(aws) == SECRETS


def test_a_kms_that_goes_on_refusing_is_named_and_not_asked_for_ever() -> None:
    with peer(in_turn(THROTTLED, THROTTLED)) as server:
        aws = AwsSettings("r", "a", "s", endpoints={"": server.url}, secrets_ciphertext="eHg=")
        with pytest.raises(BadSettings, match=r"SLACK_SECRETS_CIPHERTEXT: ThrottlingException\."):
            open_secrets(aws, pause=secrets.PATIENCE)


def test_what_kms_refuses_for_good_is_asked_once() -> None:
    with peer(saying(400, {"__type": "AccessDeniedException"})) as server:
        aws = AwsSettings("r", "a", "s", endpoints={"": server.url}, secrets_ciphertext="eHg=")
        with pytest.raises(BadSettings, match="AccessDeniedException"):
            open_secrets(aws)


def test_names_of_the_teams_own_are_kept_and_never_shown() -> None:
    settings = Settings.on_lambda({"TABLE_NAME": "t"}, SECRETS)
    assert settings.bot_token == "xoxb-sealed"
    assert settings.secrets["WEBHOOK"] == "https://h/sealed"
    assert "sealed" not in repr(settings)
    assert "sealed" not in f"{settings.secrets} {settings.secrets!r}"


def test_what_is_plain_wins_over_what_is_sealed() -> None:
    settings = Settings.on_lambda({"TABLE_NAME": "t", "SLACK_BOT_TOKEN": "xoxb-plain"}, SECRETS)
    assert settings.bot_token == "xoxb-plain"


def test_all_that_is_missing_on_lambda_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.on_lambda({}, {})
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TABLE_NAME"):
        assert f"{name} is not set" in str(caught.value)


def test_client_credentials_and_a_key_stand_in_for_a_bot_token() -> None:
    given = {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "c",
        "SLACK_SIGNING_SECRET": "s",
        "TABLE_NAME": "t",
        "KMS_KEY_ID": "alias/errand",
    }
    assert Settings.on_lambda(given, {}).client_id == "1.2"
    for name in given.keys() - {"SLACK_CLIENT_ID"}:
        with pytest.raises(BadSettings, match=f"{name} is not set"):
            Settings.on_lambda(given | {name: ""}, {})


def test_client_credentials_beside_a_bot_token_are_refused_on_lambda_too() -> None:
    with pytest.raises(BadSettings, match="drop SLACK_CLIENT_ID"):
        Settings.on_lambda({"TABLE_NAME": "t", "SLACK_CLIENT_ID": "1.2"}, SECRETS)
