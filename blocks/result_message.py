"""A table or a chart, as Slack's own block of that name.

https://docs.slack.dev/reference/block-kit/blocks/table-block and …/data-visualization-block
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from blocks.parts import Block, context, section
from runs.mrkdwn import escape
from runs.results.cells import LONGEST_CELL, Link, with_thousands
from runs.results.chart import Chart
from runs.results.sending import Drawn
from runs.results.table import Table

MOST_ROWS = 100  # the head is one of them
MOST_COLUMNS = 20
MOST_CHARACTERS = 10_000  # of all cells of a table
LONG = 40  # characters of a cell
EMOJI = re.compile(r":([a-z0-9_+'-]+):")
# Undocumented, but messages are refused from about 13,000: https://github.com/slackapi/bolt-js/issues/2509
MOST_JSON = 11_000

MOST_SERIES = 6
MOST_POINTS = 20
OTHERS = ("Other", "All others")


def draw_result(result: Table | Chart, note: str = "") -> Drawn | None:
    """None of a chart that Slack's block cannot hold. `note` is mrkdwn, to stand below."""
    return _draw_table(result, note) if isinstance(result, Table) else _draw_chart(result, note)


# --- tables ---


def _draw_table(table: Table, note: str) -> Drawn:
    head, *rows = _fitting_rows(table)
    shown = table.text_rows(len(rows))
    block = {
        "type": "table",
        "rows": [head, *(rows or [[_cell("–")] + [_cell("")] * (len(head) - 1)])],
        "column_settings": _settings(table, shown)[: len(head)],
    }
    is_cut = any(len(cell) >= LONGEST_CELL for row in shown for cell in row)
    is_whole = len(rows) == len(table.rows) and len(head) == len(table.columns) and not is_cut
    blocks = [block, *([context(note)] if note else [])]
    if table.title:
        blocks.insert(0, section(f"*{escape(table.title)}*"))
    return Drawn({"text": _in_words(table), "blocks": blocks}, is_whole)


def _settings(table: Table, shown: list[list[str]]) -> list[Block]:
    """Numbers stand to the right; long texts go on below."""
    return [
        {"align": "right"}
        if numeric
        else {"align": "left", "is_wrapped": any(len(row[at]) > LONG for row in shown)}
        for at, numeric in enumerate(table.numeric)
    ]


def _in_words(table: Table) -> str:
    """For notifications and screen readers."""
    count = len(table.rows)
    return escape(f"{table.title or 'A table'}: {count:,} {'row' if count == 1 else 'rows'}")


def _fitting_rows(table: Table) -> list[list[Block]]:
    """The head, and the first rows for which there is room."""
    texts = [list(table.columns), *table.text_rows(MOST_ROWS - 1)]
    values = [table.columns, *table.rows]
    rows, size, characters = [], 0, 0
    for number, cells in enumerate(texts):
        shown = cells[:MOST_COLUMNS]
        row = list(map(_cell, shown, values[number]))
        size += len(json.dumps(row)) + 1
        characters += sum(map(len, shown))
        if number and (size > MOST_JSON or characters > MOST_CHARACTERS):
            break
        rows.append(row)
    return rows


def _cell(text: str, value: Any = None) -> Block:
    """What might be read as markup stands in rich text, whose text is nothing but text."""
    if isinstance(value, Link) and text and value.url.startswith(("https://", "http://")):
        return _rich(list(_linked(text, value.url)))
    if any(mark in text for mark in "<>&"):
        return _rich([{"type": "text", "text": text}])
    return {"type": "raw_text", "text": text or " "}


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _linked(text: str, url: str) -> Iterator[Block]:
    """An emoji's code is read as one only outside of a link's text."""
    for at, piece in enumerate(EMOJI.split(text)):
        if at % 2:
            yield {"type": "emoji", "name": piece}
        elif piece:
            yield {"type": "link", "url": url, "text": piece}


# --- charts ---


def _draw_chart(chart: Chart, note: str) -> Drawn | None:
    plotted = _pie(chart) if chart.look == "pie" else _axes(chart)
    if plotted is None:
        return None
    block = {"type": "data_visualization", "title": chart.title, "chart": plotted}
    text = "\n".join([f"*{escape(chart.title)}*", *_numbers(chart)])
    return Drawn({"text": text, "blocks": [block, *([context(note)] if note else [])]}, True)


def _axes(chart: Chart) -> dict[str, Any] | None:
    if not chart.categories or len(chart.categories) > MOST_POINTS or len(chart.series) > MOST_SERIES:
        return None
    named = {"x_label": chart.x_label, "y_label": chart.y_label}
    return {
        "type": chart.look,
        "series": [
            {
                "name": series.name,
                "data": [
                    {"label": label, "value": value}
                    for label, value in zip(chart.categories, series.values, strict=True)
                ],
            }
            for series in chart.series
        ],
        "axis_config": {"categories": list(chart.categories)} | {k: v for k, v in named.items() if v},
    }


def _pie(chart: Chart) -> dict[str, Any] | None:
    """The largest slices; the small ones, if there are too many, are one."""
    slices = [pair for pair in _slices(chart) if pair[1] > 0]
    if not slices:
        return None
    if len(slices) > MOST_SERIES:
        by_size = sorted(slices, key=lambda pair: -pair[1])
        large, small = by_size[: MOST_SERIES - 1], by_size[MOST_SERIES - 1 :]
        taken = {label for label, _ in large}
        name = next(each for each in OTHERS if each not in taken)
        slices = [*large, (name, sum(value for _, value in small))]
    return {"type": "pie", "segments": [{"label": label, "value": value} for label, value in slices]}


def _slices(chart: Chart) -> list[tuple[str, float]]:
    return [
        (label, value)
        for series in chart.series
        for label, value in zip(chart.categories, series.values, strict=True)
    ]


def _numbers(chart: Chart) -> Iterator[str]:
    """The numbers in words, for screen readers and clients that draw no chart."""
    for series in chart.series:
        points = zip(chart.categories, series.values, strict=True)
        said = ", ".join(f"{label} {with_thousands(value)}" for label, value in points)
        yield escape(f"{series.name}: {said}" if len(chart.series) > 1 else said)
