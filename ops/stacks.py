"""CloudFormation: make or update a stack, and take resources that outlived a stack into a new one."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from ops.stage import Stop, Target

WAIT = {"Delay": 2, "MaxAttempts": 300}


def apply_stack(target: Target, name: str, template: str, parameters: Mapping[str, str]) -> None:
    """Make it, or bring it up to date."""
    client = target.client("cloudformation")
    request = {"StackName": name, "TemplateBody": template, "Parameters": as_parameters(parameters)}
    if target.outputs(name) is None:
        client.create_stack(**request)
        wait(client, "stack_create_complete", name)
        return
    try:
        client.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
        return
    wait(client, "stack_update_complete", name)


def adopt(
    target: Target,
    name: str,
    resources: Mapping[str, Any],
    identifiers: Mapping[str, Mapping[str, str]],
    parameters: Mapping[str, str],
) -> None:
    """A new stack around what a deleted one left behind. AWS imports nothing beside them, not even outputs."""
    client = target.client("cloudformation")
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": dict(resources),
        "Parameters": {key: {"Type": "String"} for key in parameters},
    }
    change_set = client.create_change_set(
        StackName=name,
        ChangeSetName="adopt",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        Parameters=as_parameters(parameters),
        ResourcesToImport=[
            {
                "ResourceType": resources[each]["Type"],
                "LogicalResourceId": each,
                "ResourceIdentifier": dict(identifier),
            }
            for each, identifier in identifiers.items()
        ],
    )["Id"]
    wait(client, "change_set_create_complete", name, ChangeSetName=change_set)
    client.execute_change_set(ChangeSetName=change_set, StackName=name)
    wait(client, "stack_import_complete", name)


def delete_stack(target: Target, name: str) -> None:
    client = target.client("cloudformation")
    client.delete_stack(StackName=name)
    wait(client, "stack_delete_complete", name)


def wait(client: Any, state: str, name: str, **more: str) -> None:
    try:
        client.get_waiter(state).wait(StackName=name, WaiterConfig=WAIT, **more)
    except WaiterError as error:
        reasons = "".join(f"\n  {reason}" for reason in failures(client, name))
        raise Stop(f"The stack {name} failed: {error}{reasons}") from None


def failures(client: Any, name: str) -> list[str]:
    """Why, oldest first, in CloudFormation's words."""
    try:
        events = client.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return []
    failed = [each for each in events if each.get("ResourceStatus", "").endswith("FAILED")]
    return [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in reversed(failed)
    ]


def as_parameters(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
