"""A button that opens a job's form: in the picker, in App Home, or under an answer to a mistyped command."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from blocks.job_form import build_job_form
from blocks.origin import FormLink, Origin
from listeners.lazy import lazy_retry_safe
from listeners.modals import close_to_others, named
from runs.service import RunService


def ack_open_form(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], client: WebClient, runs: RunService
) -> None:
    link = FormLink.load(action["value"])
    form = build_job_form(runs.jobs.named(link.job), _origin(body), link.answers)
    # On top of the picker, so that its Back arrow leads there again.
    is_in_modal = body.get("view", {}).get("type") == "modal"
    show = client.views_push if is_in_modal else client.views_open
    show(trigger_id=body["trigger_id"], view=named(form, body["trigger_id"]))
    ack()


@lazy_retry_safe
def run_open_form(
    action: dict[str, Any], body: dict[str, Any], context: BoltContext, runs: RunService
) -> None:
    job = runs.jobs.get(FormLink.load(action["value"]).job)
    close_to_others(body["trigger_id"], context, runs, job=job)


def _origin(body: dict[str, Any]) -> Origin:
    if "view" in body:
        return Origin.load(body["view"]["private_metadata"])
    return Origin(channel_id=body["channel"]["id"], response_url=body.get("response_url"))
