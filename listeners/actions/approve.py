"""The Approve button of a run that waits for it, and the one for the requester themselves, which asks why."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.approval import build_own_approval_modal
from listeners.clicks import clicked_by
from listeners.errors import build_failure_modal
from listeners.lazy import lazy_retry_safe
from listeners.modals import named, replace_modal
from runs.errors import Refused, RunNotFound, UnknownJob, WrongState
from runs.run import Run
from runs.service import RunService


def ack_approve(ack: Ack) -> None:
    ack()


@lazy_retry_safe
def run_approve(action: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    decide(context, runs, action["value"], runs.approve)


def ack_approve_own(ack: Ack, action: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
    ask_why(build_own_approval_modal(action["value"]), body, client)
    ack()


@lazy_retry_safe
def run_approve_own(
    action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService
) -> None:
    say_what_is_decided(
        build_own_approval_modal, runs.check_own_approval, action["value"], body, context, runs
    )


def ask_why(modal: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
    """In the ack: its trigger_id lives for three seconds, and reading the record may take longer."""
    client.views_open(trigger_id=body["trigger_id"], view=named(modal, body["trigger_id"]))


def say_what_is_decided(
    build_modal: Callable[..., dict[str, Any]],
    check: Callable[[Run, str], None],
    run_id: str,
    body: dict[str, Any],
    context: BoltContext,
    runs: RunService,
) -> None:
    """In lazy work: puts the run itself above the question, or in its place why it is not theirs to answer."""
    from blocks.approver_message import build_facts, nothing_to_decide  # late: of no use to most cold starts

    team_id, reader = clicked_by(context)
    try:
        run = runs.find(team_id, run_id)
        job = runs.jobs.get(run.job)
        if run.is_open:
            check(run, reader)
            modal = build_modal(run.id, build_facts(run, job))
        else:
            modal = build_failure_modal(nothing_to_decide(run, job))
    except (RunNotFound, UnknownJob, Refused) as error:
        modal = build_failure_modal(f":warning: {error}")
    replace_modal(body["trigger_id"], modal, context, runs)


def decide(context: BoltContext, runs: RunService, run_id: str, step: Any, **more: Any) -> None:
    """`step` is `runs.approve` or `runs.deny`. What was pressed too late is brought up to date."""
    team_id, actor = clicked_by(context)
    try:
        step(team_id=team_id, run_id=run_id, actor=actor, **more)
    except WrongState:
        runs.refresh(runs.find(team_id, run_id), actor)
        raise
