"""The job as a run calls it, with Slack behind real HTTP."""

import csv
import io
import json
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from jobs.channels.history import FIRST_PAGE, PAGE
from jobs.export_channel import Inputs, export_channel
from runs.access import UNSEEN_CHANNEL
from runs.context import RunContext
from runs.errors import Refused, RunCancelled
from runs.inputs import ChannelId
from runs.run import Progress, Run
from tests.fake_slack import ANN, BOB, RATE_LIMITED, TEAM, FakeSlack, Fault, fake_slack, refused

HOUR = 3600
DAY = 24 * HOUR


class Bench:
    """A RunContext whose reports and uploads a test can look at."""

    def __init__(self, client) -> None:
        self.reports: list[Progress] = []
        self.files: dict[str, bytes] = {}
        self.cancelled = False
        run = Run(
            id="R1", team_id=TEAM, requester=ANN, job="export-channel", inputs={}, created_at=time.time()
        )
        self.context = RunContext(
            run,
            client=client,
            report=self.reports.append,
            is_cancelled=lambda: self.cancelled,
            upload=lambda name, file, length, title: self.files.update({name: file.read()}),
        )

    def export(self, **inputs) -> str:
        inputs = {"channel": ChannelId("C1"), "days": 30, **inputs}
        said = export_channel(Inputs(**inputs), self.context)
        assert isinstance(said, str)
        return said

    @property
    def rows(self) -> list[dict]:
        [(name, content)] = self.files.items()
        if name.endswith(".json"):
            return json.loads(content)
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        slack.add_channel("C1", "general")
        yield slack


@pytest.fixture
def bench(slack) -> Bench:
    return Bench(slack.client)


def said(ago: float, text: str = "Hello", user: str = ANN, **more) -> dict:
    return {"type": "message", "ts": f"{time.time() - ago:.6f}", "user": user, "text": text, **more}


def fill(slack: FakeSlack, count: int, days: float = 29) -> None:
    slack.history["C1"] = [said(days * DAY * (n + 1) / count, f"Message {n}") for n in range(count)]


def start_thread(slack: FakeSlack, ago: float, replies: int) -> dict:
    parent = said(ago, "Shall we?", reply_count=replies)
    parent["thread_ts"] = parent["ts"]
    answers = [said(ago - n - 1, f"Reply {n}", user=BOB, thread_ts=parent["ts"]) for n in range(replies)]
    slack.history["C1"].append(parent)
    slack.threads[parent["ts"]] = [parent, *answers]
    return parent


def test_every_message_of_the_period_is_in_the_file_oldest_first(slack, bench):
    fill(slack, 1234)
    slack.history["C1"].append(said(31 * DAY, "Too old"))
    assert bench.export().startswith("Exported 1,234 messages from <#C1>, ")
    times = [float(row["ts"]) for row in bench.rows]
    assert len(times) == 1234
    assert times == sorted(times)


def test_the_first_page_is_small_and_the_rest_are_large(slack, bench):
    fill(slack, FIRST_PAGE + PAGE + 1)
    bench.export()
    assert len(bench.rows) == FIRST_PAGE + PAGE + 1
    assert [call["limit"] for call in slack.called("conversations.history")] == ["200", "500", "500"]


def test_the_file_is_named_for_the_channel_the_day_and_the_period(slack, bench):
    fill(slack, 1)
    before = time.time()
    none, one = bench.export(days=7), bench.export(days=30)
    days = (before, time.time())  # two, at midnight
    assert none in {f"No messages in <#C1>, {period(7, at)}, so there is no file." for at in days}
    assert one in {f"Exported 1 message from <#C1>, {period(30, at)}." for at in days}
    [name] = bench.files
    assert name in {f"general-{time.strftime('%Y-%m-%d', time.gmtime(at))}-30d.csv" for at in days}


def period(days: int, until: float) -> str:
    start, end = time.gmtime(until - days * DAY), time.gmtime(until)
    year = "" if start.tm_year == end.tm_year else f" {start.tm_year}"
    return f"{start.tm_mday} {time.strftime('%b', start)}{year} – {end.tm_mday} {time.strftime('%b %Y', end)}"


@pytest.mark.parametrize(
    ("name", "safe"), [("a/../b", "a-b"), ("réunion-équipe", "réunion-équipe"), ("…", "C1"), ("قناة", "قناة")]
)
def test_a_file_name_holds_no_character_that_could_lead_elsewhere(slack, bench, name, safe):
    slack.channels["C1"]["name"] = name
    fill(slack, 1)
    bench.export()
    [file_name] = bench.files
    assert file_name.startswith(f"{safe}-2")


def test_json_is_one_array_with_the_same_rows(slack, bench):
    fill(slack, 450)
    bench.export(format="json")
    assert [row["text"] for row in bench.rows] == [f"Message {n}" for n in reversed(range(450))]
    assert bench.rows[0]["is_reply"] is False


def test_replies_stand_below_the_message_they_answer(slack, bench):
    slack.history["C1"] = [said(5 * HOUR, "Before"), said(1 * HOUR, "After")]
    start_thread(slack, 3 * HOUR, replies=PAGE + 10)
    assert bench.export(threads=True).startswith("Exported 513 messages")
    texts = [row["text"] for row in bench.rows]
    assert texts == ["Before", "Shall we?", *(f"Reply {n}" for n in range(PAGE + 10)), "After"]
    assert [row["is_reply"] for row in bench.rows] == ["no", "no", *["yes"] * (PAGE + 10), "no"]
    assert bench.rows[1]["replies"] == str(PAGE + 10)


def test_without_threads_no_call_is_spent_on_them(slack, bench):
    start_thread(slack, HOUR, replies=3)
    assert bench.export().startswith("Exported 1 message ")
    assert not slack.called("conversations.replies")


def test_a_reply_also_sent_to_the_channel_is_in_the_file_once(slack, bench):
    parent = start_thread(slack, 3 * HOUR, replies=1)
    broadcast = said(2 * HOUR, "For all", subtype="thread_broadcast", thread_ts=parent["ts"])
    of_an_older_thread = said(1 * HOUR, "Old one", subtype="thread_broadcast", thread_ts="1000000000.000001")
    slack.threads[parent["ts"]].append(broadcast)
    slack.history["C1"] += [broadcast, of_an_older_thread]
    bench.export(threads=True)
    assert [row["text"] for row in bench.rows] == ["Shall we?", "Reply 0", "For all", "Old one"]


def test_a_thread_deleted_meanwhile_leaves_its_first_message(slack, bench):
    parent = start_thread(slack, HOUR, replies=3)
    slack.threads[parent["ts"]].clear()
    bench.export(threads=True)
    assert [row["text"] for row in bench.rows] == ["Shall we?"]


def test_each_person_is_asked_for_once(slack, bench):
    slack.history["C1"] = [said(n, f"<@{BOB}>", user=(ANN, BOB, "U0GONE")[n % 3]) for n in range(1, 300)]
    bench.export()
    assert sorted(call["user"] for call in slack.called("users.info")) == [ANN, BOB, "U0GONE"]
    assert {row["user"] for row in bench.rows} == {"Ann", "Bob", "U0GONE"}


def test_a_rate_limit_in_the_middle_is_waited_out_and_costs_no_message(slack, bench):
    fill(slack, 1000)
    start_thread(slack, HOUR, replies=2)
    for method in ("conversations.history", "conversations.replies", "users.info"):
        slack.faults[method].append(RATE_LIMITED)
    bench.export(threads=True)
    assert len(bench.rows) == 1003


def test_progress_is_the_time_covered_and_never_goes_back(slack, bench):
    fill(slack, 1200)
    for day in range(1, 29):
        start_thread(slack, day * DAY, replies=2)
    bench.export(threads=True)
    done = [report.fraction for report in bench.reports]
    assert done == sorted(done)
    assert done[0] == 0
    assert len(set(done)) > 28, "threads move the bar within their page"
    assert done[-1] > 0.95
    assert bench.reports[-1].text.startswith("1,284 messages, back to ")


def test_a_young_channels_bar_does_not_count_the_time_before_it(slack, bench):
    slack.channels["C1"]["created"] = int(time.time() - DAY)
    fill(slack, 400, days=0.5)
    bench.export(days=365)
    assert 0.4 < bench.reports[-1].fraction < 0.6


@pytest.mark.parametrize(
    "method", ["conversations.history", "conversations.replies", "users.info", "conversations.info"]
)
def test_a_cancel_stops_it_at_the_next_call_and_leaves_no_file_behind(
    slack, bench, method, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fill(slack, 600)
    start_thread(slack, HOUR, replies=2)

    def cancel(called: str) -> None:
        bench.cancelled = bench.cancelled or called == method

    slack.on_call = cancel
    with pytest.raises(RunCancelled):
        bench.export(threads=True)
    assert slack.calls[-1][0] == method
    assert bench.files == {}
    assert list(Path(tmp_path).iterdir()) == []


def test_a_private_channel_of_others_is_refused_before_anything_is_read(slack, bench):
    slack.add_channel("C1", "leadership", is_private=True)
    slack.members["C1"] = [BOB]
    with pytest.raises(Refused, match=UNSEEN_CHANNEL):
        bench.export()
    assert not slack.called("conversations.history")


def test_a_private_channel_of_the_requesters_is_exported(slack, bench):
    slack.add_channel("C1", "leadership", is_private=True)
    slack.members["C1"] = [BOB, ANN]
    fill(slack, 3)
    assert bench.export().startswith("Exported 3 messages from <#C1>")


@pytest.mark.parametrize(
    ("error", "words"), [("not_in_channel", "I'm not in #general"), ("channel_not_found", "I can't find")]
)
def test_the_bot_thrown_out_in_the_middle_says_so(slack, bench, error, words):
    fill(slack, 600)
    slack.faults["conversations.history"] += [Fault(body=page(slack, "200")), refused(error)]
    with pytest.raises(Refused, match=words):
        bench.export()


def page(slack: FakeSlack, cursor: str) -> dict:
    return {"ok": True, "messages": slack.history["C1"][:200], "response_metadata": {"next_cursor": cursor}}


def test_an_archived_channel_that_the_bot_was_never_in_is_refused_without_asking_for_an_invitation(
    slack, bench
):
    slack.add_channel("C1", "old-plans", is_archived=True, is_member=False)
    slack.faults["conversations.history"].append(refused("not_in_channel"))
    with pytest.raises(Refused, match="archived"):
        bench.export()


def test_any_other_error_of_slack_is_raised_as_it_is(slack, bench):
    slack.faults["conversations.history"].append(refused("fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        bench.export()


class GeneratedSlack:
    """A channel with as many messages as wanted, none of which exists before its page is asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.newest = time.time() - HOUR

    def conversations_info(self, channel: str) -> dict:
        shown = {"id": channel, "name": "general", "is_private": False, "is_member": True, "created": 0}
        return {"ok": True, "channel": shown}

    def users_info(self, user: str) -> dict:
        return {"ok": True, "user": {"id": user, "profile": {"display_name": f"Person {user}"}}}

    def conversations_history(self, *, limit: int, cursor: str | None = None, **_: object) -> dict:
        start = int(cursor or 0)
        end = min(start + limit, self.count)
        more = str(end) if end < self.count else ""
        messages = [self._message(number) for number in range(start, end)]
        return {"ok": True, "messages": messages, "response_metadata": {"next_cursor": more}}

    def _message(self, number: int) -> dict:
        text = f"Message {number} for <@U{number % 7}>: " + "all is well &amp; good. " * 8
        return {
            "type": "message",
            "user": f"U{number % 20}",
            "ts": f"{self.newest - number:.6f}",
            "text": text,
        }


class CountedUpload(Bench):
    """Counts the rows of what is uploaded without keeping it."""

    def __init__(self, client) -> None:
        super().__init__(client)
        self.size = self.rows_sent = 0
        self.context._upload = self._count

    def _count(self, name: str, file, length: int, title: str | None) -> None:
        self.size = length
        self.rows_sent = sum(line.startswith(b"20") for line in file)


def export_generated(count: int) -> tuple[int, CountedUpload]:
    bench = CountedUpload(GeneratedSlack(count))
    tracemalloc.start()
    try:
        bench.export()
        return tracemalloc.get_traced_memory()[1], bench
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_messages_take_no_more_memory_than_five_thousand():
    peak_of_few, _ = export_generated(5_000)
    peak_of_many, bench = export_generated(100_000)
    assert bench.rows_sent == 100_000
    assert bench.size > 20_000_000
    assert peak_of_many < peak_of_few * 1.25 + 100_000
    assert peak_of_many < 8_000_000
