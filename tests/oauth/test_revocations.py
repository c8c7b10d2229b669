"""What Slack says of dead tokens is done once, whatever else it says before or after."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from oauth.bot_client import Workspace
from oauth.bots import BotIdentity, BotOfToken, OneBot
from oauth.installed_bots import InstalledBots
from oauth.local_store import LocalInstallationStore
from oauth.revocations import CLOCKS_DIFFER, LATEST, RevocationsOfSettings, StoredRevocations
from tests.fake_slack import TEAM, Fault, fake_slack, refused
from tests.oauth.records import an_installation

INSTALLED_AT = 1_000_000.0
OF_IT = {"enterprise_id": None, "team_id": TEAM}
HERE = Workspace(TEAM, None, False)
ORG = Workspace("T0ANY", "E1", True)


@pytest.fixture
def store(tmp_path: Path) -> LocalInstallationStore:
    return LocalInstallationStore(tmp_path / "installations.sqlite3", "1.2")


@pytest.fixture
def bots(store: LocalInstallationStore) -> InstalledBots:
    return InstalledBots(lambda: store)


@pytest.fixture
def revocations(store: LocalInstallationStore, bots: InstalledBots) -> StoredRevocations:
    return StoredRevocations(lambda: store, bots, clock=lambda: INSTALLED_AT + 3600)


def test_an_uninstalled_app_is_forgotten_at_once(
    store: LocalInstallationStore, bots: InstalledBots, revocations: StoredRevocations
) -> None:
    store.save(an_installation())
    assert bots.find(team_id=TEAM, enterprise_id=None)
    revocations.app_uninstalled(HERE, INSTALLED_AT + 60)
    assert bots.find(team_id=TEAM, enterprise_id=None) is None


@pytest.mark.parametrize(
    ("later", "is_deleted"),
    [
        (60, True),
        (0, True),
        (-CLOCKS_DIFFER, True),
        (-CLOCKS_DIFFER - 1, False),
        (3600 - LATEST, False),
        (3600 - LATEST - 1, True),  # no event is that late: its time says nothing
    ],
)
def test_only_what_was_installed_before_the_event_is_deleted(
    store: LocalInstallationStore, revocations: StoredRevocations, later: float, is_deleted: bool
) -> None:
    store.save(an_installation(installed_at=INSTALLED_AT))
    revocations.app_uninstalled(HERE, INSTALLED_AT + later)
    assert (store.find_bot(**OF_IT) is None) is is_deleted
    assert (store.find_installation(**OF_IT) is None) is is_deleted


def test_one_person_who_installed_it_since_keeps_it_for_all(
    store: LocalInstallationStore, revocations: StoredRevocations
) -> None:
    store.save(an_installation(installed_at=INSTALLED_AT))
    store.save(an_installation(installed_at=INSTALLED_AT + 600, user_id="U0BOB"))
    revocations.app_uninstalled(HERE, INSTALLED_AT + 300)
    assert store.find_bot(**OF_IT)


def test_a_person_who_allowed_it_again_keeps_their_token(
    store: LocalInstallationStore, revocations: StoredRevocations
) -> None:
    store.save(an_installation(installed_at=INSTALLED_AT + 600))
    revocations.tokens_revoked(HERE, INSTALLED_AT + 300, users=["U0ANN"], bots=[])
    assert store.find_installation(**OF_IT, user_id="U0ANN")
    revocations.tokens_revoked(HERE, INSTALLED_AT + 900, users=["U0ANN"], bots=[])
    assert store.find_installation(**OF_IT, user_id="U0ANN") is None
    assert store.find_bot(**OF_IT)


@pytest.mark.parametrize("of", [ORG, Workspace(None, "E1"), Workspace("E1", "E1")])
def test_an_org_wide_installation_is_meant_however_slack_names_it(
    store: LocalInstallationStore, revocations: StoredRevocations, of: Workspace
) -> None:
    org = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    store.save(an_installation(**org))
    store.save(an_installation(enterprise_id="E1"))
    revocations.app_uninstalled(of, INSTALLED_AT + 60)
    assert store.find_bot(**org) is None
    assert store.find_installation(**org) is None
    assert store.find_bot(enterprise_id="E1", team_id=TEAM)


ONE = OneBot(BotIdentity(team_id=TEAM, bot_id="B0", bot_user_id="U0", token="xoxb-1"))


def tell(revocations: RevocationsOfSettings, of: Workspace) -> None:
    revocations.app_uninstalled(of, 1)
    revocations.tokens_revoked(of, 1, users=["U1"], bots=[])
    revocations.tokens_revoked(of, 1, users=[], bots=["U0"])


def test_a_token_of_the_settings_can_only_be_reported(caplog: pytest.LogCaptureFixture) -> None:
    tell(RevocationsOfSettings(ONE), HERE)
    assert [each.levelname for each in caplog.records if each.name.startswith("errand")] == ["ERROR", "ERROR"]
    assert "SLACK_BOT_TOKEN" in caplog.text


@pytest.mark.parametrize("of", [Workspace("T0OTHER", None, False), Workspace("T0OTHER", "E1"), ORG])
def test_that_another_workspace_has_removed_the_app_is_no_error(
    caplog: pytest.LogCaptureFixture, of: Workspace
) -> None:
    caplog.set_level(logging.INFO)
    tell(RevocationsOfSettings(ONE), of)
    assert [each.levelname for each in caplog.records if each.name.startswith("errand")] == ["INFO", "INFO"]
    assert str(of.team_id) in caplog.text


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        (Fault(200, {"ok": True, "team_id": TEAM, "bot_id": "B0", "user_id": "U0"}), "ERROR"),
        (Fault(200, {"ok": True, "team_id": "T0OTHER", "bot_id": "B0", "user_id": "U0"}), "INFO"),
        (refused("account_inactive"), "ERROR"),
        (refused("token_revoked"), "ERROR"),
        (refused("invalid_auth"), "ERROR"),
    ],
)
def test_of_a_token_alone_slack_says_whose_it_is_or_that_it_is_dead(
    caplog: pytest.LogCaptureFixture, answer: Fault, level: str
) -> None:
    caplog.set_level(logging.INFO, "errand")
    with fake_slack() as slack:
        slack.faults["auth.test"].append(answer)
        bots = BotOfToken(WebClient(base_url=f"{slack.url}/api/"), "xoxb-1")
        RevocationsOfSettings(bots).app_uninstalled(HERE, 1)
    assert [each.levelname for each in caplog.records if each.name.startswith("errand")] == [level]
    assert "xoxb-1" not in caplog.text


def test_while_slack_is_in_trouble_nothing_is_said_of_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """The event is delivered again: see `lazy_retry_safe`."""
    with fake_slack() as slack:
        slack.faults["auth.test"].append(refused("internal_error"))
        bots = BotOfToken(WebClient(base_url=f"{slack.url}/api/"), "xoxb-1")
        with pytest.raises(SlackApiError, match="internal_error"):
            RevocationsOfSettings(bots).app_uninstalled(HERE, 1)
    assert "SLACK_BOT_TOKEN" not in caplog.text
