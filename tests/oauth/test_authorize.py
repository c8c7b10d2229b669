"""Who a request comes from: known without asking Slack, and its token only where somebody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltContext
from slack_sdk import WebClient

from oauth.authorize import BotsAuthorize
from oauth.bots import BotIdentity, BotOfToken, NotAllowed, NotInstalled, OneBot
from oauth.installed_bots import InstalledBots
from oauth.leases import LocalLeases
from oauth.local_store import LocalInstallationStore
from oauth.many_workspaces import InstalledUsers
from oauth.rotation import Rotation
from tests.oauth.records import an_installation
from tests.workspace import Workspace, a_workspace

BOT = BotIdentity(team_id="T1", bot_id="B1", bot_user_id="U0", token="xoxb-1")


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    with a_workspace() as started:
        yield started


@pytest.fixture
def nobodys(tmp_path: Path) -> InstalledBots:
    """Of an app for many workspaces that is installed in none yet."""
    store = LocalInstallationStore(tmp_path / "none.sqlite3", "1.2")
    return InstalledBots(lambda: store)


def token_alone(slack: Workspace) -> BotOfToken:
    client = WebClient(base_url=slack.credentials["api_url"])
    return BotOfToken(client, slack.credentials["bot_token"])


def authorize(bots: Any, team_id: str = "T1", api_url: str = "http://127.0.0.1:9/", **kind: bool) -> Any:
    context = BoltContext({"client": WebClient(base_url=api_url), "is_enterprise_install": None, **kind})
    result = BotsAuthorize(bots)(context=context, enterprise_id=None, team_id=team_id, user_id="U1")
    if result:
        context.client.token = result.bot_token  # as Bolt does
    return result, context


@pytest.mark.parametrize("kind", [{}, {"is_event": True}, {"is_lazy": True}])
def test_one_known_bot_is_always_at_hand(kind: dict[str, bool]) -> None:
    result, _ = authorize(OneBot(BOT), **kind)
    assert (result.bot_token, result.bot_id, result.bot_user_id) == ("xoxb-1", "B1", "U0")


def test_a_request_of_another_workspace_is_told_so() -> None:
    with pytest.raises(NotInstalled, match="Ask an admin"):
        authorize(OneBot(BOT), team_id="T2")


@pytest.mark.parametrize("kind", [{"is_lazy": True}, {"is_lazy": True, "is_event": True}])
def test_lazy_work_without_an_installation_finds_out_when_it_calls_slack(
    nobodys: InstalledBots, kind: dict[str, bool]
) -> None:
    result, context = authorize(nobodys, **kind)
    assert result.bot_token is None
    with pytest.raises(NotInstalled, match="Ask an admin"):
        context.client.auth_test()


def test_an_event_without_an_installation_is_not_let_in(nobodys: InstalledBots) -> None:
    assert authorize(nobodys, is_event=True)[0] is None


def test_an_ack_gets_no_token_and_asks_nobody(slack: Workspace) -> None:
    before = len(slack.calls())
    result, context = authorize(token_alone(slack), slack.info["team"]["id"])
    assert (result.bot_token, result.team_id, result.user_id) == (None, slack.info["team"]["id"], "U1")
    assert context.client.token is None
    assert len(slack.calls()) == before


def test_its_client_finds_the_token_at_its_first_call(slack: Workspace) -> None:
    team_id = slack.info["team"]["id"]
    _, context = authorize(token_alone(slack), team_id, slack.credentials["api_url"])
    assert context.client.auth_test()["team_id"] == team_id


def test_its_client_says_so_if_there_is_none(nobodys: InstalledBots) -> None:
    _, context = authorize(nobodys)
    with pytest.raises(NotInstalled, match="not installed"):
        context.client.auth_test()


@pytest.mark.parametrize("kind", [{"is_event": True}, {"is_lazy": True}])
def test_events_and_lazy_work_know_the_bot_and_slack_is_asked_once(
    slack: Workspace, kind: dict[str, bool]
) -> None:
    bots, before = token_alone(slack), len(slack.calls("auth.test"))
    for _ in range(3):
        result, _ = authorize(bots, slack.info["team"]["id"], **kind)
        assert result.bot_user_id == slack.info["app"]["bot_user_id"]
    assert len(slack.calls("auth.test")) == before + 1


@pytest.fixture
def store(tmp_path: Path) -> LocalInstallationStore:
    return LocalInstallationStore(tmp_path / "installations.sqlite3", "1.2")


def test_where_the_store_is_far_an_ack_does_not_read_it() -> None:
    def open_store() -> Any:
        raise AssertionError("an ack opened the store")

    result, _ = authorize(InstalledBots(open_store))
    assert result.bot_token is None


def test_where_it_is_near_an_ack_knows_the_bot(store: LocalInstallationStore) -> None:
    store.save(an_installation(team_id="T1"))
    result, _ = authorize(InstalledBots(lambda: store, is_at_hand=True))
    assert (result.bot_token, result.bot_user_id) == ("xoxb-first", "U0BOT")
    assert result.bot_scopes == ("chat:write", "commands")


@pytest.mark.parametrize("kind", [{"is_event": True}, {"is_lazy": True}])
def test_a_store_that_fails_fails_the_request(kind: dict[str, bool]) -> None:
    def open_store() -> Any:
        raise PermissionError("denied")

    with pytest.raises(PermissionError):
        authorize(InstalledBots(open_store), **kind)


def test_a_workspace_that_is_not_on_the_list_is_told_so_where_the_store_is_near(
    store: LocalInstallationStore,
) -> None:
    store.save(an_installation(team_id="T1"))
    bots = InstalledBots(lambda: store, is_at_hand=True, allowed={"T2"})
    with pytest.raises(NotAllowed):
        authorize(bots)
    assert authorize(bots, is_event=True)[0] is None
    _, context = authorize(bots, is_lazy=True)
    with pytest.raises(NotAllowed):
        context.client.auth_test()


@pytest.mark.parametrize(("scopes", "token"), [((), None), (("search:read",), "xoxp-anns")])
def test_a_users_token_is_looked_up_only_if_the_app_asks_for_user_scopes(
    store: LocalInstallationStore, scopes: tuple[str, ...], token: str | None
) -> None:
    store.save(
        an_installation(team_id="T1", user_id="U1", user_token="xoxp-anns", user_scopes=["search:read"])
    )
    rotation = Rotation(
        lambda: store, LocalLeases, api_url="http://127.0.0.1:9/", client_id="1.2", client_secret="hush"
    )
    users = InstalledUsers(lambda: store, rotation, lambda: scopes)
    authorizing = BotsAuthorize(InstalledBots(lambda: store), users)
    context = BoltContext({"client": WebClient(), "is_enterprise_install": None, "is_event": True})
    for user_id, expected in (("U1", token), ("U2", None), (None, None)):
        result = authorizing(context=context, enterprise_id=None, team_id="T1", user_id=user_id)
        assert result
        assert result.bot_token == "xoxb-first"
        assert result.user_token == expected
