"""The bot of a workspace: read once a minute, for those who may, and forgotten when it is dead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot

from oauth import installed_bots
from oauth.bot_client import BotClient, Workspace
from oauth.bots import BotIdentity, NotAllowed, NotInstalled, OneBot, TokenDoubted
from oauth.installed_bots import KEPT_FOR, InstalledBots
from oauth.local_store import LocalInstallationStore
from tests.fake_slack import TEAM, FakeSlack, fake_slack, refused
from tests.oauth.records import an_installation

ORG = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True, "bot_token": "xoxb-org"}


class Store(LocalInstallationStore):
    """Counts what is asked of it, and may break."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, "1.2")
        self.reads = 0
        self.broken: Exception | None = None

    def find_bot(self, **ids: Any) -> Bot | None:
        self.reads += 1
        if self.broken:
            raise self.broken
        return super().find_bot(**ids)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "installations.sqlite3")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bots(store: Store, clock: Clock) -> InstalledBots:
    return InstalledBots(lambda: store, monotonic=clock)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as started:
        yield started


def token(bots: InstalledBots, team_id: str | None = TEAM, **of: Any) -> str | None:
    bot = bots.find(team_id=team_id, enterprise_id=of.pop("enterprise_id", None), **of)
    return bot.token if bot else None


def test_a_bot_is_read_once_a_minute(bots: InstalledBots, store: Store, clock: Clock) -> None:
    store.save(an_installation())
    assert {token(bots) for _ in range(10)} == {"xoxb-first"}
    assert store.reads == 1
    clock.now += KEPT_FOR
    token(bots)
    assert store.reads == 2


def test_it_has_all_that_bolt_wants_to_know(bots: InstalledBots, store: Store) -> None:
    store.save(an_installation())
    bot = bots.find(team_id=TEAM, enterprise_id=None)
    assert bot
    assert (bot.team_id, bot.bot_id, bot.bot_user_id) == (TEAM, "B0BOT", "U0BOT")
    assert bot.scopes == ("chat:write", "commands")
    assert "xoxb" not in repr(bot)


def test_a_fresh_installation_works_at_once(bots: InstalledBots, store: Store) -> None:
    assert token(bots) is None
    store.save(an_installation())
    assert token(bots) == "xoxb-first"


def test_an_uninstalled_workspace_is_remembered_no_longer_than_a_minute(
    bots: InstalledBots, store: Store, clock: Clock
) -> None:
    store.save(an_installation())
    token(bots)
    store.delete_all(enterprise_id=None, team_id=TEAM)
    clock.now += KEPT_FOR
    assert token(bots) is None


def test_what_is_forgotten_is_read_again(bots: InstalledBots, store: Store) -> None:
    store.save(an_installation())
    token(bots)
    store.delete_all(enterprise_id=None, team_id=TEAM)
    bots.forget(team_id=TEAM, enterprise_id=None)
    assert token(bots) is None


def test_what_was_read_before_it_was_forgotten_is_not_kept_after(
    bots: InstalledBots, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(an_installation())
    read = store.find_bot

    def overtaken(**ids: Any) -> Bot | None:
        found = read(**ids)
        store.delete_all(enterprise_id=None, team_id=TEAM)
        bots.forget(team_id=TEAM, enterprise_id=None)
        return found

    monkeypatch.setattr(store, "find_bot", overtaken)
    token(bots)
    monkeypatch.setattr(store, "find_bot", read)
    assert token(bots) is None


def test_the_cache_is_bounded(bots: InstalledBots, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_bots, "MOST_KEPT", 2)
    for team in ("T1", "T2", "T3"):
        store.save(an_installation(team_id=team))
        token(bots, team)
    store.reads = 0
    token(bots, "T3")
    token(bots, "T2")
    assert store.reads == 0
    token(bots, "T1")
    assert store.reads == 1


def test_a_teams_own_installation_comes_before_the_org_wide_one(bots: InstalledBots, store: Store) -> None:
    store.save(an_installation(**ORG))
    assert token(bots, enterprise_id="E1") == "xoxb-org"
    store.save(an_installation(enterprise_id="E1", bot_token="xoxb-own"))
    bots.forget(team_id=TEAM, enterprise_id="E1")
    assert token(bots, enterprise_id="E1") == "xoxb-own"
    assert token(bots, enterprise_id="E1", is_enterprise_install=True) == "xoxb-org"
    assert token(bots, None, enterprise_id="E1") == "xoxb-org"


def test_an_org_wide_installation_serves_no_other_org(bots: InstalledBots, store: Store) -> None:
    store.save(an_installation(**ORG))
    assert token(bots) is None
    assert token(bots, enterprise_id="E2") is None


def test_forgetting_an_org_forgets_it_for_each_of_its_teams(bots: InstalledBots, store: Store) -> None:
    store.save(an_installation(**ORG))
    token(bots, "T1", enterprise_id="E1")
    token(bots, "T2", enterprise_id="E1")
    store.delete_all(enterprise_id="E1", team_id=None)
    bots.forget(team_id=None, enterprise_id="E1")
    assert token(bots, "T1", enterprise_id="E1") is None
    assert token(bots, "T2", enterprise_id="E1") is None


@pytest.mark.parametrize("allowed", [{TEAM}, {"E1"}, set()])
def test_those_who_are_allowed_are_let_in_by_team_or_by_enterprise(store: Store, allowed: set[str]) -> None:
    store.save(an_installation(enterprise_id="E1"))
    assert token(InstalledBots(lambda: store, allowed=allowed), enterprise_id="E1") == "xoxb-first"


def test_others_are_refused_though_they_are_installed(store: Store) -> None:
    store.save(an_installation())
    with pytest.raises(NotAllowed, match="may not be used"):
        token(InstalledBots(lambda: store, allowed={"T2", "E2"}))
    assert store.reads == 0


def test_a_store_that_fails_is_not_a_workspace_without_the_app(bots: InstalledBots, store: Store) -> None:
    store.broken = PermissionError("denied")
    with pytest.raises(PermissionError):
        token(bots)
    store.save(an_installation())
    store.broken = None
    assert token(bots) == "xoxb-first"


def test_a_dead_token_is_deleted_and_the_call_says_what_to_do(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation())
    slack.faults["auth.test"].append(refused("account_inactive"))
    with pytest.raises(NotInstalled, match="Ask an admin"):
        a_client(bots, slack).auth_test()
    assert token(bots) is None
    assert store.find_bot(enterprise_id=None, team_id=TEAM) is None


def test_a_token_that_slack_does_not_take_without_calling_it_dead_is_kept_and_the_call_says_what_to_do(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation())
    slack.faults["auth.test"].append(
        refused("invalid_auth")
    )  # as from an IP address that Slack does not let in
    with pytest.raises(TokenDoubted, match="IP addresses"):
        a_client(bots, slack).auth_test()
    assert token(bots) == "xoxb-first"
    slack.faults["auth.test"].append(refused("invalid_auth"))
    assert a_client(bots, slack, token="xoxb-before-that").auth_test()["ok"]


def test_a_bot_that_takes_a_dead_ones_place_at_the_last_moment_is_not_deleted(
    bots: InstalledBots, store: Store, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(an_installation())
    slack.faults["auth.test"].append(refused("token_revoked"))
    remove = store.remove_bot

    def overtaken(bot: Bot) -> bool:
        store.save(an_installation(bot_token="xoxb-anew"))
        return remove(bot)

    monkeypatch.setattr(store, "remove_bot", overtaken)
    with pytest.raises(NotInstalled):
        a_client(bots, slack).auth_test()
    assert token(bots) == "xoxb-anew"


def test_a_token_that_was_replaced_is_left_alone_and_the_call_made_again(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation())
    client = a_client(bots, slack, token="xoxb-before-that")
    slack.faults["auth.test"].append(refused("token_revoked"))
    assert client.auth_test()["ok"]
    assert client.token == "xoxb-first"
    assert token(bots) == "xoxb-first"


def test_of_a_token_that_is_a_setting_slacks_word_stands(slack: FakeSlack) -> None:
    one = OneBot(BotIdentity(team_id=TEAM, bot_id="B1", bot_user_id="U0", token="xoxb-1"))
    slack.faults["auth.test"].append(refused("token_revoked"))
    with pytest.raises(SlackApiError, match="token_revoked"):
        BotClient(one, Workspace(TEAM, None), base_url=f"{slack.url}/api/").auth_test()
    assert len(slack.called("auth.test")) == 1


def test_another_error_of_slacks_deletes_nothing(bots: InstalledBots, store: Store, slack: FakeSlack) -> None:
    store.save(an_installation())
    slack.faults["auth.test"].append(refused("ratelimited"))
    with pytest.raises(Exception, match="ratelimited"):
        a_client(bots, slack).auth_test()
    assert token(bots) == "xoxb-first"


def test_a_token_of_the_callers_own_is_not_the_bots(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation())
    slack.faults["auth.test"].append(refused("token_revoked"))
    with pytest.raises(Exception, match="token_revoked"):
        a_client(bots, slack).auth_test(token="xoxp-somebodys")
    assert token(bots) == "xoxb-first"


def test_with_an_org_wide_token_slack_is_told_the_team(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation(**ORG))
    BotClient(bots, Workspace(TEAM, "E1"), base_url=f"{slack.url}/api/").auth_test()
    assert slack.called("auth.test")[0]["team_id"] == TEAM


def test_a_dead_org_wide_token_leaves_a_teams_own_alone(
    bots: InstalledBots, store: Store, slack: FakeSlack
) -> None:
    store.save(an_installation(**ORG))
    store.save(an_installation(enterprise_id="E1"))
    slack.faults["auth.test"].append(refused("account_inactive"))
    client = BotClient(bots, Workspace(TEAM, "E1", True), base_url=f"{slack.url}/api/")
    with pytest.raises(NotInstalled):
        client.auth_test()
    assert store.find_bot(enterprise_id="E1", team_id=None, is_enterprise_install=True) is None
    assert token(bots, enterprise_id="E1") == "xoxb-first"


def a_client(bots: InstalledBots, slack: FakeSlack, **options: Any) -> WebClient:
    return BotClient(bots, Workspace(TEAM, None), base_url=f"{slack.url}/api/", **options)
