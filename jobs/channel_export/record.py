"""One message as one row of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.channels.history import Message
from jobs.channels.people import People
from jobs.channels.text import message_text


@dataclass(frozen=True)
class Record:
    """`ts` is Slack's id of the message within its channel.

    Joins, topic changes and the like stay in, told apart by `subtype`: an export that leaves out things
    cannot be counted against the channel.
    """

    time: str
    user: str
    user_id: str
    text: str
    thread_ts: str
    is_reply: bool
    replies: int
    reactions: dict[str, int]
    files: list[str]
    ts: str
    subtype: str


def record_of(message: Message, people: People) -> Record:
    user, user_id = people.author(message)
    return Record(
        time=iso_time(message["ts"]),
        user=user,
        user_id=user_id,
        text=message_text(message, people.name),
        thread_ts=message.get("thread_ts", ""),
        is_reply=message.get("thread_ts", message["ts"]) != message["ts"],
        replies=message.get("reply_count", 0),
        reactions={each["name"]: each["count"] for each in message.get("reactions", ())},
        files=[_file_name(each) for each in message.get("files", ())],
        ts=message["ts"],
        subtype=message.get("subtype", ""),
    )


def iso_time(ts: str) -> str:
    return f"{datetime.fromtimestamp(int(ts.partition('.')[0]), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _file_name(file: dict[str, str]) -> str:
    """A deleted file (mode `tombstone`) and one that this app may not see have no name."""
    return file.get("name") or file.get("title") or f"({file.get('mode', 'file')})"
