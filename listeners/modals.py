"""How modals that lead to a run are kept from people who may not run it."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from slack_bolt import BoltContext
from slack_sdk.errors import SlackApiError

from listeners.clicks import clicked_by
from listeners.errors import build_failure_modal
from runs.access import known_member
from runs.clients import TROUBLE
from runs.errors import Refused
from runs.job import Job
from runs.service import RunService

log = logging.getLogger("errand.listeners")


def named(view: dict[str, Any], trigger_id: str) -> dict[str, Any]:
    """`view`, opened with this trigger, such that lazy work for the same request can find it again."""
    return {**view, "external_id": name_of_view(trigger_id)}


def name_of_view(trigger_id: str) -> str:
    """Slack takes 255 characters, once each in a workspace; a trigger_id is used up by what it opened."""
    return "opened-" + hashlib.sha256(trigger_id.encode()).hexdigest()[:40]


def close_to_others(
    trigger_id: str, context: BoltContext, runs: RunService, *, job: Job | None = None
) -> None:
    """Puts the reason in the modal's place for guests, and for those whom `job` is not for.

    In lazy work: the ack has opened it, and asks Slack nothing. Whether somebody may run a job is checked again before
    it runs; this is to spare them the form.
    """
    team_id, user_id = clicked_by(context)
    try:
        try:
            known_member(runs.client(team_id, context.enterprise_id), user_id, team_id)
            if job:
                runs.check_requester(job, team_id, context.enterprise_id, user_id)
        except Refused as refusal:
            replace_modal(trigger_id, build_failure_modal(str(refusal)), context, runs)
    except TROUBLE as error:
        log.info("Nobody could say whether a form was for whoever opened it: %s", type(error).__name__)


def replace_modal(trigger_id: str, view: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    """In the place of the one that was opened with this trigger, unless it has been closed meanwhile."""
    name = name_of_view(trigger_id)
    update_modal({**view, "external_id": name}, context, runs, external_id=name)


def update_modal(view: dict[str, Any], context: BoltContext, runs: RunService, **which: str) -> None:
    """`which` is a `view_id` or an `external_id`. Whoever has closed it misses nothing that they wait for."""
    team_id, _ = clicked_by(context)
    try:
        runs.client(team_id, context.enterprise_id).views_update(view=view, **which)
    except SlackApiError as error:
        if error.response.get("error") != "not_found":
            raise
