"""The global shortcut “Run a job”."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.origin import Origin
from blocks.picker import build_picker_modal
from listeners.lazy import lazy_retry_safe
from listeners.modals import close_to_others, named
from runs.service import RunService


def ack_open_picker(ack: Ack, shortcut: dict[str, Any], client: WebClient, runs: RunService) -> None:
    picker = build_picker_modal(runs.jobs, Origin(), run_command=runs.run_command)
    client.views_open(trigger_id=shortcut["trigger_id"], view=named(picker, shortcut["trigger_id"]))
    ack()


@lazy_retry_safe
def run_open_picker(shortcut: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    close_to_others(shortcut["trigger_id"], context, runs)
