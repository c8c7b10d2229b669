import itertools
from collections.abc import Iterator

import pytest

from tests.simulator.office import Office


def pages(office: Office, method: str, key: str, **args: object) -> Iterator[list[object]]:
    cursor = ""
    while True:
        answer = office.api(method, **args, **({"cursor": cursor} if cursor else {}))
        assert answer["ok"], answer.raw
        yield answer[key]
        cursor = answer.body.get("response_metadata", {}).get("next_cursor", "")
        if not cursor:
            return


def times(messages: list[dict[str, str]]) -> list[str]:
    return [message["ts"] for message in messages]


def test_history_is_newest_first_and_pages_lose_and_repeat_nothing(office: Office) -> None:
    office.control("limits", enabled=False)
    channel = office.channel("general")
    seen = [
        m["ts"]
        for page in pages(office, "conversations.history", "messages", channel=channel, limit=37)
        for m in page
    ]
    everything = times(office.messages(channel, office.person(), limit=1000))
    assert seen == sorted(everything, reverse=True)


def test_history_keeps_to_its_bounds(office: Office) -> None:
    channel = office.channel("general")
    newest = times(office.api("conversations.history", channel=channel, limit=10)["messages"])
    bounds = {"channel": channel, "oldest": newest[6], "latest": newest[2]}
    assert times(office.api("conversations.history", **bounds)["messages"]) == newest[3:6]
    assert times(office.api("conversations.history", **bounds, inclusive=True)["messages"]) == newest[2:7]


def test_a_message_that_comes_while_paging_moves_no_page(office: Office) -> None:
    channel = office.channel("general")
    everything = office.api("conversations.history", channel=channel, limit=20)
    first = office.api("conversations.history", channel=channel, limit=10)
    office.post("/sim/messages", user=office.person(), channel=channel, text="in between")
    cursor = first["response_metadata"]["next_cursor"]
    second = office.api("conversations.history", channel=channel, limit=10, cursor=cursor)
    assert times(first["messages"] + second["messages"]) == times(everything["messages"])


def test_replies_begin_with_the_parent_and_page(office: Office) -> None:
    channel, ann = office.channel("general"), office.person()
    parent = office.post("/sim/messages", user=ann, channel=channel, text="a question")["message"]["ts"]
    for number in range(5):
        office.post("/sim/messages", user=ann, channel=channel, text=str(number), thread_ts=parent)
    threads = pages(office, "conversations.replies", "messages", channel=channel, ts=parent, limit=2)
    texts = [each["text"] for each in itertools.chain(*threads)]
    assert texts == ["a question", "0", "1", "2", "3", "4"]
    history = office.api("conversations.history", channel=channel, limit=1)["messages"][0]
    assert (history["ts"], history["reply_count"]) == (parent, 5)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "made up"}, "invalid_cursor"),
        ({"cursor": "ZZZZ"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "12345678901234567890"}, "invalid_ts_latest"),
        ({"channel": "C0UNKNOWN"}, "channel_not_found"),
        ({"channel": ""}, "channel_not_found"),
    ],
)
def test_history_refuses_bad_arguments_by_name(office: Office, args: dict[str, object], error: str) -> None:
    arguments = {"channel": office.channel("general"), **args}
    assert office.api("conversations.history", **arguments).error == error


def test_a_public_channel_the_bot_is_not_in_is_known_but_closed(office: Office) -> None:
    channel = office.channel("random")
    assert office.api("conversations.info", channel=channel)["channel"]["is_member"] is False
    assert office.api("conversations.history", channel=channel).error == "not_in_channel"
    assert office.api("chat.postMessage", channel=channel, text="hello").error == "not_in_channel"


def test_a_private_channel_the_bot_is_not_in_does_not_exist_for_it(office: Office) -> None:
    channel = office.channel("incident-review")
    for method in ("info", "history", "members", "replies"):
        assert office.api(f"conversations.{method}", channel=channel, ts="1.0").error == "channel_not_found"
    assert office.api("chat.postMessage", channel=channel, text="hello").error == "channel_not_found"
    listed = office.api("conversations.list", types="public_channel,private_channel", limit=1000)["channels"]
    assert "leadership" in {each["name"] for each in listed}
    assert "incident-review" not in {each["name"] for each in listed}


def test_a_message_into_an_archived_channel_is_refused(office: Office) -> None:
    channel = office.channel("summer-launch")
    office.control("members", channel=channel, add=[office.bot])
    assert office.api("chat.postMessage", channel=channel, text="hello").error == "is_archived"


def test_lists_page_by_cursor(office: Office) -> None:
    listed = pages(office, "conversations.list", "channels", limit=2)
    assert len({each["id"] for each in itertools.chain(*listed)}) == 6
    members = list(
        pages(office, "conversations.members", "members", channel=office.channel("general"), limit=4)
    )
    assert [len(page) for page in members] == [4, 4, 2]
    people = itertools.chain(*pages(office, "users.list", "members", limit=5))
    assert len({each["id"] for each in people}) == 13


def test_unknown_types_of_conversations_are_refused(office: Office) -> None:
    assert office.api("conversations.list", types="public").error == "invalid_types"


def test_a_direct_message_is_opened_once(office: Office) -> None:
    tomas = office.person("tomas")
    first = office.api("conversations.open", users=tomas)
    again = office.api("conversations.open", users=tomas)
    assert first["channel"] == again["channel"]
    assert again["already_open"] is True
    assert office.api("conversations.open", users="U0NOBODY").error == "user_not_found"
    assert office.api("conversations.open").error == "users_list_not_supplied"


def test_the_bot_joins_a_public_channel(office: Office) -> None:
    channel = office.channel("releases")
    assert office.api("conversations.join", channel=channel)["channel"]["is_member"] is True
    assert office.api("conversations.join", channel=channel)["warning"] == "already_in_channel"
    assert office.messages(channel, office.person("tomas"))[-1]["subtype"] == "channel_join"


def test_a_hundred_thousand_messages_are_read_to_the_end(office: Office) -> None:
    office.control("limits", enabled=False)
    channel = office.channel("engineering")
    assert office.control("messages", channel=channel, count=100_000, days=30)["added"] == 100_000
    read = sum(
        len(page) for page in pages(office, "conversations.history", "messages", channel=channel, limit=999)
    )
    assert read > 100_000


def test_users_list_takes_its_documented_default_limit(office: Office) -> None:
    assert len(office.api("users.list", limit=0)["members"]) > 10


def test_what_a_person_wrote_comes_with_its_rich_text(office: Office) -> None:
    joined, text = office.channel("general"), "Hello @leila"
    posted = office.post("/sim/messages", user=office.person(), channel=joined, text=text)["message"]
    (message,) = office.api("conversations.history", channel=joined, limit=1)["messages"]
    (block,) = message["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "Hello "},
        {"type": "user", "user_id": office.person("leila")},
    ]
    (reply,) = office.api("conversations.replies", channel=joined, ts=posted["ts"])["messages"]
    assert reply["blocks"] == message["blocks"]
