"""The same commands on a stage: DynamoDB, KMS and S3, which refuse what AWS refuses."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence

import pytest
from botocore.exceptions import ClientError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.amazon_s3 import AmazonS3InstallationStore

from aws.table import table_definition
from oauth.encrypted_store import stored_tokens
from ops.stage import carry_out
from tests.aws.emulator import Emulator
from tests.aws.moto import a_moto
from tests.ops.installed import (
    AT,
    CLIENT_ID,
    a_rotating_installation,
    an_installation,
    an_org_wide_installation,
)
from tests.ops.stage import Stage, make_stage

INSTALLATIONS = (
    a_rotating_installation("T1", "U1"),
    an_installation("T1", "U2"),
    an_installation("T2", enterprise_id="E1"),
    an_org_wide_installation("E2"),
)

_count = itertools.count(1)


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with a_moto(tmp_path_factory.mktemp("moto")) as started:
        yield started


@pytest.fixture(scope="module")
def made(moto: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return make_stage("dev", moto, tmp_path_factory.mktemp("clone") / "errand")


@pytest.fixture
def stage(made: Stage) -> Iterator[Stage]:
    """As it was made, with an empty table."""
    secrets = made.secrets_file.read_bytes()
    made.emulator.client("dynamodb").create_table(**table_definition(made.table))
    yield made
    made.close()
    made.emulator.client("dynamodb").delete_table(TableName=made.table)
    made.secrets_file.write_bytes(secrets)
    made.enable(made.own_key)
    made.take_down()


@pytest.fixture
def installed(stage: Stage) -> Stage:
    for each in INSTALLATIONS:
        stage.store().save(each)
    return stage


def count(said: str, what: str) -> int:
    found = re.search(rf"{what} +([\d,]+)", said)
    assert found, said
    return int(found[1])


def keys_in(stage: Stage) -> set[str | None]:
    (found,) = [json.loads(stage.succeeds("installations", "--format", "json"))]
    return {each["sealed_under"] for one in found for each in one["secrets"]}


def assert_opens(stage: Stage, installation: Installation, *keys: str) -> None:
    found = stage.store(*keys).find_installation(
        enterprise_id=installation.enterprise_id,
        team_id=installation.team_id,
        user_id=installation.user_id,
        is_enterprise_install=installation.is_enterprise_install,
    )
    assert found
    assert (
        stored_tokens(found).items()
        >= {
            name: value for name, value in stored_tokens(installation).items() if not name.startswith("bot")
        }.items()
    )
    assert found.bot_token
    assert found.bot_token.startswith("xoxb-HUSH")


def test_the_client_id_stands_in_the_file_of_secrets_and_no_bot_is_looked_for(stage: Stage) -> None:
    file = json.loads(stage.secrets_file.read_text("utf-8"))
    assert file["client_id"] == CLIENT_ID
    assert file["names"] == ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"]
    said = stage.succeeds(
        "secrets", stdin="SLACK_CLIENT_ID=9.9\nSLACK_CLIENT_SECRET=HUSH\nSLACK_SIGNING_SECRET=HUSH\n"
    )
    assert "any workspace that installs app 9.9" in said


def test_listing_and_showing_open_nothing(installed: Stage) -> None:
    """Who may read the table alone may list: KMS refuses everything here, and is not asked."""
    installed.disable(installed.own_key)
    said = installed.succeeds("installations")
    assert f"the table {installed.table} in eu-central-1" in said
    assert re.search(r"T1 +Team T1 +U\d and 1 more +2023-11-14 22:13", said)
    assert re.search(r"E2 +Org E2 +E2 +U1", said)
    shown = installed.succeeds("installations", "show", "T1")
    assert f"sealed under {installed.own_key}" in shown
    assert "plain" not in shown
    assert count(shown, "History") == 3


def test_deleting_takes_bot_people_and_history_of_that_workspace_alone(installed: Stage) -> None:
    before = {each["pk"]["S"] for each in installed.items()}
    assert "no installation in T9" in installed.fails("installations", "delete", "T9", "--yes")
    installed.succeeds("installations", "delete", "T1", "--yes")
    after = {each["pk"]["S"] for each in installed.items()}
    assert len(before - after) == 1
    assert installed.store().find_bot(enterprise_id=None, team_id="T1") is None
    assert_opens(installed, INSTALLATIONS[2])


def test_all_is_sealed_under_the_new_key_and_opens_under_it_alone(installed: Stage) -> None:
    installed.plain.save(an_installation("T3"))
    new = installed.new_key()
    said = installed.succeeds("reencrypt", "--to", new)
    assert count(said, "Sealed anew") == len(installed.items())
    assert keys_in(installed) == {new}
    installed.disable(installed.own_key)
    for each in INSTALLATIONS:
        assert_opens(installed, each, new)
    assert b"HUSH" not in json.dumps(installed.items()).encode()


def test_a_second_time_there_is_nothing_to_do(installed: Stage) -> None:
    new = installed.new_key()
    installed.emulator.client("kms").create_alias(AliasName=f"alias/{installed.name}-new", TargetKeyId=new)
    installed.succeeds("reencrypt", "--to", new)
    before = installed.items()
    for name in (new, new.rpartition("/")[2], f"alias/{installed.name}-new"):
        said = installed.succeeds("reencrypt", "--to", name)
        assert count(said, "Under it already") == len(before)
    assert installed.items() == before


def test_a_dry_run_writes_nothing(installed: Stage) -> None:
    before = installed.items()
    said = installed.succeeds("reencrypt", "--to", installed.new_key(), "--dry-run")
    assert count(said, "Sealed anew") == len(before)
    assert installed.items() == before


def test_what_does_not_open_is_named_and_the_exit_code_says_so(installed: Stage) -> None:
    stolen = installed.plain.find_bot(enterprise_id="E1", team_id="T2")
    bot = installed.plain.find_bot(enterprise_id=None, team_id="T1")
    assert bot
    assert stolen
    bot.bot_token = stolen.bot_token
    installed.plain.save_bot(bot)
    said = installed.fails("reencrypt", "--to", installed.new_key())
    assert "T1, bot: " in said
    assert "Not all of them" in said
    assert "T2" not in said


def test_an_item_that_cannot_be_read_is_named_and_the_others_go_on(installed: Stage) -> None:
    """As somebody's hand in the console leaves it."""
    installed.put_bot("T8", "HUSH")
    done = installed.types("installations")
    assert "T8 bot#latest is no installation" in done.stderr
    assert "T2" in done.stdout
    new = installed.new_key()
    assert f"installation#{CLIENT_ID}##T8" in installed.fails("reencrypt", "--to", new)
    assert keys_in(installed) == {new}


def test_items_that_are_json_but_no_installation_are_named_too(installed: Stage) -> None:
    """The last one is another workspace's, put under T88's key."""
    bot = vars(an_installation("T8").to_bot())
    changes: list[dict[str, object]] = [
        {"bot_token": 5},
        {"bot_scopes": [1]},
        {"team_name": 1.5},
        {"team_id": True},
        {"installed_at": 1e300},
        {"team_id": "T9"},
    ]
    records = ["[]", "null", '"HUSH"', *(json.dumps(bot | change) for change in changes)]
    for number, record in enumerate(records):
        installed.put_bot(f"T8{number}", record.replace('"T8"', f'"T8{number}"'))
    done = installed.types("installations")
    assert done.returncode == 0
    for number in range(len(records)):
        assert f"installation#{CLIENT_ID}##T8{number} bot#latest " in done.stderr
    assert "HUSH" not in done.stderr + done.stdout
    assert "T2" in done.stdout


def test_a_key_that_cannot_be_used_is_told_before_anything_is_touched(installed: Stage) -> None:
    before, new = installed.items(), installed.new_key()
    installed.disable(new)
    assert f"The KMS key {new} is not enabled: it is Disabled." in installed.fails("reencrypt", "--to", new)
    assert "no KMS key alias/none" in installed.fails("reencrypt", "--to", "alias/none")
    assert installed.items() == before


def test_a_running_app_must_be_able_to_open_what_is_sealed_anew(installed: Stage) -> None:
    before, new = installed.items(), installed.new_key()
    installed.deploy(KMS_KEY_ID=installed.own_key)
    told = installed.fails("reencrypt", "--to", new)
    assert f"KMS_KEY_ID={new} KMS_READ_KEY_IDS={installed.own_key} make deploy STAGE=dev" in told
    assert installed.items() == before
    installed.deploy(KMS_KEY_ID=new, KMS_READ_KEY_IDS=installed.own_key)
    installed.succeeds("reencrypt", "--to", new)
    assert keys_in(installed) == {new}


def test_what_the_deployed_app_opens_is_opened_here_too(installed: Stage) -> None:
    """Between two keys, neither of which is the stage's own."""
    old, new = installed.new_key(), installed.new_key()
    installed.succeeds("reencrypt", "--to", old)
    assert "KMS_READ_KEY_IDS" in installed.fails("reencrypt", "--to", new)
    installed.deploy(KMS_KEY_ID=new, KMS_READ_KEY_IDS=f"{installed.own_key}, {old}")
    installed.succeeds("reencrypt", "--to", new)
    assert keys_in(installed) == {new}


def test_a_deployment_that_could_not_open_what_is_sealed_is_refused(installed: Stage) -> None:
    other = installed.new_key()
    installed.deploy(KMS_KEY_ID=other)
    told = installed.fails("deploy")
    assert f"KMS_KEY_ID={other} make deploy STAGE=dev" in told
    assert "KMS_READ_KEY_IDS" in told


def test_login_that_expired_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    def command(arguments: Sequence[str] | None) -> None:
        raise ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "expired"}}, "Scan")

    assert carry_out(command) == 1
    assert "aws sso login" in capsys.readouterr().err


def test_what_is_missing_is_told_with_how_to_make_it(moto: Emulator, installed: Stage) -> None:
    nowhere = Stage("nowhere", moto, installed.folder)
    assert "make deploy STAGE=nowhere" in nowhere.fails("installations")
    assert "no AWS credentials here" in installed.fails(
        "installations", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true"
    )
    installed.succeeds(
        "secrets", stdin="SLACK_CLIENT_ID=9.9\nSLACK_CLIENT_SECRET=HUSH\nSLACK_SIGNING_SECRET=HUSH\n"
    )
    assert "not installed anywhere" in installed.succeeds("installations")


@pytest.fixture
def bucket(moto: Emulator) -> str:
    name = f"installations-{next(_count)}"
    moto.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return name


def s3_store(moto: Emulator, bucket: str, client_id: str = CLIENT_ID) -> AmazonS3InstallationStore:
    return AmazonS3InstallationStore(s3_client=moto.client("s3"), bucket_name=bucket, client_id=client_id)


def test_installations_move_from_s3_and_are_sealed_on_their_way(
    moto: Emulator, stage: Stage, bucket: str
) -> None:
    for each in (*INSTALLATIONS, an_installation("T2", enterprise_id="E1", at=AT + 5, mark="later")):
        s3_store(moto, bucket).save(each)
    said = stage.succeeds("import", "--from", f"s3://{bucket}")
    assert count(said, "New") == 7
    assert "the same with --write" in said
    assert stage.items() == []

    stage.succeeds("import", "--from", f"s3://{bucket}", "--write")
    assert keys_in(stage) == {stage.own_key}
    assert b"HUSH" not in json.dumps(stage.items()).encode()
    for each in (INSTALLATIONS[0], INSTALLATIONS[1], INSTALLATIONS[3]):
        assert_opens(stage, each)
    bot = stage.store().find_bot(enterprise_id="E1", team_id="T2")
    assert bot
    assert (bot.bot_token, bot.installed_at) == ("xoxb-HUSH-T2-later", AT + 5)


def test_importing_twice_is_importing_once(moto: Emulator, stage: Stage, bucket: str) -> None:
    for each in INSTALLATIONS:
        s3_store(moto, bucket).save(each)
    stage.succeeds("import", "--from", f"s3://{bucket}/", "--write")
    before = stage.items()
    said = stage.succeeds("import", "--from", f"s3://{bucket}/{CLIENT_ID}", "--write")
    assert (count(said, "New"), count(said, "Here already, or something newer")) == (0, 7)
    assert stage.items() == before


def test_nothing_is_taken_over_into_the_place_of_an_item_that_cannot_be_read(
    moto: Emulator, stage: Stage, bucket: str
) -> None:
    s3_store(moto, bucket).save(an_installation("T8"))
    stage.put_bot("T8", "[]")
    said = stage.fails("import", "--from", f"s3://{bucket}", "--write")
    assert f"installation#{CLIENT_ID}##T8 bot#latest is no installation that can be read" in said
    assert {"S": "[]"} in [each["record"] for each in stage.items()]


def test_what_is_here_and_newer_stays_and_what_is_older_gives_way(
    moto: Emulator, stage: Stage, bucket: str
) -> None:
    stage.store().save(an_installation("T1", mark="here"))
    stage.store().save(an_installation("T2", mark="here"))
    s3_store(moto, bucket).save(an_installation("T1", mark="older", at=AT - 60))
    s3_store(moto, bucket).save(an_installation("T2", mark="newer", at=AT + 60))
    said = stage.succeeds("import", "--from", f"s3://{bucket}", "--write")
    assert (count(said, "Newer than what is here"), count(said, "Here already, or something newer")) == (2, 2)
    bots = [stage.store().find_bot(enterprise_id=None, team_id=each) for each in ("T1", "T2")]
    assert [bot and bot.bot_token for bot in bots] == ["xoxb-HUSH-T1-here", "xoxb-HUSH-T2-newer"]


def test_a_token_that_rotated_since_is_newer_though_installed_at_the_same_time(
    moto: Emulator, stage: Stage, bucket: str
) -> None:
    rotated = a_rotating_installation(mark="", bot_token_expires_at=int(AT) + 90_000).to_bot()
    rotated.bot_token = "xoxe.xoxb-HUSH-rotated"
    stage.store().save(a_rotating_installation())
    s3_store(moto, bucket).save_bot(rotated)
    stage.succeeds("import", "--from", f"s3://{bucket}", "--write")
    bot = stage.store().find_bot(enterprise_id=None, team_id="T1")
    assert bot
    assert bot.bot_token == rotated.bot_token
    s3_store(moto, bucket).save(a_rotating_installation())
    assert count(stage.succeeds("import", "--from", f"s3://{bucket}", "--write"), "New") == 0


def test_broken_records_and_other_apps_are_passed_over_by_name(
    moto: Emulator, stage: Stage, bucket: str
) -> None:
    s3_store(moto, bucket).save(an_installation("T1"))
    s3_store(moto, bucket, "333.444").save(an_installation("T7"))
    broken = b'{"bot_token": "xoxb-HUSH"'
    moto.client("s3").put_object(Bucket=bucket, Key=f"{CLIENT_ID}/none-T8/bot-latest", Body=broken)
    done = stage.types("import", "--from", f"s3://{bucket}", "--write")
    assert done.returncode == 0
    assert f"Passed over: {CLIENT_ID}/none-T8/bot-latest is no JSON." in done.stderr
    assert "of app 333.444" in done.stderr
    assert "HUSH" not in done.stdout + done.stderr
    assert count(done.stdout, "Broken") == 1
    assert {each["pk"]["S"] for each in stage.items()} == {f"installation#{CLIENT_ID}##T1"}


def test_a_bucket_that_is_not_there_is_said(stage: Stage) -> None:
    assert "There is no bucket none-such." in stage.fails("import", "--from", "s3://none-such")
