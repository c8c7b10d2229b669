"""The function of `tests.aws.function` behind the offline workspace: people type, and Slack delivers by signed HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from slack_sdk.webhook import WebhookClient

from tests.aws.emulator import Emulator
from tests.aws.function import Function, a_function, http_event, signed
from tests.aws.jobs import COUNTED, JOBS_OF_TESTS
from tests.workspace import Person, Workspace, a_workspace, filled


@dataclass(frozen=True)
class Deployed:
    function: Function
    workspace: Workspace
    queue_url: str
    table: str

    def records(self) -> list[Any]:
        """All that the table holds."""
        items: list[Any] = self.function.aws.client("dynamodb").scan(TableName=self.table)["Items"]
        return items

    def given_up(self) -> int:
        """The messages in the failure queue."""
        answer = self.function.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]) + int(
            answer["ApproximateNumberOfMessagesNotVisible"]
        )

    def replies(self, message: dict[str, Any]) -> Any:
        path = f"/sim/conversations/{message['channel']}/replies"
        return self.workspace.get(path, user=self.ann.id, ts=message["ts"])["messages"]

    def uses_up(self, event: dict[str, Any]) -> None:
        """One of the five uses of a command's response_url."""
        [url] = parse_qs(event["body"])["response_url"]
        WebhookClient(url).send(text="Used.", response_type="ephemeral")

    def posts(self, body: bytes, **headers: str) -> str:
        """A request of Slack's, or one that looks like it."""
        secret = self.workspace.credentials["signing_secret"]
        sent = signed(secret, body, time.time()) | headers
        return str(self.function.invoke(http_event("POST", "/slack/events", sent, body))["body"])

    def body_of_form(self, form: dict[str, Any], padding: str = "") -> bytes:
        team_id = self.workspace.info["team"]["id"]
        payload = {
            "type": "view_submission",
            "team": {"id": team_id},
            "user": {"id": self.ann.id, "team_id": team_id},
            "trigger_id": "1.2.3",
            "view": {**form, "state": {"values": filled(form, pieces="3")}},
            "padding": padding,
        }
        return urlencode({"payload": json.dumps(payload)}).encode()

    @property
    def ann(self) -> Person:
        return self.workspace.person("ann")


@contextmanager
def a_deployment(aws: Emulator, table: str) -> Iterator[Deployed]:
    COUNTED.clear()
    # 0: what was read and not deleted is seen again at once
    queue_url = aws.client("sqs").create_queue(QueueName=table, Attributes={"VisibilityTimeout": "0"})[
        "QueueUrl"
    ]
    with (
        a_function(aws, table, *JOBS_OF_TESTS) as function,
        a_workspace("--request-url", f"{function.url}/slack/events") as workspace,
    ):
        workspace.control("limits", enabled=False)
        credentials = workspace.credentials
        function.start(
            SLACK_API_URL=credentials["api_url"],
            SLACK_BOT_TOKEN=credentials["bot_token"],
            SLACK_SIGNING_SECRET=credentials["signing_secret"],
            FAILURE_QUEUE_URL=queue_url,
        )
        yield Deployed(function, workspace, queue_url, table)
