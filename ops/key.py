"""`make key STAGE=…`: the stage's KMS key, in a stack of its own. It is kept whatever happens to the app's stack."""

import json
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from ops.console import say, say_rows
from ops.stacks import adopt, apply_stack
from ops.stage import Stop, Target, run, stage_parser, target_of

TEMPLATE = Path("infra/key.yml")


def make_key(target: Target) -> str:
    """Its ARN. Makes the key unless there is one; one that a deleted stack left behind is taken back."""
    stage = target.stage
    parameters = {"Stage": stage.name}
    if target.outputs(stage.key_stack) is None and (orphan := aliased_key(target)):
        take_back(target, orphan)
    apply_stack(target, stage.key_stack, TEMPLATE.read_text("utf-8"), parameters)
    return key_arn(target)


def key_arn(target: Target) -> str:
    outputs = target.outputs(target.stage.key_stack)
    if not outputs:
        raise Stop(f"Stage {target.stage.name} has no key yet. Make it: make key STAGE={target.stage.name}")
    return outputs["KeyArn"]


def aliased_key(target: Target) -> str | None:
    """The id of the key behind the stage's alias."""
    try:
        found = target.client("kms").describe_key(KeyId=target.stage.key_alias)["KeyMetadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise
    if found["KeyState"] == "PendingDeletion":
        raise Stop(
            f"{target.stage.key_alias} is about to be deleted. To keep it and all that is sealed under it:\n"
            f"  aws kms cancel-key-deletion --key-id {found['KeyId']}\n"
            f"  aws kms enable-key --key-id {found['KeyId']}"
        )
    return str(found["KeyId"])


def deployed_key_ids(target: Target) -> list[str]:
    """ARNs: what the deployed function seals installations under, then what else it opens. None: not deployed."""
    try:
        function = target.client("lambda").get_function_configuration(FunctionName=target.stage.function)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return []
        raise
    variables = function.get("Environment", {}).get("Variables", {})
    named = f"{variables.get('KMS_KEY_ID', '')},{variables.get('KMS_READ_KEY_IDS', '')}"
    return list(dict.fromkeys(each.strip() for each in named.split(",") if each.strip()))


def take_back(target: Target, key_id: str) -> None:
    policy = target.client("kms").get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    resources = {
        "Key": {"Type": "AWS::KMS::Key", **kept, "Properties": {"KeyPolicy": json.loads(policy)}},
        "Alias": {
            "Type": "AWS::KMS::Alias",
            **kept,
            "Properties": {"AliasName": target.stage.key_alias, "TargetKeyId": key_id},
        },
    }
    identifiers = {"Key": {"KeyId": key_id}, "Alias": {"AliasName": target.stage.key_alias}}
    adopt(target, target.stage.key_stack, resources, identifiers, {})


def main(arguments: Sequence[str] | None = None) -> None:
    target = target_of(stage_parser("ops.key", __doc__).parse_args(arguments))
    arn = make_key(target)
    say_rows({"Key": arn, "Alias": target.stage.key_alias})
    say(f"\n  Next: make secrets STAGE={target.stage.name}\n")


if __name__ == "__main__":
    run(main)
