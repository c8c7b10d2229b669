"""`python -m ops reencrypt` on this machine: all rows, whole or not at all, whatever comes in between."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Bot

from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore, seal_record
from oauth.key_file import KeyFile
from ops.installation_rows import Record, Row
from ops.installation_sources import Broken
from ops.kept import Kept, Keyring
from ops.reencrypt import Outcome, Resealing
from ops.sqlite_rows import SQLiteRows
from tests.ops.driving import ROOT
from tests.ops.here import Machine, bot_token, environment
from tests.ops.installed import (
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
)

INSTALLATIONS = (
    a_rotating_installation("T1", "U1"),
    an_installation("T1", "U2"),
    an_installation("T2", enterprise_id="E1"),
    an_org_wide_installation("E2"),
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "data")
    for each in INSTALLATIONS:
        machine.store.save(each)
    return machine


def keys_in(machine: Machine) -> set[str | None]:
    rows = SQLiteRows(machine.database, CLIENT_ID)
    return {key for row in rows.read() if isinstance(row, Row) for key in row.keys.values()}


def count(said: str, what: str) -> int:
    found = re.search(rf"{what} +([\d,]+)", said)
    assert found, said
    return int(found[1].replace(",", ""))


def assert_all_opens(machine: Machine) -> None:
    for each in INSTALLATIONS:
        found = machine.store.find_installation(
            enterprise_id=each.enterprise_id,
            team_id=each.team_id,
            user_id=each.user_id,
            is_enterprise_install=each.is_enterprise_install,
        )
        assert found
        assert found.user_token == each.user_token
        assert found.incoming_webhook_url == each.incoming_webhook_url
        assert found.bot_token
        assert found.bot_token.startswith("xoxb-HUSH")


def test_all_is_sealed_under_the_new_key_which_takes_the_old_ones_place(machine: Machine) -> None:
    old, new = KeyFile(machine.key_file).key_id, machine.data_dir / "key.new"
    said = machine.succeeds("reencrypt", "--to", str(new))
    assert count(said, "Sealed anew") == 7
    assert count(said, "Failed") == 0
    (key,) = keys_in(machine)
    assert key == KeyFile(machine.key_file).key_id != old
    assert not new.exists()
    assert_all_opens(machine)
    kept = machine.data_dir / f"key.{old.removeprefix('file:')}"
    assert KeyFile(kept).key_id == old
    assert str(kept) in said


def test_plain_rows_are_sealed_too(machine: Machine) -> None:
    machine.plain.save(an_installation("T3", "U3"))
    machine.succeeds("reencrypt", "--to", str(machine.data_dir / "key.new"))
    assert None not in keys_in(machine)
    assert b"HUSH" not in machine.database.read_bytes()
    assert bot_token(machine, "T3") == "xoxb-HUSH-T3-"


def test_a_dry_run_counts_and_changes_nothing(machine: Machine) -> None:
    before, files = machine.database.read_bytes(), sorted(machine.data_dir.iterdir())
    said = machine.succeeds("reencrypt", "--to", str(machine.data_dir / "key.new"), "--dry-run")
    assert count(said, "Sealed anew") == 7
    assert machine.database.read_bytes() == before
    assert {*machine.data_dir.iterdir()} - {*files} <= {machine.data_dir / "app.lock"}


def test_what_cannot_be_opened_is_named_the_rest_goes_on_and_the_key_stays(machine: Machine) -> None:
    with closing(sqlite3.connect(machine.database)) as database, database:
        database.execute(
            "update slack_bots set bot_token = replace(bot_token, 'errand.v1.', 'errand.v1.x') where team_id = 'T1'"
        )
    old, new = KeyFile(machine.key_file).key_id, machine.data_dir / "key.new"
    said = machine.fails("reencrypt", "--to", str(new))
    assert "T1, bot" in said
    assert KeyFile(machine.key_file).key_id == old
    assert keys_in(machine) >= {KeyFile(new).key_id}

    machine.store.save(INSTALLATIONS[0])  # installed again
    again = machine.succeeds("reencrypt", "--to", str(new))
    assert count(again, "Under it already") > 0
    assert_all_opens(machine)


def test_under_a_lost_key_nothing_is_sealed_and_every_workspace_named(machine: Machine) -> None:
    machine.key_file.unlink()
    KeyFile(machine.key_file).generate_data_key({})
    said = machine.fails("reencrypt", "--to", str(machine.data_dir / "key.new"))
    for each in ("T1, bot", "T1, user U2", "T2, user U1", "E2, bot"):
        assert each in said
    assert "put that key file back" in said


def test_a_key_elsewhere_can_be_opened_with_besides(machine: Machine, tmp_path: Path) -> None:
    lost = tmp_path / "from a backup"
    os.replace(machine.key_file, lost)
    machine.store.save(an_installation("T5"))
    machine.succeeds("reencrypt", "--to", str(machine.data_dir / "key.new"), "--also", str(lost))
    assert_all_opens(machine)


def test_a_key_to_open_with_besides_that_is_not_there_is_said_first(machine: Machine) -> None:
    new, lost = machine.data_dir / "key.new", machine.data_dir / "lost"
    assert f"no key file {lost}" in machine.fails("reencrypt", "--to", str(new), "--also", str(lost))
    assert not new.exists()


def test_a_place_for_data_that_is_a_file_is_said_in_a_line(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    at = {"DATA_DIR": str(tmp_path / "file"), "SLACK_CLIENT_ID": CLIENT_ID}
    assert "Set DATA_DIR" in machine.fails("reencrypt", "--to", str(tmp_path / "key.new"), **at)


def test_while_the_app_runs_it_is_refused(machine: Machine) -> None:
    import fcntl

    with (machine.data_dir / "app.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "The app is running" in machine.fails("reencrypt", "--to", str(machine.data_dir / "key.new"))
    assert not (machine.data_dir / "key.new").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("key", "is the key in use"),
        ("../data/key", "is the key in use"),
        ("no/such/folder/key", "a folder that is not there"),
        ("", "is a folder"),
        ("/dev/key", "another disk"),
    ],
)
def test_a_key_that_cannot_take_its_place_is_refused_first(machine: Machine, name: str, told: str) -> None:
    before = machine.database.read_bytes()
    assert told in machine.fails("reencrypt", "--to", str(machine.data_dir / name))
    assert machine.database.read_bytes() == before


def test_after_ctrl_c_the_same_command_goes_on(machine: Machine) -> None:
    """Of so many rows that it is far from done, however long this process waits for its turn on a busy machine."""
    with closing(sqlite3.connect(machine.database)) as database, database:
        database.executemany(
            "insert into slack_bots (client_id, app_id, team_id, bot_token, bot_id, bot_user_id)"
            " values (?, 'A1', ?, 'xoxb-HUSH', 'B1', 'UB1')",
            [(CLIENT_ID, f"T{number}") for number in range(100, 2100)],
        )
    new = str(machine.data_dir / "key.new")
    started = subprocess.Popen(
        [sys.executable, "-m", "ops", "reencrypt", "--to", new],
        cwd=ROOT,
        env=environment() | {"DATA_DIR": str(machine.data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # whoever runs the tests in the background may have had it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    with started as process, closing(sqlite3.connect(machine.database)) as database:
        before = database.execute("pragma data_version").fetchone()
        while database.execute("pragma data_version").fetchone() == before:
            assert process.poll() is None, "it was done before it could be stopped"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert "goes on from here" in told
    assert "Traceback" not in told
    assert {None, KeyFile(new).key_id} < keys_in(machine)
    said = machine.succeeds("reencrypt", "--to", new)
    assert count(said, "Under it already") > 0
    assert count(said, "Sealed anew") > 0
    assert_all_opens(machine)


class Meddler(SQLiteRows):
    """Somebody else writes between a read and the write that follows, as often as is said."""

    def __init__(self, machine: Machine, times: int, *, by_deleting: bool = False) -> None:
        super().__init__(machine.database, CLIENT_ID)
        self.machine = machine
        self.times = times
        self.by_deleting = by_deleting

    def read(self) -> Iterator[Row | Broken]:
        return (
            each for each in list(super().read()) if isinstance(each, Row) and isinstance(each.record, Bot)
        )

    def replace(self, row: Row, record: Record) -> bool:
        if self.times and record.team_id == "T1":
            self.times -= 1
            if self.by_deleting:
                self.delete_all(record)
            else:
                self.rotate(row)
        return super().replace(row, record)

    def rotate(self, row: Row) -> None:
        bot = an_installation("T1").to_bot()
        bot.bot_token = f"xoxb-HUSH-rotated-{self.times}"
        sealed = seal_record(Cipher(KeyFile(self.machine.key_file), client_id=CLIENT_ID), bot)
        here = self.reread(row)
        assert here
        assert super().replace(here, sealed)


def resealing(machine: Machine, rows: SQLiteRows) -> Resealing:
    new = KeyFile(machine.data_dir / "key.new")
    key = Keyring(new, [KeyFile(machine.key_file)])
    kept = Kept(rows, CLIENT_ID, make_key=lambda: key, find_api_url=lambda: "")
    return Resealing(kept, new.key_id, sleep=lambda seconds: None)


def test_a_token_that_rotates_meanwhile_is_the_one_that_is_sealed(machine: Machine) -> None:
    tally = resealing(machine, Meddler(machine, times=3)).run(3)
    assert tally.failed == []
    opened = EncryptedInstallationStore(
        machine.plain, Cipher(KeyFile(machine.data_dir / "key.new"), client_id=CLIENT_ID)
    ).find_bot(enterprise_id=None, team_id="T1")
    assert opened
    assert opened.bot_token == "xoxb-HUSH-rotated-0"


def test_what_is_deleted_meanwhile_does_not_come_back(machine: Machine) -> None:
    tally = resealing(machine, Meddler(machine, times=1, by_deleting=True)).run(3)
    assert tally.counts[Outcome.GONE] == 1
    assert bot_token(machine) is None


def test_a_row_that_never_keeps_still_is_given_up(machine: Machine) -> None:
    tally = resealing(machine, Meddler(machine, times=10**6)).run(3)
    assert tally.failed == ["T1, bot"]
    assert tally.counts[Outcome.RESEALED] == 2
