"""The digest itself: two charts, a table of threads with a link to each, and one of people."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from typing import Any

from slack_sdk.errors import SlackApiError

from jobs.channels.history import Message, pages
from jobs.channels.journey import Journey, counted
from jobs.channels.people import People
from jobs.channels.period import Period
from jobs.channels.sight import called
from jobs.channels.text import message_text
from jobs.digesting.counts import Counts
from runs.access import find_user
from runs.context import RunContext
from runs.mrkdwn import cut
from runs.results.cells import Link

MOST_BARS = 20  # that Slack draws
HOURS_A_BAR = 2
LONGEST_TITLE = 80  # characters of how a thread begins


def digest(run: RunContext, channel: dict[str, Any], period: Period, top: int) -> str:
    """Shows what went on, and returns it in a sentence. Raises RunCancelled."""
    zone = _zone(run)
    counts, journey = Counts(zone, top), Journey(run, channel, period)
    journey.report(0)
    for page in pages(run.client, channel["id"], period):
        counts.add(page)
        if page:
            journey.reached = float(page[-1]["ts"])
        journey.report(counts.messages)
    if not counts.messages:
        return f"No messages in {called(channel)}, {period}."
    people = People(run.client, lambda: journey.report(counts.messages))
    _show(run, channel, period, counts, people, top)
    replies = "1 reply" if counts.replies == 1 else f"{counts.replies:,} replies"
    return f"{counted(counts.messages)} and {replies} to them in {called(channel)}, {period}."


def _show(
    run: RunContext, channel: dict[str, Any], period: Period, counts: Counts, people: People, top: int
) -> None:
    where = f"#{channel['name']}" if channel.get("is_private") is False else "the channel"
    bars, width = by_day(counts, period)
    title = "Messages by day" if width == 1 else f"Messages by {width} days"
    run.chart("bar", bars, title=f"{title} in {where}", y_label="Messages")
    run.chart("bar", by_hour(counts), title="Messages by hour", x_label=str(counts.zone), y_label="Messages")
    threads = [_thread(run, channel["id"], each, people) for each in counts.threads]
    if threads:
        run.table(threads, title="Threads with the most replies")
    authors = counts.authors(top)
    rows = [{"Who": people.author(message)[0] or "–", "Messages": count} for message, count in authors]
    run.table(rows, title="Who wrote most")


def by_day(counts: Counts, period: Period) -> tuple[dict[str, int], int]:
    """Every day, or every few if there are more than Slack draws; and how many days a bar stands for."""
    first, last = (each.astimezone(counts.zone).date() for each in (period.start, period.end))
    days = [first + timedelta(each) for each in range((last - first).days + 1)]
    width = -(-len(days) // MOST_BARS)
    bars = {_label(each): 0 for each in days[::width]}
    for number, each in enumerate(days):
        bars[_label(days[number // width * width])] += counts.by_day[each]
    return bars, width


def by_hour(counts: Counts) -> dict[str, int]:
    return {
        f"{hour:02}:00": sum(counts.by_hour[hour + each] for each in range(HOURS_A_BAR))
        for hour in range(0, 24, HOURS_A_BAR)
    }


def _zone(run: RunContext) -> timezone:
    """The requester's own, as it is today."""
    user = find_user(run.client, run.requester) or {}
    return timezone(timedelta(seconds=int(user.get("tz_offset") or 0)))


def _label(each: date) -> str:
    return f"{each:%a} {each.day} {each:%b}"


def _thread(run: RunContext, channel_id: str, message: Message, people: People) -> dict[str, Any]:
    text = " ".join(message_text(message, people.name).split())
    return {
        "Thread": Link(cut(text, LONGEST_TITLE) or "–", _permalink(run, channel_id, message["ts"])),
        "Begun by": people.author(message)[0] or "–",
        "Replies": message["reply_count"],
        "People": message.get("reply_users_count", len(message.get("reply_users", ()))),
    }


def _permalink(run: RunContext, channel_id: str, ts: str) -> str:
    """Empty for a message that has been deleted since."""
    try:
        return str(run.client.chat_getPermalink(channel=channel_id, message_ts=ts)["permalink"])
    except SlackApiError as error:
        if error.response.get("error") == "message_not_found":
            return ""
        raise
