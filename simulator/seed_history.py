"""Sixty days of talk in working hours, from the texts of seed_talk."""

import random
import time
from dataclasses import dataclass, field

from simulator.file_store import FileStore
from simulator.ids import format_ts, new_id
from simulator.seed_talk import (
    DIRECT,
    ENGINEERING,
    GENERAL,
    INCIDENTS,
    LAUNCH,
    LEADERSHIP,
    RANDOM,
    REACTIONS,
    RELEASES,
    SLOTS,
    SPECIAL,
    SUPPORT,
    Exchange,
)
from simulator.state import Channel, File, Json, Workspace

DAY = 86_400
# Channel, its texts, how many messages (replies too) and over which days before today.
PLAN: tuple[tuple[str, tuple[Exchange, ...], int, int, int], ...] = (
    ("general", GENERAL, 350, 0, 30),
    ("general", GENERAL, 90, 30, 60),
    ("engineering", ENGINEERING, 150, 0, 60),
    ("support", SUPPORT, 120, 0, 60),
    ("random", RANDOM, 50, 0, 60),
    ("releases", RELEASES, 24, 0, 60),
    ("leadership", LEADERSHIP, 30, 0, 60),
    ("incident-review", INCIDENTS, 16, 0, 60),
    ("summer-launch", LAUNCH, 16, 50, 60),
)
THREADED = 0.32
REFUNDS = "departure,line,tickets,refunded\n2026-09-04,Norrvik Lines,212,31\n2026-09-11,Elva Ferries,148,9\n"


@dataclass
class Filler:
    """Writes one channel's past."""

    workspace: Workspace
    rng: random.Random
    # Of its own, for how often it is asked depends on today's weekday, and the talk should not.
    moments: random.Random
    now: float
    names: dict[str, str] = field(default_factory=dict)

    def exchanges(
        self, channel: Channel, texts: tuple[Exchange, ...], count: int, since: int, until: int
    ) -> None:
        left, deck = count, list[Exchange]()
        while left > 0:
            deck = deck or self.rng.sample(texts, len(texts))
            opening, replies = deck.pop()
            left -= self._exchange(channel, opening, replies[: left - 1], self.moment(since, until))

    def say(self, channel: Channel, author: str, text: str, at: float, **more: object) -> Json:
        ts = channel.history.free_ts(format_ts(int(at * 1_000_000) + self.rng.randrange(1_000_000)))
        message: Json = {"type": "message", "user": author, "text": self._filled(text), "ts": ts}
        message |= {"team": self.workspace.team_id, **more}
        channel.history.add(message)
        return message

    def moment(self, since: int, until: int) -> float:
        """A time in working hours on a weekday, that many days ago."""
        while True:
            day = self.now - self.moments.uniform(since, until) * DAY
            at = day - day % DAY + self.moments.triangular(8.3, 18.2, 11) * 3600
            if at < self.now - 3600 and time.gmtime(at).tm_wday < 5 and at > self.now - until * DAY:
                return at

    def _exchange(self, channel: Channel, opening: str, replies: tuple[str, ...], at: float) -> int:
        people = self.rng.sample(channel.members, len(channel.members))
        people = [each for each in people if each != self.workspace.bot_user_id]
        parent = self.say(channel, people[0], opening, at)
        self._touch(parent, people)
        in_thread = {"thread_ts": parent["ts"]} if self.rng.random() < THREADED else {}
        for number, reply in enumerate(replies, start=1):
            at = min(at + self.rng.uniform(40, 900), self.now - 60)
            message = self.say(channel, people[number % len(people)], reply, at, **in_thread)
            self._touch(message, people)
        return 1 + len(replies)

    def _touch(self, message: Json, people: list[str]) -> None:
        if self.rng.random() < 0.16:
            message["reactions"] = self._reactions(people)
        if self.rng.random() < 0.03:
            message["edited"] = {"user": message["user"], "ts": f"{int(float(message['ts'])) + 90}.000000"}

    def _reactions(self, people: list[str]) -> list[Json]:
        chosen = self.rng.sample(REACTIONS, self.rng.choice((1, 1, 2)))
        crowds = [self.rng.sample(people, self.rng.randint(1, min(4, len(people)))) for _ in chosen]
        return [{"name": n, "users": c, "count": len(c)} for n, c in zip(chosen, crowds, strict=True)]

    def _filled(self, text: str) -> str:
        picks = {slot: self.rng.choice(values) for slot, values in SLOTS.items()}
        return text.format_map({**self.names, **picks, "who": self.names[picks["who"]]})


def fill(workspace: Workspace, files: FileStore, rng: random.Random) -> None:
    mentions = {user.name: f"<@{user.id}>" for user in workspace.people()}
    links = {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in workspace.channels.values() if c.name}
    filler = Filler(workspace, rng, random.Random(rng.random()), time.time(), mentions | links)
    channels = {channel.name: channel for channel in workspace.channels.values()}
    for name, texts, count, since, until in PLAN:
        filler.exchanges(channels[name], texts, count, since, until)
    for name, author, text in SPECIAL:
        filler.say(channels[name], _id(workspace, author), text, filler.moment(1, 20))
    for channel in workspace.channels.values():
        if channel.kind == "im":
            _chat(filler, channel)
    _share_file(filler, channels["support"], files)
    _mark_read(workspace, rng)


def _chat(filler: Filler, channel: Channel) -> None:
    at = filler.moment(2, 9)
    for number, (text, _) in enumerate(DIRECT):
        filler.say(channel, channel.members[number % 2], text, at + number * 47)


def _share_file(filler: Filler, channel: Channel, files: FileStore) -> None:
    author, at = _id(filler.workspace, "wen"), filler.moment(3, 8)
    file = File(
        new_id("F", filler.rng),
        "september-refunds.csv",
        "Refunds in September",
        author,
        int(at),
        0,
        "text/csv",
    )
    files.path(file.id).write_text(REFUNDS, encoding="utf-8")
    file.size = len(REFUNDS)
    message = filler.say(
        channel, author, "The refunds of September, as promised.", at, files=[{"id": file.id}]
    )
    file.channels, file.shares = [channel.id], [(channel.id, message["ts"])]
    filler.workspace.files[file.id] = file


def _mark_read(workspace: Workspace, rng: random.Random) -> None:
    """Everybody has read everything but the last few messages here and there."""
    for channel in workspace.channels.values():
        for member in channel.members:
            unread = rng.choice((0, 0, 0, 1, 3))
            timeline = channel.history.timeline
            channel.last_read[member] = timeline[-1 - min(unread, len(timeline) - 1)]


def _id(workspace: Workspace, name: str) -> str:
    user = workspace.user_named(name)
    assert user is not None
    return user.id
