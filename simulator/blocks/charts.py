"""The chart block (https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

import math
from typing import Any

from simulator.blocks.checker import Node

CHARTS_IN_A_MESSAGE = 2
MOST_SERIES = 6
MOST_POINTS = 20
LABEL = 20


def check_data_visualization(node: Node) -> None:
    node.only("title", "chart", "block_id")
    if node.surface != "message":
        node.wrong("unsupported block type in a view: data_visualization", "type")
    node.at_most(CHARTS_IN_A_MESSAGE, "data_visualization", "type")
    node.text("title", least=1, most=50, required=True)
    chart = node.child("chart") if node.need("chart") else None
    if chart is not None:
        chart.by_type({"pie": _check_pie} | dict.fromkeys(("bar", "line", "area"), _check_axes), "chart type")


def _check_pie(chart: Node) -> None:
    chart.only("segments")
    for segment in chart.children("segments", most=MOST_SERIES):
        segment.only("label", "value")
        segment.text("label", least=1, most=LABEL, required=True)
        if _number(segment) and segment.value["value"] <= 0:
            segment.wrong("must be greater than 0", "value")


def _check_axes(chart: Node) -> None:
    chart.only("series", "axis_config")
    categories = _categories(chart)
    names: list[Any] = []
    for series in chart.children("series", most=MOST_SERIES):
        series.only("name", "data")
        names.append(series.text("name", least=1, most=LABEL, required=True))
        labels = []
        for point in series.children("data", most=MOST_POINTS):
            point.only("label", "value")
            labels.append(point.text("label", least=1, most=LABEL, required=True))
            _number(point)
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            series.wrong("must have one data point for each of axis_config.categories", "data")
    if len(set(names)) < len(names):
        chart.wrong("series names must be unique", "series")


def _categories(chart: Node) -> list[Any]:
    axes = chart.child("axis_config") if chart.need("axis_config") else None
    if axes is None:
        return []
    axes.only("categories", "x_label", "y_label")
    axes.text("x_label", most=50)
    axes.text("y_label", most=50)
    categories = axes.items("categories", least=1, most=MOST_POINTS, required=True)
    for number, each in enumerate(categories):
        if not isinstance(each, str) or not 1 <= len(each) <= LABEL:
            axes.wrong(f"must be a string of 1 to {LABEL} characters", f"categories/{number}")
    if len(set(map(str, categories))) < len(categories):
        axes.wrong("categories must be unique", "categories")
    return categories


def _number(node: Node) -> bool:
    if not node.need("value"):
        return False
    value = node.value["value"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number:
        node.wrong("must provide a number", "value")
    return is_number
