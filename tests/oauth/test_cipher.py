"""Whatever happens to a sealed text, it opens to what was sealed, for whom it was sealed, or not at all."""

from __future__ import annotations

import hmac
import json
import traceback
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from oauth.cipher import Cipher, Group, is_sealed, key_id_of
from oauth.keys import BrokenText, CipherError, KeyUnreachable, NotAuthentic, UnknownVersion, shown
from tests.oauth.keys import FakeKey
from tests.oauth.two_keys import opening_under_both

TOKEN = "xoxb-1-recognisable"
BOT = Group("E1", "T1")
USER = Group("E1", "T1", "U1")

FROZEN = (
    "errand.v1."
    "YXJuOmF3czprbXM6ZXUtY2VudHJhbC0xOjEyMzQ1Njc4OTAxMjprZXkvMQ."
    "d3JhcHBlZA."
    "g2gVtUr4tL2eNZ-y85TKmwM62ph9CMIsJUJcR1jm8jM."
    "ytv5uxFuryL2pY7E."
    "YPN0sK3JGnoVX1yzZSGZK7h5a7wlNYzewUbu"
)

ids = st.text()
groups = st.builds(Group, ids, ids, st.none() | ids)


@pytest.fixture
def key() -> FakeKey:
    return FakeKey()


@pytest.fixture
def cipher(key: FakeKey) -> Cipher:
    return Cipher(key, client_id="1.2")


@pytest.fixture
def sealed(cipher: Cipher) -> str:
    return cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"]


@given(groups, st.dictionaries(ids, st.text(), max_size=4), ids)
def test_whatever_is_sealed_opens_again(group: Group, fields: dict[str, str], client_id: str) -> None:
    key = FakeKey()
    sealed = Cipher(key, client_id=client_id).seal(group, fields)
    cipher = Cipher(key, client_id=client_id)
    assert {name: cipher.open(group, name, text) for name, text in sealed.items()} == fields
    assert all(is_sealed(text) and key_id_of(text) == key.key_id for text in sealed.values())


@given(st.sampled_from(["xoxe.xoxb-1-" + "A" * 3000, "\ud800", "\0", "errand.v1.a.b", "🔑" * 300]))
def test_no_length_and_no_letter_of_a_token_is_too_much(text: str) -> None:
    cipher = Cipher(FakeKey("arn:aws:kms:" + "x" * 2000), client_id="1.2")
    assert cipher.open(BOT, "bot_token", cipher.seal(BOT, {"bot_token": text})["bot_token"]) == text


def test_a_sealed_text_is_plain_ascii_and_hides_what_it_holds(sealed: str) -> None:
    assert sealed.isascii()
    assert sealed.startswith("errand.v1.")
    for part in sealed.split("."):
        assert "recognisable" not in part
        assert b"recognisable" not in urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_same_token_is_sealed_differently_each_time(cipher: Cipher, sealed: str) -> None:
    assert cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"] != sealed
    twice = cipher.seal(BOT, {"bot_token": TOKEN, "bot_refresh_token": TOKEN}).values()
    assert len({text.split(".")[-1] for text in twice}) == 2


def test_what_an_earlier_version_sealed_stays_readable() -> None:
    """Never change this text: tokens like it lie in stores."""
    key = FakeKey("arn:aws:kms:eu-central-1:123456789012:key/1")
    key.know(
        b"wrapped", b"k" * 32, {"client_id": "1.2", "enterprise_id": "E1", "team_id": "T1", "group": "bot"}
    )
    assert Cipher(key, client_id="1.2").open(BOT, "bot_token", FROZEN) == "xoxb-frozen"


class TestTampering:
    @given(st.data())
    def test_no_letter_of_it_can_be_changed_dropped_or_added(self, data: st.DataObject) -> None:
        cipher = Cipher(FakeKey(), client_id="1.2")
        sealed = cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"]
        at = data.draw(st.integers(0, len(sealed)))
        cut = data.draw(st.integers(at, min(len(sealed), at + 3)))
        altered = (
            sealed[:at] + data.draw(st.text("ab01_-.=+/ \n", max_size=3) | st.text(max_size=2)) + sealed[cut:]
        )
        if altered == sealed:
            return
        with pytest.raises(CipherError):
            cipher.open(BOT, "bot_token", altered)

    def test_no_bit_of_it_can_be_flipped(self, cipher: Cipher, sealed: str) -> None:
        mark, version, *parts = sealed.split(".")
        for number, part in enumerate(parts):
            raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
            for bit in range(len(raw) * 8):
                flipped = bytearray(raw)
                flipped[bit // 8] ^= 1 << bit % 8
                text = urlsafe_b64encode(flipped).rstrip(b"=").decode()
                altered = ".".join([mark, version, *parts[:number], text, *parts[number + 1 :]])
                with pytest.raises(CipherError):
                    cipher.open(BOT, "bot_token", altered)
        assert cipher.open(BOT, "bot_token", sealed) == TOKEN

    def test_each_part_is_written_in_one_way_only(self, cipher: Cipher, sealed: str) -> None:
        """Base64 can be read from many texts: with other unused bits at its end, padding, or letters passed over."""
        mark, version, *parts = sealed.split(".")
        for number, part in enumerate(parts):
            for text in (part + "=", part + "\n", " " + part, part[:3] + "+" + part[3:], next_letter(part)):
                altered = ".".join([mark, version, *parts[:number], text, *parts[number + 1 :]])
                with pytest.raises(CipherError):
                    cipher.open(BOT, "bot_token", altered)

    def test_it_cannot_be_cut_anywhere(self, cipher: Cipher, sealed: str) -> None:
        for length in range(len(sealed)):
            with pytest.raises(CipherError):
                cipher.open(BOT, "bot_token", sealed[:length])

    @given(st.text(), st.sampled_from(["", "errand.", "errand.v1.", "errand.v1....."]))
    def test_anything_else_is_refused_as_broken_or_unknown(self, text: str, start: str) -> None:
        with pytest.raises((BrokenText, UnknownVersion)):
            Cipher(FakeKey(), client_id="1.2").open(BOT, "bot_token", start + text)

    def test_a_later_version_is_named_as_such(self, cipher: Cipher, sealed: str) -> None:
        for version in ("errand.v2.", "errand.v10.", "errand.."):
            with pytest.raises(UnknownVersion):
                cipher.open(BOT, "bot_token", sealed.replace("errand.v1.", version))

    def test_parts_of_two_texts_do_not_fit_together(self, cipher: Cipher) -> None:
        one, two = (
            cipher.seal(BOT, {"bot_token": text})["bot_token"].split(".")
            for text in (TOKEN, "xoxb-2-another-token")
        )
        for number in range(3, 7):
            with pytest.raises(CipherError):
                cipher.open(BOT, "bot_token", ".".join([*one[:number], two[number], *one[number + 1 :]]))

    @pytest.mark.parametrize(
        "other",
        [
            Group("E1", "T2"),
            Group("E2", "T1"),
            Group("", "T1"),
            Group("E1", ""),
            Group("T1", "E1"),
            USER,
            Group("E1", "T1", ""),
            Group("E1T1", ""),
        ],
    )
    def test_it_opens_for_no_other_group(
        self, key: FakeKey, cipher: Cipher, sealed: str, other: Group
    ) -> None:
        cipher.open(BOT, "bot_token", sealed)
        with pytest.raises(NotAuthentic):
            cipher.open(other, "bot_token", sealed)
        assert key.calls["decrypt"] == 2  # a data key that is kept is kept for its group alone

    def test_it_opens_for_no_other_user_field_or_client(self, key: FakeKey, cipher: Cipher) -> None:
        sealed = cipher.seal(USER, {"user_token": TOKEN, "user_refresh_token": "xoxe-1"})
        with pytest.raises(NotAuthentic):
            cipher.open(Group("E1", "T1", "U2"), "user_token", sealed["user_token"])
        with pytest.raises(NotAuthentic):
            cipher.open(USER, "user_token", sealed["user_refresh_token"])
        with pytest.raises(NotAuthentic):
            Cipher(key, client_id="1.3").open(USER, "user_token", sealed["user_token"])

    def test_it_is_bound_to_all_that_though_the_key_be_blind_to_it(self) -> None:
        """As ministack's KMS is, and as an attacker's would be."""

        class Blind(FakeKey):
            def decrypt(self, wrapped: bytes, **_: object) -> bytes:
                return self._wrapped[wrapped][0]

        key = Blind()
        sealed = Cipher(key, client_id="1.2").seal(BOT, {"bot_token": TOKEN})["bot_token"]
        for client_id, group, field in (
            ("1.3", BOT, "bot_token"),
            ("1.2", USER, "bot_token"),
            ("1.2", Group("E1", "T2"), "bot_token"),
            ("1.2", BOT, "bot_refresh_token"),
        ):
            with pytest.raises(NotAuthentic):
                Cipher(key, client_id=client_id).open(group, field, sealed)

    @pytest.mark.parametrize("wrong", [b"", b"k" * 16, b"k" * 31, b"k" * 32, b"k" * 64])
    def test_a_wrong_data_key_opens_nothing(
        self, key: FakeKey, cipher: Cipher, sealed: str, wrong: bytes
    ) -> None:
        wrapped = sealed.split(".")[3]
        key.know(urlsafe_b64decode(wrapped + "=" * (-len(wrapped) % 4)), wrong, BOT.context("1.2"))
        with pytest.raises(NotAuthentic):
            cipher.open(BOT, "bot_token", sealed)


def next_letter(part: str) -> str:
    """With its last bit flipped, which means nothing unless the part's length can be divided by three."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1]


def derived(data_key: bytes, purpose: bytes, aad: bytes) -> bytes:
    return hmac.digest(data_key, b"errand.v1 " + purpose + b"\0" + aad, "sha256")


def packed(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


class TestCommitment:
    """AES-GCM alone does not commit to its key: this is what it would let through."""

    def forge(self, opened: bytes, data_keys: tuple[bytes, bytes], committed: int) -> tuple[str, list[bytes]]:
        """A text whose ciphertext opens under both data keys, and what it opens to under each."""
        nonce, wrapped = b"n" * 12, opened
        aad = json.dumps(
            [
                "errand.v1",
                "fake:1",
                wrapped.hex(),
                nonce.hex(),
                "bot_token",
                sorted(BOT.context("1.2").items()),
            ]
        ).encode()
        one, two = (derived(each, b"encryption", aad) for each in data_keys)
        ciphertext = opening_under_both((one, two), nonce, (aad, aad))
        plaintexts = [AESGCM(each).decrypt(nonce, ciphertext, aad) for each in (one, two)]
        commitment = derived(data_keys[committed], b"commitment", aad)
        parts = (b"fake:1", wrapped, commitment, nonce, ciphertext)
        return ".".join(["errand.v1", *map(packed, parts)]), plaintexts

    def test_a_ciphertext_made_for_two_keys_opens_under_the_one_it_commits_to_alone(self) -> None:
        data_keys = (b"1" * 32, b"2" * 32)
        forged, plaintexts = self.forge(b"wrapped", data_keys, committed=0)
        assert plaintexts[0] != plaintexts[1]  # AES-GCM took it under either key
        refused = 0
        for data_key in data_keys:
            key = FakeKey()
            key.know(b"wrapped", data_key, BOT.context("1.2"))
            try:
                Cipher(key, client_id="1.2").open(BOT, "bot_token", forged)
            except NotAuthentic:
                refused += 1
            except BrokenText:  # it got through, and half of it is noise
                pass
        assert refused == 1


class TestDataKeys:
    def test_fields_sealed_together_share_one_and_cost_one_decrypt(
        self, key: FakeKey, cipher: Cipher
    ) -> None:
        sealed = cipher.seal(BOT, {"bot_token": TOKEN, "bot_refresh_token": "xoxe-1"})
        assert key.calls == {"generate": 1}
        for name, text in sealed.items():
            cipher.open(BOT, name, text)
        assert key.calls == {"generate": 1, "decrypt": 1}

    def test_no_two_saves_share_one(self, key: FakeKey, cipher: Cipher) -> None:
        first, second = (cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"] for _ in range(2))
        assert key.calls == {"generate": 2}
        assert first.split(".")[3] != second.split(".")[3]

    def test_nothing_to_seal_costs_nothing(self, key: FakeKey, cipher: Cipher) -> None:
        assert cipher.seal(BOT, {}) == {}
        assert not key.calls

    def test_one_that_was_opened_is_kept_for_a_while_and_no_longer(self, key: FakeKey) -> None:
        now = 1_000.0
        cipher = Cipher(key, client_id="1.2", kept_seconds=300, clock=lambda: now)
        sealed = cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"]
        for now, decrypts in (
            (1_000.0, 1),
            (1_150.0, 1),
            (1_299.0, 1),
            (1_300.0, 2),
            (1_599.0, 2),
            (1_600.0, 3),
        ):
            cipher.open(BOT, "bot_token", sealed)
            assert key.calls["decrypt"] == decrypts, now

    def test_a_disabled_key_is_felt_as_soon_as_they_are_forgotten(self, key: FakeKey) -> None:
        now = 0.0
        cipher = Cipher(key, client_id="1.2", kept_seconds=300, clock=lambda: now)
        sealed = cipher.seal(BOT, {"bot_token": TOKEN})["bot_token"]
        cipher.open(BOT, "bot_token", sealed)
        key.is_reachable = False
        now = 299.0
        assert cipher.open(BOT, "bot_token", sealed) == TOKEN
        now = 300.0
        with pytest.raises(KeyUnreachable):
            cipher.open(BOT, "bot_token", sealed)

    def test_an_error_is_not_kept(self, key: FakeKey, cipher: Cipher, sealed: str) -> None:
        key.is_reachable = False
        with pytest.raises(KeyUnreachable):
            cipher.open(BOT, "bot_token", sealed)
        key.is_reachable = True
        assert cipher.open(BOT, "bot_token", sealed) == TOKEN

    def test_those_unused_longest_make_room(self, key: FakeKey) -> None:
        cipher = Cipher(key, client_id="1.2", most_kept=3)
        texts = [cipher.seal(BOT, {"bot_token": str(number)})["bot_token"] for number in range(4)]
        for number in (0, 1, 2, 0, 3):  # the last one pushes 1 out
            cipher.open(BOT, "bot_token", texts[number])
        assert key.calls["decrypt"] == 4
        for number in (0, 2, 3):
            cipher.open(BOT, "bot_token", texts[number])
        assert key.calls["decrypt"] == 4
        cipher.open(BOT, "bot_token", texts[1])
        assert key.calls["decrypt"] == 5

    def test_many_threads_may_use_one_cipher(self, key: FakeKey) -> None:
        cipher = Cipher(key, client_id="1.2", most_kept=4)

        def round_trip(number: int) -> str:
            group = Group("", f"T{number % 7}")
            return cipher.open(
                group, "bot_token", cipher.seal(group, {"bot_token": str(number)})["bot_token"]
            )

        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(round_trip, range(400))) == [str(number) for number in range(400)]

    def test_the_key_learns_for_what_it_is_used_and_nothing_empty(self, key: FakeKey, cipher: Cipher) -> None:
        cipher.seal(Group("", "T1"), {"bot_token": TOKEN})
        cipher.seal(Group("E1", "", "U1"), {"user_token": TOKEN})
        assert key.contexts == [
            {"client_id": "1.2", "team_id": "T1", "group": "bot"},
            {"client_id": "1.2", "enterprise_id": "E1", "group": "user", "user_id": "U1"},
        ]


class TestWhatIsSaid:
    @pytest.mark.parametrize("error", [BrokenText, UnknownVersion, NotAuthentic])
    def test_an_error_says_something(self, error: type[CipherError]) -> None:
        assert len(str(error())) > 20

    def test_neither_errors_nor_reprs_show_what_was_sealed(
        self, key: FakeKey, cipher: Cipher, sealed: str
    ) -> None:
        data_key = key.generate_data_key({})
        assert repr(data_key.plaintext) not in repr(data_key)
        with pytest.raises(CipherError) as refusal:
            cipher.open(USER, "bot_token", sealed)
        said = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
        assert TOKEN not in said
        assert sealed[40:] not in said

    @given(st.text())
    def test_an_untrusted_key_id_is_shown_on_one_short_line(self, key_id: str) -> None:
        assert len(shown(key_id)) <= 201
        assert shown(key_id).isprintable() or not shown(key_id)
