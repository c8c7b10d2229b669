"""The packaged app deployed to an emulator from its own template, beside an offline workspace that sends to it."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.offline import client_credentials
from ops.secrets import with_bot_ids
from ops.stage_manifest import stage_manifest
from tests.deploy.ministack import Ministack, a_ministack
from tests.deploy.packages import ROOT, Package
from tests.workspace import Workspace, a_workspace

STACK = "errand-dev"
Template = dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    ministack: Ministack
    workspace: Workspace
    url: str
    template: Template
    outputs: Mapping[str, str]

    @property
    def events_url(self) -> str:
        return f"{self.url}/slack/events"

    def log(self) -> str:
        """All that the function has logged."""
        pages = self.ministack.client("logs").get_paginator("filter_log_events")
        events = [
            each for page in pages.paginate(logGroupName=f"/aws/lambda/{STACK}") for each in page["events"]
        ]
        return "\n".join(each["message"] for each in events)

    def update(self, change: Callable[[Template], None]) -> None:
        """Deploys again with the template changed."""
        template = copy.deepcopy(self.template)
        change(template)
        update_stack(self.ministack, template)


@contextmanager
def a_deployment(
    package: Package, scratch: Path, *, oauth: bool = False, environments: int | None = None
) -> Iterator[Deployment]:
    """By CloudFormation alone, in less than a second where osls takes twenty. `environments` as `a_ministack` has it.

    With `oauth` it is an app for many workspaces, installed in none yet, and its commands are called as the stage is.
    """
    with a_ministack(scratch, environments=environments) as ministack:
        make_key(ministack)
        template = package.template
        create_stack(ministack, package, template)
        outputs = outputs_of(ministack, STACK)
        url = f"{ministack.url}/_aws/execute-api/{outputs['HttpApiId']}/$default"
        manifest = scratch / "manifest.json"
        # Otherwise the stage is dev, but people type the commands that everybody knows.
        suffix, options = ("-dev", ["--not-installed"]) if oauth else ("", [])
        manifest.write_text(json.dumps(stage_manifest(url, suffix, ROOT / "manifest.json")))
        options += ["--manifest", str(manifest), "--request-url", f"{url}/slack/events"]
        with a_workspace(*options) as workspace:
            secrets = secrets_of(workspace, oauth=oauth)
            environment_of(template)["SLACK_SECRETS_CIPHERTEXT"] = seal(ministack, secrets)
            update_stack(ministack, template)
            yield Deployment(ministack, workspace, url, template, outputs)


def make_key(ministack: Ministack) -> None:
    ministack.client("cloudformation").create_stack(
        StackName=f"{STACK}-key",
        TemplateBody=(ROOT / "infra" / "key.yml").read_text("utf-8"),
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": "dev"}],
    )
    wait(ministack, "stack_create_complete", f"{STACK}-key")


def create_stack(ministack: Ministack, package: Package, template: Template) -> None:
    """As osls does it: first the bucket alone, then the zip into it, then all the rest."""
    cloudformation = ministack.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(package.first_template))
    wait(ministack, "stack_create_complete", STACK)
    bucket = outputs_of(ministack, STACK)["ServerlessDeploymentBucketName"]
    key = template["Resources"]["AppLambdaFunction"]["Properties"]["Code"]["S3Key"]
    ministack.client("s3").put_object(Bucket=bucket, Key=key, Body=package.path.read_bytes())
    update_stack(ministack, template)


def update_stack(ministack: Ministack, template: Template) -> None:
    ministack.client("cloudformation").update_stack(
        StackName=STACK, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    wait(ministack, "stack_update_complete", STACK)


def wait(ministack: Ministack, state: str, name: str) -> None:
    waiter = ministack.client("cloudformation").get_waiter(state)
    waiter.wait(StackName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 1000})


def outputs_of(ministack: Ministack, name: str) -> dict[str, str]:
    (stack,) = ministack.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def environment_of(template: Template) -> dict[str, Any]:
    variables: dict[str, Any] = template["Resources"]["AppLambdaFunction"]["Properties"]["Environment"][
        "Variables"
    ]
    return variables


def secrets_of(workspace: Workspace, *, oauth: bool = False) -> dict[str, str]:
    """As `make secrets` puts them together."""
    credentials = workspace.credentials
    its_own = client_credentials(credentials) if oauth else {"SLACK_BOT_TOKEN": credentials["bot_token"]}
    return with_bot_ids(
        {
            "SLACK_API_URL": credentials["api_url"],
            "SLACK_SIGNING_SECRET": credentials["signing_secret"],
            **its_own,
        }
    )


def seal(ministack: Ministack, secrets: Mapping[str, str]) -> str:
    sealed = ministack.client("kms").encrypt(KeyId=f"alias/{STACK}", Plaintext=json.dumps(secrets).encode())
    return base64.b64encode(sealed["CiphertextBlob"]).decode()
