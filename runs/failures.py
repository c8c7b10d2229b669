"""One place that turns an error into what a person reads."""

from __future__ import annotations

import logging
import secrets

from slack_sdk.errors import SlackApiError

from runs.errors import AwsRefused, AwsUnreachable, NotTakenIn, Refused, RunNotFound, UnknownJob, WrongState
from runs.inputs import InvalidInputs
from runs.mrkdwn import escape, sayable

log = logging.getLogger("errand.failures")

WRITTEN_FOR_PEOPLE = (Refused, UnknownJob, RunNotFound, WrongState)

_NOT_TAKEN_IN = "AWS did not take that in just now, so nothing has begun. Try it again in a minute."
_PERHAPS_TAKEN_IN = (
    "AWS did not say in time whether it took that in. See whether it has begun before you try again."
)


def explain(error: BaseException, *, doing: str) -> tuple[str, str | None]:
    """What to tell the person, and the reference id under which the log tells the rest.

    Errors that were written for people are their own text and have no reference. Of any other, the person learns the
    reference id alone: what an exception says may hold what nobody should read in a channel.
    """
    if isinstance(error, InvalidInputs):
        return escape(str(error)), None  # it quotes what was typed
    if isinstance(error, WRITTEN_FOR_PEOPLE) or getattr(error, "is_for_people", False):
        return sayable(str(error)), None
    reference = "E-" + secrets.token_hex(4).upper()
    log.error("%s failed (reference %s)", doing, reference, exc_info=error)
    if isinstance(error, SlackApiError):
        what = f"Slack refused a call it needed (`{error.response.get('error', 'unknown')}`)."
    elif isinstance(error, AwsRefused):
        what = f"AWS refused a call it needed (`{error.call}`: `{error.code}`)."
    elif isinstance(error, AwsUnreachable):
        what = f"AWS did not answer a call it needed (`{error.call}`)."
    elif isinstance(error, NotTakenIn):
        what = _NOT_TAKEN_IN if error.is_sure else _PERHAPS_TAKEN_IN
    elif isinstance(error, TimeoutError):
        what = "Something it needed did not answer in time."
    else:
        what = "Something went wrong that nobody foresaw."
    return (
        f"{what} If it happens again, give whoever looks after Errand this reference: `{reference}`.",
        reference,
    )
