"""`make deploy STAGE=…`: packages and deploys serverless.yml, then says where it is and how Slack learns of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ops.console import say
from ops.info import outputs_of, say_urls, url_of
from ops.key import deployed_key_ids, key_arn
from ops.osls import run_osls
from ops.secrets import read_file
from ops.stacks import adopt
from ops.stage import Stop, Target, run, stage_parser, target_of
from ops.stage_manifest import stage_manifest

TEMPLATE = Path(".serverless/cloudformation-template-update-stack.json")


def deploy(target: Target, *, quiet: bool = False) -> dict[str, str]:
    """The stack's outputs."""
    environ = target.osls_environment()
    check_keys(target, environ)
    read_file(target)
    if target.outputs(target.stage.stack) is None and table_exists(target):
        take_table_back(target)
    run_osls(["deploy", *target.osls_options()], environ, quiet=quiet)
    return outputs_of(target)


def check_keys(target: Target, environ: Mapping[str, str]) -> None:
    """Raises Stop for a deployment that could no longer open what the one before it sealed."""
    named = f"{environ.get('KMS_KEY_ID', '')},{environ.get('KMS_READ_KEY_IDS', '')}"
    opening = {key_arn(target), *(each.strip() for each in named.split(","))}
    sealing = deployed_key_ids(target)[:1]
    if not opening.issuperset(sealing):
        raise Stop(
            f"Stage {target.stage.name} seals its installations under another key than its own. To go on with it:\n"
            f"  KMS_KEY_ID={sealing[0]} make deploy STAGE={target.stage.name}\n"
            "To leave it, give it as KMS_READ_KEY_IDS instead, until `make reencrypt` is done."
        )


def table_exists(target: Target) -> bool:
    """As `make remove` leaves it behind."""
    try:
        target.client("dynamodb").describe_table(TableName=target.stage.table)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def take_table_back(target: Target) -> None:
    """Into a new stack, or the deployment would fail for its name is taken."""
    say(f"  Taking the table {target.stage.table}, which was kept, into the new stack …")
    run_osls(["package", *target.osls_options()], target.osls_environment(), quiet=True)
    table: dict[str, Any] = json.loads(TEMPLATE.read_text("utf-8"))["Resources"]["Table"]
    identifiers = {"Table": {"TableName": target.stage.table}}
    adopt(target, target.stage.stack, {"Table": table}, identifiers, {})


def say_next(target: Target, url: str) -> None:
    say(f"\n  Slack learns of it from this manifest. Paste it over the app's own: {EDITOR}\n")
    say(json.dumps(stage_manifest(url, target.stage.suffix), indent=2, ensure_ascii=False))


EDITOR = "https://api.slack.com/apps → your app → App Manifest"


def main(arguments: Sequence[str] | None = None) -> None:
    target = target_of(stage_parser("ops.deploy", __doc__).parse_args(arguments))
    outputs = deploy(target)
    say()
    say_urls(target, outputs)
    say_next(target, url_of(target, outputs))


if __name__ == "__main__":
    run(main)
