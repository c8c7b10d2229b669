"""What a job says of who may request and approve it, and what it cannot mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from runs.context import RunContext
from runs.inputs import BadDeclaration
from runs.job import A_DAY, Job, Jobs, job


@dataclass(frozen=True)
class Nothing:
    pass


def declared(**options: Any) -> Job:
    @job("Do it", **options)
    def do_it(inputs: Nothing, run: RunContext) -> None:
        pass

    return do_it


def test_a_plain_job_is_for_everyone_and_needs_nobodys_approval() -> None:
    plain = declared()
    assert plain.requesters == ("everyone",)
    assert plain.approvals_needed == 0


def test_a_dangerous_job_is_approved_by_admins_unless_it_names_others() -> None:
    assert declared(dangerous=True).approvers == ("workspace_admins",)
    assert declared(dangerous=True).approvals_needed == 1
    assert declared(dangerous=True, approvers="deployers").approvers == ("deployers",)


def test_one_name_may_stand_by_itself_and_each_counts_once() -> None:
    assert declared(approvers="deployers").approvers == ("deployers",)
    assert declared(requesters=["a", "b", "a"]).requesters == ("a", "b")


def test_a_time_is_seconds_or_a_timedelta() -> None:
    assert declared(approvers="a", approval_expires=timedelta(hours=2)).approval_expires == 7200
    assert declared(approvers="a", approval_expires=90).approval_expires == 90
    assert declared(approvers="a").approval_expires == A_DAY


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"approvers": "Deployers"}, "'Deployers' is no name of a group"),
        ({"requesters": ["on call"]}, "'on call' is no name of a group"),
        ({"approvers": ["<!channel>"]}, "is no name of a group"),
        ({"approvers": [7]}, "7 is no name of a group"),
        ({"requesters": 7}, "7 is no name of a group"),
        ({"requesters": ()}, "nobody could run it"),
        ({"approvers": "a", "approvals": 0}, "approvals is 0"),
        ({"approvers": "a", "approvals": 11}, "approvals is 11"),
        ({"approvers": "a", "approvals": "two"}, "approvals is 'two'"),
        ({"approvers": "a", "approvals": True}, "approvals is True"),
        ({"approvers": "a", "approval_expires": 59}, "between a minute and 30 days"),
        ({"approvers": "a", "approval_expires": timedelta(days=31)}, "between a minute and 30 days"),
        ({"approvers": "a", "approval_expires": float("nan")}, "between a minute and 30 days"),
        ({"approvers": "a", "approval_expires": "1h"}, "a timedelta or a number of seconds"),
        ({"dangerous": "yes"}, "dangerous is 'yes'"),
        ({"approvals": 2}, "not by whom: add approvers="),
        ({"self_approval": True}, "not by whom"),
        ({"approval_expires": 3600}, "not by whom"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_line_of_its_job(
    options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadDeclaration) as refused:
        declared(**options)
    assert problem in str(refused.value)
    assert "test_job.py" in str(refused.value)


def test_the_groups_to_be_filled_are_those_that_jobs_name() -> None:
    first = declared(requesters=("on-call", "everyone"), approvers=("deployers", "workspace_admins"))
    assert Jobs([first]).groups == ("on-call", "deployers")
    assert Jobs([declared()]).groups == ()


@pytest.mark.parametrize("title", ["", "  ", 5, "two\nlines", "t" * 151])
def test_a_title_is_one_line_of_text(title: Any) -> None:
    with pytest.raises(BadDeclaration, match=r"but has to be one line of text, 150 letters at most"):

        @job(title)
        def do_it(inputs: Nothing, run: RunContext) -> None: ...
