"""Message text: what a person types and what an app sends, in the form Slack stores and delivers it.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable

from simulator.state import Workspace

TYPED = re.compile(
    r"""(?P<url>https?://[^\s<>|"”’]+)
      | (?<![\w@\#/.])@(?P<user>[\w][\w.\-]*)
      | (?<![\w@\#/&])\#(?P<channel>[\w][\w\-]*)
      | (?P<special>[&<>])""",
    re.VERBOSE,
)
# What may stand between < and > in an app's text: a link, a mention, a date.
SPECIAL = re.compile(r"<(?:[@#!][^<>\s][^<>]*|(?:https?|mailto|tel):[^<>]+)>|&(?:amp|lt|gt);|[&<>]")
EVERYBODY = {"channel", "here", "everyone"}
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def from_app(text: str) -> str:
    """An app's text: mentions and links stay, stray `&`, `<` and `>` become entities."""
    return SPECIAL.sub(lambda match: ENTITIES.get(match[0], match[0]), text)


def from_person(text: str, workspace: Workspace, user_id: str, *, labels: bool = False) -> str:
    """A person's text with `@name`, `#channel` and links made into what Slack sends.

    Only channels the person can see are recognised. With `labels` people get a name too
    (`<@U123|ann>`), as in slash commands whose manifest says `should_escape`.
    """
    return TYPED.sub(lambda match: _typed(match, workspace, user_id, labels), text)


def _typed(match: re.Match[str], workspace: Workspace, user_id: str, labels: bool) -> str:
    if match["special"]:
        return ENTITIES[match["special"]]
    if match["url"]:
        url = match["url"].rstrip(".,;:!?)'")
        return f"<{escape(url)}>{match['url'][len(url) :]}"
    if match["user"]:
        return _longest("@", match["user"], lambda name: _mention(name, workspace, labels))
    return _longest("#", match["channel"], lambda name: _channel_link(name, workspace, user_id))


def _longest(mark: str, typed: str, resolve: Callable[[str], str | None]) -> str:
    """The name, or the name without the dots and dashes that end a sentence: "ask @ann."."""
    for name in (typed, typed.rstrip(".-")):
        found = resolve(name)
        if found is not None:
            return found + typed[len(name) :]
    return mark + typed


def _mention(name: str, workspace: Workspace, labels: bool) -> str | None:
    if name in EVERYBODY:
        return f"<!{name}>"
    user = workspace.user_named(name)
    if user is None:
        return None
    return f"<@{user.id}|{user.name}>" if labels else f"<@{user.id}>"


def _channel_link(name: str, workspace: Workspace, user_id: str) -> str | None:
    channel = workspace.channel_named(name.lower())
    if channel is None or not channel.visible_to(user_id):
        return None
    return f"<#{channel.id}|{channel.name}>"
