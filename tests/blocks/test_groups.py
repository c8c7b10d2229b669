"""Groups, as admins fill them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from blocks.groups import (
    GROUP_FORM,
    PEOPLE,
    USERGROUPS,
    GroupAnswers,
    build_group_modal,
    build_loading_group_modal,
    build_unfilled_group,
    read_group_form,
)
from jobs import JOBS
from runs.groups import LONGEST_NAME, Group, UserGroup
from tests.workspace import text_of

GROUP = Group("T1", "deployers", people=("U1",), usergroups=("S2", "S9"), version=3)
KNOWN = [UserGroup("S1", "Design (@design)"), UserGroup("S2", "Ops (@ops)")]


def menus(modal: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in modal["blocks"] if block["type"] == "input"}


def answers(people: list[str], usergroups: list[str]) -> dict[str, Any]:
    chosen = [{"value": each} for each in usergroups]
    return {
        PEOPLE: {PEOPLE: {"selected_users": people}},
        USERGROUPS: {USERGROUPS: {"selected_options": chosen}},
    }


def test_the_form_shows_who_is_in_it_now_user_groups_that_are_gone_included() -> None:
    modal = build_group_modal(GROUP, JOBS, KNOWN)
    assert modal["callback_id"] == GROUP_FORM
    assert menus(modal)[PEOPLE]["initial_users"] == ["U1"]
    assert [each["value"] for each in menus(modal)[USERGROUPS]["initial_options"]] == ["S2", "S9"]
    assert "S9 (disabled)" in str(modal)


def test_a_group_whose_members_others_can_stand_in_for_is_no_alarm() -> None:
    jobs = {"deploy": replace(JOBS["export-channel"], approvers=("deployers", "workspace_admins"))}
    block = build_unfilled_group(Group("T1", "deployers"), jobs)
    assert "Nobody is in `deployers` yet. Its members may approve" in text_of(block)
    assert "style" not in block["accessory"]
    alone = {"deploy": replace(jobs["deploy"], approvers=("deployers",), requesters=("deployers",))}
    alarm = text_of(build_unfilled_group(Group("T1", "deployers"), alone))
    assert alarm.count("Nobody can approve") == alarm.count(" or run ") == 1


def test_what_was_chosen_is_read_with_the_version_that_was_seen() -> None:
    modal = build_group_modal(GROUP, JOBS, KNOWN)
    read = read_group_form(modal["private_metadata"], answers(["U5"], ["S1"]))
    assert read == GroupAnswers("deployers", 3, ("U5",), ("S1",))
    assert read_group_form(modal["private_metadata"], answers([], [])) == GroupAnswers("deployers", 3, (), ())


def test_user_groups_that_cannot_be_looked_up_stay_in_it() -> None:
    modal = build_group_modal(GROUP, JOBS, [], problem="I may not look.")
    assert USERGROUPS not in menus(modal)
    assert "I may not look." in text_of(modal)
    read = read_group_form(modal["private_metadata"], {PEOPLE: {PEOPLE: {"selected_users": ["U5"]}}})
    assert read == GroupAnswers("deployers", 3, ("U5",), ("S2", "S9"))


def test_more_user_groups_than_a_menu_takes_leave_those_that_are_chosen() -> None:
    many = [UserGroup(f"S{n}00", f"Group {n} (@g{n})") for n in range(300)]
    options = menus(build_group_modal(GROUP, JOBS, many))[USERGROUPS]["options"]
    assert len(options) == 100
    assert [each["value"] for each in options[:2]] == ["S2", "S9"]


def test_the_longest_name_fits_the_title_of_a_modal() -> None:
    for modal in (build_loading_group_modal("g" * LONGEST_NAME), build_loading_group_modal("<forged>" * 300)):
        assert len(modal["title"]["text"]) <= 24


@pytest.mark.parametrize(
    "metadata",
    ["", "[]", "{}", json.dumps({"name": 7, "version": 1}), json.dumps({"name": "x", "version": "1"})],
)
@pytest.mark.parametrize(
    "state", [{}, {PEOPLE: None}, answers(["U1"], []), {PEOPLE: {PEOPLE: {"selected_users": None}}}]
)
def test_a_made_up_form_is_none(metadata: str, state: dict[str, Any]) -> None:
    assert read_group_form(metadata, state) is None
