"""The job as a run calls it, with Slack behind real HTTP; and in the offline workspace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.channel_digest import Inputs, channel_digest
from jobs.channels.history import FIRST_PAGE, PAGE
from jobs.channels.period import Period
from jobs.digesting.counts import Counts
from jobs.digesting.digest import by_day, by_hour
from runs.access import UNSEEN_CHANNEL
from runs.context import RunContext
from runs.errors import Refused, RunCancelled
from runs.inputs import ChannelId
from runs.results.cells import Link
from runs.results.chart import Chart
from runs.results.table import Table
from runs.run import Progress, Run
from tests.fake_slack import ANN, BOB, TEAM, FakeSlack, fake_slack, refused
from tests.jobs.test_export_channel import DAY, HOUR, said, start_thread
from tests.scenarios.test_results import block_of, shown_with
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, text_of


class Bench:
    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.reports: list[Progress] = []
        self.shown: list[Any] = []
        self.cancelled_after = 10_000

    def digest(self, **inputs: Any) -> str:
        run = Run(
            id="R1", team_id=TEAM, requester=ANN, job="channel-digest", inputs={}, created_at=time.time()
        )
        context = RunContext(
            run,
            client=self.slack.client,
            report=self.reports.append,
            is_cancelled=lambda: len(self.reports) >= self.cancelled_after,
            upload=lambda *arguments: None,
            show=self.shown.append,
        )
        result = channel_digest(Inputs(**{"channel": ChannelId("C1"), **inputs}), context)
        assert isinstance(result, str)
        return result

    def charts(self) -> list[Chart]:
        return [each for each in self.shown if isinstance(each, Chart)]

    def tables(self) -> dict[str, Table]:
        return {each.title: each for each in self.shown if isinstance(each, Table)}


def link_to(message: dict[str, Any]) -> str:
    return f"https://harbour.slack.com/archives/C1/p{message['ts'].replace('.', '')}"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        slack.add_channel("C1", "general")
        yield slack


@pytest.fixture
def bench(slack: FakeSlack) -> Bench:
    return Bench(slack)


def test_every_message_is_counted_however_many_pages_there_are(slack: FakeSlack, bench: Bench) -> None:
    count = FIRST_PAGE + PAGE + 7
    slack.history["C1"] = [said(6 * DAY * (n + 1) / count, user=BOB if n % 3 else ANN) for n in range(count)]
    assert bench.digest().startswith(f"{count:,} messages and 0 replies to them in <#C1>, ")
    day, hour = bench.charts()
    assert sum(day.series[0].values) == sum(hour.series[0].values) == count
    assert day.title == "Messages by day in #general"
    assert len(hour.categories) == 12
    rows = bench.tables()["Who wrote most"].rows
    assert rows == (("Bob", count - -(-count // 3)), ("Ann", -(-count // 3)))
    assert "Threads with the most replies" not in bench.tables()


def test_threads_are_listed_by_their_replies_with_a_link_to_each(slack: FakeSlack, bench: Bench) -> None:
    for replies in (2, 9, 4):
        start_thread(slack, 3 * HOUR + replies, replies=replies)
    slack.history["C1"][1]["text"] = "Is <@U0BOB> &lt;here&gt;?\nAnd *where*?"
    result = bench.digest(top=2)
    assert "3 messages and 15 replies to them" in result
    rows = bench.tables()["Threads with the most replies"].rows
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (Link("Is @Bob <here>? And *where*?", link_to(slack.history["C1"][1])), "Ann", 9),
        (Link("Shall we?", link_to(slack.history["C1"][2])), "Ann", 4),
    ]
    assert "Shall we" not in result, "they are listed once"
    assert not slack.called("conversations.replies"), "Slack says how many there are"


def test_what_slack_itself_notes_in_a_channel_is_no_activity(slack: FakeSlack, bench: Bench) -> None:
    slack.history["C1"] = [said(HOUR, subtype="channel_join"), said(2 * HOUR, subtype="channel_topic")]
    assert bench.digest().startswith("No messages in <#C1>")
    slack.history["C1"].append(said(HOUR, subtype="bot_message", username="Builds", user=""))
    assert bench.digest().startswith("1 message and 0 replies")
    assert bench.tables()["Who wrote most"].rows == (("Builds", 1),)


def test_a_reply_that_was_sent_to_the_channel_is_a_message_but_no_thread(
    slack: FakeSlack, bench: Bench
) -> None:
    parent = start_thread(slack, 3 * HOUR, replies=1)
    broadcast = said(2 * HOUR, subtype="thread_broadcast", thread_ts=parent["ts"], reply_count=1)
    slack.history["C1"].append(broadcast)
    assert bench.digest().startswith("2 messages and 1 reply to them")
    assert len(bench.tables()["Threads with the most replies"].rows) == 1


def test_a_thread_that_is_deleted_meanwhile_has_no_link(slack: FakeSlack, bench: Bench) -> None:
    start_thread(slack, HOUR, replies=3)
    slack.faults["chat.getPermalink"].append(refused("message_not_found"))
    bench.digest()
    assert bench.tables()["Threads with the most replies"].rows[0][0] == Link("Shall we?", "")


def test_a_private_channels_name_is_in_no_title(slack: FakeSlack, bench: Bench) -> None:
    slack.channels["C1"]["is_private"] = True
    slack.members["C1"] = [ANN]
    slack.history["C1"] = [said(HOUR)]
    bench.digest()
    assert all("general" not in each.title for each in bench.shown)


def test_only_what_the_requester_may_read_is_digested(slack: FakeSlack, bench: Bench) -> None:
    slack.channels["C1"]["is_private"] = True
    slack.members["C1"] = [BOB]
    with pytest.raises(Refused) as caught:
        bench.digest()
    assert str(caught.value) == UNSEEN_CHANNEL


def test_removed_in_the_middle_it_says_how_to_let_it_in(slack: FakeSlack, bench: Bench) -> None:
    slack.faults["conversations.history"].append(refused("not_in_channel"))
    with pytest.raises(Refused, match="/invite @Errand"):
        bench.digest()


def test_it_can_be_cancelled_between_two_pages(slack: FakeSlack, bench: Bench) -> None:
    slack.history["C1"] = [said(HOUR + n) for n in range(3 * PAGE)]
    bench.cancelled_after = 2
    with pytest.raises(RunCancelled):
        bench.digest()
    assert len(slack.called("conversations.history")) == 2
    assert bench.reports[-1].text.startswith("200 messages, back to")


def test_days_and_hours_are_those_of_the_requester(slack: FakeSlack, bench: Bench) -> None:
    slack.users[ANN]["tz_offset"] = -8 * 3600
    slack.history["C1"] = [said(DAY)]
    bench.digest()
    day, hour = bench.charts()
    [message] = slack.history["C1"]
    at = datetime.fromtimestamp(float(message["ts"]), timezone(timedelta(hours=-8)))
    assert hour.x_label == "UTC-08:00"
    assert dict(zip(hour.categories, hour.series[0].values, strict=True))[f"{at.hour // 2 * 2:02}:00"] == 1
    assert dict(zip(day.categories, day.series[0].values, strict=True))[f"{at:%a} {at.day} {at:%b}"] == 1


@given(
    st.integers(1, 90),
    st.integers(-14, 14),
    st.integers(1_000_000_000, 2_000_000_000),
    st.lists(st.floats(0, 1), max_size=30),
)
def test_no_message_falls_between_the_bars_and_slack_draws_them_all(
    days: int, offset: int, now: int, moments: list[float]
) -> None:
    period = Period.last(days, now=datetime.fromtimestamp(now, UTC))
    counts = Counts(timezone(timedelta(hours=offset)), most_threads=5)
    start, end = period.start.timestamp(), period.end.timestamp()
    counts.add({"ts": f"{start + (end - start) * each:.6f}", "user": "U1"} for each in moments)
    bars, width = by_day(counts, period)
    assert len(bars) <= 20
    assert width == 1 or days >= 19
    assert sum(bars.values()) == sum(by_hour(counts).values()) == len(moments)


def test_in_the_offline_workspace_it_comes_as_charts_tables_and_links(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run channel-digest channel=#general days=90", in_channel="#general")
    message = done(ann, workspace, "#general", "Digest a channel")
    assert "Done" in text_of(message)
    assert len(shown_with(ann, None, "data_visualization")) == 2
    threads, who = shown_with(ann, None, "table")
    assert "/archives/" in str(block_of(threads, "table")["rows"][1][0])
    assert len(block_of(who, "table")["rows"]) > 2
    assert "Tomás Rivera" in str(block_of(who, "table")), (
        "people go by the names that are seen beside their messages"
    )
    assert workspace.eventually(lambda: message_with(ann, None, "replies to them in"))
