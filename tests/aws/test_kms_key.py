"""KMS as the app's tokens need it: what was tampered with is refused, and what KMS refuses says what to do."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aws.kms_key import KmsKey
from aws.secrets import open_secrets
from aws.signed_client import SignedClient
from oauth.cipher import Cipher, Group, key_id_of
from oauth.keys import CipherError, ForeignKey, KeyRefused, KeyUnreachable, NotAuthentic
from settings import AwsSettings
from tests.aws.emulator import Emulator
from tests.aws.test_signed_client import NOBODY, peer, read_request

CONTEXT = {"client_id": "1.2", "team_id": "T1", "group": "bot"}
BOT = Group("", "T1")


def settings_of(emulator: Emulator) -> AwsSettings:
    return AwsSettings.from_env(emulator.environment)


def new_key(emulator: Emulator) -> str:
    """Its ARN."""
    return str(emulator.client("kms").create_key()["KeyMetadata"]["Arn"])


MakeKey = Callable[..., KmsKey]


@pytest.fixture
def make() -> Iterator[MakeKey]:
    made: list[KmsKey] = []

    def make(emulator: Emulator, key_id: str, **options: Any) -> KmsKey:
        made.append(KmsKey(settings_of(emulator), key_id, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def key_id(moto: Emulator) -> str:
    return new_key(moto)


@pytest.fixture
def key(moto: Emulator, key_id: str, make: MakeKey) -> KmsKey:
    return make(moto, key_id)


def test_what_it_wraps_it_opens(key: KmsKey, key_id: str) -> None:
    made = key.generate_data_key(CONTEXT)
    assert (made.key_id, len(made.plaintext)) == (key_id, 32)
    assert made.plaintext not in made.wrapped
    assert key.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT) == made.plaintext


def test_each_data_key_is_another(key: KmsKey) -> None:
    assert key.generate_data_key(CONTEXT).plaintext != key.generate_data_key(CONTEXT).plaintext


def test_it_works_on_the_emulator_that_runs_the_function(aws: Emulator, make: MakeKey) -> None:
    key_id = new_key(aws)
    cipher = Cipher(make(aws, key_id), client_id="1.2")
    sealed = cipher.seal(BOT, {"bot_token": "xoxb-1"})["bot_token"]
    assert key_id_of(sealed) == key_id
    assert cipher.open(BOT, "bot_token", sealed) == "xoxb-1"


@pytest.mark.parametrize("place", [0, 1, 40, -1])
def test_a_flipped_bit_of_a_wrapped_key_is_refused(key: KmsKey, place: int) -> None:
    made = key.generate_data_key(CONTEXT)
    flipped = bytearray(made.wrapped)
    flipped[place] ^= 1
    with pytest.raises(CipherError) as refusal:
        key.decrypt(bytes(flipped), key_id=made.key_id, context=CONTEXT)
    assert type(refusal.value) in (NotAuthentic, KeyRefused)


@pytest.mark.parametrize(
    "other",
    [
        {**CONTEXT, "team_id": "T2"},
        {**CONTEXT, "client_id": "1.3"},
        {**CONTEXT, "group": "user", "user_id": "U1"},
        {**CONTEXT, "enterprise_id": "E1"},
        {},
    ],
)
def test_another_context_is_refused(key: KmsKey, other: dict[str, str]) -> None:
    made = key.generate_data_key(CONTEXT)
    with pytest.raises(NotAuthentic):
        key.decrypt(made.wrapped, key_id=made.key_id, context=other)


@pytest.mark.parametrize("cut", [b"", b"\0", b"x" * 200])
def test_what_no_key_wrapped_is_refused(key: KmsKey, key_id: str, cut: bytes) -> None:
    with pytest.raises(CipherError):
        key.decrypt(cut, key_id=key_id, context=CONTEXT)


class TestWhichKeys:
    def test_a_key_that_may_be_read_is_opened_and_never_written_under(
        self, moto: Emulator, make: MakeKey
    ) -> None:
        old, new = new_key(moto), new_key(moto)
        made = make(moto, old).generate_data_key(CONTEXT)
        both = make(moto, new, read_key_ids=[old])
        assert both.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT) == made.plaintext
        assert both.generate_data_key(CONTEXT).key_id == new

    def test_any_other_key_is_not_even_asked(self, moto: Emulator, make: MakeKey, key: KmsKey) -> None:
        other = new_key(moto)
        made = make(moto, other).generate_data_key(CONTEXT)
        with pytest.raises(ForeignKey, match=other.rpartition("/")[2]):
            key.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT)

    def test_a_text_that_names_our_key_but_is_under_another_is_refused(
        self, moto: Emulator, make: MakeKey, key: KmsKey, key_id: str
    ) -> None:
        made = make(moto, new_key(moto)).generate_data_key(CONTEXT)
        with pytest.raises((NotAuthentic, KeyRefused)):
            key.decrypt(made.wrapped, key_id=key_id, context=CONTEXT)

    def test_a_key_may_be_set_by_its_id_alone(self, moto: Emulator, make: MakeKey, key_id: str) -> None:
        key = make(moto, key_id.rpartition("/")[2])
        made = key.generate_data_key(CONTEXT)
        assert made.key_id == key_id
        assert key.decrypt(made.wrapped, key_id=key_id, context=CONTEXT) == made.plaintext

    @pytest.mark.parametrize("shape", ["{name}", "arn:aws:kms:eu-central-1:123456789012:{name}"])
    def test_a_key_may_be_set_by_its_alias(
        self, moto: Emulator, make: MakeKey, key_id: str, shape: str
    ) -> None:
        name = f"alias/{key_id[-12:]}"
        moto.client("kms").create_alias(AliasName=name, TargetKeyId=key_id)
        key = make(moto, shape.format(name=name))
        made = key.generate_data_key(CONTEXT)
        assert made.key_id == key_id
        assert key.decrypt(made.wrapped, key_id=key_id, context=CONTEXT) == made.plaintext

    def test_what_an_alias_pointed_to_before_must_be_named_to_be_opened(
        self, moto: Emulator, make: MakeKey
    ) -> None:
        old, new = new_key(moto), new_key(moto)
        alias, kms = f"alias/{old[-12:]}", moto.client("kms")
        kms.create_alias(AliasName=alias, TargetKeyId=old)
        made = make(moto, alias).generate_data_key(CONTEXT)
        kms.update_alias(AliasName=alias, TargetKeyId=new)
        named = make(moto, alias, read_key_ids=[old])
        assert named.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT) == made.plaintext
        # moto says AccessDeniedException for another key, where KMS says this
        refusal = asked(400, {"__type": "IncorrectKeyException"}, ours=alias)
        assert type(refusal) is ForeignKey


class TestKeysThatCannotBeUsed:
    def test_a_disabled_key_says_how_to_enable_it(self, aws: Emulator, make: MakeKey) -> None:
        key_id = new_key(aws)
        key, kms = make(aws, key_id), aws.client("kms")
        made = key.generate_data_key(CONTEXT)
        kms.disable_key(KeyId=key_id)
        with pytest.raises(KeyRefused, match="enable-key"):
            key.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT)
        with pytest.raises(KeyRefused, match="enable-key"):
            key.generate_data_key(CONTEXT)
        kms.enable_key(KeyId=key_id)
        assert key.decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT) == made.plaintext

    def test_a_key_about_to_be_deleted_says_how_to_keep_it(self, aws: Emulator, make: MakeKey) -> None:
        key_id = new_key(aws)
        aws.client("kms").schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
        with pytest.raises(KeyRefused, match="cancel-key-deletion"):
            make(aws, key_id).generate_data_key(CONTEXT)

    def test_a_key_that_is_not_there_says_which_settings_to_look_at(
        self, moto: Emulator, make: MakeKey
    ) -> None:
        key = make(moto, "11111111-2222-3333-4444-555555555555")
        with pytest.raises(KeyRefused, match="KMS_KEY_ID"):
            key.generate_data_key(CONTEXT)

    def test_nobody_there_is_worth_another_try_later(self) -> None:
        with pytest.raises(KeyUnreachable, match="cannot be reached"):
            KmsKey(AwsSettings("r", "a", "s", endpoints={"": NOBODY}), "k").generate_data_key(CONTEXT)


def saying(status: int, body: object) -> Callable[[socket.socket], None]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(text), text))

    return answer


def in_turn(*answers: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    """To requests that come by one kept connection."""

    def answer(connection: socket.socket) -> None:
        for each in answers:
            each(connection)

    return answer


ARN = "arn:aws:kms:r:1:key/k"


def asked(status: int, body: object, *, ours: str = ARN) -> CipherError:
    """What comes of an answer of KMS's."""
    tries = 2 if status >= 500 else 1
    with peer(*[saying(status, body)] * tries) as server:
        key = KmsKey(AwsSettings("r", "a", "s", endpoints={"": server.url}), ours)
        with pytest.raises(CipherError) as refusal:
            key.decrypt(b"wrapped", key_id=ARN, context=CONTEXT)
        key.close()
    return refusal.value


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("AccessDeniedException", KeyRefused),
        ("com.amazonaws.kms#DisabledException", KeyRefused),
        ("KMSInvalidStateException", KeyRefused),
        ("NotFoundException", KeyRefused),
        ("InvalidKeyUsageException", KeyRefused),
        ("ExpiredTokenException", KeyRefused),
        ("SomethingNew", KeyRefused),
        ("InvalidCiphertextException", NotAuthentic),
        ("IncorrectKeyException", NotAuthentic),
        ("DependencyTimeoutException", KeyUnreachable),
        ("KeyUnavailableException", KeyUnreachable),
    ],
)
def test_each_refusal_has_its_outcome(code: str, outcome: type[CipherError]) -> None:
    refusal = asked(400, {"__type": code, "message": "no"})
    assert type(refusal) is outcome
    if outcome is KeyRefused:
        assert code.rpartition("#")[2] in str(refusal)
        assert ARN in str(refusal)


def test_a_kms_that_has_too_much_to_do_is_asked_once_more_after_a_moment() -> None:
    slept: list[float] = []
    at_once: dict[str, Any] = {"sleep": slept.append, "monotonic": lambda: 0.0}
    throttled = saying(400, {"__type": "ThrottlingException"})
    opened = saying(200, {"KeyId": ARN, "Plaintext": b64encode(b"k" * 32).decode()})
    with peer(in_turn(throttled, opened)) as server:
        key = KmsKey(AwsSettings("r", "a", "s", endpoints={"": server.url}), ARN, **at_once)
        assert key.decrypt(b"wrapped", key_id=ARN, context=CONTEXT) == b"k" * 32
        key.close()
    assert len(slept) == 1
    with peer(in_turn(throttled, throttled)) as server:
        key = KmsKey(AwsSettings("r", "a", "s", endpoints={"": server.url}), ARN, **at_once)
        with pytest.raises(KeyUnreachable, match="ThrottlingException"):
            key.decrypt(b"wrapped", key_id=ARN, context=CONTEXT)
        key.close()


def test_a_kms_that_was_slow_to_say_so_is_not() -> None:
    times = iter([0.0, 1.5])
    with peer(saying(400, {"__type": "ThrottlingException"})) as server:
        key = KmsKey(
            AwsSettings("r", "a", "s", endpoints={"": server.url}), ARN, monotonic=lambda: next(times)
        )
        with pytest.raises(KeyUnreachable):
            key.decrypt(b"wrapped", key_id=ARN, context=CONTEXT)
        key.close()


def test_the_connection_by_which_the_secrets_were_opened_serves_the_first_token_too() -> None:
    secrets = saying(200, {"KeyId": ARN, "Plaintext": b64encode(b'{"SLACK_CLIENT_ID": "1.2"}').decode()})
    opened = saying(200, {"KeyId": ARN, "Plaintext": b64encode(b"k" * 32).decode()})
    with peer(in_turn(secrets, opened)) as server:
        aws = AwsSettings("r", "a", "s", endpoints={"": server.url}, secrets_ciphertext="eHg=")
        kms = SignedClient("kms", aws)
        assert open_secrets(aws, kms) == {"SLACK_CLIENT_ID": "1.2"}
        key = KmsKey(aws, ARN, client=kms)
        assert key.decrypt(b"wrapped", key_id=ARN, context=CONTEXT) == b"k" * 32
        assert server.connections == 1
        key.close()


def test_a_kms_in_trouble_is_asked_twice_and_then_given_up() -> None:
    assert type(asked(500, b"<html>")) is KeyUnreachable
    assert type(asked(503, {})) is KeyUnreachable


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"\xff",
        [],
        {},
        {"KeyId": ARN},
        {"KeyId": ARN, "Plaintext": 7},
        {"KeyId": ARN, "Plaintext": "not base64"},
        {"Plaintext": "AAAA"},
    ],
)
def test_an_answer_that_is_none_of_kms_is_an_error_of_ours(body: object) -> None:
    assert type(asked(200, body)) is KeyUnreachable


def test_an_answer_by_another_key_than_was_named_is_not_believed() -> None:
    refusal = asked(200, {"KeyId": "arn:aws:kms:r:1:key/another", "Plaintext": "AAAA"})
    assert type(refusal) is NotAuthentic


def test_many_threads_use_it_at_once(key: KmsKey) -> None:
    made = [key.generate_data_key({**CONTEXT, "team_id": f"T{number}"}) for number in range(8)]

    def opened(number: int) -> bytes:
        each = made[number % 8]
        return key.decrypt(each.wrapped, key_id=each.key_id, context={**CONTEXT, "team_id": f"T{number % 8}"})

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(opened, range(64)))
    assert results == [made[number % 8].plaintext for number in range(64)]
