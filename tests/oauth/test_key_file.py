"""A key file is made once, for its owner alone, and what is wrong with one is said plainly."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from oauth.cipher import Cipher, Group
from oauth.key_file import KeyFile
from oauth.keys import CipherError, ForeignKey, KeyFileUnusable, NotAuthentic

ROOT = Path(__file__).parent.parent.parent
CONTEXT = {"client_id": "1.2", "team_id": "T1", "group": "bot"}
BOT = Group("", "T1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "key"


def test_what_it_wraps_it_opens_in_another_process_too(path: Path) -> None:
    made = KeyFile(path).generate_data_key(CONTEXT)
    assert len(made.plaintext) == 32
    assert made.plaintext not in made.wrapped
    assert KeyFile(path).decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT) == made.plaintext


def test_it_is_its_owners_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        KeyFile(path).generate_data_key(CONTEXT)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["key"]


def test_nothing_is_made_before_it_is_used(path: Path) -> None:
    KeyFile(path)
    assert not path.parent.exists()


def test_another_context_is_refused(path: Path) -> None:
    key = KeyFile(path)
    made = key.generate_data_key(CONTEXT)
    for other in ({}, {**CONTEXT, "team_id": "T2"}, {**CONTEXT, "user_id": "U1"}):
        with pytest.raises(NotAuthentic):
            key.decrypt(made.wrapped, key_id=made.key_id, context=other)


def test_any_flipped_bit_or_cut_is_refused(path: Path) -> None:
    key = KeyFile(path)
    made = key.generate_data_key(CONTEXT)
    for bit in range(len(made.wrapped) * 8):
        flipped = bytearray(made.wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotAuthentic):
            key.decrypt(bytes(flipped), key_id=made.key_id, context=CONTEXT)
    for length in range(len(made.wrapped)):
        with pytest.raises(NotAuthentic):
            key.decrypt(made.wrapped[:length], key_id=made.key_id, context=CONTEXT)


def test_another_key_file_is_named_as_such(path: Path, tmp_path: Path) -> None:
    sealed = Cipher(KeyFile(path), client_id="1.2").seal(BOT, {"bot_token": "xoxb-1"})["bot_token"]
    other = KeyFile(tmp_path / "other")
    other.generate_data_key(CONTEXT)
    with pytest.raises(ForeignKey, match="put that key file back") as refusal:
        Cipher(other, client_id="1.2").open(BOT, "bot_token", sealed)
    assert KeyFile(path).key_id in str(refusal.value)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_one_that_others_can_read_or_write_is_refused(path: Path, mode: int) -> None:
    KeyFile(path).generate_data_key(CONTEXT)
    path.chmod(mode)
    with pytest.raises(KeyFileUnusable, match="chmod 600"):
        KeyFile(path).generate_data_key(CONTEXT)


@pytest.mark.parametrize("text", [b"", b"\n", b"AAAA\n", b"\xff" * 44, b"not base64 at all", b"A" * 4096])
def test_one_that_is_cut_or_no_key_is_refused_and_left_as_it_is(path: Path, text: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnusable, match="backup"):
        KeyFile(path).generate_data_key(CONTEXT)
    assert path.read_bytes() == text


def test_one_cut_short_is_refused(path: Path) -> None:
    KeyFile(path).generate_data_key(CONTEXT)
    whole = path.read_bytes()
    for length in range(len(whole) - 1):  # without its line feed it is whole
        path.write_bytes(whole[:length])
        with pytest.raises(KeyFileUnusable):
            KeyFile(path).generate_data_key(CONTEXT)


def test_opening_makes_no_new_key_where_one_was_lost(path: Path) -> None:
    made = KeyFile(path).generate_data_key(CONTEXT)
    path.unlink()
    with pytest.raises(KeyFileUnusable, match="put it back"):
        KeyFile(path).decrypt(made.wrapped, key_id=made.key_id, context=CONTEXT)
    assert not path.exists()


def test_a_place_where_none_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyFileUnusable):
        KeyFile(tmp_path / "file" / "key").generate_data_key(CONTEXT)
    with pytest.raises(KeyFileUnusable):
        KeyFile(tmp_path).generate_data_key(CONTEXT)


def test_no_error_shows_the_key(path: Path) -> None:
    KeyFile(path).generate_data_key(CONTEXT)
    text = path.read_text()
    path.write_text(text[:-10])
    with pytest.raises(CipherError) as refusal:
        KeyFile(path).generate_data_key(CONTEXT)
    assert text[:8] not in str(refusal.value)


def test_twenty_threads_at_once_make_one_key(path: Path) -> None:
    together = Barrier(20)

    def make(_: int) -> str:
        together.wait()
        return KeyFile(path).generate_data_key(CONTEXT).key_id

    with ThreadPoolExecutor(20) as pool:
        made = set(pool.map(make, range(20)))
    assert made == {KeyFile(path).key_id}


def test_twenty_processes_at_once_make_one_key(path: Path) -> None:
    code = (
        "import sys; from oauth.key_file import KeyFile;"
        "print('ready', flush=True); sys.stdin.read();"
        "print(KeyFile(sys.argv[1]).key_id)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(20)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.close()
        each.stdin = None
    made = {each.communicate()[0].strip() for each in started}
    assert made == {KeyFile(path).key_id}
    assert [each.name for each in path.parent.iterdir()] == ["key"]
