"""The function of an app for many workspaces: its tokens lie sealed in DynamoDB, and leave with the app."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from aws.storage import LambdaStorage
from settings import AwsSettings, Settings
from tests.aws.deployed import Deployed
from tests.aws.emulator import Emulator
from tests.fake_slack import TEAM, fake_slack
from tests.oauth.records import a_bot, an_installation
from tests.workspace import text_of
from wiring.installing import create_installations


@dataclass(frozen=True)
class Many:
    deployed: Deployed
    team_id: str

    @property
    def store(self) -> InstallationStore:
        """That of the function as it runs now, which closes it."""
        storage = self.deployed.function.handler._installations.storage
        assert storage
        return storage.store()

    def install(self, **changed: Any) -> None:
        workspace = self.deployed.workspace
        given = {
            "team_id": self.team_id,
            "bot_token": workspace.credentials["bot_token"],
            "bot_user_id": workspace.info["app"]["bot_user_id"],
            "user_id": self.deployed.ann.id,
            "installed_at": time.time(),
        }
        self.store.save(an_installation(**given | changed))

    def bot(self) -> Bot | None:
        return self.store.find_bot(enterprise_id=None, team_id=self.team_id)

    def rows(self) -> list[Any]:
        """Of installations, as the table holds them."""
        return [each for each in self.deployed.records() if each["pk"]["S"].startswith("installation#")]

    def event(self, event: dict[str, Any], **changed: Any) -> None:
        body = {
            "type": "event_callback",
            "team_id": self.team_id,
            "event_id": "Ev1",
            "event_time": int(time.time()) + 1,
            "event": event,
            **changed,
        }
        self.deployed.posts(json.dumps(body).encode(), **{"Content-Type": "application/json"})
        self.deployed.function.carry_out()


@pytest.fixture
def key_id(aws: Emulator) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def many(deployed: Deployed, key_id: str) -> Many:
    deployed.function.restart(
        SLACK_BOT_TOKEN="",
        SLACK_CLIENT_ID=deployed.workspace.credentials["client_id"],
        SLACK_CLIENT_SECRET=deployed.workspace.credentials["client_secret"],
        KMS_KEY_ID=key_id,
    )
    return Many(deployed, deployed.workspace.info["team"]["id"])


def test_a_workspace_works_from_the_second_it_is_installed(many: Many) -> None:
    deployed = many.deployed
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    assert "not installed" in text_of(deployed.ann.messages("#general"))
    many.install()
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    assert "Done" in text_of(deployed.ann.messages("#general"))


def test_an_ack_opens_a_modal_with_a_token_it_looks_up_and_no_auth_test(many: Many) -> None:
    many.install()
    before = len(many.deployed.workspace.calls("auth.test"))
    many.deployed.ann.types("/run", in_channel="#general")
    [modal] = many.deployed.ann.views()
    assert "Run a job" in text_of(modal)
    many.deployed.ann.opens_home()
    many.deployed.function.carry_out()
    assert len(many.deployed.workspace.calls("auth.test")) == before


def test_a_command_where_it_is_not_installed_and_a_form_is_wanted_says_what_to_do(many: Many) -> None:
    ack = many.deployed.ann.types("/run", in_channel="#general")
    assert "Ask an admin to open my install page" in json.dumps(ack)


def test_a_workspace_that_is_not_on_the_list_is_told_so(many: Many) -> None:
    many.install()
    many.deployed.function.restart(ALLOWED_TEAM_IDS="T0OTHER")
    many.deployed.ann.types("/run say-hello", in_channel="#general")
    many.deployed.function.carry_out()
    assert "I may not be used in this workspace" in text_of(many.deployed.ann.messages("#general"))


def test_no_token_lies_in_the_table_unsealed(many: Many) -> None:
    many.install()
    assert many.rows()
    assert "xoxb" not in json.dumps(many.deployed.records())


def test_a_token_that_somebody_put_into_the_table_unsealed_is_not_used(
    many: Many, caplog: pytest.LogCaptureFixture
) -> None:
    """Who may write there need not be one who may use the key."""
    many.install()
    inner: Any = many.store
    inner.inner.save_bot(
        a_bot(team_id=many.team_id, bot_token=many.deployed.workspace.credentials["bot_token"])
    )
    many.deployed.function.restart()
    ack = many.deployed.ann.types("/run", in_channel="#general")
    assert "this reference" in json.dumps(ack)
    assert many.deployed.ann.views() == []
    assert "lies unsealed" in caplog.text
    assert many.deployed.workspace.credentials["bot_token"] not in caplog.text


def test_a_key_that_may_not_be_used_is_no_uninstalled_workspace(
    many: Many, aws: Emulator, key_id: str
) -> None:
    many.install()
    aws.client("kms").disable_key(KeyId=key_id)
    many.deployed.function.restart()
    ack = many.deployed.ann.types("/run", in_channel="#general")
    assert "not installed" not in json.dumps(ack)
    assert "this reference" in json.dumps(ack)
    many.deployed.ann.types("/run say-hello", in_channel="#general")
    event = many.deployed.function.lambda_api.invoked.pop()
    assert many.deployed.function.give_up(event, many.deployed.queue_url) == ["NotAccepted"] * 3
    aws.client("kms").enable_key(KeyId=key_id)
    many.deployed.function.invoke(event)
    assert "Done" in text_of(many.deployed.ann.messages("#general"))


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
def test_an_app_that_is_removed_leaves_no_token_whichever_event_comes_first(many: Many, first: str) -> None:
    many.install()
    many.install(user_id="U0BOB", user_token="xoxp-bobs")
    many.deployed.workspace.post("/sim/installation/remove", user=many.deployed.ann.id, first=first)
    many.deployed.function.lambda_api.wait_for(2)
    many.deployed.function.carry_out()
    assert many.rows() == []


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
def test_the_same_event_twice_and_of_an_unknown_workspace_does_nothing_more(many: Many, kind: str) -> None:
    event = {"type": kind, "tokens": {"oauth": ["U1"], "bot": ["U0"]}}
    many.install()
    for event_id in ("Ev1", "Ev1", "Ev2"):
        many.event(event, event_id=event_id)
    many.event(event, team_id="T0NOBODY")
    assert many.bot() is None


@pytest.mark.parametrize(
    "tokens", [{"bot": ["U0"]}, {"bot": ["U0"], "oauth": None}, {"oauth": [], "bot": ["U0"]}]
)
def test_an_event_that_names_no_people_and_no_time_is_of_now(many: Many, tokens: dict[str, Any]) -> None:
    many.install()
    many.event({"type": "tokens_revoked", "tokens": tokens}, event_time=None)
    assert many.bot() is None


def test_an_event_that_names_no_tokens_deletes_none(many: Many) -> None:
    many.install()
    for tokens in ({}, None, {"oauth": None, "bot": None}):
        many.event({"type": "tokens_revoked", "tokens": tokens}, event_id=f"Ev{tokens}")
    assert len(many.rows()) == 2


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
def test_an_event_that_is_older_than_the_installation_deletes_nothing(many: Many, kind: str) -> None:
    many.install()
    tokens = {"oauth": [many.deployed.ann.id], "bot": ["U0"]}
    many.event({"type": kind, "tokens": tokens}, event_time=int(time.time()) - 600)
    assert many.bot()
    assert len(many.rows()) == 2


def test_tokens_of_people_alone_take_their_installations_and_no_others(many: Many) -> None:
    many.install(user_token="xoxp-anns")
    many.install(user_id="U0BOB", user_token="xoxp-bobs")
    many.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0BOB"], "bot": []}})
    assert many.bot()
    assert found(many.store, many.team_id, "U0BOB") is None
    assert found(many.store, many.team_id, many.deployed.ann.id)


def test_an_org_wide_installation_leaves_by_itself_and_a_teams_own_stays(many: Many) -> None:
    org = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    many.install(**org)
    many.install(enterprise_id="E1")
    authorizations = [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]
    many.event({"type": "app_uninstalled"}, enterprise_id="E1", team_id="E1", authorizations=authorizations)
    assert many.store.find_bot(enterprise_id="E1", team_id=None, is_enterprise_install=True) is None
    assert many.store.find_bot(enterprise_id="E1", team_id=many.team_id)


def test_a_key_that_is_gone_keeps_no_token_in_the_table(many: Many, aws: Emulator, key_id: str) -> None:
    many.install()
    aws.client("kms").disable_key(KeyId=key_id)
    many.deployed.function.restart()
    many.event({"type": "app_uninstalled"})
    assert many.rows() == []


def test_a_dead_token_is_deleted_and_who_asked_is_told(many: Many) -> None:
    many.install()
    many.deployed.workspace.control("faults", method="users.info", times=1, error="account_inactive")
    many.deployed.ann.types("/run say-hello", in_channel="#general")
    assert many.deployed.function.carry_out() == 1
    assert "Ask an admin to open my install page" in text_of(many.deployed.ann.messages("#general"))
    assert many.bot() is None


def test_a_run_that_loses_its_workspace_is_accounted_for_and_let_go(many: Many) -> None:
    many.install()
    function = many.deployed.function
    many.deployed.ann.types("/run count-pieces pieces=3", in_channel="#general")
    function.invoke(function.lambda_api.invoked.pop(), seconds=1)
    many.store.delete_all(enterprise_id=None, team_id=many.team_id)
    function.restart()
    function.lambda_api.invoked.clear()
    for _ in range(3):
        function.clock.ahead += 20 * 60
        function.tick()
        function.carry_out()
    assert [each for each in many.deployed.records() if "unsettled" in each] == []


def test_tick_renews_tokens_that_are_near_their_end(many: Many) -> None:
    with fake_slack() as slack:
        slack.refresh_tokens["xoxe-first"] = "bot"
        many.install(
            bot_token="xoxe.xoxb-first",
            bot_refresh_token="xoxe-first",
            bot_token_expires_at=int(time.time()) + 3600,
        )
        many.install(
            team_id="T0FAR", bot_refresh_token="xoxe-far", bot_token_expires_at=int(time.time()) + 40_000
        )
        many.deployed.function.restart(SLACK_API_URL=f"{slack.url}/api/")
        many.deployed.function.tick()
        many.deployed.function.tick()
        assert len(slack.called("oauth.v2.access")) == 1
    bot = many.bot()
    assert bot
    assert bot.bot_token == "xoxe.xoxb-1-1"
    installation = found(many.store, many.team_id, many.deployed.ann.id)
    assert installation
    assert installation.bot_token == "xoxe.xoxb-1-1"


@pytest.fixture
def environ(aws: Emulator, table: str, key_id: str) -> dict[str, str]:
    return {
        **aws.environment,
        "TABLE_NAME": table,
        "KMS_KEY_ID": key_id,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "hush",
        "SLACK_SIGNING_SECRET": "secret",
    }


@pytest.fixture
def connections() -> Iterator[list[Any]]:
    opened: list[Any] = []
    yield opened
    for each in opened:
        each.close()


def test_twenty_invocations_at_once_renew_a_token_once_and_all_end_with_the_new_one(
    aws: Emulator, environ: dict[str, str], connections: list[Any]
) -> None:
    together = threading.Barrier(20)
    with fake_slack() as slack:
        slack.refresh_tokens["xoxe-first"] = "bot"
        settings = Settings.on_lambda(environ | {"SLACK_API_URL": f"{slack.url}/api/"}, {})
        connections += [
            create_installations(
                settings,
                LambdaStorage(settings, AwsSettings.from_env(environ), aws.clients(), clock=time.time),
            )
            for _ in range(20)
        ]  # each as in an execution environment of its own
        connections[0].storage.store().save(
            an_installation(
                bot_token="xoxe.xoxb-first",
                bot_refresh_token="xoxe-first",
                bot_token_expires_at=int(time.time()) + 60,
            )
        )

        def find(installations: Any) -> str:
            together.wait()
            return str(installations.bots.find(team_id=TEAM, enterprise_id=None, may_wait=True).token)

        with ThreadPoolExecutor(20) as executor:
            assert set(executor.map(find, connections)) == {"xoxe.xoxb-1-1"}
        assert len(slack.called("oauth.v2.access")) == 1


def found(store: InstallationStore, team_id: str, user_id: str) -> Installation | None:
    return store.find_installation(enterprise_id=None, team_id=team_id, user_id=user_id)
