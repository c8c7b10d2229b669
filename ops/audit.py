"""`make audit STAGE=… ARGS="--since 7d"`: who did what when: runs, approvals, denials, groups. As CSV or JSON.

From the records of the stage, or of this machine without one, so as far back as RUNS_KEPT_DAYS; of a group it knows the
last hundred changes. Times are UTC.
"""

import argparse
import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any

from aws.clients import AwsClients
from ops.console import complain
from ops.deploy import table_exists
from ops.dev import ENV_FILE, merge
from ops.env_file import read_env_file
from ops.history import History, HistoryHere, HistoryOfStage, Span
from ops.kept import aws_settings, is_local, kept_parser
from ops.logs import UNITS
from ops.progress import Progress
from ops.stage import Stop, Target, run, target_of
from runs.audit import moment
from runs.groups import Group, GroupChange
from runs.job import LONGEST_EXPIRY
from runs.results.spreadsheet import harmless
from runs.run import Event, Run

Row = dict[str, str]

COLUMNS = (
    "at",
    "team",
    "what",
    "actor",
    "run",
    "job",
    "requester",
    "reason",
    "group",
    "people",
    "usergroups",
)

# Seconds that a run may have been asked for before the last thing that happened to it: a month until it is approved,
# and a week for its turn and its work.
LONGEST_LIFE = LONGEST_EXPIRY + 7 * 24 * 3600


def rows_of(history: History, span: Span, job: str | None, see: Callable[[], None]) -> Iterator[Row]:
    """What happened in the span, the earliest first. `see` is called for each run that is looked at.

    Runs come by when they were asked for, so what happened to earlier ones later on waits in a heap.
    """
    waiting: list[tuple[float, int, Row]] = []
    order = count()

    def add(at: float, row: Row) -> None:
        if span.since <= at < span.until:
            heappush(waiting, (at, next(order), row))

    for group in [] if job else history.groups(span.team_id):
        for change in group.changes:
            add(change.at, row_of_change(group, change))
    for each_run in history.runs(span._replace(since=span.since - LONGEST_LIFE)):
        see()
        while waiting and waiting[0][0] < each_run.created_at:
            yield heappop(waiting)[2]
        for event in each_run.history if job in (None, each_run.job) else ():
            add(event.at, row_of(each_run, event))
    while waiting:
        yield heappop(waiting)[2]


def row_of(of: Run, event: Event) -> Row:
    return {
        "at": moment(event.at),
        "team": of.team_id,
        "what": event.what,
        "actor": event.actor or "",
        "run": of.id,
        "job": of.job,
        "requester": of.requester,
        "reason": reason_of(of, event),
    }


def reason_of(of: Run, event: Event) -> str:
    if event.what == "denied":
        return of.denial_reason or ""
    if event.what == "approved":
        return next((each.reason or "" for each in of.approvals if each.actor == event.actor), "")
    return ""


def row_of_change(group: Group, change: GroupChange) -> Row:
    return {
        "at": moment(change.at),
        "team": group.team_id,
        "what": "group changed",
        "actor": change.actor,
        "group": group.name,
        "people": " ".join(change.people),
        "usergroups": " ".join(change.usergroups),
    }


def write_csv(rows: Iterable[Row]) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    written = 0
    for row in rows:
        writer.writerow([harmless(row.get(name, "")) for name in COLUMNS])
        written += 1
    return written


def write_json(rows: Iterable[Row]) -> int:
    """One array, one line for each."""
    written = 0
    for written, row in enumerate(rows, 1):
        given = {name: row[name] for name in COLUMNS if row.get(name)}
        print("[" if written == 1 else ",", json.dumps(given, ensure_ascii=False), sep="\n")
    print("]" if written else "[]")
    return written


def a_moment(text: str) -> float:
    """`7d` ago, a day or a moment; UTC unless it says otherwise."""
    if ago := re.fullmatch(r"(\d{1,5})([smhd])", text):
        return time.time() - int(ago[1]) * UNITS[ago[2]]
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        wanted = "such as 7d, 12h, 2026-11-01 or 2026-11-01T18:00"
        raise argparse.ArgumentTypeError(f"{wanted}, not {text!r}") from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


def history_of(options: argparse.Namespace) -> History:
    """Raises Stop."""
    if is_local(options):
        environment = merge(read_env_file(ENV_FILE), os.environ)
        return HistoryHere(Path(environment.get("DATA_DIR") or ".errand"))
    return history_on(target_of(options))


def history_on(target: Target) -> HistoryOfStage:
    if not table_exists(target):
        stage = target.stage.name
        raise Stop(f"Stage {stage} has no table yet. Deploy it: make deploy STAGE={stage}")
    name = f"the table {target.stage.table} in {target.region}"
    return HistoryOfStage(AwsClients(aws_settings(target)), target.stage.table, name)


def parse(arguments: Sequence[str] | None) -> Any:
    parser = kept_parser("ops.audit", __doc__)
    parser.add_argument("--since", type=a_moment, default="7d", help="7d, 12h, 2026-11-01 … (default: 7d)")
    parser.add_argument("--until", type=a_moment, default="0s", help="the same (default: now)")
    parser.add_argument("--job", help="of this job alone")
    parser.add_argument("--team", help="of this workspace alone, by its id")
    parser.add_argument("--format", choices=("csv", "json"), default="csv")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    history = history_of(options)
    write = write_json if options.format == "json" else write_csv
    seen = count()
    with Progress("Runs read:") as bar:

        def see() -> None:
            next(seen)
            bar.step()

        span = Span(options.since, options.until, options.team)
        try:
            written = write(rows_of(history, span, options.job, see))
            sys.stdout.flush()
        except BrokenPipeError:  # `| head` has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
    complain(f"  Of {history.name}: {written:,} entries; {next(seen):,} runs were read.")


if __name__ == "__main__":
    run(main)
