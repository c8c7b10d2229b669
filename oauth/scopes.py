"""Each scope in plain words, for the admin who has to allow it (https://docs.slack.dev/reference/scopes)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the scope lets the app do, and what the app wants it for. Both are ends of sentences."""

    scope: str
    may: str
    why: str


# A scope that a team adds to manifest.json gets its line here. tests/oauth/test_scopes.py holds the two together.
OF_THE_BOT = {
    "channels:history": (
        "Read messages in public channels it is in",
        "An export is made of them. Only whoever may see the channel may export it.",
    ),
    "channels:read": (
        "See public channels, and who is in them",
        "Channels are chosen by name, and a job checks that whoever started it may see the channel.",
    ),
    "chat:write": (
        "Post messages under its own name",
        "Each run is one message that shows who asked, how far it is and what came of it.",
    ),
    "commands": (
        "Add slash commands and shortcuts",
        "That is how people start jobs and look at what ran.",
    ),
    "files:write": (
        "Upload files",
        "Results too long for a message arrive as a file.",
    ),
    "groups:history": (
        "Read messages in private channels it is in",
        "As for public channels: only members may export one.",
    ),
    "groups:read": (
        "See private channels it is in, and who is in them",
        "A job checks that whoever started it is a member.",
    ),
    "im:write": (
        "Start direct messages",
        "Results go to the person who asked, unless they chose a channel.",
    ),
    "usergroups:read": (
        "See the workspace's user groups, and who is in them",
        "An admin may say that a user group approves a job's runs.",
    ),
    "users:read": (
        "See the names of people in the workspace",
        "Exports name the authors, and guests are told apart from members.",
    ),
}
OF_A_PERSON: dict[str, tuple[str, str]] = {}


def in_words(scopes: Iterable[str], *, of_a_person: bool = False) -> list[Words]:
    """A scope that has no words here is named as Slack names it."""
    known = OF_A_PERSON if of_a_person else OF_THE_BOT
    return [Words(scope, *known.get(scope, (f"Use what Slack calls {scope}", ""))) for scope in scopes]
