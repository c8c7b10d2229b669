"""A stage as `make key` and `make secrets` leave it on AWS, in moto. The table is each test's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws.dynamodb_installation_store import DynamoDBInstallationStore
from aws.kms_key import KmsKey
from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from ops.ministack import client_environment
from settings import AwsSettings
from tests.aws.emulator import Emulator
from tests.ops.driving import ROOT
from tests.ops.installed import CLIENT_ID

EMPTY_ZIP = b"PK\x05\x06" + bytes(18)

SECRETS = f"""
SLACK_CLIENT_ID={CLIENT_ID}
SLACK_CLIENT_SECRET=HUSH-client-secret
SLACK_SIGNING_SECRET=HUSH-signing-secret
"""


@dataclass(frozen=True)
class Stage:
    """`name` is also its table's, behind `errand-`; `folder` is where a builder stands."""

    name: str
    emulator: Emulator
    folder: Path
    opened: list[KmsKey] = field(default_factory=list)

    @property
    def table(self) -> str:
        return f"errand-{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in client_environment(self.emulator.url).items()
            if not name.startswith(("SLACK_", "DATA_DIR"))
        }
        return kept | {"PYTHONPATH": str(ROOT)}

    @property
    def own_key(self) -> str:
        """Its ARN."""
        stacks = self.emulator.client("cloudformation").describe_stacks(StackName=f"errand-{self.name}-key")
        return str(stacks["Stacks"][0]["Outputs"][0]["OutputValue"])

    @property
    def secrets_file(self) -> Path:
        return self.folder / "infra" / "secrets" / f"{self.name}.json"

    def disable(self, key: str) -> None:
        self.emulator.client("kms").disable_key(KeyId=key.rpartition("/")[2])  # moto takes no ARN here

    def enable(self, key: str) -> None:
        self.emulator.client("kms").enable_key(KeyId=key.rpartition("/")[2])

    def deploy(self, **variables: str) -> None:
        """A function with these in its environment. It cannot run."""
        arn = "arn:aws:iam::123456789012:role/errand"
        iam, functions = self.emulator.client("iam"), self.emulator.client("lambda")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName="errand", AssumeRolePolicyDocument="{}")
        self.take_down()
        functions.create_function(
            FunctionName=self.table,
            Runtime="python3.13",
            Role=arn,
            Handler="app.handler",
            Code={"ZipFile": EMPTY_ZIP},
            Environment={"Variables": variables},
        )

    def take_down(self) -> None:
        functions = self.emulator.client("lambda")
        with suppress(functions.exceptions.ResourceNotFoundException):
            functions.delete_function(FunctionName=self.table)

    def new_key(self) -> str:
        return str(self.emulator.client("kms").create_key()["KeyMetadata"]["Arn"])

    @property
    def plain(self) -> DynamoDBInstallationStore:
        """What lies there, sealed or not."""
        clients = self.emulator.clients()
        return DynamoDBInstallationStore(
            clients, self.table, client_id=CLIENT_ID, historical_data_enabled=True
        )

    def put_bot(self, team_id: str, record: str) -> None:
        """An item with whatever text where the bot should be."""
        item = {
            "pk": f"installation#{CLIENT_ID}##{team_id}",
            "sk": "bot#latest",
            "version": "1",
            "record": record,
        }
        self.emulator.client("dynamodb").put_item(
            TableName=self.table, Item={name: {"S": value} for name, value in item.items()}
        )

    def store(self, key: str = "", *also: str) -> EncryptedInstallationStore:
        """The app's own, which seals under that key, or the stage's."""
        aws = AwsSettings.from_env(self.emulator.environment)
        self.opened.append(KmsKey(aws, key or self.own_key, read_key_ids=also))
        return EncryptedInstallationStore(self.plain, Cipher(self.opened[-1], client_id=CLIENT_ID))

    def close(self) -> None:
        """Connections, which the app keeps for as long as it runs."""
        while self.opened:
            self.opened.pop().close()

    def items(self) -> list[dict[str, Any]]:
        return list(self.emulator.client("dynamodb").scan(TableName=self.table)["Items"])

    def types(self, *arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        name, *rest = arguments
        return subprocess.run(
            [sys.executable, "-m", "ops", name, "--stage", self.name, *rest],
            cwd=self.folder,
            env=self.environment | env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeeds(self, *arguments: str, stdin: str = "", **env: str) -> str:
        done = self.types(*arguments, stdin=stdin, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "HUSH" not in done.stdout + done.stderr
        return done.stdout

    def fails(self, *arguments: str, **env: str) -> str:
        done = self.types(*arguments, **env)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "HUSH" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


def make_stage(name: str, emulator: Emulator, folder: Path) -> Stage:
    folder.mkdir()
    shutil.copytree(ROOT / "infra", folder / "infra", ignore=shutil.ignore_patterns("secrets"))
    stage = Stage(name, emulator, folder)
    stage.succeeds("key")
    stage.succeeds("secrets", stdin=SECRETS)
    return stage
