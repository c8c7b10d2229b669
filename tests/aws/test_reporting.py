"""error-report with log groups that are there, in a ministack that enforces IAM.

Its Logs Insights knows `fields`, `filter @message like /…/`, `sort`, `limit`, the statuses Complete and Cancelled, log
groups that are missing, and who may ask at all. It passes over `stats`, `not like` and `like "…"`, so `Counting` does
for `stats` what CloudWatch does, with the messages that ministack has found. Queries that wait, run long, fail or are
throttled are in tests/jobs/test_error_report.py, with an AWS of our own. Which groups the role allows is in
tests/deploy/test_template.py, for ministack's IAM does not look at the groups of a query.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from slack_sdk import WebClient

from aws.clients import AwsClients
from jobs.error_report import Inputs, error_report
from jobs.reporting.insights import Found, Insights
from runs.context import RunContext
from runs.errors import Refused
from runs.run import Run
from settings import AwsSettings
from tests.aws.emulator import Emulator, an_emulator

SHOP, MAIL, PAY = "/aws/lambda/shop", "/ecs/mail", "/ecs/pay"
MINUTE = 60_000  # milliseconds

Clients = Callable[..., Any]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with an_emulator(tmp_path_factory.mktemp("guarded"), enforce_iam=True) as started:
        put_logs(started.client("logs"))
        yield started


def put_logs(logs: Any) -> None:
    now = int(time.time() * 1000)
    said = {
        SHOP: [
            (5, "START RequestId: 1"),
            (4, "[ERROR]\t2026-11-23T12:29:59.001Z\tOrder 17 is lost"),
            (3, "Order 18 was sent"),
            (2, '{"level": "ERROR", "message": "Order 19 is lost"}'),
        ],
        MAIL: [(600, "Fatal: long ago"), (1, "Traceback: no route to 10.0.0.1")],
        PAY: [(1, "error: nobody may read this")],
    }
    for group, messages in said.items():
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        events = [{"timestamp": now - ago * MINUTE, "message": message} for ago, message in messages]
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


@pytest.fixture(scope="module")
def clients(guarded: Emulator) -> Clients:
    """Of somebody who may ask."""
    return clients_of(guarded, "asking", "logs:StartQuery", "logs:GetQueryResults", "logs:StopQuery")


def clients_of(guarded: Emulator, name: str, *actions: str) -> Clients:
    iam = guarded.client("iam")
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="errand", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return with_key(guarded, key["AccessKeyId"], key["SecretAccessKey"])


def with_key(guarded: Emulator, key_id: str, secret: str) -> Clients:
    environ = guarded.environment | {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    return AwsClients(AwsSettings.from_env(environ)).for_jobs


class Counting:
    """A client for which `stats` counts, by hour and log group. The job opens two: one starts, the other follows."""

    counts: ClassVar[set[str]] = set()

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def start_query(self, **arguments: Any) -> Any:
        query, is_counted, _ = arguments["queryString"].partition(
            " | stats count(*) as errors by bin(1h), @log"
        )
        started = self._real.start_query(**arguments | {"queryString": query})
        if is_counted:
            self.counts.add(started["queryId"])
        return started

    def get_query_results(self, **arguments: Any) -> Any:
        answer = self._real.get_query_results(**arguments)
        if arguments["queryId"] not in self.counts:
            return answer
        rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
        counted = Counter((row["@timestamp"][:13] + ":00:00.000", row["@log"]) for row in rows)
        cells = [{"bin(1h)": hour, "@log": log, "errors": str(n)} for (hour, log), n in counted.items()]
        results = [[{"field": name, "value": value} for name, value in row.items()] for row in cells]
        return answer | {"results": results}


def a_context(aws: Clients, shown: list[Any], *groups: str) -> RunContext:
    run = Run(id="R1", team_id="T1", requester="U1", job="error-report", inputs={}, created_at=0.0)
    return RunContext(
        run,
        client=WebClient(),
        report=lambda progress: None,
        is_cancelled=lambda: False,
        upload=lambda *arguments: None,
        show=shown.append,
        secrets={"REPORT_LOG_GROUPS": ",".join(groups)},
        aws=aws,
    )


def found(clients: Clients, query: str, *groups: str, limit: int = 10_000) -> Found:
    """In the last hour."""
    now = int(time.time())
    insights = Insights(a_context(clients, []), groups, sleep=lambda seconds: None)
    return insights.ask(query, now - 3600, now + 60, limit=limit, tell=lambda news: None)


def test_the_errors_of_all_groups_are_counted_and_the_newest_of_each_kind_is_shown(clients: Clients) -> None:
    shown: list[Any] = []
    run = a_context(lambda *a, **named: Counting(clients(*a, **named)), shown, f"Shop={SHOP}", MAIL)
    said = error_report(Inputs(hours=3), run)
    assert re.match(r"3 errors in 2 log groups in the last 3 hours\. CloudWatch read \d+ kB", str(said))
    chart, table = shown
    assert {each.name: sum(each.values) for each in chart.series} == {"Shop": 2, MAIL: 1}
    assert [row[:2] for row in table.rows] == [
        ("Order <number> is lost", 2),
        ("Traceback: no route to <number>", 1),
    ]
    assert table.rows[0][3] == "Order 19 is lost", "the newest"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", table.rows[0][2])


def test_rows_come_by_the_names_that_were_asked_for_and_no_more_of_them_than_wanted(clients: Clients) -> None:
    query = "fields @timestamp, @message, @log | sort @timestamp desc"
    answer = found(clients, query, SHOP, limit=3)
    assert [row["@message"][:8] for row in answer.rows] == ['{"level"', "Order 18", "[ERROR]\t"]
    assert all(row["@log"].endswith(SHOP) for row in answer.rows)
    assert answer.matched == 4
    assert answer.scanned_bytes > 0


def test_one_group_is_asked_for_alone(clients: Clients) -> None:
    shown: list[Any] = []
    run = a_context(lambda *a, **named: Counting(clients(*a, **named)), shown, f"Shop={SHOP}", MAIL)
    assert str(error_report(Inputs(hours=3, log_group=MAIL), run)).startswith(f"1 error in `{MAIL}`")


def test_a_group_that_is_not_listed_is_not_asked_for(clients: Clients) -> None:
    with pytest.raises(Refused, match="not among the log groups"):
        error_report(Inputs(log_group=PAY), a_context(clients, [], SHOP))


def test_who_may_not_ask_is_told_what_to_do(guarded: Emulator) -> None:
    aws = clients_of(guarded, "nobody", "sqs:SendMessage")
    with pytest.raises(Refused, match=r"AWS does not let me read these logs \(`AccessDeniedException`\)"):
        error_report(Inputs(), a_context(aws, [], SHOP))


def test_one_that_is_gone_is_named(clients: Clients) -> None:
    with pytest.raises(Refused, match=r"CloudWatch has no such log group: .*/ecs/gone"):
        error_report(Inputs(), a_context(clients, [], SHOP, "/ecs/gone"))


def test_a_query_that_somebody_stops_is_told_of(guarded: Emulator, clients: Clients) -> None:
    """In the console, between its start and the first look."""
    logs = guarded.client("logs")

    class Stopped(Counting):
        def start_query(self, **arguments: Any) -> Any:
            started = super().start_query(**arguments)
            assert logs.stop_query(queryId=started["queryId"])["success"]
            return started

    run = a_context(lambda *a, **named: Stopped(clients(*a, **named)), [], SHOP)
    with pytest.raises(Refused, match="CloudWatch ended the query: cancelled"):
        error_report(Inputs(), run)


def test_keys_that_aws_does_not_know_are_said_in_a_sentence(guarded: Emulator) -> None:
    aws = with_key(guarded, "AKIANOBODY", "x")
    with pytest.raises(
        Refused, match=r"^CloudWatch would not search the logs \(`\w+`\)|^AWS does not let me"
    ):
        error_report(Inputs(), a_context(aws, [], SHOP))
