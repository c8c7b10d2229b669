"""Keeps people told: one message per run, edited through its life, and private notes.

Where things go: the run's message is in the channel where the run was asked for, if the bot and the requester are in
it, else in a direct message; results go to a direct message unless the requester chose the channel.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from runs.access import readable_channel
from runs.clients import TROUBLE, Clients, is_response_url
from runs.errors import Refused
from runs.ledger import Ledger
from runs.run import MessageRef, Results, Run

log = logging.getLogger("errand.announcer")

Render = Callable[[Run], Mapping[str, Any]]  # a run -> `text` and `blocks` of its message

# The channel takes no message from the bot: the run's message goes to a direct message instead.
CLOSED_TO_THE_BOT = {
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "restricted_action",
    "read_only_channel",
}
# The message can no longer be edited: a new one has to be posted.
MESSAGE_IS_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", *CLOSED_TO_THE_BOT}


class Announcer:
    def __init__(self, *, ledger: Ledger, clients: Clients, render: Render) -> None:
        self._ledger = ledger
        self._clients = clients
        self._render = render
        self._one_at_a_time: WeakValueDictionary[str, _Lock] = WeakValueDictionary()

    def show(self, run: Run, *, brisk: bool = False) -> Run:
        """Makes the run's message agree with its record as it is now, posting it if there is none yet.

        Raises one of TROUBLE if Slack will not have it, which `brisk` finds out with a single try.
        """
        # A progress bar and a click may both want to edit: whoever comes second shows what the first recorded.
        with self._one_at_a_time.setdefault(run.id, _Lock()):
            while True:
                shown, now = self._show_once(run, brisk=brisk)
                if (now.state, now.standing, now.turn) == (shown.state, shown.standing, shown.turn):
                    return now

    def _show_once(self, run: Run, *, brisk: bool) -> tuple[Run, Run]:
        """The run as it was shown, and as it is now: somebody in another process may have changed it meanwhile."""
        current = self._ledger.find(run.team_id, run.id)
        client = self._client(current, brisk=brisk)
        if current.message is None:
            message, note = self._post(client, current)
        else:
            message, note = self._edit(client, current, current.message), current.message_note
        return current, self._ledger.change(
            current,
            lambda run: replace(
                run,
                message=message,
                message_note=note,
                announced=current.state,
                turn_shown=current.turn,
            ),
        )

    def try_to_show(self, run: Run, *, brisk: bool = False) -> None:
        """For what matters less than what comes next; the end of a run is shown in any case."""
        try:
            self.show(run, brisk=brisk)
        except TROUBLE as error:
            log.warning("Run %s could not be shown: %s", run.id, type(error).__name__)

    def tell(self, run: Run, text: str) -> Run:
        """Tells the requester alone how the run ended, where they asked if that is possible, else directly.

        Like all that follow here, it raises one of TROUBLE if Slack will not have it.
        """
        message = {**self._render(run), "text": text}
        if not (run.response_url and self._respond(run.response_url, **message)):
            self._client(run).chat_postMessage(
                channel=self._direct_messages(self._client(run), run),
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        return self._ledger.change(run, lambda current: replace(current, announced=current.state))

    def tell_in_thread(self, run: Run, text: str) -> None:
        """Beside the run's message, whose edit alone notifies nobody."""
        if run.message:
            self._send(run, run.message.channel_id, text, thread_ts=run.message.ts)

    def results_channel(self, run: Run) -> str:
        """The id of the conversation that the result and the files belong in."""
        if run.results is Results.HERE and run.message:
            return run.message.channel_id
        return self._direct_messages(self._client(run), run)

    def send_result(self, run: Run, text: str) -> None:
        """Sends the result to the requester, unless the run's message already shows it to the right people."""
        channel_id = self.results_channel(run)
        if run.message is None or run.message.channel_id != channel_id:
            self._send(run, channel_id, text)

    def post_result(self, run: Run, message: Mapping[str, Any]) -> str:
        """In a message of its own, where the result belongs; returns its permalink."""
        client = self._client(run)
        channel_id = self.results_channel(run)
        posted = client.chat_postMessage(
            channel=channel_id, unfurl_links=False, unfurl_media=False, **message
        )
        try:
            link: str = client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])[
                "permalink"
            ]
        except TROUBLE:
            return ""  # it is there all the same
        return link

    def _post(self, client: WebClient, run: Run) -> tuple[MessageRef, str | None]:
        message = self._post_where_asked(client, run)
        if message:
            return message, None
        direct = self._direct_messages(client, run)
        if run.channel_id in (None, direct):
            return self._post_to(client, direct, run), None
        note = f"I can't post in {_where_asked(run)}, so I'll keep you posted here."
        if run.response_url:
            self._respond(run.response_url, _note_where_asked(run))
        return self._post_to(client, direct, replace(run, message_note=note)), note

    def _post_where_asked(self, client: WebClient, run: Run) -> MessageRef | None:
        """None where the bot may not post, or its requester may not read (the id came through their browser)."""
        if run.channel_id is None:
            return None
        try:
            readable_channel(client, run.channel_id, run.requester)
            return self._post_to(client, run.channel_id, run)
        except Refused:
            return None
        except SlackApiError as error:
            if error.response["error"] in CLOSED_TO_THE_BOT:
                return None
            raise

    def _edit(self, client: WebClient, run: Run, message: MessageRef) -> MessageRef:
        try:
            client.chat_update(channel=message.channel_id, ts=message.ts, **self._render(run))
        except SlackApiError as error:
            if error.response["error"] not in MESSAGE_IS_GONE:
                raise
            return self._post_to(client, self._direct_messages(client, run), run)
        return message

    def _post_to(self, client: WebClient, channel_id: str, run: Run) -> MessageRef:
        # what is shown depends on who can read it
        there = replace(run, message=MessageRef(channel_id, ts=""))
        posted = client.chat_postMessage(
            channel=channel_id, unfurl_links=False, unfurl_media=False, **self._render(there)
        )
        return MessageRef(channel_id=posted["channel"], ts=posted["ts"])

    def _send(self, run: Run, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        self._client(run).chat_postMessage(
            channel=channel_id, text=text, thread_ts=thread_ts, unfurl_links=False, unfurl_media=False
        )

    def _respond(self, response_url: str, text: str, blocks: Sequence[Any] | None = None) -> bool:
        """False if the URL has expired (30 minutes, 5 uses), is not Slack's, or cannot be reached."""
        if not is_response_url(response_url, self._clients.api_url):
            return False
        try:
            answer = WebhookClient(response_url, timeout=10).send(
                text=text, blocks=blocks, response_type="ephemeral", replace_original=False
            )
        except TROUBLE as error:
            log.warning("A response_url could not be reached: %s", type(error).__name__)
            return False
        return answer.status_code == 200

    def _client(self, run: Run, *, brisk: bool = False) -> WebClient:
        make = self._clients.brisk if brisk else self._clients.patient
        return make(run.team_id, run.enterprise_id)

    def _direct_messages(self, client: WebClient, run: Run) -> str:
        channel: dict[str, str] = client.conversations_open(users=run.requester)["channel"]
        return channel["id"]


def _where_asked(run: Run) -> str:
    """Nobody can link to the direct messages of two people, or may name them to others."""
    return f"<#{run.channel_id}>" if _is_channel(run) else "the conversation where you asked for it"


def _note_where_asked(run: Run) -> str:
    note = f"I can't post in {_where_asked(run)}, so I'll keep you posted in our direct messages."
    return (
        f"{note} Invite me with `/invite @Errand` to have the next ones there." if _is_channel(run) else note
    )


def _is_channel(run: Run) -> bool:
    return run.channel_id is not None and not run.channel_id.startswith("D")


class _Lock:
    """A lock that a WeakValueDictionary can hold: it lasts for as long as somebody uses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()
