"""Every action on AWS that the code takes, with the reason. The role in serverless.yml allows these and no others."""

from __future__ import annotations

from typing import Final, NamedTuple


class Permission(NamedTuple):
    """`resource` is one of: table, indexes, function, key, failure queue, log group; those of an allow-list; or none,
    for an action that knows no resource.

    A key is the stage's own; deployed with KMS_KEY_ID and KMS_READ_KEY_IDS, the role has those besides.
    """

    action: str
    resource: str
    why: str


PERMISSIONS: Final = (
    Permission("dynamodb:GetItem", "table", "a run, its checkpoint, or an installation, by its ids"),
    Permission("dynamodb:BatchGetItem", "table", "the runs of a list, which an index names"),
    Permission(
        "dynamodb:PutItem",
        "table",
        "every change of a run, a checkpoint, a claim, an installation or a lease: one put",
    ),
    Permission("dynamodb:DeleteItem", "table", "an app that is uninstalled; a lease that is released"),
    Permission("dynamodb:Query", "table", "all rows of an installation, to delete them"),
    Permission("dynamodb:Query", "indexes", "a workspace's recent runs; what tick has to look after"),
    Permission(
        "lambda:InvokeFunction", "function", "lazy work and the next part of a run, in our own function"
    ),
    Permission(
        "kms:Decrypt",
        "key",
        "SLACK_SECRETS_CIPHERTEXT, once for each execution environment; a workspace's tokens",
    ),
    Permission("kms:GenerateDataKey", "key", "a workspace's tokens are sealed when it installs the app"),
    Permission("sqs:ReceiveMessage", "failure queue", "tick reads which invocations Lambda gave up"),
    Permission("sqs:DeleteMessage", "failure queue", "tick has told the user"),
    Permission(
        "sqs:SendMessage",
        "failure queue",
        "Lambda itself delivers what it gave up, under the function's role",
    ),
    Permission(
        "logs:CreateLogStream", "log group", "Lambda itself writes the log, under the function's role"
    ),
    Permission("logs:PutLogEvents", "log group", "the same"),
)

# What jobs do on AWS, each only if the setting is there that says with what.
OF_ALLOW_LISTS: Final = {
    "INVOKE_FUNCTIONS": (Permission("lambda:InvokeFunction", "functions", "the job invoke-function"),),
    "REPORT_LOG_GROUPS": (
        Permission("logs:StartQuery", "log groups", "the job error-report"),
        Permission("logs:GetQueryResults", "none", "what its query has found so far"),
        Permission("logs:StopQuery", "none", "a query whose run was cancelled goes on costing"),
    ),
}
