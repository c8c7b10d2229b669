"""How it stands with a run's approval, its buttons, and the modals that ask for a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from blocks.parts import MODAL_TITLE, Block, ask_twice, button, context, plain, section, when
from runs.groups import in_words
from runs.job import Job
from runs.mrkdwn import escape
from runs.run import Decision, Run

APPROVE_RUN: Final = "approve_run"
APPROVE_OWN_RUN: Final = "approve_own_run"  # opens a modal
DENY_RUN: Final = "deny_run"  # opens a modal
DENIAL_FORM: Final = "denial_form"
OWN_APPROVAL_FORM: Final = "own_approval_form"

REASON_BLOCK: Final = "reason"
REASON_ACTION: Final = "reason"
LONGEST_REASON: Final = 500
LONGEST_ID = 40  # of a run that somebody made up


DANGER: Final = ":rotating_light: *This job is dangerous:* what it does may be hard to undo."


def danger_banner(job: Job | None) -> list[Block]:
    return [section(DANGER)] if job and job.dangerous else []


def approval_line(run: Run, job: Job | None) -> str:
    """Empty for a run that nobody is asked to approve."""
    match run.decision:
        case Decision.OPEN if run.is_open:
            return f"{_needs(run, job)}{_so_far(run)}"
        case Decision.APPROVED:
            at = run.approvals[-1].at
            return f"Approved by {_people(run)}, {when(at)}{_own_reason(run)}"
        case Decision.DENIED:
            at = run.ended_at or run.created_at
            return f"Denied by <@{run.denied_by}>, {when(at)}{_quote(run.denial_reason)}"
        case Decision.EXPIRED:
            return f"Not approved in time.{_so_far(run)}"
    return ""


def approval_buttons(run: Run, job: Job | None, *, reader: str | None = None) -> Iterator[Block]:
    """For everybody who can read the message, or for its one `reader`."""
    if not run.is_open:
        return
    is_requester = reader == run.requester
    if not is_requester and not _has_approved(run, reader):
        yield button("Approve", APPROVE_RUN, run.id, style="primary", confirm=_confirmation(run, job))
    if (
        job
        and job.self_approval
        and reader in (None, run.requester)
        and not _has_approved(run, run.requester)
    ):
        yield button("Approve my own …", APPROVE_OWN_RUN, run.id)
    if not is_requester:
        yield button("Deny …", DENY_RUN, run.id, style="danger")


def build_denial_modal(run_id: str, facts: Sequence[Block] = ()) -> dict[str, Any]:
    """`facts` say what is denied, once it has been looked up; until then there is only its id."""
    label = "Why? Whoever asked for the run can read it."
    return _reason_modal("Deny a run", "Deny", DENIAL_FORM, run_id, label, facts)


def build_own_approval_modal(run_id: str, facts: Sequence[Block] = ()) -> dict[str, Any]:
    label = "Why do you approve what you asked for yourself? Everybody who was asked can read it."
    return _reason_modal("Approve your own run", "Approve", OWN_APPROVAL_FORM, run_id, label, facts)


def read_reason(state_values: dict[str, Any]) -> str:
    """Empty if there is none."""
    given = state_values.get(REASON_BLOCK, {}).get(REASON_ACTION, {}).get("value")
    return given.strip()[:LONGEST_REASON] if isinstance(given, str) else ""


def _reason_modal(
    title: str, submit: str, callback_id: str, run_id: str, label: str, facts: Sequence[Block]
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": run_id,
        "title": plain(title, MODAL_TITLE),
        "submit": plain(submit, MODAL_TITLE),
        "close": plain("Close"),
        "blocks": [
            *(facts or [context(f"`{escape(run_id, LONGEST_ID)}`")]),
            {
                "type": "input",
                "block_id": REASON_BLOCK,
                "label": plain(label),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON_ACTION,
                    "multiline": True,
                    "min_length": 1,
                    "max_length": LONGEST_REASON,
                },
            },
        ],
    }


def _needs(run: Run, job: Job | None) -> str:
    count = "" if run.approvals_needed == 1 else f" {run.approvals_needed} of"
    who = f" by{count} {in_words(job.approvers)}" if job and job.approvers else ""
    until = f" until {when(run.expires_at)}" if run.expires_at is not None else ""
    asked = f" I asked {len(run.to_ask)} of them directly." if run.unasked else ""
    return f"To be approved{who}{until}.{asked}"


def _so_far(run: Run) -> str:
    if not run.approvals:
        return "" if run.approvals_needed == 1 else f"\n0 of {run.approvals_needed} so far."
    return f"\n{len(run.approvals)} of {run.approvals_needed} so far: {_people(run)}{_own_reason(run)}"


def _people(run: Run) -> str:
    return ", ".join(f"<@{each.actor}>" for each in run.approvals)


def _own_reason(run: Run) -> str:
    """Whoever approved what they asked for themselves said why."""
    own = next((each for each in run.approvals if each.actor == run.requester and each.reason), None)
    return f"\n<@{own.actor}> approved their own run:{_quote(own.reason)}" if own else ""


def _quote(reason: str | None) -> str:
    lines = escape(reason or "", LONGEST_REASON).splitlines()
    return "".join(f"\n> {line}" for line in lines)


def _has_approved(run: Run, reader: str | None) -> bool:
    return any(each.actor == reader for each in run.approvals)


def _confirmation(run: Run, job: Job | None) -> Block | None:
    if not (job and job.dangerous):
        return None
    missing = run.approvals_needed - len(run.approvals)
    next_step = (
        "It begins with your approval." if missing == 1 else f"It begins with {missing} more approvals."
    )
    text = f"*{escape(job.title, 100)}*, asked for by <@{run.requester}>, may be hard to undo. {next_step}"
    return ask_twice("Approve a dangerous run?", text, "Approve")
