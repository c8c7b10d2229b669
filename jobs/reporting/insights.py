"""Queries of CloudWatch Logs Insights, which are started, followed and, if nobody wants them any more, stopped.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/AnalyzingLogData.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from runs.context import RunContext
from runs.errors import AwsRefused, AwsUnreachable, Refused
from runs.mrkdwn import escape

PAUSES = (0.5, 0.5, 1.0, 1.0, 2.0)  # seconds between two looks, the last one again and again
BUSY_PAUSE, BUSY_LOOKS = 10.0, 18  # three minutes, in which other people's queries may end
FOR_THE_RESULT = 30.0  # seconds of our own invocation that are kept for what comes after

BUSY = {"LimitExceededException", "ThrottlingException"}
DENIED = {"AccessDeniedException", "AccessDenied"}

Row = dict[str, str]


@dataclass(frozen=True)
class Found:
    """`matched` may be more than the rows: a query returns 10,000 at most."""

    rows: list[Row]
    matched: int
    scanned_bytes: int


class Insights:
    def __init__(
        self, run: RunContext, groups: Sequence[str], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._run = run
        self._groups = list(groups)
        self._sleep = sleep
        self._client = run.aws("logs")
        self._once = run.aws("logs", attempts=1)  # a query that is started twice costs twice

    def ask(self, query: str, start: int, end: int, *, limit: int, tell: Callable[[str], None]) -> Found:
        """`start` and `end` are epoch seconds. `tell` is given each piece of news, and raises RunCancelled.

        Raises Refused.
        """
        query_id = self._start(query, start, end, limit, tell)
        is_over = False
        try:
            for number in range(10_000):
                answer = self._look(query_id)
                status = answer.get("status", "Unknown")
                is_over = status not in ("Scheduled", "Running", "Unknown")
                if status == "Complete":
                    return _found(answer)
                if is_over:
                    raise Refused(
                        f"CloudWatch ended the query: {escape(status).lower()}. Ask for fewer hours."
                    )
                tell(_news(status, answer))
                if self._run.remaining < FOR_THE_RESULT:
                    break
                self._sleep(PAUSES[min(number, len(PAUSES) - 1)])
            raise Refused(
                "CloudWatch took too long to search the logs. Ask for fewer hours, or for one log group."
            )
        finally:
            if not is_over:
                self._stop(query_id)

    def _start(self, query: str, start: int, end: int, limit: int, tell: Callable[[str], None]) -> str:
        for _ in range(BUSY_LOOKS):
            try:
                started = self._once.start_query(
                    logGroupNames=self._groups, startTime=start, endTime=end, queryString=query, limit=limit
                )
                return str(started["queryId"])
            except AwsRefused as error:
                if error.code not in BUSY:
                    raise Refused(_refusal(error)) from error
            except AwsUnreachable as error:
                raise Refused(UNREACHABLE) from error
            tell("waiting for other people's queries to end")
            self._sleep(BUSY_PAUSE)
        raise Refused("Too many queries run in this AWS account already. Run it again in a few minutes.")

    def _look(self, query_id: str) -> dict[str, Any]:
        try:
            return dict(self._client.get_query_results(queryId=query_id))
        except AwsRefused as error:
            raise Refused(_refusal(error)) from error
        except AwsUnreachable as error:
            raise Refused(UNREACHABLE) from error

    def _stop(self, query_id: str) -> None:
        """It would go on reading, which is what costs. One that has ended meanwhile cannot be stopped."""
        with suppress(AwsRefused, AwsUnreachable):
            self._client.stop_query(queryId=query_id)


UNREACHABLE = "CloudWatch cannot be reached. Run it again in a few minutes."


def _refusal(error: AwsRefused) -> str:
    if error.code in DENIED:
        return f"AWS does not let me read these logs (`{error.code}`). Deploy again with them in `REPORT_LOG_GROUPS`."
    if error.code == "ResourceNotFoundException":
        return f"CloudWatch has no such log group: {escape(error.said, 300)}"
    return f"CloudWatch would not search the logs (`{escape(error.code)}`). Run it again in a few minutes."


def _news(status: str, answer: dict[str, Any]) -> str:
    read = int(answer.get("statistics", {}).get("recordsScanned", 0))
    return f"{read:,} log messages read" if read else "waiting for CloudWatch" * (status == "Scheduled")


def _found(answer: dict[str, Any]) -> Found:
    statistics = answer.get("statistics", {})
    rows = [{cell["field"]: cell.get("value", "") for cell in row} for row in answer.get("results", [])]
    return Found(rows, int(statistics.get("recordsMatched", 0)), int(statistics.get("bytesScanned", 0)))
