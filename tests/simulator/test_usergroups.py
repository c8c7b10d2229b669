"""User groups, as an app that may read them sees them."""

from __future__ import annotations

from tests.simulator.office import Office


def handles(office: Office, **args: object) -> dict[str, dict[str, object]]:
    return {group["handle"]: group for group in office.api("usergroups.list", **args)["usergroups"]}


def test_groups_are_listed_without_those_that_were_disabled(office: Office) -> None:
    assert handles(office).keys() == {"platform", "support-rota"}
    assert handles(office, include_disabled=True).keys() == {"platform", "support-rota", "harbour-pilots"}


def test_people_come_only_if_they_are_asked_for(office: Office) -> None:
    assert "users" not in handles(office)["platform"]
    group = handles(office, include_users=True, include_count=True)["platform"]
    assert group["users"] == office.api("usergroups.users.list", usergroup=group["id"])["users"]
    assert office.person("jonas") in office.api("usergroups.users.list", usergroup=group["id"])["users"]
    assert group["user_count"] == 5


def test_a_group_may_hold_guests_and_people_who_have_left(office: Office) -> None:
    group = handles(office)["platform"]
    users = office.api("usergroups.users.list", usergroup=group["id"])["users"]
    found = [office.api("users.info", user=user)["user"] for user in users]
    assert any(user["is_restricted"] for user in found if not user["deleted"])
    assert any(user["deleted"] for user in found)


def test_a_group_that_is_not_there_or_disabled_is_no_such_subteam(office: Office) -> None:
    disabled = handles(office, include_disabled=True)["harbour-pilots"]
    for usergroup in ("S0NOWHERE", disabled["id"]):
        assert office.api("usergroups.users.list", usergroup=usergroup).error == "no_such_subteam"
