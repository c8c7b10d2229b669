"""What slack_sdk's own stores wrote is found: the last of each workspace and of each of its people."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.oauth.installation_store import Bot, FileInstallationStore, Installation
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from ops.installation_sources import Broken, Found, Source, parsed, record_of, source_of
from ops.stage import Stop
from tests.ops.installed import (
    AT,
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
    secrets_of,
)


def no_s3() -> None:
    raise AssertionError("nobody asked for S3")


def found_in(source: Source) -> list[Found]:
    read = list(source.read())
    assert [each for each in read if isinstance(each, Broken)] == []
    assert source.count() == len(read)
    return [each for each in read if isinstance(each, Found)]


def bots(found: list[Found]) -> list[Bot]:
    return [each.record for each in found if isinstance(each.record, Bot)]


def installations(found: list[Found]) -> list[Installation]:
    return [each.record for each in found if isinstance(each.record, Installation)]


Saved = Callable[..., Source]


@pytest.fixture(params=["sqlite", "file", "file without a client id"])
def saved(request: pytest.FixtureRequest, tmp_path: Path) -> Saved:
    """Saves installations one after another by the SDK's own store, and gives the source that reads them."""

    def save(*each: Installation, client_id: str = CLIENT_ID) -> Source:
        if request.param == "sqlite":
            path = tmp_path / "old #1?.sqlite3"
            store: object = SQLite3InstallationStore(database=str(path), client_id=client_id)
            url = f"sqlite:///{str(path).replace('?', '%3f').replace('#', '%23')}"
        else:
            with_id = {} if "without" in request.param else {"client_id": client_id}
            store = FileInstallationStore(base_dir=str(tmp_path / "old"), **with_id)
            url = f"file:{tmp_path / 'old'}"
        for installation in each:
            store.save(installation)  # type: ignore[attr-defined]
        return source_of(url, no_s3)

    return save


def test_a_workspace_is_its_bot_and_the_installation_of_each_person(saved: Saved) -> None:
    found = found_in(saved(an_installation("T1", "U1"), an_installation("T1", "U2"), an_installation("T2")))
    assert sorted(str(each.team_id) for each in bots(found)) == ["T1", "T2"]
    people = {(each.team_id, each.user_id) for each in installations(found)}
    assert people == {("T1", "U1"), ("T1", "U2"), ("T2", "U1")}


def test_what_was_saved_is_what_is_read(saved: Saved) -> None:
    installation = a_rotating_installation()
    found = found_in(saved(installation))
    assert {secret for each in found for secret in secrets_of(each.record)} == secrets_of(installation)
    (bot,) = bots(found)
    assert bot.bot_token_expires_at == installation.bot_token_expires_at
    assert list(bot.bot_scopes) == ["chat:write", "commands"]


def test_the_last_save_counts(saved: Saved) -> None:
    found = found_in(saved(an_installation(mark="old", at=AT - 10), an_installation(mark="new")))
    assert all("new" in secret for each in found for secret in secrets_of(each.record))


def test_an_org_wide_installation_has_no_team(saved: Saved) -> None:
    found = found_in(saved(an_org_wide_installation("E1")))
    assert found
    for each in found:
        assert (each.record.enterprise_id, each.record.team_id) == ("E1", None)
        assert each.record.is_enterprise_install is True


def test_the_same_team_in_an_org_and_by_itself_are_two(saved: Saved) -> None:
    found = found_in(saved(an_installation("T1"), an_installation("T1", enterprise_id="E1")))
    assert {(each.enterprise_id, each.team_id) for each in bots(found)} == {(None, "T1"), ("E1", "T1")}


def test_a_record_shows_no_token(saved: Saved) -> None:
    assert "HUSH" not in repr(found_in(saved(a_rotating_installation())))


def test_each_record_comes_with_the_client_id_it_was_saved_under(tmp_path: Path) -> None:
    for client_id in ("111.222", "333.444"):
        FileInstallationStore(base_dir=str(tmp_path), client_id=client_id).save(an_installation())
    found = found_in(source_of(f"file:{tmp_path}", no_s3))
    assert {each.client_id for each in found} == {"111.222", "333.444"}
    inside = found_in(source_of(f"file:{tmp_path}/111.222", no_s3))
    assert {each.client_id for each in inside} == {"111.222"}


def test_a_database_from_before_token_rotation_is_read(tmp_path: Path) -> None:
    """slack_sdk 3.8 added columns; SQLAlchemy writes times with fractions."""
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """
            create table slack_installations (id integer primary key, client_id, app_id, enterprise_id, team_id,
                bot_token, bot_id, bot_user_id, bot_scopes, user_id, user_scopes, is_enterprise_install, installed_at);
            create table slack_bots (id integer primary key, client_id, app_id, enterprise_id, team_id,
                bot_token, bot_id, bot_user_id, bot_scopes, is_enterprise_install, installed_at);
            insert into slack_bots values (1, '1.2', 'A1', null, 'T1', 'xoxb-1', 'B1', 'U2', 'commands', 0,
                '2020-01-02 03:04:05.678901');
            """
        )
    (bot,) = bots(found_in(source_of(f"sqlite:///{path}", no_s3)))
    assert bot.bot_refresh_token is None
    assert bot.installed_at == pytest.approx(1577934245.678901)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "is no JSON"),
        (b'{"bot_token": "xoxb-HUSH', "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b'["xoxb-HUSH"]', "is no JSON object"),
        (b"{}", "has no bot_token"),
        (b'{"bot_token": 5}', "has no bot_token"),
        (b'{"bot_token": "xoxb-HUSH"}', "has no bot_id"),
    ],
)
def test_what_is_no_record_is_said_without_a_word_of_it(text: bytes, why: str) -> None:
    broken = parsed("none-T1/bot-latest", CLIENT_ID, "none-T1", "bot-latest", text)
    assert broken == Broken("none-T1/bot-latest", CLIENT_ID, why)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"team_id": "T2"}, "is of another workspace than its folder says"),
        ({"team_id": None}, "has neither a team_id nor an enterprise_id"),
        ({"installed_at": None}, "has no installed_at"),
        ({"installed_at": "HUSH"}, "has a time that is none"),
        ({"installed_at": ["HUSH"]}, "has a installed_at of a wrong type"),
        ({"bot_token_expires_at": "HUSH"}, "has a time that is none"),
        ({"bot_refresh_token": {"HUSH": 1}}, "has a bot_refresh_token of a wrong type"),
        ({"bot_scopes": [["HUSH"]]}, "has a bot_scopes of a wrong type"),
        ({"custom_values": "HUSH"}, "has a custom_values of a wrong type"),
    ],
)
def test_a_record_that_cannot_be_used_is_named_by_what_it_lacks(change: dict[str, object], why: str) -> None:
    text = json.dumps(an_installation().to_bot().__dict__ | change).encode()
    broken = parsed("here", CLIENT_ID, "none-T1", "bot-latest", text)
    assert broken == Broken("here", CLIENT_ID, why)


def test_fields_of_another_version_of_the_sdk_are_left_out() -> None:
    fields = an_installation().to_bot().__dict__ | {"added_later": 1, "bot_scopes": None}
    bot = record_of(fields, is_bot=True)
    assert isinstance(bot, Bot)
    assert bot.bot_scopes == []


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda each: (
            st.lists(each, max_size=4)
            | st.dictionaries(st.sampled_from(sorted(Installation(user_id="U1").__dict__)), each)
        ),
        max_leaves=25,
    )
)
def test_any_json_is_a_record_or_broken(value: object) -> None:
    text = json.dumps(value).encode()
    for name in ("bot-latest", "installer-latest"):
        assert isinstance(parsed("here", "", "none-T1", name, text), Found | Broken)


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    FileInstallationStore(base_dir=str(tmp_path), client_id=CLIENT_ID).save(an_installation())
    (tmp_path / CLIENT_ID / "none-T1" / "bot-latest").write_text("{")
    read = list(source_of(f"file:{tmp_path}", no_s3).read())
    assert [each.where for each in read if isinstance(each, Broken)] == [f"{CLIENT_ID}/none-T1/bot-latest"]
    assert len(read) == 3


def test_a_file_without_an_end_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    FileInstallationStore(base_dir=str(tmp_path), client_id=CLIENT_ID).save(an_installation())
    endless = tmp_path / CLIENT_ID / "none-T1" / "bot-latest"
    endless.unlink()
    endless.symlink_to("/dev/zero")
    read = list(source_of(f"file:{tmp_path}", no_s3).read())
    assert [each.why for each in read if isinstance(each, Broken)] == ["is far too long for an installation"]
    assert len(read) == 3


@pytest.mark.parametrize("url", ["", "s3:", "s3:///x", "sqlite://x", "redis://x", "file://host/x", "x"])
def test_a_source_of_another_kind_is_answered_with_those_there_are(url: str) -> None:
    with pytest.raises(Stop, match=r"s3://BUCKET"):
        source_of(url, no_s3)


@pytest.mark.parametrize("url", ["sqlite:///no-such-file", "file:no-such-folder"])
def test_a_source_that_is_not_there_is_said(url: str) -> None:
    with pytest.raises(Stop, match="There is no"):
        source_of(url, no_s3)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("HUSH " * 1000)
    with pytest.raises(Stop, match=r"notes\.txt cannot be read") as error:
        source_of(f"sqlite:///{path}", no_s3).count()
    assert "HUSH" not in str(error.value)
