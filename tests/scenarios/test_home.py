"""App Home, as its readers find it: what awaits them, what is theirs, and for admins the groups."""

from __future__ import annotations

from typing import Any

import pytest

from blocks.approval import APPROVE_RUN, DENY_RUN
from blocks.groups import EDIT_GROUP, PEOPLE, USERGROUPS
from blocks.picker import OPEN_FORM
from blocks.run_message import CANCEL_RUN
from runs.service import RunService
from tests.scenarios.test_approvals import DEPLOY, fill, reason, request_of, team_of
from tests.team_jobs import gate
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, find_element, text_of


@pytest.fixture
def margit(workspace: Workspace) -> Person:
    """The workspace's owner, and its only admin."""
    return workspace.person("margit")


@pytest.fixture
def tomas(workspace: Workspace) -> Person:
    return workspace.person("tomas")


def home_of(person: Person, workspace: Workspace, words: str = "Your recent runs") -> dict[str, Any]:
    """As soon as it says `words`."""
    person.opens_home()
    return home_with(person, workspace, words)


def home_with(person: Person, workspace: Workspace, words: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        home = person.home()
        return home if home and words in text_of(home) else None

    return workspace.eventually(look)


def home_without(person: Person, workspace: Workspace, words: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        home = person.home()
        return home if home and words not in text_of(home) else None

    return workspace.eventually(look)


def edit(person: Person, workspace: Workspace, home: dict[str, Any], name: str) -> dict[str, Any]:
    """The group's form, once all is looked up."""
    person.presses(EDIT_GROUP, on=home, value=name)

    def look() -> dict[str, Any] | None:
        views = person.views()
        return views[-1] if views and "Looking up" not in text_of(views[-1]) else None

    return workspace.eventually(look)


def members(*people: Person, usergroups: tuple[str, ...] = ()) -> dict[str, Any]:
    menu: dict[str, Any] = {"type": "multi_users_select", "selected_users": [each.id for each in people]}
    options = [{"text": {"type": "plain_text", "text": each}, "value": each} for each in usergroups]
    chosen = {"type": "multi_static_select", "selected_options": options}
    return {PEOPLE: {PEOPLE: menu}, USERGROUPS: {USERGROUPS: chosen}}


def test_an_approver_decides_right_there_and_it_is_gone(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request_of(workspace, margit)
    home = home_of(margit, workspace, "Waiting for you")
    assert "v42" in text_of(home)
    margit.presses(APPROVE_RUN, on=home)
    done(ann, workspace, "#general", "Deploy the site")
    home_without(margit, workspace, "Waiting for you")
    assert len(gate.passed) == 1


def test_what_one_approver_denies_is_gone_from_the_others_home_too(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person
) -> None:
    workspace.control("user", user=tomas.id, is_admin=True)
    ann.types(DEPLOY, in_channel="#general")
    request_of(workspace, margit)
    request_of(workspace, tomas)
    home_of(tomas, workspace, "Waiting for you")
    margit.presses(DENY_RUN, on=home_of(margit, workspace, "Waiting for you"))
    margit.submits(margit.views()[0]["id"], reason("Not today."))
    for person in (margit, tomas):
        home_without(person, workspace, "Waiting for you")
    assert "Denied" in text_of(home_of(ann, workspace, "Denied"))


def test_what_its_requester_takes_back_is_gone_from_the_approvers_home(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request_of(workspace, margit)
    home_of(margit, workspace, "Waiting for you")
    waiting = workspace.eventually(lambda: message_with(ann, "#general", "Waiting for approval"))
    ann.presses(CANCEL_RUN, on=waiting)
    home_without(margit, workspace, "Waiting for you")


def test_nobody_finds_what_is_not_theirs_to_approve(
    workspace: Workspace, ann: Person, margit: Person, tomas: Person
) -> None:
    ann.types(DEPLOY, in_channel="#general")
    request_of(workspace, margit)
    for person in (ann, tomas):
        assert "Waiting for you" not in text_of(home_of(person, workspace))


def test_jobs_that_are_for_others_are_not_offered(
    workspace: Workspace, ann: Person, tomas: Person, errand: RunService
) -> None:
    fill(errand, workspace, "on-call", ann)
    barred = "Restart the queue (`on-call`)"
    assert barred not in text_of(home_of(ann, workspace))
    others = home_of(tomas, workspace, barred)
    assert find_element(others, OPEN_FORM)


def test_an_admin_fills_a_group_that_is_empty_and_sees_who_is_in_it(
    workspace: Workspace, margit: Person, tomas: Person, ann: Person, errand: RunService
) -> None:
    home = home_of(margit, workspace, "Nobody can approve “Drop a table” until somebody is in `key-keepers`")
    form = edit(margit, workspace, home, "key-keepers")
    [usergroup, *_] = [
        option["value"]
        for block in form["blocks"]
        if block["block_id"] == USERGROUPS
        for option in block["element"]["options"]
    ]
    margit.submits(form["id"], members(tomas, ann, usergroups=(usergroup,)))
    home = home_with(margit, workspace, f"<!subteam^{usergroup}>, <@{tomas.id}>, <@{ann.id}>")
    assert f"Changed by <@{margit.id}>" in text_of(home)
    assert "Nobody can approve “Drop a table”" not in text_of(home)
    again = edit(margit, workspace, home, "key-keepers")
    chosen = {block["block_id"]: block["element"] for block in again["blocks"] if block["type"] == "input"}
    assert chosen[PEOPLE]["initial_users"] == [tomas.id, ann.id]
    assert [each["value"] for each in chosen[USERGROUPS]["initial_options"]] == [usergroup]


def test_a_group_that_another_admin_changed_meanwhile_is_not_overwritten(
    workspace: Workspace, margit: Person, tomas: Person, ann: Person, errand: RunService
) -> None:
    form = edit(margit, workspace, home_of(margit, workspace, "key-keepers"), "key-keepers")
    fill(errand, workspace, "key-keepers", tomas)
    margit.submits(form["id"], members(ann))
    workspace.eventually(lambda: message_with(margit, None, "Somebody else has changed this group"))
    assert errand.groups.find(team_id=team_of(workspace), name="key-keepers").people == (tomas.id,)


def test_who_is_no_admin_sees_no_groups_and_cannot_change_them_by_a_made_up_click(
    workspace: Workspace, tomas: Person, margit: Person, errand: RunService
) -> None:
    assert not find_element(home_of(tomas, workspace), EDIT_GROUP)
    form = edit(margit, workspace, home_of(margit, workspace, "key-keepers"), "key-keepers")
    workspace.control("user", user=margit.id, is_admin=False, is_owner=False)
    margit.submits(form["id"], members(tomas))
    workspace.eventually(lambda: message_with(margit, None, "Only workspace admins can change"))
    assert errand.groups.find(team_id=team_of(workspace), name="key-keepers").is_empty


def test_user_groups_that_cannot_be_looked_up_leave_the_rest_of_the_form(
    workspace: Workspace, margit: Person, tomas: Person, errand: RunService
) -> None:
    home = home_of(margit, workspace, "key-keepers")
    workspace.control("faults", method="usergroups.list", times=1, error="missing_scope")
    form = edit(margit, workspace, home, "key-keepers")
    assert "`usergroups:read`" in text_of(form)
    margit.submits(form["id"], {PEOPLE: members(tomas)[PEOPLE]})
    home_with(margit, workspace, f"<@{tomas.id}>")
