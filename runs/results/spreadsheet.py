"""All of a table or a chart, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from runs.mrkdwn import sayable
from runs.results.cells import Link, is_number
from runs.results.chart import Chart
from runs.results.table import Table

# What begins so is a formula to a spreadsheet, the full-width signs in East Asian locales.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def csv_of(result: Table | Chart) -> bytes:
    """UTF-8 with the mark by which Excel knows it. Text that begins like a formula has an apostrophe before it."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in _rows(result):
        writer.writerow(map(_cell, row))
    return sayable(out.getvalue()).encode()


def file_name(result: Table | Chart) -> str:
    """Errors by hour → errors-by-hour.csv, in whatever script"""
    words = "-".join(re.findall(r"\w+", result.title.lower()))[:60]
    return f"{words or result.kind}.csv"


def _rows(result: Table | Chart) -> Iterator[tuple[Any, ...]]:
    if isinstance(result, Table):
        yield result.columns
        yield from result.rows
        return
    yield (result.x_label or "Label", *(each.name for each in result.series))
    for at, category in enumerate(result.categories):
        yield (category, *(each.values[at] for each in result.series))


def _cell(value: Any) -> Any:
    if value is None or is_number(value):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(f"{value} {value.url}" if isinstance(value, Link) else str(value))


def harmless(text: str) -> str:
    """As a cell that no spreadsheet carries out, whoever wrote it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
