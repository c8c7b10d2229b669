"""The Deny button of a run that waits for approval: it asks why."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.approval import build_denial_modal
from listeners.actions.approve import ask_why, say_what_is_decided
from listeners.lazy import lazy_retry_safe
from runs.service import RunService


def ack_deny(ack: Ack, action: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
    ask_why(build_denial_modal(action["value"]), body, client)
    ack()


@lazy_retry_safe
def run_deny(action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    say_what_is_decided(build_denial_modal, runs.check_denial, action["value"], body, context, runs)
