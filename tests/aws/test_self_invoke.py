"""The Invoke itself, in an emulator that checks signatures and who may."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aws.invoke import ASKED_FOR, MOST_BYTES, NotAccepted, SelfInvoker
from runs.errors import Refused
from settings import AwsSettings
from tests.aws.emulator import Emulator, an_emulator
from tests.aws.test_signed_client import answering, peer

CODE = """
import json
def handler(event, context):
    with open(event["tell"], "w") as pipe:
        json.dump([event, context.invoked_function_arn], pipe)
"""
LAMBDA_MAY = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True)
class Deployed:
    aws: Emulator
    function_arn: str
    alias_arn: str
    settings: AwsSettings  # of somebody who may do nothing yet
    user: str

    def allow(self, *resources: str) -> None:
        statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": list(resources)}
        self.aws.client("iam").put_user_policy(
            UserName=self.user, PolicyName="invoke", PolicyDocument=policy(statement)
        )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with an_emulator(tmp_path_factory.mktemp("ministack"), enforce_iam=True) as aws:
        iam, functions = aws.client("iam"), aws.client("lambda")
        role = iam.create_role(RoleName="echo", AssumeRolePolicyDocument=policy(LAMBDA_MAY))["Role"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", CODE)
        function = functions.create_function(
            FunctionName="echo",
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
            Publish=True,
        )
        alias = functions.create_alias(FunctionName="echo", Name="live", FunctionVersion=function["Version"])
        iam.create_user(UserName="errand")
        key = iam.create_access_key(UserName="errand")["AccessKey"]
        settings = replace(
            AwsSettings.from_env(aws.environment),
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
        )
        yield Deployed(aws, function["FunctionArn"], alias["AliasArn"], settings, "errand")


def invoke(settings: AwsSettings, function_arn: str, event: dict[str, Any]) -> None:
    with closing(SelfInvoker(settings)) as invoker:
        invoker.send(function_arn, event)


@pytest.mark.parametrize("name", ["function_arn", "alias_arn"])
def test_what_is_sent_arrives_at_what_was_invoked(deployed: Deployed, name: str, tmp_path: Path) -> None:
    arn = getattr(deployed, name)
    deployed.allow(deployed.function_arn, f"{deployed.function_arn}:*")
    os.mkfifo(tmp_path / "pipe")
    event = {"tell": str(tmp_path / "pipe"), "text": "é 🙂 שלום"}
    invoke(deployed.settings, arn, event)
    assert json.loads((tmp_path / "pipe").read_text()) == [event, arn]


def test_without_permission_it_is_not_accepted(deployed: Deployed) -> None:
    deployed.allow("arn:aws:lambda:eu-central-1:000000000000:function:other")
    with pytest.raises(NotAccepted, match="403 AccessDenied"):
        invoke(deployed.settings, deployed.function_arn, {})


def test_with_a_wrong_signature_it_is_not_accepted(deployed: Deployed) -> None:
    deployed.allow(deployed.function_arn)
    with pytest.raises(NotAccepted, match="403 InvalidSignature"):
        invoke(replace(deployed.settings, secret_access_key="wrong"), deployed.function_arn, {})


def test_a_function_that_is_gone_accepts_nothing(deployed: Deployed) -> None:
    deployed.allow("*")
    with pytest.raises(NotAccepted, match="404"):
        invoke(deployed.settings, deployed.function_arn.replace("echo", "gone"), {})


def test_an_event_of_a_megabyte_is_refused_before_anything_is_sent() -> None:
    nowhere = AwsSettings("r", "a", "s", endpoints={"": "http://127.0.0.1:9"})
    with pytest.raises(Refused):
        invoke(nowhere, "arn", {"text": "x" * MOST_BYTES})
    with pytest.raises(NotAccepted, match="cannot be reached"):
        invoke(nowhere, "arn", {"text": "x" * (MOST_BYTES - 11)})


def an_invoker(url: str, slept: list[float]) -> SelfInvoker:
    """Its time passes by sleeping alone."""
    aws = AwsSettings("r", "a", "s", endpoints={"": url})
    return SelfInvoker(aws, monotonic=lambda: sum(slept), sleep=slept.append)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_lambda_that_has_too_much_to_do_is_asked_again_after_a_moment(status: int) -> None:
    slept: list[float] = []
    # the client itself tries twice, on two connections
    with peer(answering(status), answering(status, 202)) as server:
        invoker = an_invoker(server.url, slept)
        invoker.send("arn", {})
        invoker.close()
    assert len(slept) == 1


def test_a_lambda_that_stays_so_is_given_up_while_slack_still_waits() -> None:
    slept = [0.0]
    with peer(answering(429), answering(429)) as server:
        invoker = an_invoker(server.url, slept)
        invoker._monotonic = iter([0.0, ASKED_FOR]).__next__
        with pytest.raises(NotAccepted, match="429") as refused:
            invoker.send("arn", {})
        invoker.close()
    assert refused.value.is_sure
    assert slept == [0.0]
