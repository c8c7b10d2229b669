"""Jobs that show tables and charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from runs.context import RunContext
from runs.inputs import ask
from runs.job import job

HOSTILE = "<!channel> <@U123> <https://evil.example|click> *bold* `code` ```"
SERVICES = [
    {"service": "api", "errors": 1204, "rate": 0.125, "since": date(2026, 11, 1)},
    {"service": "日本語 🚢", "errors": 7, "rate": 2.0, "since": None},
    {"service": HOSTILE, "errors": 0, "rate": None, "since": None},
]


@dataclass(frozen=True)
class Rows:
    rows: int = ask("How many rows", default=3000, minimum=0)


@job("Count the errors")
def count_errors(inputs: Rows, run: RunContext) -> str:
    """Shows a chart and a table, each in its own message."""
    run.chart(
        "bar",
        {"api": {"Mon": 12, "Tue": 30, "Wed": 4}, "web": {"Mon": 3, "Wed": 9}},
        title="Errors by day",
        y_label="Errors",
    )
    run.table(SERVICES, title="Services")
    return "1,211 errors."


@job("List the orders")
def list_orders(inputs: Rows, run: RunContext) -> None:
    """Shows as many rows as are asked for."""
    rows = ([number, f"=cmd|{number}", "x" * 20] for number in range(inputs.rows))
    run.table(rows, columns=["number", "customer", "note"], title="Orders of today")


@job("Chart every hour")
def chart_hours(inputs: Rows, run: RunContext) -> None:
    """More points than Slack's block takes."""
    run.chart("line", {f"{hour:02}:00": hour * 100 for hour in range(24)}, title="Every hour")


@job("Show nothing that can be shown")
def show_no_table(inputs: Rows, run: RunContext) -> None:
    run.table([["one", "two"], ["three"]])


SHOWING_JOBS = (count_errors, list_orders, chart_hours, show_no_table)
