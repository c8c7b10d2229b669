import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from tests.simulator.office import PATIENCE, SILENCE, App, Json, Office

Stream = Iterator[tuple[int | None, Json]]


@contextmanager
def listening(office: Office, who: str = "ann", last_id: int | None = None) -> Iterator[Stream]:
    headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    request = Request(f"{office.url}/sim/events?user={office.person(who)}", headers=headers)
    with urlopen(request, timeout=PATIENCE) as stream:
        events = frames(stream)
        yield events


def frames(stream: Any) -> Stream:
    number = None
    for line in stream:
        if line.startswith(b"id:"):
            number = int(line[3:])
        elif line.startswith(b"data:"):
            yield number, json.loads(line[5:])
            number = None


def until(events: Stream, kind: str) -> Json:
    return next(event for _, event in events if event["type"] == kind)


def say(office: Office, text: str, channel: str = "general", **more: object) -> Json:
    body = {"user": office.person(more.pop("who", "ann")), "channel": office.channel(channel)}
    return dict(office.post("/sim/messages", text=text, **body, **more)["message"])


def test_a_message_is_heard_with_its_conversation(office: Office) -> None:
    with listening(office) as events:
        assert next(events)[1] == {"type": "hello"}
        said = say(office, "hello <world> & @leila")
        heard = until(events, "message")
    assert heard == {"type": "message", "channel": office.channel("general"), "message": said}
    assert said["text"] == f"hello &lt;world&gt; &amp; <@{office.person('leila')}>"


def test_a_reply_changes_its_parent(office: Office) -> None:
    parent = say(office, "parent")
    with listening(office) as events:
        next(events)
        say(office, "reply", thread_ts=parent["ts"])
        assert until(events, "message_changed")["message"]["reply_count"] == 1


def test_private_talk_is_not_heard_outside(office: Office) -> None:
    with listening(office) as ann, listening(office, "margit") as margit:
        next(ann), next(margit)
        say(office, "secret", channel="leadership", who="margit")
        say(office, "open")
        assert until(margit, "message")["message"]["text"] == "secret"
        assert until(ann, "message")["message"]["text"] == "open"


def test_unread_counts_others_messages_until_they_are_read(office: Office) -> None:
    channel = office.channel("support")
    office.post(f"/sim/conversations/{channel}/read", user=office.person())
    with listening(office) as events:
        next(events)
        say(office, "from Leila", channel="support", who="leila")
        assert until(events, "unread") == {"type": "unread", "channel": channel, "count": 1}
        office.post(f"/sim/conversations/{channel}/read", user=office.person())
        assert until(events, "unread")["count"] == 0


def test_bulk_messages_are_one_event(office: Office) -> None:
    with listening(office) as events:
        next(events)
        office.control("messages", channel=office.channel("general"), count=5000, days=3)
        assert next(events)[1].items() >= {"type": "channel", "reload": True}.items()


def test_a_browser_that_comes_back_gets_what_it_missed(office: Office) -> None:
    with listening(office) as events:
        last_id = next(events)[0]
    said = [say(office, text)["ts"] for text in ("one", "two")]
    with listening(office, last_id=last_id) as events:
        assert next(events)[1] == {"type": "hello"}
        heard = [until(events, "message")["message"]["ts"] for _ in said]
    assert heard == said


def test_a_browser_of_another_time_is_told_to_load_anew(office: Office) -> None:
    with listening(office, last_id=10**9) as events:
        assert next(events)[1] == {"type": "hello", "reset": True}


def test_connections_come_and_go_before_everybodys_eyes(office: Office, app: App) -> None:
    with listening(office) as events:
        next(events)
        app.reconnected(lambda: office.control("disconnect", reason="refresh_requested"))
        assert until(events, "connection")["connected"] in (True, False)


def test_a_press_nobody_acks_is_a_toast(office: Office, app: App) -> None:
    channel, text = office.channel("general"), {"type": "plain_text", "text": "Go"}
    blocks = [
        {
            "type": "actions",
            "block_id": "b",
            "elements": [{"type": "button", "action_id": "go", "text": text}],
        }
    ]
    ts = office.api("chat.postMessage", channel=channel, text="Press", blocks=blocks)["ts"]
    office.control("timing", ack_ms=30)
    app.answer = lambda request: SILENCE
    with listening(office) as events:
        next(events)
        container = {"type": "message", "channel": channel, "ts": ts}
        office.post("/sim/actions", user=office.person(), container=container, block_id="b", action_id="go")
        assert until(events, "toast")["level"] == "error"
