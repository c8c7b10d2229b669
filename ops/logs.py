"""`make logs STAGE=…`: what the function logs, as it is written, until Ctrl-C. `ARGS="--since 2h"` begins earlier."""

import argparse
import json
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.console import paint, say
from ops.stage import Stop, Target, run, stage_parser, target_of

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PAUSE = 2.0  # seconds; CloudWatch takes a few to show a line anyway
LATE = 30_000  # milliseconds: lines come out of order by about this much

COLOURS = {"ERROR": "red", "CRITICAL": "red", "WARNING": "cyan", "WARN": "cyan"}


def read_events(target: Target, since: int) -> Iterator[dict[str, Any]]:
    """Oldest first; `since` in milliseconds."""
    pages = target.client("logs").get_paginator("filter_log_events")
    try:
        for page in pages.paginate(logGroupName=target.stage.log_group, startTime=since):
            yield from page["events"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            stage = target.stage.name
            raise Stop(f"Stage {stage} has no logs. Deploy it: make deploy STAGE={stage}") from None
        raise


def show(event: dict[str, Any]) -> str:
    """One line of Lambda's JSON, or plain text, as people read it; a stack trace below."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000).strftime("%H:%M:%S.%f")[:-3]  # noqa: DTZ006 (the reader's own clock)
    level, text, trace = parse(event["message"].rstrip("\n"))
    colour = COLOURS.get(level)
    line = f"{paint(at, 'dim')} {level:<8} {text}"
    return "\n".join([paint(line, colour) if colour else line, *(f"    {each}" for each in trace)])


def parse(message: str) -> tuple[str, str, list[str]]:
    """Level, text, and the lines of a stack trace."""
    try:
        entry = json.loads(message)
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        return "", message, []
    if "record" in entry:  # of Lambda itself
        return "", f"{entry.get('type', '')} {json.dumps(entry['record'])}", []
    trace = entry.get("stackTrace") or []
    error = f"{entry['errorType']}: {entry.get('errorMessage', '')}" if "errorType" in entry else ""
    said = " ".join(filter(None, (entry.get("logger", ""), str(entry.get("message", "")), error)))
    return str(entry.get("level", "")), said, [line.rstrip() for line in trace]


def follow(target: Target, since: int) -> Iterator[dict[str, Any]]:
    """Without end. Each line once, though the same seconds are read again for those that come late."""
    seen: dict[str, int] = {}
    while True:
        for event in read_events(target, since):
            name = event.get("eventId") or f"{event['timestamp']} {event['message']}"  # emulators give no id
            if name not in seen:
                seen[name] = event["timestamp"]
                yield event
        since = max([since, *(at - LATE for at in seen.values())])
        seen = {each: at for each, at in seen.items() if at >= since}
        time.sleep(PAUSE)


def seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"such as 30s, 10m, 2h or 1d, not {text!r}")
    return int(match[1]) * UNITS[match[2]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = stage_parser("ops.logs", __doc__)
    parser.add_argument("--since", type=seconds, default="10m", help="how far back to begin (default: 10m)")
    parser.add_argument("--no-follow", dest="follow", action="store_false", help="stop at the last line")
    options = parser.parse_args(arguments)
    target = target_of(options)
    since = int((time.time() - options.since) * 1000)
    for event in follow(target, since) if options.follow else read_events(target, since):
        say(show(event))


if __name__ == "__main__":
    run(main)
