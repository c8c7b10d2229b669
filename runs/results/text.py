"""Tables and charts where there is nothing but text: in a code block, whose characters are all of one width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from runs.mrkdwn import escape
from runs.results.cells import fit, padded, width, with_thousands
from runs.results.chart import Chart, Series
from runs.results.table import Table

# Slack recommends no more than 4,000 characters for a message; the rest is for the title, and what is said below.
MOST_TEXT: Final = 3_500
WIDEST_LINE: Final = 100  # a desktop shows some 110 in one line of a code block
WIDEST_COLUMN: Final = 40
NARROWEST_COLUMN: Final = 3
MOST_ROWS: Final = 200  # looked at: more than fit in any case
BAR: Final = 24  # characters of the longest bar
GAP: Final = "  "


class TextForm(NamedTuple):
    """A code block in mrkdwn, and whether it holds all there is."""

    block: str
    is_whole: bool


def text_table(table: Table) -> TextForm:
    rows = table.text_rows(MOST_ROWS)
    columns = _columns_shown(table, rows)
    head, *body = [_line(cells, columns) for cells in ([*table.columns], *rows)]
    rule = GAP.join("─" * each.width for each in columns)
    lines, rest = _fitting([head, rule, *(body or ["(no rows)"])])
    is_cut = any(width(cell) > at.width for row in rows for cell, at in zip(row, columns, strict=False))
    is_whole = not rest and len(columns) == len(table.columns) and len(rows) == len(table.rows) and not is_cut
    return TextForm(_code(lines), is_whole)


class _Column(NamedTuple):
    width: int
    right: bool


def _columns_shown(table: Table, rows: list[list[str]]) -> list[_Column]:
    """As many as fit beside each other, the widest made narrower first."""
    widths = [
        min(WIDEST_COLUMN, max([1, width(name), *(width(row[at]) for row in rows)]))
        for at, name in enumerate(table.columns)
    ]
    most = (WIDEST_LINE + len(GAP)) // (NARROWEST_COLUMN + len(GAP))
    widths = widths[:most]
    while sum(widths) + len(GAP) * (len(widths) - 1) > WIDEST_LINE:
        widest = max(range(len(widths)), key=widths.__getitem__)
        widths[widest] -= 1
    return [_Column(wide, right) for wide, right in zip(widths, table.numeric, strict=False)]


def _line(cells: list[str], columns: list[_Column]) -> str:
    return GAP.join(
        padded(fit(cell, column.width), column.width, right=column.right)
        for cell, column in zip(cells, columns, strict=False)
    ).rstrip()


def text_chart(chart: Chart) -> TextForm:
    """A bar for each value, whatever the chart looks like."""
    lines, rest = _fitting(list(_chart_lines(chart)) or ["(nothing to show)"])
    return TextForm(_code(lines), not rest)


def _chart_lines(chart: Chart) -> Iterator[str]:
    largest = max((abs(value) for each in chart.series for value in each.values), default=0)
    names = max((width(each) for each in chart.categories), default=0)
    for number, series in enumerate(chart.series):
        if len(chart.series) > 1:
            yield ("\n" if number else "") + series.name
        for category, value, said in zip(chart.categories, series.values, _said(chart, series), strict=True):
            yield GAP.join(filter(None, [padded(category, names), _bar(value, largest), said]))


def _said(chart: Chart, series: Series) -> Iterable[str]:
    total = sum(series.values)
    for value in series.values:
        share = f" ({value / total:.0%})" if chart.look == "pie" and total else ""
        yield with_thousands(value) + share


def _bar(value: float, largest: float) -> str:
    """Less than nothing is drawn lighter."""
    if not value or not largest:
        return ""
    return ("█" if value > 0 else "░") * max(1, round(abs(value) / largest * BAR))


def _fitting(lines: list[str]) -> tuple[list[str], int]:
    """The first of them, as many as a message takes, and how many do not fit."""
    kept, used = 0, 0
    for line in lines:
        used += len(escape(line)) + 1
        if used > MOST_TEXT:
            break
        kept += 1
    return lines[:kept], len(lines) - kept


def _code(lines: list[str]) -> str:
    """No text can end the block: its backticks become others that look like them."""
    text = escape("\n".join(lines).replace("`", "ˋ"))
    return f"```\n{text}\n```"
