"""The report as a run makes it, with CloudWatch Logs behind real HTTP, in the shapes of AWS's own service model."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient

from jobs.reporting.insights import FOR_THE_RESULT
from jobs.reporting.patterns import essence, pattern, patterns_of
from jobs.reporting.report import WIDTHS, quoted, report
from runs.context import RunContext
from runs.errors import Refused, RunCancelled
from runs.results.chart import Chart
from runs.results.spreadsheet import csv_of
from runs.results.table import Table
from runs.run import Progress, Run
from tests.fake_aws import FakeAws, Fault, Json, fake_aws

NOW = int(datetime(2026, 11, 23, 12, 30, tzinfo=UTC).timestamp())
ALLOWED = {"/aws/lambda/shop": "Shop", "/ecs/mail": "/ecs/mail"}
ACCOUNT = "000000000000"
STARTED = {"queryId": "12ab3456-12ab-123a-789e-1234567890ab"}


def row(**fields: str) -> list[Json]:
    names = {"at": "@timestamp", "message": "@message", "log": "@log"}
    return [{"field": names.get(name, name), "value": value} for name, value in fields.items()]


def answer(status: str, *rows: list[Json], scanned: float = 0) -> Json:
    statistics = {
        "recordsMatched": float(len(rows)),
        "recordsScanned": scanned,
        "bytesScanned": scanned * 100,
    }
    return {"results": list(rows), "status": status, "statistics": statistics}


def counted(hour: str, errors: int, group: str, width: str = "1h") -> list[Json]:
    bar = {"field": f"bin({width})", "value": f"2026-11-{hour}:00.000"}
    return [bar, *row(log=f"{ACCOUNT}:{group}", errors=str(errors))]


COUNTS = answer(
    "Complete",
    counted("23 09:00", 3, "/aws/lambda/shop"),
    counted("23 12:00", 2, "/aws/lambda/shop"),
    counted("23 09:00", 40, "/ecs/mail"),
    scanned=2_000_000,
)
MESSAGES = answer(
    "Complete",
    row(at="2026-11-23 12:29:59.123", message="[ERROR] 2026-11-23T12:29:59Z Order 17 is lost", log="x"),
    row(at="2026-11-23 12:20:00.000", message='{"level": "ERROR", "message": "Order 18 is lost"}', log="x"),
    row(at="2026-11-23 09:00:00.000", message="=cmd| fatal <!channel>", log="x"),
    scanned=1_000_000,
)


class Bench:
    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        self.reports: list[Progress] = []
        self.shown: list[Any] = []
        self.slept: list[float] = []
        self.cancelled_after = 10_000
        self.remaining = 900.0

    def report(self, chosen: str | None = None, hours: int = 12, containing: str = "") -> str:
        run = Run(
            id="R1", team_id="T1", requester="U1", job="error-report", inputs={}, created_at=time.time()
        )
        context = RunContext(
            run,
            client=WebClient(),
            report=self.reports.append,
            is_cancelled=lambda: len(self.reports) >= self.cancelled_after,
            upload=lambda *arguments: None,
            show=self.shown.append,
            aws=self.aws.client,
            remaining=lambda: self.remaining,
        )
        return report(context, ALLOWED, chosen, hours, containing, clock=lambda: NOW, sleep=self.slept.append)


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with fake_aws() as fake:
        fake.answer("StartQuery", STARTED)
        fake.answer("StopQuery", {"success": True})
        yield fake


@pytest.fixture
def bench(aws: FakeAws) -> Bench:
    return Bench(aws)


def test_errors_by_hour_are_a_chart_with_every_hour_and_a_series_for_each_log_group(
    aws: FakeAws, bench: Bench
) -> None:
    aws.answer("GetQueryResults", COUNTS, MESSAGES)
    said = bench.report()
    assert said == ("45 errors in 2 log groups in the last 12 hours. CloudWatch read 300 MB of logs for it.")
    chart = bench.shown[0]
    assert isinstance(chart, Chart)
    assert (chart.look, chart.title, chart.x_label) == ("bar", "Errors by hour", "UTC")
    assert chart.categories[0] == "23 Nov 00:00"
    assert chart.categories[-1] == "23 Nov 12:00"
    assert len(chart.categories) == 13
    assert [each.name for each in chart.series] == ["/ecs/mail", "Shop"]
    assert chart.series[1].values == (0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 2)


def test_messages_that_mean_the_same_are_one_row_with_their_count_and_when_they_were_last_seen(
    aws: FakeAws, bench: Bench
) -> None:
    aws.answer("GetQueryResults", COUNTS, MESSAGES)
    bench.report()
    table = bench.shown[1]
    assert isinstance(table, Table)
    assert table.columns == ("Message", "Count", "Last seen (UTC)", "Newest")
    assert table.rows == (
        ("Order <number> is lost", 2, "2026-11-23 12:29:59", "Order 17 is lost"),
        ("=cmd| fatal <!channel>", 1, "2026-11-23 09:00:00", "=cmd| fatal <!channel>"),
    )
    read = list(csv.reader(io.StringIO(csv_of(table).decode("utf-8-sig"))))
    assert read[2][0] == "'=cmd| fatal <!channel>", "a spreadsheet must not carry it out"


def test_it_asks_for_the_hours_and_the_groups_that_are_wanted(aws: FakeAws, bench: Bench) -> None:
    aws.answer("GetQueryResults", COUNTS, MESSAGES)
    bench.report(chosen="/ecs/mail", hours=5, containing='a "b" \\ | stats')
    counts, messages = aws.called("StartQuery")
    assert counts["logGroupNames"] == messages["logGroupNames"] == ["/ecs/mail"]
    assert (counts["startTime"], counts["endTime"]) == (NOW - 5 * 3600, NOW)
    assert counts["queryString"].endswith(
        '@message like "a \\"b\\" \\\\ | stats" | stats count(*) as errors by bin(1h), @log'
    )
    assert messages["queryString"].endswith("| sort @timestamp desc")


def test_without_errors_there_is_one_query_and_one_sentence(aws: FakeAws, bench: Bench) -> None:
    aws.answer("GetQueryResults", answer("Complete"))
    assert bench.report(hours=24) == "No errors in 2 log groups in the last 24 hours."
    assert bench.report(chosen="/aws/lambda/shop", hours=48) == "No errors in `Shop` in the last 2 days."
    assert bench.shown == []
    assert len(aws.called("StartQuery")) == 2


@pytest.mark.parametrize("hours", [1, 12, 19, 20, 24, 48, 100, 168, 400, 720])
def test_a_chart_never_has_more_bars_than_slack_draws(aws: FakeAws, bench: Bench, hours: int) -> None:
    aws.answer("GetQueryResults", answer("Complete"), MESSAGES)
    bench.report(hours=hours)
    [asked] = aws.called("StartQuery")
    [(count, unit)] = re.findall(r"bin\((\d+)([hd])\)", asked["queryString"])
    width = int(count) * (24 if unit == "d" else 1)
    assert width in WIDTHS
    aws.answer("GetQueryResults", answer("Complete", counted("23 12:00", 1, "x", f"{count}{unit}")), MESSAGES)
    bench.report(hours=hours)
    assert len(bench.shown[0].categories) <= 20
    assert sum(bench.shown[0].series[0].values) == 1


def test_of_many_groups_those_with_the_fewest_errors_share_a_series(aws: FakeAws, bench: Bench) -> None:
    rows = [counted("23 12:00", number, f"group-{number}") for number in range(1, 10)]
    aws.answer("GetQueryResults", answer("Complete", *rows), MESSAGES)
    bench.report()
    names = [each.name for each in bench.shown[0].series]
    assert names == ["group-9", "group-8", "group-7", "group-6", "group-5", "All others"]
    assert sum(bench.shown[0].series[-1].values) == 1 + 2 + 3 + 4


def test_its_progress_is_what_cloudwatch_has_read(aws: FakeAws, bench: Bench) -> None:
    reading = [answer("Scheduled"), answer("Running", scanned=1_234_567)]
    aws.answer("GetQueryResults", *reading, COUNTS, MESSAGES)
    bench.report()
    assert [each.text for each in bench.reports] == [
        "counting",
        "waiting for CloudWatch",
        "1,234,567 log messages read",
        "reading the newest messages",
    ]
    assert bench.slept == [0.5, 0.5]


def test_a_run_that_is_cancelled_stops_its_query(aws: FakeAws, bench: Bench) -> None:
    aws.answer("GetQueryResults", answer("Running"))
    bench.cancelled_after = 3
    with pytest.raises(RunCancelled):
        bench.report()
    assert aws.called("StopQuery") == [STARTED]


def test_one_whose_invocation_ends_stops_its_query_and_says_what_to_do(aws: FakeAws, bench: Bench) -> None:
    aws.answer("GetQueryResults", answer("Running"))
    bench.remaining = FOR_THE_RESULT - 1
    with pytest.raises(Refused, match="took too long"):
        bench.report()
    assert aws.called("StopQuery") == [STARTED]


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout"])
def test_a_query_that_cloudwatch_ends_is_told_of(aws: FakeAws, bench: Bench, status: str) -> None:
    aws.answer("GetQueryResults", answer(status))
    with pytest.raises(Refused, match=f"CloudWatch ended the query: {status.lower()}"):
        bench.report()
    assert aws.called("StopQuery") == []


def test_while_others_query_it_waits_its_turn(aws: FakeAws, bench: Bench) -> None:
    busy = Fault("LimitExceededException", 400)
    aws.answer("StartQuery", busy, busy, STARTED)
    aws.answer("GetQueryResults", answer("Complete"))
    assert bench.report().startswith("No errors")
    assert bench.slept == [10, 10]
    aws.answer("StartQuery", busy)
    with pytest.raises(Refused, match="Too many queries run in this AWS account already"):
        bench.report()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("AccessDeniedException", 400), "Deploy again with them in `REPORT_LOG_GROUPS`"),
        (
            Fault("ResourceNotFoundException", 400, "Log group '<b>' does not exist"),
            "no such log group: Log group '&lt;b",
        ),
        (Fault("MalformedQueryException", 400), "would not search the logs (`MalformedQueryException`)"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(aws: FakeAws, bench: Bench, fault: Fault, said: str) -> None:
    aws.answer("StartQuery", fault)
    with pytest.raises(Refused) as caught:
        bench.report()
    assert said in str(caught.value)


def test_a_throttled_look_is_looked_again(aws: FakeAws, bench: Bench) -> None:
    aws.answer("GetQueryResults", Fault("ThrottlingException", 400), answer("Complete"))
    assert bench.report().startswith("No errors")


def test_only_what_is_listed_is_read(aws: FakeAws, bench: Bench) -> None:
    with pytest.raises(Refused, match="not among the log groups"):
        bench.report(chosen="/aws/lambda/billing")
    assert aws.calls == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("[ERROR]\t2026-11-23T12:29:59.001Z\t8a1b0c3d-1111-2222-3333-444455556666\tNo stock", "No stock"),
        ("2026-11-23T12:00:00.123Z 8a1b0c3d-1111-2222-3333-444455556666 Task timed out after 3.00 seconds",
         "Task timed out after <number> seconds"),
        ('{"errorType": "KeyError", "errorMessage": "\'ann\'", "stackTrace": []}', "KeyError: 'ann'"),
        ('{"level": "ERROR", "msg": "request 0xdeadBEEF took 12.5 ms"}', "request <id> took <number> ms"),
        ("ValueError: bad\n  File x, line 3", "ValueError: bad"),
        ("{not json} error 5", "{not json} error <number>"),
        ("", "(empty)"),
        ("since 2026-11-23 09:00:01 at 10.0.0.1", "since <time> at <number>"),
        ("commit 3f2a9c1d failed, decade and facade too", "commit <id> failed, decade and facade too"),
    ],
)  # fmt: skip
def test_what_differs_between_messages_that_mean_the_same_is_left_open(message: str, said: str) -> None:
    assert pattern(essence(message)) == said


@given(st.lists(st.tuples(st.text(max_size=10), st.text())))
def test_no_message_gets_lost_among_the_patterns(messages: list[tuple[str, str]]) -> None:
    found = patterns_of(messages)
    assert sum(each.count for each in found) == len(messages)
    assert all(each.text for each in found)
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)


@given(st.text())
def test_a_text_to_look_for_is_one_string_of_the_query_language(text: str) -> None:
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', quoted(text), re.DOTALL)
