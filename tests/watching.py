"""What a test waits to see in the offline workspace."""

from __future__ import annotations

from typing import Any

from blocks.run_message import RUN_AGAIN
from tests.workspace import Person, Workspace, find_element, text_of


def message_with(person: Person, channel: str | None, words: str) -> dict[str, Any] | None:
    """The newest message with these words in it; no channel means the direct messages with the app."""
    messages = person.messages(channel) if channel else person.direct_messages()
    return next((message for message in reversed(messages) if words in text_of(message)), None)


def file_of(person: Person, workspace: Workspace) -> dict[str, Any]:
    """The newest file that the app has sent the person directly."""

    def look() -> dict[str, Any] | None:
        files = [file for message in person.direct_messages() for file in message.get("files", [])]
        return files[-1] if files else None

    return workspace.eventually(look)


def run_message(person: Person, channel: str, title: str) -> dict[str, Any] | None:
    """The newest message of a run of that title: not the ack, which names it too, and may come after it."""
    lasting = (each for each in reversed(person.messages(channel)) if not each.get("is_ephemeral"))
    return next((each for each in lasting if title in text_of(each)), None)


def run_message_with(person: Person, channel: str, title: str, action_id: str) -> dict[str, Any] | None:
    """The same, if it has that button."""
    message = run_message(person, channel, title)
    return message if message and find_element(message, action_id) else None


def done(person: Person, workspace: Workspace, channel: str, title: str) -> dict[str, Any]:
    """The run's message once its run has ended."""
    return workspace.eventually(lambda: run_message_with(person, channel, title, RUN_AGAIN))
