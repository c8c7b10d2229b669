"""The errors in the team's logs: how many by hour, and which."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.allow_list import allowed
from runs.context import RunContext
from runs.inputs import ask
from runs.job import job

SETTING = "REPORT_LOG_GROUPS"


def log_groups(secrets: dict[str, str]) -> list[tuple[str, str]]:
    """For the menu; the role in serverless.yml allows the same."""
    return list(allowed(secrets, SETTING).items())


@dataclass(frozen=True)
class Inputs:
    hours: int = ask("How many hours back", default=12, minimum=1, maximum=720)
    log_group: str | None = ask("Log group", default=None, choices=log_groups, hint="Empty: all of them.")
    containing: str | None = ask(
        "Only messages that contain", default=None, maximum=200, hint="Upper and lower case count."
    )


# Logs say more than most people of a workspace should read: admins may, and whom they put into the group.
@job("Report the errors in the logs", requesters=("workspace_admins", "log-readers"), retry_safe=True)
def error_report(inputs: Inputs, run: RunContext) -> str:
    """Counts the errors in the log groups that the setting `REPORT_LOG_GROUPS` lists, by hour, and shows which messages
    come most often. It asks CloudWatch Logs Insights, which costs by the amount of logs it reads.
    """
    from jobs.reporting.report import report  # late: a cold start reports nothing

    groups = allowed(run.secrets, SETTING)
    return report(run, groups, inputs.log_group, inputs.hours, inputs.containing or "")
