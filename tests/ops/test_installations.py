"""`python -m ops installations` on this machine: what is shown, what is deleted, and what is never said."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from oauth.key_file import KeyFile
from tests.ops.here import Machine, bot_token
from tests.ops.installed import (
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
)
from tests.workspace import a_workspace


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "data")


@pytest.fixture
def installed(machine: Machine) -> Machine:
    for each in (
        a_rotating_installation("T1", "U1"),
        an_installation("T1", "U2", at=1_700_000_100.0, bot_scopes=["chat:write", "commands", "im:write"]),
        an_installation("T2", enterprise_id="E1", enterprise_name="Org E1"),
        an_org_wide_installation("E2"),
    ):
        machine.store.save(each)
    return machine


def test_every_workspace_is_a_line_with_who_installed_it_when_and_its_key(installed: Machine) -> None:
    said = installed.succeeds("installations").splitlines()
    assert str(installed.database) in said[0]
    heads, *lines = (re.split(r"  +", line.strip()) for line in said[2:6])
    assert heads == [
        "Workspace",
        "Name",
        "Org",
        "Installed by",
        "At (UTC)",
        "Scopes",
        "Sealed under",
        "Token expires",
    ]
    key = lines[0][5]
    assert KeyFile(installed.key_file).key_id.startswith(f"file:{key}")
    assert lines == [
        ["T1", "Team T1", "U2 and 1 more", "2023-11-14 22:15", "3", key, "never"],
        ["T2", "Team T2", "E1", "U1", "2023-11-14 22:13", "2", key, "never"],
        ["E2", "Org E2", "E2", "U1", "2023-11-14 22:13", "2", key, "never"],
    ]


def test_one_workspace_is_shown_whole_but_for_its_secrets(installed: Machine) -> None:
    said = installed.succeeds("installations", "show", "T1")
    assert "B1, user UB1" in said
    assert "chat:write, commands, im:write" in said
    assert "installed it 2023-11-14 22:13 UTC, user scopes search:read" in said
    assert re.search(r"bot +bot_token +sealed under file:\w+", said)
    assert re.search(r"U1 +user_refresh_token +sealed under file:\w+", said)
    assert re.search(r"U2 +incoming_webhook_url +sealed under file:\w+", said)
    assert "plain" not in said
    assert "T2" not in said


def test_an_org_wide_installation_is_found_by_its_enterprise(installed: Machine) -> None:
    said = installed.succeeds("installations", "show", "E2")
    assert "the whole org" in said
    assert installed.fails("installations", "show", "E1")


def test_a_plain_token_stands_out_and_is_still_not_shown(machine: Machine) -> None:
    machine.plain.save(an_installation())
    assert "plain!" in machine.succeeds("installations")
    assert re.search(r"bot +bot_token +plain!", machine.succeeds("installations", "show", "T1"))


@pytest.mark.parametrize(
    ("change", "shown"),
    [("replace(bot_token, '.v1.', '.v2.')", "newer!"), ("substr(bot_token, 1, 60)", "broken!")],
)
def test_a_sealed_text_that_names_no_key_stands_out_too(installed: Machine, change: str, shown: str) -> None:
    with closing(sqlite3.connect(installed.database)) as database, database:
        database.execute(f"update slack_bots set bot_token = {change} where team_id = 'T1'")
    assert shown in installed.succeeds("installations")
    assert re.search(rf"bot +bot_token +{shown}", installed.succeeds("installations", "show", "T1"))


def test_for_programs_there_is_json(installed: Machine) -> None:
    found = json.loads(installed.succeeds("installations", "list", "--format", "json"))
    assert [each["team_id"] for each in found] == ["T1", "T2", None]
    (one,) = json.loads(installed.succeeds("installations", "--format", "json", "show", "T1"))
    assert one["bot"]["bot_scopes"] == ["chat:write", "commands", "im:write"]
    assert one["installed_at"] == "2023-11-14T22:15:00+00:00"
    assert [each["user_id"] for each in one["people"]] == ["U2", "U1"]
    assert one["people"][1]["user_token_expires_at"] == "2023-11-15T10:13:20+00:00"
    assert {each["sealed_under"][:5] for each in one["secrets"]} == {"file:"}
    assert ("U1", "user_refresh_token") in {(each["of"], each["name"]) for each in one["secrets"]}


@pytest.mark.parametrize("action", ["show", "delete"])
def test_a_workspace_without_an_installation_is_said(installed: Machine, action: str) -> None:
    assert "no installation in T9" in installed.fails("installations", action, "T9", "--yes")


def test_deleting_leaves_nothing_of_that_workspace_and_all_of_the_others(installed: Machine) -> None:
    said = installed.succeeds("installations", "delete", "T1", "--yes")
    assert "bot_token" in said
    assert "Slack goes on honouring" in said
    assert installed.fails("installations", "show", "T1")
    assert installed.store.find_installation(enterprise_id=None, team_id="T1", user_id="U1") is None
    with closing(sqlite3.connect(installed.database)) as database:
        for table in ("slack_bots", "slack_installations"):
            rows = database.execute(f"select enterprise_id, team_id from {table}").fetchall()
            assert rows == [("E1", "T2"), ("E2", "")]


def test_revoking_ends_the_tokens_at_slack_first(machine: Machine, tmp_path: Path) -> None:
    with a_workspace() as workspace:
        url, token = workspace.credentials["api_url"], workspace.credentials["bot_token"]
        machine.store.save(an_installation(bot_token=token, user_token="xoxp-HUSH-long-dead"))
        said = machine.succeeds("installations", "delete", "T1", "--yes", "--revoke", SLACK_API_URL=url)
        assert "Slack no longer knew a token of user U1 (invalid_auth)" in said
        assert "Revoked a token of bot B1" in said
        assert token not in said
        with pytest.raises(SlackApiError, match="account_inactive"):
            WebClient(base_url=url, token=token).auth_test()
    assert machine.fails("installations", "show", "T1")


def test_what_slack_cannot_be_asked_to_revoke_is_not_deleted(machine: Machine) -> None:
    machine.store.save(an_installation())
    told = machine.fails(
        "installations", "delete", "T1", "--yes", "--revoke", SLACK_API_URL="http://127.0.0.1:9/"
    )
    assert "Nothing was deleted" in told
    assert bot_token(machine)


def test_an_empty_name_is_no_workspace_and_never_all_of_them(installed: Machine) -> None:
    for action in ("show", "delete"):
        done = installed.types("installations", action, "", "--yes")
        assert bot_token(installed)
        assert done.returncode == 2
        assert "takes a workspace" in done.stderr


def test_a_database_that_is_still_empty_holds_no_installation(machine: Machine) -> None:
    machine.database.parent.mkdir(parents=True, exist_ok=True)
    machine.database.touch()
    assert "no installations in" in machine.fails("installations")
    assert "not installed anywhere" in machine.succeeds("installations", SLACK_CLIENT_ID=CLIENT_ID)


def test_with_nobody_to_ask_nothing_is_deleted_without_yes(installed: Machine) -> None:
    done = installed.types("installations", "delete", "T1", stdin="T1\n")
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert bot_token(installed)


@pytest.mark.parametrize(("typed", "code"), [("T1", 0), ("T2", 1), ("", 1), ("yes", 1)])
def test_at_a_terminal_it_asks_for_the_workspaces_id(installed: Machine, typed: str, code: int) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard, os.fdopen(theirs) as stdin:
        keyboard.write(f"{typed}\n".encode())
        done = installed.types("installations", "delete", "T1", stdin=stdin)
    assert done.returncode == code, done.stderr
    assert (bot_token(installed) is None) == (code == 0)
    assert ("Nothing was deleted" in done.stderr) == (code == 1)


def test_history_is_counted_shown_by_its_keys_and_deleted(installed: Machine) -> None:
    with closing(sqlite3.connect(installed.database)) as database, database:
        columns = ", ".join(
            each[1] for each in database.execute("pragma table_info(slack_bots)") if each[1] != "id"
        )
        older = columns.replace("installed_at", "'2020-01-01'").replace("bot_token,", "'xoxb-HUSH-old',")
        database.execute(
            f"insert into slack_bots ({columns}) select {older} from slack_bots where team_id = 'T1'"
        )
    said = installed.succeeds("installations", "show", "T1")
    assert "1 older rows" in said
    assert re.search(r"history +1 of them +plain!", said)
    before = installed.database.read_bytes()
    installed.succeeds("installations", "delete", "T1", "--yes")
    assert b"HUSH-old" in before
    assert b"HUSH-old" not in installed.database.read_bytes()


def test_a_name_that_would_move_the_cursor_does_not(machine: Machine) -> None:
    machine.store.save(an_installation(team_name="Evil\x1b[2J\r\nCorp"))
    for arguments in (["list"], ["show", "T1"]):
        said = machine.succeeds("installations", *arguments)
        assert "\x1b" not in said
        assert "\r" not in said
        assert "Evil?[2J??Corp" in said


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_listed(installed: Machine) -> None:
    with closing(sqlite3.connect(installed.database)) as database, database:
        database.execute("update slack_bots set bot_id = '' where team_id = 'T2'")
    done = installed.types("installations")
    assert done.returncode == 0
    assert re.search(r"slack_bots \d+ has no bot_id", done.stderr)
    assert "T1" in done.stdout


def test_without_installations_it_says_so_and_makes_nothing(machine: Machine) -> None:
    assert "There are no installations" in machine.fails("installations")
    assert "not installed anywhere" in machine.succeeds("installations", SLACK_CLIENT_ID=CLIENT_ID)
    assert not machine.data_dir.exists()


def test_another_apps_installations_are_not_mixed_in(installed: Machine) -> None:
    with closing(sqlite3.connect(installed.database)) as database, database:
        database.execute("update slack_bots set client_id = '333.444' where team_id = 'T2'")
        database.execute("update slack_installations set client_id = '333.444' where team_id = 'T2'")
    assert f"one of {CLIENT_ID}, 333.444" in installed.fails("installations")
    said = installed.succeeds("installations", SLACK_CLIENT_ID="333.444")
    assert "T2" in said
    assert "T1" not in said


def test_a_file_that_is_no_database_is_told_in_a_line(machine: Machine) -> None:
    machine.data_dir.mkdir()
    machine.database.write_text("HUSH" * 1000)
    assert "not a database" in machine.fails("installations")


@pytest.mark.parametrize("arguments", [["list", "T1"], ["show"], ["delete"], ["drop", "T1"]])
def test_what_makes_no_sense_is_refused_with_the_usage(machine: Machine, arguments: list[str]) -> None:
    done = machine.types("installations", *arguments)
    assert done.returncode == 2
    assert "usage" in done.stderr
