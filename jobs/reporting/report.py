"""The report itself: two queries, one chart, one table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from jobs.reporting.insights import Found, Insights
from jobs.reporting.patterns import patterns_of
from runs.context import RunContext
from runs.errors import Refused
from runs.mrkdwn import escape

HOUR = 3600
MOST_BARS = 20  # that Slack draws
MOST_SERIES = 6
WIDTHS = (1, 2, 3, 6, 12, 24, 48)  # hours a bar
MOST_GROUPS = 50  # of one query: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
MOST_MESSAGES = 10_000  # of one query

# Lambda's own lines about an invocation say "error" again of what the invocation has said itself.
IS_ERROR = (
    "filter @message like /(?i)\\b(error|errors|exception|fatal|critical|panic|traceback|timed out)\\b/"
    " | filter @message not like /^(START|END|REPORT|INIT_START) /"
)


def report(
    run: RunContext,
    allowed: Mapping[str, str],
    chosen: str | None,
    hours: int,
    containing: str,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Shows the chart and the table, and returns the sentence about both. Raises Refused and RunCancelled."""
    groups = _groups(allowed, chosen)
    width = next((each for each in WIDTHS if hours <= each * (MOST_BARS - 1)), WIDTHS[-1])
    end = int(clock())
    start = end - hours * HOUR
    insights = Insights(run, groups, sleep=sleep)
    where = IS_ERROR + (f" | filter @message like {quoted(containing)}" if containing else "")

    run.progress(0, 2, "counting")
    counts = insights.ask(
        f"{where} | stats count(*) as errors by {_bin(width)}, @log",
        start,
        end,
        limit=MOST_MESSAGES,
        tell=lambda news: run.progress(0.5, 2, news),
    )
    total = sum(int(float(row.get("errors", "0"))) for row in counts.rows)
    if not total:
        return f"No errors in {_where(groups, allowed)} in the last {_hours(hours)}."
    run.chart(
        "bar",
        by_hour(counts.rows, allowed, start, end, width),
        title=f"Errors by {'hour' if width == 1 else f'{width} hours'}",
        x_label="UTC",
        y_label="Errors",
    )
    run.progress(1, 2, "reading the newest messages")
    newest = insights.ask(
        f"fields @timestamp, @message, @log | {where} | sort @timestamp desc",
        start,
        end,
        limit=MOST_MESSAGES,
        tell=lambda news: run.progress(1.5, 2, news),
    )
    _show_messages(run, newest)
    return _said(total, counts, newest, groups, allowed, hours)


def quoted(text: str) -> str:
    """As a string of the query language, so that nothing of it is read as a query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def by_hour(
    rows: Iterable[Mapping[str, str]], allowed: Mapping[str, str], start: int, end: int, width: int
) -> dict[str, dict[str, float]]:
    """For each log group that has errors, the count of each bar; hours without any are there too."""
    step = width * HOUR
    bars = {_label(at, width): 0.0 for at in range(start // step * step, end + 1, step)}
    found: dict[str, dict[str, float]] = {}
    column = _bin(width)  # as a result names what nobody has named
    for row in rows:
        name = _group(row.get("@log", ""), allowed)
        at = int(datetime.fromisoformat(row[column]).replace(tzinfo=UTC).timestamp()) // step * step
        counted = found.setdefault(name, dict(bars))
        label = _label(at, width)
        counted[label] = counted.get(label, 0.0) + float(row.get("errors", "0"))
    by_size = sorted(found, key=lambda name: -sum(found[name].values()))
    if len(by_size) > MOST_SERIES:
        rest = by_size[MOST_SERIES - 1 :]
        others = {label: sum(found[name][label] for name in rest) for label in bars}
        return {name: found[name] for name in by_size[: MOST_SERIES - 1]} | {"All others": others}
    return {name: found[name] for name in by_size}


def _bin(width: int) -> str:
    """Hours go up to 24: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/CWL_QuerySyntax-operations-functions.html"""
    return f"bin({width}h)" if width <= 24 else f"bin({width // 24}d)"


def _groups(allowed: Mapping[str, str], chosen: str | None) -> list[str]:
    if chosen and chosen not in allowed:
        raise Refused(f"`{escape(chosen)}` is not among the log groups that I may read (any more).")
    groups = [chosen] if chosen else list(allowed)
    if len(groups) > MOST_GROUPS:
        raise Refused(f"CloudWatch searches {MOST_GROUPS} log groups at once. Choose one of them.")
    return groups


def _label(epoch: int, width: int) -> str:
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment:%d %b}" if width >= 24 else f"{moment:%d %b %H:%M}"


def _group(log: str, allowed: Mapping[str, str]) -> str:
    """`@log` is account:group."""
    name = log.partition(":")[2] or log
    return allowed.get(name, name)


def _show_messages(run: RunContext, newest: Found) -> None:
    messages = ((row.get("@timestamp", ""), row.get("@message", "")) for row in newest.rows)
    run.table(
        (
            {
                "Message": each.text,
                "Count": each.count,
                "Last seen (UTC)": each.last_seen.partition(".")[0],
                "Newest": each.example,
            }
            for each in patterns_of(messages)
        ),
        title="Most frequent errors",
        columns=["Message", "Count", "Last seen (UTC)", "Newest"],
    )


def _said(
    total: int, counts: Found, newest: Found, groups: list[str], allowed: Mapping[str, str], hours: int
) -> str:
    errors = "1 error" if total == 1 else f"{total:,} errors"
    said = f"{errors} in {_where(groups, allowed)} in the last {_hours(hours)}."
    if len(newest.rows) < total and len(newest.rows) >= MOST_MESSAGES:
        said += f" The table is of the newest {len(newest.rows):,}."
    return f"{said} CloudWatch read {_size(counts.scanned_bytes + newest.scanned_bytes)} of logs for it."


def _where(groups: list[str], allowed: Mapping[str, str]) -> str:
    return f"`{escape(allowed[groups[0]])}`" if len(groups) == 1 else f"{len(groups)} log groups"


def _hours(hours: int) -> str:
    if hours % 24 == 0:
        return "24 hours" if hours == 24 else f"{hours // 24} days"
    return "hour" if hours == 1 else f"{hours} hours"


def _size(count: int) -> str:
    if count < 10**6:
        return f"{count / 10**3:.0f} kB"
    return f"{count / 10**6:.0f} MB" if count < 10**9 else f"{count / 10**9:.1f} GB"
