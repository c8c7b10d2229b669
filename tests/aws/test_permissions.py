"""What the code asks of AWS is what aws/permissions.py says."""

from __future__ import annotations

import re
from pathlib import Path

from aws.permissions import OF_ALLOW_LISTS, PERMISSIONS
from settings import ALLOW_LISTS

ROOT = Path(__file__).parent.parent.parent

# How the code names a call, and how IAM does.
CALLS = {
    r"\.put_item\(": "dynamodb:PutItem",
    r"\.get_item\(": "dynamodb:GetItem",
    r'get_paginator\("query"\)': "dynamodb:Query",
    r"\.delete_item\(": "dynamodb:DeleteItem",
    r"\.batch_get_item\(": "dynamodb:BatchGetItem",
    r"\.(query|scan|update_item|batch_write_\w+|transact_\w+)\(": "dynamodb:Other",
    r"/invocations": "lambda:InvokeFunction",
    r"\.receive_message\(": "sqs:ReceiveMessage",
    r"\.delete_message\(": "sqs:DeleteMessage",
    r"TrentService\.Decrypt": "kms:Decrypt",
    r'_call\("GenerateDataKey"': "kms:GenerateDataKey",
}
OF_JOBS = {
    r"\.invoke\(": "lambda:InvokeFunction",
    r"\.start_query\(": "logs:StartQuery",
    r"\.get_query_results\(": "logs:GetQueryResults",
    r"\.stop_query\(": "logs:StopQuery",
}
BY_LAMBDA_ITSELF = {"sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_no_action_is_missing_and_none_is_unused() -> None:
    used = actions_in("aws", CALLS)
    assert used | BY_LAMBDA_ITSELF == {each.action for each in PERMISSIONS}


def test_jobs_ask_what_their_allow_lists_permit() -> None:
    permitted = {each.action for permissions in OF_ALLOW_LISTS.values() for each in permissions}
    assert OF_ALLOW_LISTS.keys() == ALLOW_LISTS.keys()
    assert actions_in("jobs", OF_JOBS) == permitted


def actions_in(layer: str, calls: dict[str, str]) -> set[str]:
    code = "\n".join(path.read_text() for path in (ROOT / layer).rglob("*.py"))
    return {action for pattern, action in calls.items() if re.search(pattern, code)}


def test_only_aws_makes_boto3_clients() -> None:
    for layer in ("runs", "listeners", "blocks", "jobs", "oauth"):
        for path in (ROOT / layer).rglob("*.py"):
            assert not re.search(r"(?m)^\s*(import|from) boto", path.read_text()), path
