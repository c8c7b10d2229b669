"""`make remove STAGE=…`: deletes the stage's function and all around it. Table and key stay, unless told otherwise."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from ops.console import say
from ops.deploy import table_exists
from ops.key import aliased_key
from ops.osls import run_osls
from ops.stacks import delete_stack
from ops.stage import Stop, Target, run, stage_parser, target_of

DAYS = 30  # KMS's longest; until then the key can be had back


def remove(target: Target, *, table: bool = False, key: bool = False) -> None:
    """The app's stack first: while it imports the key's ARN, CloudFormation keeps the key's stack."""
    if target.outputs(target.stage.stack) is not None:
        run_osls(["remove", *target.osls_options()], target.osls_environment())
    if table and table_exists(target):
        target.client("dynamodb").delete_table(TableName=target.stage.table)
        say(f"  Deleted the table {target.stage.table}.")
    if key:
        remove_key(target)


def remove_key(target: Target) -> None:
    key_id = aliased_key(target)
    if target.outputs(target.stage.key_stack) is not None:
        delete_stack(target, target.stage.key_stack)
    if key_id is None:
        return
    kms = target.client("kms")
    done = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=DAYS)
    say(f"  The key will be deleted on {done['DeletionDate']:%Y-%m-%d}. Until then it can be had back:")
    say(f"  aws kms cancel-key-deletion --key-id {key_id} --region {target.region}")


def say_what_stays(target: Target, *, table: bool, key: bool) -> None:
    stage = target.stage
    keeps_table, keeps_key = not table and table_exists(target), not key and has_key(target)
    if keeps_table:
        say(f"  Kept: the table {stage.table}. The next `make deploy STAGE={stage.name}` takes it back.")
    if keeps_key:
        say(f"  Kept: the key {stage.key_alias}, without which {target.secrets_file} cannot be opened.")
    if keeps_table or keeps_key:
        say('  To delete these too: ARGS="--table --key"')
    else:
        say(f"  Nothing is left of stage {stage.name} in {target.region}.")


def has_key(target: Target) -> bool:
    """One that is about to be deleted is kept no longer."""
    try:
        found = target.client("kms").describe_key(KeyId=target.stage.key_alias)["KeyMetadata"]
    except ClientError:
        return False
    return bool(found["KeyState"] != "PendingDeletion")


def confirm(target: Target, *, table: bool, key: bool) -> None:
    """What cannot be had back is deleted only for who types the stage's name."""
    lost = " and ".join(
        name for name, chosen in (("the table with all its data", table), ("the KMS key", key)) if chosen
    )
    say(f"  This deletes {lost} of stage {target.stage.name}, for good.")
    try:
        typed = input(f"  Type {target.stage.name} to go on: ")
    except EOFError:
        typed = ""
    if typed.strip() != target.stage.name:
        raise Stop("Nothing was deleted.")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = stage_parser("ops.remove", __doc__)
    parser.add_argument("--table", action="store_true", help="delete the table too, and all data in it")
    parser.add_argument("--key", action="store_true", help=f"delete the key too, in {DAYS} days")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    target = target_of(options)
    chosen = {"table": options.table, "key": options.key}
    if any(chosen.values()) and not options.yes:
        confirm(target, **chosen)
    remove(target, **chosen)
    if not all(chosen.values()):
        say_what_stays(target, **chosen)


if __name__ == "__main__":
    run(main)
