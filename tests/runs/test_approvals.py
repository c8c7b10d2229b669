"""Whom to ask, who may decide, and what is checked again before an approved run begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from runs.approvals import MOST_ASKED, Approvals
from runs.clients import Clients
from runs.context import RunContext
from runs.errors import Refused
from runs.groups import Group
from runs.inputs import ask
from runs.job import Job, Jobs, job
from runs.ledger import Ledger
from runs.people import People
from runs.run import Run, RunRequest, RunState, new_run
from runs.sqlite_groups import SQLiteGroupStore
from runs.sqlite_store import SQLiteRunStore
from tests.fake_slack import ANN, BOB, TEAM, FakeSlack, fake_slack

CAROL, DAN = "U0CAROL", "U0DAN"


@dataclass(frozen=True)
class Deployed:
    version: str = ask("Version")


@job("Deploy", approvers="deployers", approvals=2)
def deploy(inputs: Deployed, run: RunContext) -> None:
    pass


class Office:
    def __init__(self, slack: FakeSlack, folder: Path) -> None:
        self.slack = slack
        self.runs = SQLiteRunStore(folder / "runs.sqlite3")
        self.groups = SQLiteGroupStore(folder / "groups.sqlite3")
        self.ledger = Ledger(self.runs)
        self.now = 100.0
        clients = Clients(api_url=slack.url, client_of=lambda *workspace, **options: slack.client)
        self.people = People(self.groups, clients)
        self.become(deploy)

    def become(self, declared: Job) -> None:
        """A deploy."""
        self.job = declared
        self.approvals = Approvals(
            jobs=Jobs([declared]), ledger=self.ledger, people=self.people, clock=lambda: self.now
        )

    def fill(self, *people: str, usergroups: tuple[str, ...] = ()) -> None:
        version = self.groups.find(team_id=TEAM, name="deployers").version
        self.groups.replace(Group(TEAM, "deployers", people, usergroups, version=version))

    def asked(self) -> Run:
        request = RunRequest(key="1", team_id=TEAM, requester=ANN, job="deploy", inputs={"version": "v1"})
        run = self.ledger.create(new_run(request, 1.0, approvals_needed=2))
        return self.ledger.change(run, lambda current: current.opened([BOB], 2.0, until=1000.0))

    def approved(self) -> Run:
        run = self.asked()
        self.approvals.approve(run, BOB)
        return self.approvals.approve(run, CAROL)

    def check_again(self, run: Run, **inputs: Any) -> None:
        self.approvals.check_again(self.job, run, {**run.inputs, **inputs})

    def close(self) -> None:
        self.runs.close()
        self.groups.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with fake_slack() as slack:
        slack.add_user(CAROL, "Carol")
        slack.add_user(DAN, "Dan")
        made = Office(slack, tmp_path)
        made.fill(ANN, BOB, CAROL)
        yield made
        made.close()


def test_everybody_but_the_requester_is_asked(office: Office) -> None:
    run = office.asked()
    assert office.approvals.find_approvers(deploy, run) == ((BOB, CAROL), False)
    own = replace(deploy, self_approval=True)
    assert office.approvals.find_approvers(own, run) == ((ANN, BOB, CAROL), False)


def test_of_many_only_some_are_asked_and_that_is_known(office: Office) -> None:
    office.slack.usergroups["S1"] = many = [f"U{number}" for number in range(200)]
    for each in many:
        office.slack.add_user(each, each)
    office.fill(BOB, usergroups=("S1",))
    people, unasked = office.approvals.find_approvers(office.job, office.asked())
    assert len(people) == MOST_ASKED
    assert people[:2] == (BOB, "U0")
    assert unasked
    assert len(office.slack.called("users.info")) <= MOST_ASKED + 1, "no more are looked up than it takes"


def test_people_of_a_user_group_may_approve_as_long_as_they_are_in_it(office: Office) -> None:
    office.slack.usergroups["S1"] = [DAN]
    office.fill(BOB, usergroups=("S1",))
    run = office.asked()
    assert len(office.approvals.approve(run, DAN).approvals) == 1
    office.slack.usergroups["S1"] = []
    with pytest.raises(Refused, match="Only `deployers`"):
        office.approvals.deny(run, DAN, "no")
    with pytest.raises(Refused, match=f"<@{DAN}> approved this, but may not do so any more"):
        office.check_again(office.approvals.approve(run, BOB))


def test_what_was_approved_may_begin(office: Office) -> None:
    run = office.approved()
    assert run.state is RunState.QUEUED
    office.check_again(run)


def test_other_inputs_than_those_approved_may_not(office: Office) -> None:
    run = office.approved()
    with pytest.raises(Refused, match="not what was approved"):
        office.check_again(run, version="v2")
    with pytest.raises(Refused, match="not what was approved"):
        office.check_again(run, force=False)  # a field that a deploy has added


def test_a_deploy_that_demands_more_approvals_is_heeded(office: Office) -> None:
    run = office.approved()
    office.become(replace(deploy, approvals=3))
    with pytest.raises(Refused, match="needs 3 approvals now"):
        office.check_again(run)


def test_a_deploy_that_demands_approval_of_what_needed_none_is_heeded(office: Office) -> None:
    run = new_run(
        RunRequest(key="2", team_id=TEAM, requester=ANN, job="deploy", inputs={"version": "v1"}), 1.0
    )
    with pytest.raises(Refused, match="needs 2 approvals now"):
        office.check_again(run)


def test_a_deploy_that_demands_none_any_more_takes_none_of_what_was_given_away(office: Office) -> None:
    run = office.asked()
    office.become(replace(deploy, approvers=()))
    with pytest.raises(Refused, match="needs no approval any more"):
        office.approvals.approve(run, BOB)


def test_ones_own_approval_does_not_count_after_a_deploy_that_forbids_it(office: Office) -> None:
    office.become(replace(deploy, self_approval=True))
    run = office.asked()
    with pytest.raises(Refused, match="say why"):
        office.approvals.approve(run, ANN)
    office.approvals.approve(run, ANN, "it is night")
    with pytest.raises(Refused, match="press Approve"):
        office.approvals.approve(run, BOB, "I need no reason")
    run = office.approvals.approve(run, BOB)
    assert [each.reason for each in run.approvals] == ["it is night", None]
    office.check_again(run)
    office.become(deploy)
    with pytest.raises(Refused, match=f"<@{ANN}> approved this"):
        office.check_again(run)


def test_a_deactivated_approver_does_not_count(office: Office) -> None:
    run = office.approved()
    office.slack.add_user(CAROL, "Carol", deleted=True)
    with pytest.raises(Refused, match="any more"):
        office.check_again(run)


def test_the_requester_takes_back_what_they_asked_for_by_cancel(office: Office) -> None:
    with pytest.raises(Refused, match="press Cancel"):
        office.approvals.deny(office.asked(), ANN, "never mind")


def test_who_may_request_is_looked_up_each_time(office: Office) -> None:
    restricted = replace(deploy, requesters=("deployers",))
    run = office.asked()
    office.approvals.check_requester(restricted, run.team_id, None, ANN)
    office.fill(BOB)
    with pytest.raises(
        Refused, match=r"Only `deployers` can run this job\. A workspace admin can change who"
    ):
        office.approvals.check_requester(restricted, run.team_id, None, ANN)


def test_a_decision_after_its_time_is_none(office: Office) -> None:
    run = office.asked()
    office.now = 1000.0
    assert office.approvals.approve(run, BOB).state is RunState.EXPIRED


def test_nobody_approves_their_own_run_even_with_a_reason(office: Office) -> None:
    with pytest.raises(Refused, match="somebody else has to approve"):
        office.approvals.approve(office.asked(), ANN, "it is night")


def test_a_deploy_that_demands_fewer_approvals_forgives_none_that_was_asked_for(office: Office) -> None:
    run = office.approved()
    office.become(replace(deploy, approvals=1))
    office.slack.add_user(CAROL, "Carol", deleted=True)
    with pytest.raises(Refused, match=f"<@{CAROL}> approved this, but may not do so any more"):
        office.check_again(run)
