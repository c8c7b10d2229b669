"""serverless.yml, as osls makes a CloudFormation template of it, says what the code and the README rely on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aws.permissions import OF_ALLOW_LISTS, PERMISSIONS
from aws.table import table_definition
from tests.deploy.conftest import ALLOWED, FUNCTION, NEW_KEY, OLD_KEY, Packages
from tests.deploy.packages import ROOT, TEMPLATE

pytestmark = pytest.mark.timeout(900)  # the packages are made first

Resources = dict[str, dict[str, Any]]

INDEXES = [each["IndexName"] for each in table_definition("errand-dev")["GlobalSecondaryIndexes"]]

# What aws/permissions.py calls by these names.
FUNCTION_ARN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:errand-dev"
RESOURCES = {
    "table": [{"Fn::GetAtt": ["Table", "Arn"]}],
    "indexes": [{"Fn::Sub": f"${{Table.Arn}}/index/{each}"} for each in INDEXES],
    "function": [{"Fn::Sub": FUNCTION_ARN}, {"Fn::Sub": f"{FUNCTION_ARN}:*"}],
    "key": [{"Fn::ImportValue": "errand-dev-key-arn"}],
    "failure queue": [{"Fn::GetAtt": ["FailureQueue", "Arn"]}],
    "log group": [{"Fn::GetAtt": ["AppLogGroup", "Arn"]}],
}

# Actions that know no resource, each with the page that says so. A bare * is for these alone.
OF_LOGS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html"
WITHOUT_RESOURCE = {"logs:GetQueryResults": OF_LOGS, "logs:StopQuery": OF_LOGS}

# What tests/deploy/conftest.py lists.
HERE = "${AWS::Region}:${AWS::AccountId}"
OURS = FUNCTION.replace("clean-up", "errand-dev")
LISTED = {
    "functions": [{"Fn::Sub": f"arn:${{AWS::Partition}}:lambda:{HERE}:function:reports"}, FUNCTION],
    "log groups": [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:logs:{HERE}:log-group:{each}:*"}
        for each in ("/aws/lambda/reports", "/ecs/shop")
    ],
    "none": ["*"],
}


@pytest.fixture(scope="module")
def resources(packages: Packages) -> Resources:
    return dict(packages.arm64.template["Resources"])


def of_type(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def statements(resources: Resources) -> list[dict[str, Any]]:
    (role,) = of_type(resources, "AWS::IAM::Role")
    attached = of_type(resources, "AWS::IAM::Policy")
    assert all(each["Roles"] == [{"Ref": "AppRole"}] for each in attached)
    policies = [*role["Policies"], *attached]
    return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]


def allowed_by(resources: Resources) -> set[tuple[str, str]]:
    return {
        (action, str(resource))
        for each in statements(resources)
        for action in as_list(each["Action"])
        for resource in as_list(each["Resource"])
    }


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_cfn_lint_finds_nothing(packages: Packages) -> None:
    made = [str(each.folder / TEMPLATE) for each in (packages.arm64, packages.x86_64)]
    templates = [*made, str(ROOT / "infra" / "key.yml")]
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "cfn-lint"),
            "--regions",
            "us-east-1",
            "eu-central-1",
            "--",
            *templates,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_role_allows_what_the_code_does_and_nothing_else(resources: Resources) -> None:
    used = {(each.action, str(resource)) for each in PERMISSIONS for resource in RESOURCES[each.resource]}
    assert allowed_by(resources) == used


def test_jobs_may_reach_what_their_allow_lists_name(packages: Packages, resources: Resources) -> None:
    listed = dict(packages.x86_64.template["Resources"])
    besides = {each for each in allowed_by(listed) - allowed_by(resources) if not each[0].startswith("kms:")}
    permissions = [each for several in OF_ALLOW_LISTS.values() for each in several]
    assert besides == {(each.action, str(of)) for each in permissions for of in LISTED[each.resource]}
    (function,) = of_type(listed, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert {name: variables[name] for name in ALLOWED} == ALLOWED


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        ("INVOKE_FUNCTIONS", "reports,*", "INVOKE_FUNCTIONS: * is no name or ARN of a function."),
        ("INVOKE_FUNCTIONS", "Ours=errand-dev:live", "INVOKE_FUNCTIONS: errand-dev is Errand itself."),
        ("INVOKE_FUNCTIONS", OURS, "INVOKE_FUNCTIONS: errand-dev is Errand itself."),
        ("REPORT_LOG_GROUPS", "/aws/*", "REPORT_LOG_GROUPS: /aws/* is no name of a log group."),
    ],
)
def test_an_allow_list_names_each_thing_exactly(
    lambda_tools: None, name: str, given: str, problem: str
) -> None:
    known = f"{{ 'sls:stage': 'dev', \"env:{name}, ''\": process.argv[1] }}"
    resolve = f"{{ resolveVariable: async (what) => ({known})[what] || '' }}"
    asked = f"require('./ops/allow_lists.js').resources({resolve})"
    done = subprocess.run(
        ["node", "-e", f"{asked}.then(console.log, (error) => console.log(error.message))", given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == problem


def test_other_keys_are_those_that_it_is_deployed_with(packages: Packages) -> None:
    resources = dict(packages.x86_64.template["Resources"])
    resource_of = {
        action: each["Resource"] for each in statements(resources) for action in as_list(each["Action"])
    }
    (function,) = of_type(resources, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert resource_of["kms:GenerateDataKey"] == variables["KMS_KEY_ID"] == NEW_KEY
    assert resource_of["kms:Decrypt"] == [*RESOURCES["key"], NEW_KEY, OLD_KEY]
    assert variables["KMS_READ_KEY_IDS"] == {"Fn::Join": [",", resource_of["kms:Decrypt"]]}


@pytest.mark.parametrize(
    "given", ["alias/errand", "1234", f"{NEW_KEY} {OLD_KEY}", "arn:aws:kms:eu-central-1:1:key/*"]
)
def test_a_key_is_named_by_its_arn(lambda_tools: None, given: str) -> None:
    resolve = "require('./ops/kms_keys.js').writing({ resolveVariable: async () => process.argv[1] })"
    done = subprocess.run(
        ["node", "-e", f"{resolve}.then(console.log, (error) => console.log(error.message))", given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"KMS_KEY_ID: {given} is not the ARN of a key (arn:aws:kms:…:key/…)."


def test_no_statement_is_about_everything(packages: Packages) -> None:
    for each in statements(dict(packages.x86_64.template["Resources"])):
        assert each["Effect"] == "Allow"
        for action in as_list(each["Action"]):
            assert "*" not in action
            if "*" in as_list(each["Resource"]):
                assert action in WITHOUT_RESOURCE


def test_every_permission_names_its_reason(resources: Resources) -> None:
    assert all(each.why for each in PERMISSIONS)


def test_one_function_behind_three_routes_and_one_schedule(resources: Resources) -> None:
    (function,) = of_type(resources, "AWS::Lambda::Function")
    routes = sorted(each["RouteKey"] for each in of_type(resources, "AWS::ApiGatewayV2::Route"))
    (schedule,) = of_type(resources, "AWS::Events::Rule")
    assert function["Handler"] == "app.handler"
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert routes == ["GET /slack/install", "GET /slack/oauth_redirect", "POST /slack/events"]
    assert [each["Input"] for each in schedule["Targets"]] == ['{"kind":"tick"}']


def test_the_table_is_the_one_that_the_code_reads_and_writes(resources: Resources) -> None:
    (table,) = of_type(resources, "AWS::DynamoDB::Table")
    definition = table_definition("errand-dev")
    assert {name: table[name] for name in definition} == definition
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert resources["Table"]["DeletionPolicy"] == resources["Table"]["UpdateReplacePolicy"] == "Retain"


def test_a_failed_invocation_is_tried_twice_more_and_then_kept(resources: Resources) -> None:
    (config,) = of_type(resources, "AWS::Lambda::EventInvokeConfig")
    assert config["MaximumRetryAttempts"] == 2
    assert config["MaximumEventAgeInSeconds"] == 3600
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["FailureQueue", "Arn"]}
    assert config["Qualifier"] == "$LATEST"


def test_a_long_run_is_not_taken_for_an_accident(resources: Resources) -> None:
    (function,) = of_type(resources, "AWS::Lambda::Function")
    assert function["RecursiveLoop"] == "Allow"
    assert function["Timeout"] == 900


def test_logs_are_json_and_do_not_pile_up(resources: Resources) -> None:
    (function,) = of_type(resources, "AWS::Lambda::Function")
    (group,) = of_type(resources, "AWS::Logs::LogGroup")
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert group == {"LogGroupName": "/aws/lambda/errand-dev", "RetentionInDays": 30}


def test_errors_throttles_and_the_failure_queue_raise_an_alarm(resources: Resources) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    watched = {(each["Namespace"], each["MetricName"]) for each in alarms}
    assert watched == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    }
    assert all(each["AlarmActions"] == [{"Ref": "AlarmTopic"}] for each in alarms)
    (function,) = of_type(resources, "AWS::Lambda::Function")
    names = {each["Dimensions"][0]["Value"] for each in alarms if each["Namespace"] == "AWS/Lambda"}
    assert names == {function["FunctionName"]}


def test_the_key_is_not_in_the_stack_that_make_remove_deletes(resources: Resources) -> None:
    assert not of_type(resources, "AWS::KMS::Key")
