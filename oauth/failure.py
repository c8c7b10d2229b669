"""Everything by which an install may fail, in words for the person in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ONCE_MORE = "Start again. If it goes on like this, ask whoever looks after {name}, with the reference below."
OURS = "This is nothing you did. Ask whoever looks after {name}, with the reference below: the log says more."


@dataclass(frozen=True)
class Failure:
    """`happened` and `next_step` may hold `{name}`, the app's. `tone` is `calm` where nothing is wrong."""

    status: int
    title: str
    happened: str
    next_step: str
    may_start_again: bool = True
    tone: str = ""


class Kind(Enum):
    CANCELLED = Failure(
        200,
        "Nothing was installed",
        "The request was cancelled on Slack’s page. {name} has no access to your workspace.",
        "Changed your mind? Start again whenever you like.",
        tone="calm",
    )
    NOT_BY_SLACK = Failure(
        400,
        "Slack did not let {name} in",
        "Slack ended the install on its side, and {name} has no access.",
        "In many workspaces an admin has to approve an app first. Ask one, then start again.",
    )
    STATE_MISSING = Failure(
        400,
        "The middle of an install",
        "This address is where Slack brings you back to. By itself it does nothing.",
        "Start at the install page.",
        tone="calm",
    )
    STATE_EXPIRED = Failure(
        400,
        "That took too long",
        "For safety, an install has to be finished within ten minutes. If you were here before and it worked, all is"
        " well.",
        "Look for {name} in Slack. If it is not there, start again: it takes two clicks.",
    )
    STATE_UNKNOWN = Failure(
        400,
        "This link is not one of ours",
        "It was changed on its way, or did not come from {name}’s install page. Nothing was installed.",
        "Start again at the install page, and do not use links that others send you.",
    )
    STATE_USED = Failure(
        409,
        "This step is done already",
        "Slack’s answer works once, and it has been used. If the first time worked, all is well: {name} is in Slack.",
        "Look for {name} in Slack. If it is not there, start again.",
        tone="calm",
    )
    OTHER_BROWSER = Failure(
        400,
        "Not the browser you began in",
        "An install has to end in the browser, and the tab, where it began last. That keeps others from finishing it"
        " in your name.",
        "Start again, and stay in one tab. Cookies from this site have to be allowed.",
    )
    CODE_MISSING = Failure(
        400,
        "Slack’s answer is incomplete",
        "Slack brought you back without the code that {name} needs. Nothing was installed.",
        ONCE_MORE,
    )
    CODE_REFUSED = Failure(
        400,
        "Slack’s answer has run out",
        "The code that Slack sent along works once, for ten minutes. If you were here before and it worked, all is"
        " well.",
        "Look for {name} in Slack. If it is not there, start again.",
    )
    SLACK_REFUSED = Failure(
        502,
        "Slack did not let {name} in",
        "You allowed it, but Slack refused when {name} asked for its access.",
        ONCE_MORE,
    )
    SET_UP_WRONGLY = Failure(
        500,
        "{name} is set up wrongly",
        "Slack does not accept {name}’s own credentials or addresses. Nothing was installed.",
        OURS,
        may_start_again=False,
    )
    NOT_ALLOWED = Failure(
        403,
        "Not for this workspace",
        "{name} serves only workspaces that its keeper has listed, and yours is not among them. The access it was"
        " just given has been handed back.",
        "Ask whoever looks after {name} to add your workspace, then start again.",
    )
    NOT_ALLOWED_NOR_REVOKED = Failure(
        403,
        "Not for this workspace",
        "{name} serves only workspaces that its keeper has listed, and yours is not among them. It kept nothing, but"
        " Slack could not be told to take its access back.",
        "Remove {name} in Slack, under Manage apps. Ask whoever looks after it to add your workspace.",
        may_start_again=False,
    )
    SLACK_BUSY = Failure(
        503,
        "Slack is busy",
        "Slack asked {name} to wait a moment. {name} has no access yet.",
        "Start again in a minute.",
    )
    SLACK_UNREACHABLE = Failure(
        502,
        "Slack could not be reached",
        "{name} got no proper answer from Slack in time, and has no access yet.",
        "Start again in a minute. status.slack.com says how Slack is.",
    )
    NOT_STORED = Failure(
        500,
        "The install could not be saved",
        "Slack said yes, but {name} could not put all of its access away.",
        "Allowing it twice does no harm. " + ONCE_MORE,
    )
    UNFORESEEN = Failure(
        500,
        "Something went wrong",
        "{name} ran into something that nobody foresaw.",
        ONCE_MORE,
    )


class InstallFailed(Exception):
    """`detail` is for the log, and has nothing in it that came from a browser unchecked."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(f"{kind.name}: {detail}" if detail else kind.name)
        self.kind = kind
        self.detail = detail
