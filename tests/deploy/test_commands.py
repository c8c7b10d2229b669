"""What a builder types from an empty account to a stage that answers, and back: all of it against an emulator."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.ministack import Ministack, a_ministack
from tests.deploy.packages import copy_repository
from tests.workspace import Workspace, a_workspace

pytestmark = pytest.mark.timeout(900)  # osls takes twenty seconds, and there are three of it


@dataclass(frozen=True)
class Builder:
    """Somebody at a shell in a clone of their own."""

    folder: Path
    ministack: Ministack
    workspace: Workspace

    def types(self, command: str, *options: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", f"ops.{command}", "--stage", "dev", *options],
            cwd=self.folder,
            env=self.ministack.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeeds(self, command: str, *options: str, stdin: str = "") -> str:
        done = self.types(command, *options, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def secrets(self) -> str:
        """In the format of .env."""
        credentials = self.workspace.credentials
        return (
            f"SLACK_BOT_TOKEN={credentials['bot_token']}\n"
            f"SLACK_SIGNING_SECRET={credentials['signing_secret']}\n"
            f"SLACK_API_URL={credentials['api_url']}\n"
            "TEAM_WEBHOOK=https://example.org/$HOME\n"
        )

    @property
    def sealed(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "infra/secrets/dev.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def builder(lambda_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    folder = copy_repository(tmp_path_factory.mktemp("clone") / "errand")
    with a_ministack(tmp_path_factory.mktemp("ministack")) as ministack, a_workspace() as workspace:
        yield Builder(folder, ministack, workspace)


@pytest.fixture(scope="module")
def key(builder: Builder) -> str:
    return builder.succeeds("key")


@pytest.fixture(scope="module")
def secrets(builder: Builder, key: str) -> str:
    return builder.succeeds("secrets", stdin=builder.secrets)


@pytest.fixture(scope="module")
def deployed(builder: Builder, secrets: str) -> str:
    return builder.succeeds("deploy")


def test_without_a_key_there_are_no_secrets_and_without_secrets_no_deployment(
    lambda_tools: None, tmp_path: Path
) -> None:
    folder = copy_repository(tmp_path / "errand")
    (tmp_path / "ministack").mkdir()
    with a_ministack(tmp_path / "ministack") as ministack, a_workspace() as workspace:
        builder = Builder(folder, ministack, workspace)
        assert "Nothing is left of stage dev in" in builder.succeeds("remove")
        assert "make key STAGE=dev" in builder.types("secrets", stdin=builder.secrets).stderr
        assert "make key STAGE=dev" in builder.types("deploy").stderr
        builder.succeeds("key")
        assert "make secrets STAGE=dev" in builder.types("deploy").stderr
        assert "make deploy STAGE=dev" in builder.types("info").stderr
        assert "make deploy STAGE=dev" in builder.types("logs", "--no-follow").stderr


def test_the_key_has_an_alias_turns_over_and_is_made_once(builder: Builder, key: str) -> None:
    kms = builder.ministack.client("kms")
    key_id = kms.describe_key(KeyId="alias/errand-dev")["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    assert builder.succeeds("key") == key


def test_a_key_whose_stack_was_deleted_is_taken_back(lambda_tools: None, tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "errand")
    (tmp_path / "ministack").mkdir()
    with a_ministack(tmp_path / "ministack") as ministack, a_workspace() as workspace:
        builder = Builder(folder, ministack, workspace)
        key = builder.succeeds("key")
        cloudformation = ministack.client("cloudformation")
        cloudformation.delete_stack(StackName="errand-dev-key")
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName="errand-dev-key", WaiterConfig={"Delay": 0.05, "MaxAttempts": 1000})
        assert builder.succeeds("key") == key


def test_secrets_go_into_a_file_that_holds_none_of_them(builder: Builder, secrets: str) -> None:
    written = (builder.folder / "infra/secrets/dev.json").read_text("utf-8")
    for line in builder.secrets.splitlines():
        value = line.partition("=")[2]
        assert value not in written
        assert value not in secrets
    assert "SLACK_BOT_TOKEN" in builder.sealed["names"]


def test_the_bots_ids_are_sealed_along_with_its_token(builder: Builder, secrets: str) -> None:
    opened = builder.ministack.client("kms").decrypt(CiphertextBlob=decoded(builder.sealed["ciphertext"]))
    values = json.loads(opened["Plaintext"])
    assert values["SLACK_TEAM_ID"] == builder.workspace.info["team"]["id"]
    assert values["SLACK_BOT_USER_ID"] == builder.workspace.info["app"]["bot_user_id"]
    assert values["SLACK_BOT_ID"].startswith("B")
    assert values["TEAM_WEBHOOK"] == "https://example.org/$HOME"


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def test_secrets_are_read_from_the_stages_own_file_too(builder: Builder, secrets: str) -> None:
    file = builder.folder / ".env.dev"
    file.write_text(f"{builder.secrets}SLACK_APP_TOKEN=xapp-1\nEMPTY=\n", "utf-8")
    try:
        builder.succeeds("secrets")
    finally:
        file.unlink()
    assert not {"SLACK_APP_TOKEN", "EMPTY"} & set(builder.sealed["names"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "nothing came on standard input"),
        ("SLACK_BOT_TOKEN=xoxb-1", "SLACK_SIGNING_SECRET is missing"),
        ("SLACK_BOT_TOKEN=hush\nSLACK_SIGNING_SECRET=hush", "SLACK_BOT_TOKEN should begin with xoxb-"),
        ("SLACK_SIGNING_SECRET=hush", "SLACK_BOT_TOKEN is missing"),
        ("SLACK_SIGNING_SECRET=hush\nSLACK_CLIENT_ID=1.2", "go together"),
        (
            "SLACK_SIGNING_SECRET=hush\nSLACK_BOT_TOKEN=xoxb-1\nSLACK_CLIENT_ID=1.2\nSLACK_CLIENT_SECRET=hush",
            "drop either",
        ),
        ("SLACK_SIGNING_SECRET=hush\nSLACK_BOT_TOKEN=xoxb-1\nBIG=" + "x" * 3000, "invalid_auth"),
    ],
)
def test_secrets_that_cannot_work_are_refused_by_name(
    builder: Builder, key: str, given: str, told: str
) -> None:
    api_url = f"SLACK_API_URL={builder.workspace.credentials['api_url']}\n" if "xoxb-1" in given else ""
    done = builder.types("secrets", stdin=given and given + "\n" + api_url)
    assert done.returncode == 1
    assert told in done.stderr
    assert "hush" not in done.stdout + done.stderr


def test_more_secrets_than_a_functions_environment_can_hold_are_refused(builder: Builder, key: str) -> None:
    done = builder.types("secrets", stdin=f"{builder.secrets}BIG={'x' * 3000}\n")
    assert done.returncode == 1
    assert "4 KB in all" in done.stderr


def test_deploying_prints_the_urls_and_the_stages_manifest(builder: Builder, deployed: str) -> None:
    before, brace, after = deployed.partition("\n{\n")
    manifest = json.loads(brace + after)
    (events_url,) = (line.split()[-1] for line in before.splitlines() if line.startswith("  Events"))
    assert events_url.endswith("/slack/events")
    commands = manifest["features"]["slash_commands"]
    assert [each["command"] for each in commands] == ["/run-dev", "/runs-dev"]
    assert {each["url"] for each in commands} == {events_url}
    assert manifest["settings"]["event_subscriptions"]["request_url"] == events_url
    assert manifest["settings"]["interactivity"]["request_url"] == events_url
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_info_says_where_a_stage_is_and_how_it_does(builder: Builder, deployed: str) -> None:
    info = builder.succeeds("info")
    assert "errand-dev, arm64, 512 MB" in info
    assert "0 waiting in errand-dev-failures" in info
    for alarm in ("errors", "throttles", "failure-queue"):
        assert alarm in info


def test_a_stage_for_one_workspace_has_no_install_page_and_no_installations(
    builder: Builder, deployed: str
) -> None:
    assert "/slack/install" not in builder.succeeds("info")
    done = builder.types("installations")
    assert (done.returncode, "is for one workspace" in done.stderr) == (1, True)


def test_a_signed_command_is_answered_and_seen_in_the_log(builder: Builder, deployed: str) -> None:
    answer = builder.succeeds("invoke")
    assert "200" in answer
    assert "is-anybody-there" in answer
    assert builder.succeeds("logs", "--no-follow")


def test_removing_keeps_the_table_and_the_key_and_deploying_takes_the_table_back(
    builder: Builder, deployed: str
) -> None:
    items = {"pk": {"S": "kept"}, "sk": {"S": "kept"}}
    dynamodb = builder.ministack.client("dynamodb")
    dynamodb.put_item(TableName="errand-dev", Item=items)
    said = builder.succeeds("remove")
    assert "Kept: the table errand-dev" in said
    assert "Kept: the key alias/errand-dev" in said
    assert "make deploy STAGE=dev" in builder.types("info").stderr
    builder.succeeds("deploy")
    assert dynamodb.get_item(TableName="errand-dev", Key=items)["Item"] == items
    builder.succeeds("invoke")


def test_table_and_key_are_deleted_only_for_who_types_the_stages_name(
    builder: Builder, deployed: str
) -> None:
    done = builder.types("remove", "--table", "--key", stdin="production\n")
    assert (done.returncode, "Nothing was deleted" in done.stderr) == (1, True)
    assert builder.ministack.client("dynamodb").describe_table(TableName="errand-dev")

    said = builder.succeeds("remove", "--table", "--key", stdin="dev\n")
    assert "cancel-key-deletion" in said
    assert "Nothing is left of stage dev" in builder.succeeds("remove")
    assert "errand-dev" not in builder.ministack.client("dynamodb").list_tables()["TableNames"]
    kms = builder.ministack.client("kms")
    states = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
    assert [each["KeyState"] for each in states if each["KeyManager"] == "CUSTOMER"] == ["PendingDeletion"]
    assert not builder.ministack.client("cloudformation").list_stacks(
        StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"]
    )["StackSummaries"]
