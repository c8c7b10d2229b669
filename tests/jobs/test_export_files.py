"""What a message becomes in the file."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from jobs.channel_export.backwards import BLOCK, BackwardsFile
from jobs.channel_export.formats import COLUMNS, FORMATS
from jobs.channel_export.record import Record, record_of
from jobs.channels.people import People
from jobs.channels.period import Period
from jobs.channels.text import message_text, readable
from tests.fake_slack import ANN, BOB, fake_slack

NAMES = {"U1": "Ann", "U2": "Zoë & Co"}


def name_of(user_id: str) -> str:
    return NAMES.get(user_id, user_id)


@pytest.mark.parametrize(
    ("slacks", "text"),
    [
        ("Hello <@U1>, meet <@U2|zoe> and <@U9>", "Hello @Ann, meet @Zoë & Co and @U9"),
        ("in <#C1|general> and <#C2> and <#C3|>", "in #general and #C2 and #C3"),
        ("<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@platform> <!subteam^S2>", "@platform @S2"),
        ("<!date^1392734382^{date_short}|18 Feb 2014>", "18 Feb 2014"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com/|example.com>", "https://example.com/"),
        ("<https://example.com|our page>", "our page (https://example.com)"),
        ("<mailto:ann@example.com|ann@example.com>", "ann@example.com"),
        ("<tel:+4930123|+49 30 123>", "+49 30 123 (+4930123)"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("typed as &amp;lt;b&amp;gt;", "typed as &lt;b&gt;"),
        ("&lt;@U1&gt; is no mention", "<@U1> is no mention"),
        ("a lone < and <> stay", "a lone < and <> stay"),
        ("שלום <@U1> 👋 :tada:", "שלום @Ann 👋 :tada:"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_slacks_markup_becomes_readable_text(slacks, text):
    assert readable(slacks, name_of) == text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "said", "attachments": [{"text": "unfurled"}]}, "said"),
        (
            {"text": "", "attachments": [{"title": "Build 7", "text": "failed by <@U1>"}]},
            "Build 7\nfailed by @Ann",
        ),
        ({"attachments": [{"fallback": "an image"}, {}]}, "an image"),
        (
            {
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
                    {"type": "divider"},
                    {"type": "section", "fields": [{"type": "mrkdwn", "text": "by <@U1>"}]},
                ]
            },
            "Deploy\nby @Ann",
        ),
        ({}, ""),
    ],
)
def test_what_apps_say_outside_of_text_is_found(message, text):
    assert message_text(message, name_of) == text


@pytest.mark.parametrize(
    ("message", "author"),
    [
        ({"user": ANN}, ("Ann", ANN)),
        ({"user": "U404"}, ("U404", "U404")),
        ({"bot_id": "B1", "username": "Deployer"}, ("Deployer", "B1")),
        ({"bot_id": "B1", "user": "U5", "bot_profile": {"name": "Pager"}}, ("Pager", "U5")),
        ({"bot_id": "B1"}, ("B1", "B1")),
        (
            {"user": "U6", "user_profile": {"display_name": "", "real_name": "Guest of ours"}},
            ("Guest of ours", "U6"),
        ),
        ({}, ("", "")),
    ],
)
def test_the_author_is_who_slack_shows(message, author):
    with fake_slack() as slack:
        assert People(slack.client, lambda: None).author(message) == author


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "", "real_name": "Bob Builder"}}, "Bob Builder"),
        ({"profile": {}, "real_name": "Bob B."}, "Bob B."),
        ({"profile": {}, "name": "bob"}, "bob"),
        ({"profile": {}}, BOB),
    ],
)
def test_people_without_a_display_name_go_by_the_next_best(user, name):
    with fake_slack() as slack:
        slack.users[BOB] = {"id": BOB, **user}
        assert People(slack.client, lambda: None).name(BOB) == name


def record(**more) -> Record:
    values = {
        "time": "2026-11-23T08:00:00Z",
        "user": "Ann",
        "user_id": "U1",
        "text": "Hello",
        "thread_ts": "",
        "is_reply": False,
        "replies": 0,
        "reactions": {},
        "files": [],
        "ts": "1795420800.000100",
        "subtype": "",
    }
    return Record(**{**values, **more})


def cells(**more) -> dict[str, str]:
    content = FORMATS["csv"].head + FORMATS["csv"].encode([record(**more)]).decode()
    [row] = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    return row


def test_a_message_becomes_a_record_with_all_that_slack_says_of_it():
    message = {
        "ts": "1795420800.000100",
        "thread_ts": "1795420700.000100",
        "user": ANN,
        "text": "Here",
        "subtype": "thread_broadcast",
        "reactions": [{"name": "+1", "count": 2, "users": []}, {"name": "tada", "count": 1, "users": []}],
        "files": [{"id": "F1", "name": "plan.pdf"}, {"id": "F2", "mode": "tombstone"}],
    }
    with fake_slack() as slack:
        made = record_of(message, People(slack.client, lambda: None))
    assert made == Record(
        time="2026-11-23T08:00:00Z",
        user="Ann",
        user_id=ANN,
        text="Here",
        thread_ts="1795420700.000100",
        is_reply=True,
        replies=0,
        reactions={"+1": 2, "tada": 1},
        files=["plan.pdf", "(tombstone)"],
        ts="1795420800.000100",
        subtype="thread_broadcast",
    )


def test_a_csv_begins_with_the_mark_by_which_excel_knows_utf_8_and_its_columns():
    assert FORMATS["csv"].head.encode().startswith(b"\xef\xbb\xbftime,user,user_id,text,")
    assert COLUMNS[-2:] == ("ts", "subtype")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_made_text(text):
    assert cells(text=text)["text"] == f"'{text}"
    assert cells(user=text)["user"] == f"'{text}"
    assert cells(files=[text])["files"] == f"'{text}"


@pytest.mark.parametrize("text", ['Hello, "you"', "two\nlines", "a=b", "שלום 👋", "", "x" * 40_000])
def test_any_other_text_comes_back_as_it_was(text):
    assert cells(text=text)["text"] == text


def test_reactions_and_files_share_a_cell_each():
    row = cells(reactions={"+1": 2, "tada": 1}, files=["a.pdf", "b.png"])
    assert row["reactions"] == ":+1: 2, :tada: 1"
    assert row["files"] == "a.pdf, b.png"


def test_json_keeps_numbers_lists_and_text_as_they_are():
    text = FORMATS["json"].row(record(text="=1+1 שלום", replies=3, files=["a"], reactions={"+1": 2}))
    assert "שלום" in text
    assert json.loads(text) == vars(record(text="=1+1 שלום", replies=3, files=["a"], reactions={"+1": 2}))


@pytest.mark.parametrize("name", ["csv", "json"])
def test_half_of_a_surrogate_pair_does_not_stop_the_export(name):
    assert b"a?b" in FORMATS[name].encode([record(text="a\ud83db")])


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK * 2 + 5])
def test_pages_come_back_last_first_whatever_their_size(size):
    file = BackwardsFile(io.BytesIO())
    for letter in (b"c", b"b", b"a"):
        file.start_page()
        file.write(letter * size)
    blocks = list(file.blocks())
    assert b"".join(blocks) == b"a" * size + b"b" * size + b"c" * size
    assert all(len(block) <= BLOCK for block in blocks)


def test_a_period_names_both_years_only_when_they_differ():
    end = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert str(Period.last(30, now=end)) == "24 Oct – 23 Nov 2026"
    assert str(Period.last(365, now=end)) == "23 Nov 2025 – 23 Nov 2026"
    assert Period.last(1, now=end).start == end - timedelta(days=1)
