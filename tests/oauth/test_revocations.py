"""What Slack says of dead tokens is done once, whatever else it says before or after."""

from __future__ import annotations

from pathlib import Path

import pytest

from oauth.bot_client import Workspace
from oauth.installed_bots import InstalledBots
from oauth.local_store import LocalInstallationStore
from oauth.revocations import CLOCKS_DIFFER, LATEST, RevocationsOfSettings, StoredRevocations
from tests.fake_slack import TEAM
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


def test_a_token_of_the_settings_can_only_be_reported(caplog: pytest.LogCaptureFixture) -> None:
    RevocationsOfSettings().app_uninstalled(HERE, 1)
    RevocationsOfSettings().tokens_revoked(HERE, 1, users=["U1"], bots=[])
    RevocationsOfSettings().tokens_revoked(HERE, 1, users=[], bots=["U0"])
    assert [each.levelname for each in caplog.records] == ["ERROR", "ERROR"]
    assert "SLACK_BOT_TOKEN" in caplog.text
