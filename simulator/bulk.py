"""Many messages at once, for tests of paging and of long exports."""

import time
from itertools import cycle, islice

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.ids import format_ts, parse_ts
from simulator.state import Channel, Json

DAY_MICROS = 86_400 * 1_000_000


def given_messages(sim: Simulator, channel: Channel, given: list[Json]) -> list[Json]:
    """Messages as a test wrote them: `{user, text, ts?, thread_ts?}`, text in the form Slack stores."""
    return [_given(sim, channel, each) for each in given]


def bulk_messages(sim: Simulator, channel: Channel, count: int, days: float) -> list[Json]:
    """`count` messages of the channel's people, evenly over the last `days`."""
    people = [each for each in channel.members if not sim.workspace.users[each].is_bot]
    authors = islice(cycle(people or [sim.workspace.default_user]), count)
    now = time.time_ns() // 1000
    start, step = now - int(days * DAY_MICROS), int(days * DAY_MICROS) // max(count, 1)
    team = sim.workspace.team_id
    times = (channel.history.free_ts(format_ts(start + step * number)) for number in range(count))
    return [
        {"type": "message", "user": user, "text": f"Message {number} of {count}", "ts": ts, "team": team}
        for number, (user, ts) in enumerate(zip(authors, times, strict=True), start=1)
    ]


def _given(sim: Simulator, channel: Channel, given: Json) -> Json:
    user, text = given.get("user"), given.get("text")
    if user not in sim.workspace.users or not isinstance(text, str):
        raise SimError("invalid_arguments", "Each message needs the id of a person as “user”, and a “text”.")
    ts = _time(given, "ts") or sim.timestamps.next()
    message: Json = {"type": "message", "user": user, "text": text, "team": sim.workspace.team_id}
    message |= {key: value for key, value in given.items() if key not in ("ts", "thread_ts")}
    message["ts"] = channel.history.free_ts(ts)
    thread_ts = _time(given, "thread_ts")
    return message | ({"thread_ts": thread_ts} if thread_ts else {})


def _time(given: Json, key: str) -> str | None:
    text = given.get(key)
    ts = parse_ts(text) if isinstance(text, str) else None
    if text is not None and ts is None:
        raise SimError("invalid_arguments", f"“{key}” must be a message's ts, as text.")
    return ts
