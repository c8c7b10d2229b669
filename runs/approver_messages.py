"""What approvers are sent directly, kept in step with the run's record until it is decided.

Whoever was asked is on record before the next one is, so that nobody is asked twice after a crash. What Slack will not
have now is left for `account`; it never keeps the run itself waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from runs.announcer import MESSAGE_IS_GONE
from runs.clients import TROUBLE, Clients
from runs.ledger import Ledger
from runs.run import ApproverMessage, Run

log = logging.getLogger("errand.approvals")

RenderRequest = Callable[[Run, str], Mapping[str, Any]]  # a run and an approver -> `text` and `blocks`

# Somebody who cannot be written to; others may still approve.
OUT_OF_REACH = {
    *MESSAGE_IS_GONE,
    "cannot_dm_bot",
    "messages_tab_disabled",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
}


class ApproverMessages:
    def __init__(self, *, ledger: Ledger, clients: Clients, render: RenderRequest) -> None:
        self._ledger = ledger
        self._clients = clients
        self._render = render
        self._busy: set[str] = set()
        self._changes = threading.Condition()

    def is_busy(self, run_id: str) -> bool:
        """Whether this process is at it."""
        return run_id in self._busy

    def bring_in_step(self, run: Run) -> Run | None:
        """Asks whoever has not been asked yet, and shows all who were how it stands now.

        The run as it was shown, for what changes meanwhile is shown too; None if that has to be tried again.
        """
        with self._alone(run.id):
            client = self._clients.patient(run.team_id, run.enterprise_id)
            shown: dict[str, str] = {}  # an approver's id -> the standing that they see
            run = self._ledger.find(run.team_id, run.id)
            if run.is_decision_shown:
                shown = {each.user: run.standing for each in run.asked}
            while True:
                standing = run.standing
                is_complete = self._ask(client, run, shown) and self._update(client, run, shown)
                run = self._ledger.find(run.team_id, run.id)
                if run.standing == standing:
                    return run if is_complete else None

    def refresh(self, run: Run, user: str) -> None:
        """Of an approver who pressed a button that should have been gone. Raises one of TROUBLE."""
        client = self._clients.patient(run.team_id, run.enterprise_id)
        for message in run.asked:
            if message.user == user:
                self._edit(client, run, message)

    def _ask(self, client: WebClient, run: Run, shown: dict[str, str]) -> bool:
        """False if Slack is in trouble: so it would be with the next one."""
        asked = {each.user for each in run.asked}
        for user in run.to_ask:
            if user in asked or not run.is_open:
                continue
            try:
                message = self._post(client, run, user)
            except TROUBLE as error:
                log.warning("An approver of run %s could not be asked: %s", run.id, type(error).__name__)
                return False
            shown[user] = run.standing
            run = self._ledger.change(run, lambda current: current.asked_of(message))  # noqa: B023
        return True

    def _update(self, client: WebClient, run: Run, shown: dict[str, str]) -> bool:
        is_complete = True
        for message in self._ledger.find(run.team_id, run.id).asked:
            if shown.get(message.user) == run.standing:
                continue
            try:
                self._edit(client, run, message)
                shown[message.user] = run.standing
            except TROUBLE as error:
                log.warning("An approver of run %s was not told: %s", run.id, type(error).__name__)
                is_complete = False
        return is_complete

    def _post(self, client: WebClient, run: Run, user: str) -> ApproverMessage:
        try:
            posted = client.chat_postMessage(
                channel=user, unfurl_links=False, unfurl_media=False, **self._render(run, user)
            )
        except SlackApiError as error:
            if error.response.get("error") not in OUT_OF_REACH:
                raise
            log.info("An approver of run %s cannot be written to: %s", run.id, error.response["error"])
            return ApproverMessage(user, channel_id="", ts="")
        return ApproverMessage(user, channel_id=posted["channel"], ts=posted["ts"])

    def _edit(self, client: WebClient, run: Run, message: ApproverMessage) -> None:
        if not message.ts:
            return
        try:
            client.chat_update(channel=message.channel_id, ts=message.ts, **self._render(run, message.user))
        except SlackApiError as error:
            if error.response.get("error") not in OUT_OF_REACH:
                raise

    @contextmanager
    def _alone(self, run_id: str) -> Iterator[None]:
        """One thread at a time for a run; whoever comes second shows what the first recorded."""
        with self._changes:
            self._changes.wait_for(lambda: run_id not in self._busy)
            self._busy.add(run_id)
        try:
            yield
        finally:
            with self._changes:
                self._busy.discard(run_id)
                self._changes.notify_all()
