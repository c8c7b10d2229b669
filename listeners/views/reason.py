"""Why a run is denied, or why its requester approves it: a modal, submitted."""

from typing import Any

from slack_bolt import Ack, BoltContext

from blocks.approval import REASON_BLOCK, read_reason
from listeners.actions.approve import decide
from listeners.lazy import lazy_retry_safe
from runs.service import RunService


def ack_reason(ack: Ack, view: dict[str, Any]) -> None:
    if not read_reason(view["state"]["values"]):
        ack(response_action="errors", errors={REASON_BLOCK: "Write a few words."})
        return
    ack()


@lazy_retry_safe
def run_denial(view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    decide(context, runs, view["private_metadata"], runs.deny, reason=read_reason(view["state"]["values"]))


@lazy_retry_safe
def run_own_approval(view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    decide(context, runs, view["private_metadata"], runs.approve, reason=read_reason(view["state"]["values"]))
