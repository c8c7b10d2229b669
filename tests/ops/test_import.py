"""`python -m ops import` on this machine, from slack_sdk's files and databases."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import FileInstallationStore, InstallationStore
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from oauth.encrypted_store import stored_tokens
from tests.ops.here import Machine, bot_token
from tests.ops.installed import (
    AT,
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
)

ENV = {"SLACK_CLIENT_ID": CLIENT_ID}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "data")


@pytest.fixture(params=["file", "sqlite"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, InstallationStore]:
    """Its URL, and the SDK's store that it is."""
    if request.param == "file":
        folder = tmp_path / "old"
        folder.mkdir()
        return f"file:{folder}", FileInstallationStore(base_dir=str(folder), client_id=CLIENT_ID)
    path = tmp_path / "old.sqlite3"
    store = SQLite3InstallationStore(database=str(path), client_id=CLIENT_ID)
    store.init()  # type: ignore[no-untyped-call]
    return f"sqlite:///{path}", store


Source = tuple[str, InstallationStore]


def count(said: str, what: str) -> int:
    found = re.search(rf"{what} +([\d,]+)", said)
    assert found, said
    return int(found[1])


def test_first_it_only_says_what_it_would_do(machine: Machine, source: Source) -> None:
    url, store = source
    store.save(an_installation())
    said = machine.succeeds("import", "--from", url, **ENV)
    assert count(said, "New") == 2
    assert "the same with --write" in said
    assert not machine.data_dir.exists()


def test_everybody_is_taken_over_and_sealed(machine: Machine, source: Source) -> None:
    url, store = source
    everybody = [
        a_rotating_installation("T1", "U1"),
        a_rotating_installation("T1", "U2"),
        an_installation("T2", enterprise_id="E1"),
        an_org_wide_installation("E2"),
    ]
    for each in everybody:
        store.save(each)
    said = machine.succeeds("import", "--from", url, "--write", **ENV)
    assert count(said, "New") == 7
    assert b"HUSH" not in machine.database.read_bytes()
    for each in everybody:
        found = machine.store.find_installation(
            enterprise_id=each.enterprise_id,
            team_id=each.team_id,
            user_id=each.user_id,
            is_enterprise_install=each.is_enterprise_install,
        )
        assert found
        assert stored_tokens(found) == stored_tokens(each)
    again = machine.succeeds("import", "--from", url, "--write", **ENV)
    assert (count(again, "New"), count(again, "Here already, or something newer")) == (0, 7)


def test_custom_values_move_along_from_one_machine_to_the_next(machine: Machine, tmp_path: Path) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path / "old"), client_id=CLIENT_ID)
    store.save(an_installation(custom_values={"note": "ü", "n": [1]}))
    machine.succeeds("import", "--from", f"file:{tmp_path / 'old'}", "--write", **ENV)
    next_one = Machine(tmp_path / "next")
    shutil.copytree(machine.data_dir, tmp_path / "copied")
    url = f"sqlite:///{tmp_path / 'copied' / 'installations.sqlite3'}"
    next_one.succeeds("import", "--from", url, "--write", **ENV)
    found = next_one.store.find_bot(enterprise_id=None, team_id="T1")
    assert found
    assert found.custom_values == {"note": "ü", "n": [1]}


def test_what_is_newer_here_stays_though_an_older_person_comes_in(machine: Machine, tmp_path: Path) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path / "old"), client_id=CLIENT_ID)
    store.save(an_installation("T1", "U2", at=AT - 60, mark="old"))
    machine.store.save(an_installation("T1", "U1", mark="here"))
    machine.succeeds("import", "--from", f"file:{tmp_path / 'old'}", "--write", **ENV)
    assert bot_token(machine) == "xoxb-HUSH-T1-here"
    for user in ("U1", "U2"):
        found = machine.store.find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert found
        assert found.bot_token == "xoxb-HUSH-T1-here"
        assert found.user_token == f"xoxp-HUSH-T1-{'here' if user == 'U1' else 'old'}-{user}"


def test_broken_files_and_other_apps_are_passed_over_by_name(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    FileInstallationStore(base_dir=str(folder), client_id=CLIENT_ID).save(an_installation())
    FileInstallationStore(base_dir=str(folder), client_id="333.444").save(an_installation("T7"))
    (folder / CLIENT_ID / "none-T1" / "installer-U1-latest").write_text('{"user_token": "xoxp-HUSH"')
    (folder / CLIENT_ID / "none-T1" / "installer-latest").unlink()
    done = machine.types("import", "--from", f"file:{folder}", "--write", **ENV)
    assert done.returncode == 0
    assert f"Passed over: {CLIENT_ID}/none-T1/installer-U1-latest is no JSON." in done.stderr
    assert "of app 333.444" in done.stderr
    assert "HUSH" not in done.stdout + done.stderr
    assert bot_token(machine)
    assert bot_token(machine, "T7") is None


def test_one_that_does_not_say_of_which_app_it_is_is_taken_with_a_word(
    machine: Machine, tmp_path: Path
) -> None:
    FileInstallationStore(base_dir=str(tmp_path / "old")).save(an_installation())
    done = machine.types("import", "--from", f"file:{tmp_path / 'old'}", "--write", **ENV)
    assert "do not say which app" in done.stderr
    assert bot_token(machine)


def test_another_machines_sealed_installations_are_opened_with_the_key_beside_them(
    machine: Machine, tmp_path: Path
) -> None:
    other = Machine(tmp_path / "other")
    other.store.save(a_rotating_installation())
    url = f"sqlite:///{other.database}"
    machine.succeeds("import", "--from", url, "--write", **ENV)
    assert bot_token(machine) == "xoxb-HUSH-T1-"

    other.store.save(an_installation("T2"))
    moved = tmp_path / "a key"
    other.key_file.rename(moved)
    told = machine.fails("import", "--from", url, "--write", **ENV)
    assert "Not taken over" in told
    assert "slack_bots" in told
    assert "--source-key KEY" in told
    nowhere = str(tmp_path / "nowhere")
    assert f"no key file {nowhere}" in machine.fails("import", "--from", url, "--source-key", nowhere, **ENV)
    machine.succeeds("import", "--from", url, "--write", "--source-key", str(moved), **ENV)
    assert bot_token(machine, "T2")


def test_while_the_app_runs_nothing_is_written(machine: Machine, source: Source) -> None:
    import fcntl

    machine.data_dir.mkdir()
    with (machine.data_dir / "app.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "The app is running" in machine.fails("import", "--from", source[0], "--write", **ENV)


@pytest.mark.parametrize(
    ("url", "told"), [("redis://x", "s3://BUCKET"), ("file:/no/such", "There is no folder")]
)
def test_a_source_that_is_none_is_told(machine: Machine, url: str, told: str) -> None:
    assert told in machine.fails("import", "--from", url, **ENV)


def test_without_a_client_id_it_says_where_to_set_it(machine: Machine, source: Source) -> None:
    assert "SLACK_CLIENT_ID in .env" in machine.fails("import", "--from", source[0])
