"""What slack_sdk's InstallationStore says, and its stores document, of each store: theirs and ours, plain and sealed.

Where one of them does otherwise it is named in DEPARTURES, and the case must fail there: the list stays true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from aws.clients import AwsClients
from aws.table import table_definition
from oauth.key_file import KeyFile
from tests.aws.emulator import Emulator
from tests.oauth.installation_stores import (
    Stored,
    a_client_id,
    an_s3,
    in_dynamodb,
    in_local,
    in_s3,
    in_sqlite,
)

STORES = ("sqlite", "local", "s3", "dynamodb")
# By store and case, sealed or not: the wrapper mends and spoils nothing. `local` is slack_sdk's SQLite store, mended.
DEPARTURES = {
    ("sqlite", "custom_values_survive"): "its tables have no column for them",
    ("sqlite", "slack_need_not_say_which_app_it_is"): "its column must not be null",
    ("sqlite", "nobody_need_say_which_scopes"): "it joins them without a look",
    ("sqlite", "nothing_stays_none"): "its ids are '' where Slack said None",
    ("sqlite", "when_it_was_installed_survives"): "it stores when it saved, in whole seconds",
    ("sqlite", "the_last_of_two_saves_at_once_counts"): "it sorts by whole seconds",
    ("sqlite", "a_persons_installation_has_the_bots_scopes"): "they are one text, with commas",
    ("sqlite", "a_refreshed_bot_is_seen_by_everybody"): "a person's bot token comes from installations alone",
    (
        "sqlite",
        "an_organization_is_deleted_by_no_team",
    ): "it looks for a team that is NULL, where it stores ''",
    ("sqlite", "a_broken_storage_raises_when_a_bot_is_sought"): "it logs a warning, and says None",
    ("sqlite", "a_broken_storage_raises_when_an_installation_is_sought"): "it logs a warning, and says None",
    ("sqlite", "a_broken_storage_raises_when_something_is_deleted"): "it logs a warning",
    ("s3", "deleting_a_person_leaves_those_whose_ids_begin_alike"): "it deletes by prefix",
    ("s3", "the_latest_of_those_who_are_left_counts"): "the latest one stays, though its person was deleted",
    ("s3", "ids_never_run_together"): "it joins them with - and says none for None",
    ("s3", "a_broken_storage_raises_when_a_bot_is_sought"): "it logs a warning, and says None",
    ("s3", "a_broken_storage_raises_when_an_installation_is_sought"): "it logs a warning, and says None",
}


@pytest.fixture(scope="session")
def s3() -> Iterator[Any]:
    with an_s3() as client:
        yield client


@pytest.fixture(scope="session")
def clients(aws: Emulator) -> AwsClients:
    """With one table for all tests: each has a client id of its own."""
    clients = aws.clients()
    clients.dynamodb.create_table(**table_definition("installations"))
    return clients


@pytest.fixture(params=[(name, sealed) for name in STORES for sealed in ("plain", "sealed")], ids=" ".join)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Stored:
    name, sealed = request.param
    case = request.function.__name__.removeprefix("test_")
    if reason := DEPARTURES.get((name, case)):
        request.applymarker(pytest.mark.departs(reason))
    if name == "dynamodb":
        made = in_dynamodb(request.getfixturevalue("clients"), "installations")
    elif name == "s3":
        made = in_s3(request.getfixturevalue("s3"))
    else:
        made = (in_local if name == "local" else in_sqlite)(tmp_path)
    return made.encrypted(KeyFile(tmp_path / "key")) if sealed == "sealed" else made


def an_installation(**changes: Any) -> Installation:
    """With everything that Slack may send."""
    given: dict[str, Any] = {
        "app_id": "A1",
        "enterprise_id": "E1",
        "enterprise_name": "Müller & Söhne 🏭",
        "enterprise_url": "https://mueller.enterprise.slack.com/",
        "team_id": "T1",
        "team_name": "Team 'One'; --",
        "bot_token": "xoxe.xoxb-1-first",
        "bot_id": "B1",
        "bot_user_id": "UB1",
        "bot_scopes": ["chat:write", "commands"],
        "bot_refresh_token": "xoxe-1-bot",
        "bot_token_expires_at": 1_795_000_000,
        "user_id": "U1",
        "user_token": "xoxe.xoxp-1-user",
        "user_scopes": ["search:read"],
        "user_refresh_token": "xoxe-1-user",
        "user_token_expires_at": 1_795_000_001,
        "incoming_webhook_url": "https://hooks.slack.com/services/T1/B1/secret",
        "incoming_webhook_channel": "#general",
        "incoming_webhook_channel_id": "C1",
        "incoming_webhook_configuration_url": "https://mueller.slack.com/services/B1",
        "is_enterprise_install": False,
        "token_type": "bot",
        "installed_at": 1_794_000_000.25,
    }
    return Installation(**{**given, **changes})


def of(user_id: str, token: str, at: float) -> Installation:
    return an_installation(user_id=user_id, bot_token=token, user_token=f"{token}-user", installed_at=at)


def said(record: Bot | Installation | None, *without: str) -> dict[str, Any]:
    assert record is not None
    return {name: value for name, value in vars(record).items() if name not in without}


def find(store: InstallationStore, user_id: str | None = None, **ids: Any) -> Installation | None:
    return store.find_installation(**{"enterprise_id": "E1", "team_id": "T1", "user_id": user_id, **ids})


def find_bot(store: InstallationStore, **ids: Any) -> Bot | None:
    return store.find_bot(**{"enterprise_id": "E1", "team_id": "T1", **ids})


def user_ids(store: InstallationStore, *sought: str) -> list[str]:
    """Those of whom there is an installation."""
    return [each for each in sought if find(store, each)]


def test_what_was_saved_is_found(stored: Stored) -> None:
    saved = an_installation()
    stored.store.save(saved)
    assert said(find(stored.store), "installed_at") == said(saved, "installed_at")
    found = find(stored.store, "U1")
    assert said(found, "installed_at", "bot_scopes") == said(saved, "installed_at", "bot_scopes")
    assert said(find_bot(stored.store), "installed_at") == said(saved.to_bot(), "installed_at")


def test_a_persons_installation_has_the_bots_scopes(stored: Stored) -> None:
    stored.store.save(an_installation())
    assert said(find(stored.store, "U1"))["bot_scopes"] == ["chat:write", "commands"]


def test_saving_does_not_change_what_is_saved(stored: Stored) -> None:
    saved = an_installation(custom_values={"a": [1]})
    stored.store.save(saved)
    assert said(saved) == said(an_installation(custom_values={"a": [1]}))


def test_when_it_was_installed_survives(stored: Stored) -> None:
    stored.store.save(an_installation(installed_at=1_794_000_000.123456))
    assert said(find(stored.store))["installed_at"] == 1_794_000_000.123456
    assert said(find_bot(stored.store))["installed_at"] == 1_794_000_000.123456


def test_nothing_stays_none(stored: Stored) -> None:
    """What Slack does not say, for a workspace that belongs to no organization."""
    saved = Installation(
        app_id="A1", team_id="T1", user_id="U1", bot_token="xoxb-1", bot_id="B1", bot_user_id="UB1"
    )
    stored.store.save(saved)
    assert said(find(stored.store, enterprise_id=None), "installed_at") == said(saved, "installed_at")
    bot = find_bot(stored.store, enterprise_id=None)
    assert said(bot, "installed_at") == said(saved.to_bot(), "installed_at")


def test_custom_values_survive(stored: Stored) -> None:
    values = {"note": "ü", "n": 1, "f": 1.5, "big": 2**70, "none": None, "deep": {"list": [1, {"x": True}]}}
    stored.store.save(an_installation(custom_values=values))
    assert said(find(stored.store))["custom_values"] == values
    assert said(find_bot(stored.store))["custom_values"] == values
    assert type(said(find_bot(stored.store))["custom_values"]["f"]) is float


def test_slack_need_not_say_which_app_it_is(stored: Stored) -> None:
    stored.store.save(an_installation(app_id=None))
    assert said(find(stored.store))["app_id"] is None
    assert said(find_bot(stored.store))["app_id"] is None


def test_nobody_need_say_which_scopes(stored: Stored) -> None:
    stored.store.save(an_installation(bot_scopes=None, user_scopes=None))
    found = said(find(stored.store))
    assert not found["bot_scopes"]
    assert not found["user_scopes"]


def test_what_was_never_installed_is_not_found(stored: Stored) -> None:
    stored.store.save(an_installation())
    for ids in ({"team_id": "T2"}, {"enterprise_id": "E2"}, {"enterprise_id": None}, {"team_id": None}):
        assert find_bot(stored.store, **ids) is None
        assert find(stored.store, **ids) is None
        assert find(stored.store, "U1", **ids) is None
    assert find(stored.store, "U2") is None


def test_another_client_id_has_other_installations(stored: Stored) -> None:
    other = stored.of_client(a_client_id())
    stored.store.save(an_installation())
    assert find_bot(other) is find(other) is None
    other.save(an_installation(bot_token="xoxb-other"))
    other.delete_all(enterprise_id="E1", team_id="T1")
    assert find_bot(stored.store)
    assert find(stored.store)


def test_an_organization_is_found_from_each_of_its_workspaces(stored: Stored) -> None:
    stored.store.save(an_installation(team_id=None, team_name=None, is_enterprise_install=True))
    assert find_bot(stored.store, team_id=None)
    assert find_bot(stored.store, team_id="T9", is_enterprise_install=True)
    assert find_bot(stored.store, team_id="T9") is None
    assert find(stored.store, team_id="T9", is_enterprise_install=True)
    assert find(stored.store, "U1", team_id="T9", is_enterprise_install=True)
    found = find(stored.store, team_id="T9", is_enterprise_install=True)
    assert found
    assert found.is_enterprise_install == True  # noqa: E712 (1 in SQLite)
    assert find(stored.store, team_id="T9") is None
    assert find_bot(stored.store, enterprise_id="E2", team_id=None, is_enterprise_install=True) is None


def test_an_organization_and_a_workspace_of_it_are_two(stored: Stored) -> None:
    stored.store.save(an_installation(team_id=None, is_enterprise_install=True, bot_token="xoxb-org"))
    stored.store.save(an_installation(bot_token="xoxb-team"))
    assert said(find_bot(stored.store))["bot_token"] == "xoxb-team"
    assert said(find_bot(stored.store, is_enterprise_install=True))["bot_token"] == "xoxb-org"
    stored.store.delete_all(enterprise_id="E1", team_id="T1")
    assert find_bot(stored.store) is None
    assert find_bot(stored.store, is_enterprise_install=True)


def test_an_organization_is_deleted_by_no_team(stored: Stored) -> None:
    stored.store.save(an_installation(team_id=None, is_enterprise_install=True))
    stored.store.delete_all(enterprise_id="E1", team_id=None)
    assert find_bot(stored.store, team_id=None) is None
    assert find(stored.store, team_id=None) is None


def test_installed_again_it_is_the_new_one(stored: Stored) -> None:
    stored.store.save(an_installation())
    stored.later()
    again = an_installation(bot_token="xoxb-again", user_token="xoxp-again", installed_at=1_794_000_009.0)
    stored.store.save(again)
    for found in (find(stored.store), find(stored.store, "U1")):
        assert found
        assert (found.bot_token, found.user_token) == ("xoxb-again", "xoxp-again")
    assert said(find_bot(stored.store))["bot_token"] == "xoxb-again"


def test_the_last_of_two_saves_at_once_counts(stored: Stored) -> None:
    stored.store.save(of("U1", "xoxb-1", 1.0))
    stored.store.save(of("U2", "xoxb-2", 2.0))
    stored.at_once()
    assert said(find(stored.store))["user_id"] == "U2"
    assert said(find_bot(stored.store))["bot_token"] == "xoxb-2"


def test_without_a_user_the_latest_is_found(stored: Stored) -> None:
    for at, user_id in enumerate(("U1", "U3", "U2")):
        stored.store.save(of(user_id, f"xoxb-{user_id}", 1_794_000_000.0 + at))
        stored.later()
    assert said(find(stored.store))["user_id"] == "U2"


def test_each_person_has_their_own_token_and_all_have_the_latest_bots(stored: Stored) -> None:
    """bolt-python#664"""
    stored.store.save(of("U1", "xoxb-1", 1_794_000_000.0))
    stored.later()
    stored.store.save(of("U2", "xoxb-2", 1_794_000_009.0))
    found = {user_id: said(find(stored.store, user_id)) for user_id in ("U1", "U2")}
    assert {each["bot_token"] for each in found.values()} == {"xoxb-2"}
    assert found["U1"]["user_token"] == "xoxb-1-user"
    assert found["U2"]["user_token"] == "xoxb-2-user"


def test_a_refreshed_bot_is_seen_by_everybody(stored: Stored) -> None:
    stored.store.save(an_installation())
    stored.later()
    refreshed = an_installation(
        bot_token="xoxe.xoxb-1-second", bot_refresh_token="xoxe-2", bot_token_expires_at=1_795_009_999
    ).to_bot()
    stored.store.save_bot(refreshed)
    for found in (find_bot(stored.store), find(stored.store, "U1")):
        assert found
        assert found.bot_token == "xoxe.xoxb-1-second"
        assert found.bot_refresh_token == "xoxe-2"
        assert found.bot_token_expires_at == 1_795_009_999


def test_somebody_who_allows_user_scopes_alone_leaves_the_bot_as_it_was(stored: Stored) -> None:
    """python-slack-sdk#1441"""
    stored.store.save(an_installation())
    stored.later()
    stored.store.save(
        an_installation(
            user_id="U2",
            bot_token=None,
            bot_id=None,
            bot_user_id=None,
            bot_refresh_token=None,
            bot_token_expires_at=None,
            installed_at=1_794_000_009.0,
        )
    )
    assert said(find_bot(stored.store))["bot_token"] == "xoxe.xoxb-1-first"
    found = find(stored.store)
    assert found
    assert (found.user_id, found.bot_token, found.bot_id) == ("U2", "xoxe.xoxb-1-first", "B1")


def test_whoever_installed_the_bot_and_later_allows_user_scopes_alone_still_has_it(stored: Stored) -> None:
    """python-slack-sdk#1441, as its own tests play it"""
    stored.store.save(an_installation())
    stored.later()
    stored.store.save(an_installation(bot_token=None, bot_id=None, bot_user_id=None, bot_refresh_token=None))
    assert said(find_bot(stored.store))["bot_token"] == "xoxe.xoxb-1-first"
    for found in (find(stored.store), find(stored.store, "U1")):
        assert found
        assert (found.bot_token, found.bot_id, found.bot_user_id) == ("xoxe.xoxb-1-first", "B1", "UB1")


def test_a_bot_that_is_deleted_leaves_people_their_installations(stored: Stored) -> None:
    stored.store.save(an_installation())
    stored.store.delete_bot(enterprise_id="E1", team_id="T1")
    assert find_bot(stored.store) is None
    assert said(find(stored.store, "U1"))["user_token"] == "xoxe.xoxp-1-user"


def test_installations_that_are_deleted_leave_the_bot(stored: Stored) -> None:
    stored.store.save(an_installation())
    stored.store.save(an_installation(user_id="U2"))
    stored.store.delete_installation(enterprise_id="E1", team_id="T1")
    assert user_ids(stored.store, "U1", "U2") == []
    assert find(stored.store) is None
    assert find_bot(stored.store)


def test_the_last_person_deleted_leaves_no_installation(stored: Stored) -> None:
    stored.store.save(an_installation())
    stored.store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U1")
    assert find(stored.store, "U1") is find(stored.store) is None


def test_deleting_a_person_leaves_the_others(stored: Stored) -> None:
    for user_id in ("U1", "U2"):
        stored.store.save(an_installation(user_id=user_id))
    stored.store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U1")
    assert user_ids(stored.store, "U1", "U2") == ["U2"]


def test_deleting_a_person_leaves_those_whose_ids_begin_alike(stored: Stored) -> None:
    for user_id in ("U12", "U123"):
        stored.store.save(an_installation(user_id=user_id))
    stored.store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U12")
    assert user_ids(stored.store, "U12", "U123") == ["U123"]


def test_the_latest_of_those_who_are_left_counts(stored: Stored) -> None:
    for at, user_id in enumerate(("U1", "U3", "U2")):
        stored.store.save(of(user_id, f"xoxb-{user_id}", 1_794_000_000.0 + at))
        stored.later()
    stored.store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U2")
    assert said(find(stored.store))["user_id"] == "U3"


def test_deleting_all_deletes_this_workspace_and_no_other(stored: Stored) -> None:
    others = ({"team_id": "T2"}, {"team_id": "T12"}, {"enterprise_id": None}, {"enterprise_id": "E12"})
    for ids in ({}, *others):
        stored.store.save(an_installation(**ids))
    stored.store.save(an_installation(user_id="U2"))
    stored.store.delete_all(enterprise_id="E1", team_id="T1")
    assert find_bot(stored.store) is find(stored.store) is None
    assert user_ids(stored.store, "U1", "U2") == []
    for ids in others:
        assert find_bot(stored.store, **ids)
        assert find(stored.store, **ids)


def test_deleting_twice_is_deleting_once(stored: Stored) -> None:
    stored.store.save(an_installation())
    for _ in range(2):
        stored.store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U1")
        stored.store.delete_bot(enterprise_id="E1", team_id="T1")
        stored.store.delete_all(enterprise_id="E1", team_id="T1")
    assert find_bot(stored.store) is find(stored.store) is None


def test_ids_never_run_together(stored: Stored) -> None:
    """None of Slack's look like this today; that is no promise."""
    apart = [("E1", "T-1"), ("E1-T", "1"), (None, "T#1"), ("#", "T1"), ("", "#T1"), ("none", "T%231")]
    apart += [("E|1", "T/1"), ("E", "1|T/1"), ("E1", None), ("none", None), ("E2", "none"), ("E2", None)]
    for n, (enterprise_id, team_id) in enumerate(apart):
        stored.store.save(
            an_installation(enterprise_id=enterprise_id, team_id=team_id, bot_token=f"xoxb-{n}")
        )
    found = [stored.store.find_bot(enterprise_id=each[0], team_id=each[1]) for each in apart]
    assert [bot and bot.bot_token for bot in found] == [f"xoxb-{n}" for n in range(len(apart))]
    stored.store.delete_all(enterprise_id="E1", team_id="T-1")
    assert (
        len([each for each in apart if stored.store.find_bot(enterprise_id=each[0], team_id=each[1])]) == 11
    )


def test_people_with_odd_ids_are_told_apart(stored: Stored) -> None:
    odd = ("U1", "U1#latest", "U1#", "#U1", "u1", "U%31", "U1 ", "latest")
    for user_id in odd:
        stored.store.save(of(user_id, user_id, 1.0))
    assert [said(find(stored.store, each))["user_token"] for each in odd] == [f"{each}-user" for each in odd]


def test_a_broken_storage_raises_when_a_bot_is_sought(stored: Stored) -> None:
    with pytest.raises(Exception, match=r"."):
        find_bot(stored.broken())


def test_a_broken_storage_raises_when_an_installation_is_sought(stored: Stored) -> None:
    with pytest.raises(Exception, match=r"."):
        find(stored.broken())


def test_a_broken_storage_raises_when_something_is_saved(stored: Stored) -> None:
    with pytest.raises(Exception, match=r"."):
        stored.broken().save(an_installation())


@pytest.mark.parametrize("delete", ["delete_bot", "delete_installation", "delete_all"])
def test_a_broken_storage_raises_when_something_is_deleted(stored: Stored, delete: str) -> None:
    do: Callable[..., None] = getattr(stored.broken(), delete)
    with pytest.raises(Exception, match=r"."):
        do(enterprise_id="E1", team_id="T1")


def test_every_departure_is_one_of_a_store_and_a_case() -> None:
    for name, case in DEPARTURES:
        assert name in STORES
        assert f"test_{case}" in globals()
    assert "dynamodb" not in {name for name, _ in DEPARTURES}
