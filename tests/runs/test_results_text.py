"""Tables and charts as text and as blocks: whatever is in them, they fit, line up, and act on nobody."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.result_message import draw_result
from runs.mrkdwn import unescape
from runs.results.cells import Link, fit, padded, shown, width, with_thousands
from runs.results.chart import Chart, chart_of
from runs.results.spreadsheet import csv_of, file_name
from runs.results.table import Table, table_of
from runs.results.text import MOST_TEXT, WIDEST_LINE, text_chart, text_table
from simulator.blocks import check_blocks

HOSTILE = st.sampled_from(
    [
        "<!channel>",
        "<@U123>",
        "<https://evil.example|click>",
        "```",
        "a\nb\r\nc",
        "\u202eevil",
        "\ud800",
        "日本語",
        "👩‍👩‍👧 family",
        "🇸🇪🇳🇴",
        "é́́",
        "=cmd()",
        "x" * 500,
        "*b* _i_ ~s~ &amp;",
    ]
)
TEXTS = HOSTILE | st.text(max_size=40)
CELLS = (
    st.none()
    | TEXTS
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.decimals(allow_nan=False)
    | st.builds(Link, TEXTS, st.sampled_from(["https://a.example/p1?a=b&c", "", "javascript:alert(1)"]))
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(TEXTS, min_size=1, max_size=30))
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns))
    rows = draw(st.lists(row, max_size=12)) * draw(st.sampled_from([1, 1, 30]))
    return table_of(rows, columns=columns, title=draw(TEXTS))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    look = draw(st.sampled_from(["line", "bar", "area"]))
    points = st.dictionaries(TEXTS | st.dates(), NUMBERS, max_size=30)
    data: Any = draw(points | st.dictionaries(TEXTS, points, min_size=1, max_size=8))
    return chart_of(look, data, title="T" + draw(TEXTS), x_label=draw(TEXTS), y_label=draw(TEXTS))


@st.composite
def pies(draw: st.DrawFn) -> Chart:
    slices = st.dictionaries(TEXTS, st.integers(0, 10**9) | st.floats(0, 1e9), max_size=12)
    return chart_of("pie", draw(slices), title="T")


def lines_of(block: str) -> list[str]:
    assert block.startswith("```\n")
    assert block.endswith("\n```")
    assert block.count("```") == 2, "nothing ends the block before its end"
    return unescape(block[4:-4]).split("\n")


def check_text(block: str) -> None:
    assert len(block) <= MOST_TEXT + 10
    assert not re.search("[<>]", block), "no mention and no link comes alive"
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", block)
    block.encode()


@given(tables())
def test_a_table_in_text_lines_up_and_fits(table: Table) -> None:
    form = text_table(table)
    check_text(form.block)
    head, rule, *rows = lines_of(form.block)
    widths = [len(each) for each in rule.split("  ")]
    assert width(head) <= width(rule) <= WIDEST_LINE
    starts = [sum(widths[:at]) + 2 * at for at in range(len(widths))]
    for row in rows if table.rows else []:
        assert width(row) <= width(rule)
        assert all(_column_starts(row, start) for start in starts)
    if form.is_whole:
        assert len(rows) == max(1, len(table.rows))
        assert len(widths) == len(table.columns)


def _column_starts(row: str, start: int) -> bool:
    """Before each column but the first stand two spaces; a line may have ended before."""
    if start == 0 or width(row) <= start - 2:
        return True
    at = used = 0
    while used < start - 2:
        at += 1
        used = width(row[:at])
    while at < len(row) and width(row[: at + 1]) == used:
        at += 1  # accents of the last letter
    return row[at : at + 2].strip() == ""


@given(tables())
def test_a_table_in_blocks_is_one_that_slack_takes(table: Table) -> None:
    drawn = draw_result(table, "note")
    assert drawn
    blocks = drawn.message["blocks"]
    assert check_blocks(blocks, "message") == []
    assert len(json.dumps(blocks)) < 13_000
    [block] = [each for each in blocks if each["type"] == "table"]
    head, *rows = block["rows"]
    assert {len(row) for row in rows} == {len(head)}
    if drawn.is_whole:
        assert (len(rows), len(head)) == (max(1, len(table.rows)), len(table.columns))
    for row in block["rows"]:
        for cell in row:
            assert cell["type"] == "rich_text" or not re.search("[<>&]", cell["text"])


@given(charts() | pies())
def test_a_chart_in_text_fits_and_has_every_number_unless_it_says_so(chart: Chart) -> None:
    form = text_chart(chart)
    check_text(form.block)
    lines = lines_of(form.block)
    assert all(width(line) <= WIDEST_LINE for line in lines)
    count = len(chart.series) * len(chart.categories)
    if form.is_whole and count:
        headings = len(chart.series) * 2 - 1 if len(chart.series) > 1 else 0
        assert len(lines) == count + headings


@given(charts() | pies())
def test_a_chart_in_blocks_is_one_that_slack_takes(chart: Chart) -> None:
    drawn = draw_result(chart, "note")
    if drawn:
        assert check_blocks(drawn.message["blocks"], "message") == []
    elif chart.look == "pie":
        assert not any(value > 0 for value in chart.series[0].values)
    else:
        assert not 1 <= len(chart.categories) <= 20 or len(chart.series) > 6


def test_the_small_slices_of_a_pie_become_one_of_their_sum() -> None:
    drawn = draw_result(chart_of("pie", {name: at for at, name in enumerate("abcdefghij")}, title="T"))
    assert drawn
    segments = drawn.message["blocks"][0]["chart"]["segments"]
    assert [(each["label"], each["value"]) for each in segments] == [
        ("j", 9),
        ("i", 8),
        ("h", 7),
        ("g", 6),
        ("f", 5),
        ("Other", 10),
    ]


@given(tables() | charts())
def test_all_of_it_is_in_the_file_and_a_spreadsheet_carries_nothing_out(result: Table | Chart) -> None:
    read = list(csv.reader(io.StringIO(csv_of(result).decode("utf-8-sig"), newline="")))
    expected = len(result.rows) if isinstance(result, Table) else len(result.categories)
    assert len(read) == expected + 1
    for row in read:
        for cell in row:
            assert not cell.startswith(("=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")), cell
            assert not cell.startswith(("+", "-")) or re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?|-inf", cell), cell


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_a_cell_that_begins_like_a_formula_is_text(start: str) -> None:
    table = table_of([[f"{start}1+1"]], columns=["a"])
    [_, row] = csv.reader(io.StringIO(csv_of(table).decode("utf-8-sig"), newline=""))
    assert row == [f"'{start}1+1"]


@given(st.text(max_size=60) | HOSTILE, st.integers(1, 60))
def test_a_text_made_to_fit_is_as_wide_as_it_should_be(text: str, columns: int) -> None:
    line = shown(text)
    assert width(fit(line, columns)) <= columns
    assert width(padded(fit(line, columns), columns)) == columns
    assert fit(line, columns) == line or fit(line, columns).endswith("…")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("日本", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("👍🏽", 2),
        ("👩‍👩‍👧", 2),
        ("🇸🇪", 2),
        ("🇸🇪🇳🇴", 4),
        ("❤️", 2),
        ("", 0),
    ],
)
def test_how_wide_a_text_is(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "Yes"),
        (4711, "4711"),
        (0.1 + 0.2, "0.3"),
        (2.0, "2"),
        (-0.0, "0"),
        (1e-9, "1e-09"),
        (float("nan"), "nan"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 9, 5, tzinfo=UTC), "2026-01-31 09:05"),
        (" a\n b\x00", "a b"),
    ],
)
def test_how_a_value_is_read(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1234567, "1,234,567"), (1234.5, "1,234.5"), (-1234.5, "-1,234.5"), (0.25, "0.25"), (1e20, "1e+20")],
)
def test_quantities_have_commas(number: float, text: str) -> None:
    assert with_thousands(number) == text


def test_rows_may_be_mappings_or_sequences_with_a_head_or_without() -> None:
    whole = table_of([{"a": 1, "b": 2}, {"b": 3}])
    assert (whole.columns, whole.rows) == (("a", "b"), ((1, 2), (None, 3)))
    assert table_of([{"a": 1, "b": 2}], columns=["b"]).rows == ((2,),)
    assert table_of([["a"], [1]]) == table_of([[1]], columns=["a"])
    assert table_of(iter([(1,)]), columns=["a"]).rows == ((1,),)


@pytest.mark.parametrize(
    ("rows", "columns", "problem"),
    [
        ([], None, "no columns"),
        ([[]], None, "no columns"),
        ([["a", "b"], [1]], None, "row 1 has 1 cells"),
        (["ab"], ["a", "b"], "row 1 is str"),
        ([3], ["a"], "row 1 is int"),
        ([[1]], "a", "columns is 'a'"),
    ],
)
def test_what_is_no_table_is_said(rows: Any, columns: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        table_of(rows, columns=columns)


@pytest.mark.parametrize(
    ("look", "data", "title", "problem"),
    [
        ("radar", {}, "T", "no chart 'radar'"),
        ("bar", {"a": 1}, " ", "needs a title"),
        ("bar", [1, 2], "T", "not list"),
        ("bar", {"a": 1, "b": {"c": 1}}, "T", "some of both"),
        ("bar", {"a": "1"}, "T", "no number"),
        ("line", {"a": float("nan")}, "T", "no number"),
        ("line", {"a": 10**309}, "T", "no number"),
        ("pie", {"a": -1}, "T", "less than nothing"),
        ("pie", {"a": {"b": 1}, "c": {"d": 1}}, "T", "one series"),
    ],
)
def test_what_is_no_chart_is_said(look: Any, data: Any, title: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        chart_of(look, data, title=title)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Errors by hour", "errors-by-hour.csv"),
        ("", "table.csv"),
        ("../../etc", "etc.csv"),
        ("日本 🚢", "日本.csv"),
    ],
)
def test_the_file_is_named_after_the_title(title: str, name: str) -> None:
    assert file_name(table_of([], columns=["a"], title=title)) == name
