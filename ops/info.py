"""`make info STAGE=…`: where the stage is, how it does, and how to hear of alarms."""

from collections.abc import Sequence
from typing import Any

from ops.console import paint, say, say_rows
from ops.secrets import is_for_many
from ops.stage import Stop, Target, run, stage_parser, target_of


def outputs_of(target: Target) -> dict[str, str]:
    outputs = target.outputs(target.stage.stack)
    if not outputs or "HttpApiId" not in outputs:
        stage = target.stage.name
        raise Stop(f"Stage {stage} is not deployed. Deploy it: make deploy STAGE={stage}")
    return outputs


def url_of(target: Target, outputs: dict[str, str]) -> str:
    """Without a slash at its end."""
    if target.endpoint:
        return f"{target.endpoint.rstrip('/')}/_aws/execute-api/{outputs['HttpApiId']}/$default"
    return outputs["HttpApiUrl"].rstrip("/")


def say_urls(target: Target, outputs: dict[str, str]) -> None:
    """An app of one workspace has no install page."""
    url = url_of(target, outputs)
    rows = {"Events": paint(f"{url}/slack/events", "bold", "cyan")}
    if is_for_many(target):
        rows["Install"] = paint(f"{url}/slack/install", "bold", "cyan")
        rows["Redirect"] = f"{url}/slack/oauth_redirect"
    say_rows(rows)


def resources_of(target: Target, outputs: dict[str, str]) -> dict[str, str]:
    function = target.client("lambda").get_function_configuration(FunctionName=target.stage.function)
    return {
        "Function": f"{function['FunctionName']}, {function['Architectures'][0]}, {function['MemorySize']} MB,"
        f" deployed {function['LastModified'][:16].replace('T', ' ')} UTC",
        "Table": outputs["TableName"],
        "Key": target.stage.key_alias,
        "Failures": f"{waiting(target, outputs)} waiting in {outputs['FailureQueueUrl'].rpartition('/')[2]}",
    }


def waiting(target: Target, outputs: dict[str, str]) -> str:
    attributes = target.client("sqs").get_queue_attributes(
        QueueUrl=outputs["FailureQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return str(attributes["Attributes"]["ApproximateNumberOfMessages"])


def alarms_of(target: Target) -> dict[str, str]:
    found: list[dict[str, Any]] = target.client("cloudwatch").describe_alarms(
        AlarmNamePrefix=f"{target.stage.stack}-"
    )["MetricAlarms"]
    return {
        each["AlarmName"].removeprefix(f"{target.stage.stack}-"): paint(
            each["StateValue"], "red" if each["StateValue"] == "ALARM" else "dim"
        )
        for each in found
    }


def main(arguments: Sequence[str] | None = None) -> None:
    target = target_of(stage_parser("ops.info", __doc__).parse_args(arguments))
    outputs = outputs_of(target)
    say_urls(target, outputs)
    say()
    say_rows(resources_of(target, outputs))
    say("\n  Alarms")
    say_rows(alarms_of(target))
    say(f"\n  To hear of them: aws sns subscribe --topic-arn {outputs['AlarmTopicArn']} \\")
    say(f"      --region {target.region} --protocol email --notification-endpoint you@example.org\n")


if __name__ == "__main__":
    run(main)
