"""Who a group's name means: people by name, user groups, admins, everyone, and never a guest, bot or stranger."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.clients import Clients
from runs.errors import Refused
from runs.group_admin import GroupAdmin
from runs.groups import EVERYONE, MOST_PEOPLE, WORKSPACE_ADMINS, Group, GroupChanged, in_words, is_name
from runs.people import KEPT_FOR, PAGE, People
from runs.sqlite_groups import SQLiteGroupStore
from tests.fake_slack import ANN, BOB, TEAM, FakeSlack, fake_slack, refused

ADMIN, GUEST, GONE, STRANGER, ROBOT = "U0ADMIN", "U0GUEST", "U0GONE", "U0STRANGER", "U0ROBOT"
NOBODY = (GUEST, GONE, STRANGER, ROBOT, "U0UNKNOWN", "USLACKBOT")


class Office:
    def __init__(self, slack: FakeSlack, store: SQLiteGroupStore) -> None:
        self.slack = slack
        self.store = store
        self.now = 100.0
        self.clients = Clients(api_url=slack.url, client_of=lambda *workspace, **options: slack.client)
        self.people = People(store, self.clients, monotonic=lambda: self.now)
        self.admin = GroupAdmin(
            names=("deployers", "keepers"), store=store, clients=self.clients, clock=lambda: self.now
        )

    def fill(self, name: str, *people: str, usergroups: tuple[str, ...] = ()) -> None:
        version = self.store.find(team_id=TEAM, name=name).version
        self.store.replace(Group(TEAM, name, people, usergroups, version=version))

    def those_of(self, *names: str) -> list[str]:
        return list(self.people.now(TEAM).those_of(names))

    def is_one(self, user_id: str, *names: str) -> bool:
        return self.people.now(TEAM).is_one_of(user_id, names)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = SQLiteGroupStore(tmp_path / "groups.sqlite3")
    with fake_slack() as slack:
        slack.add_user(ADMIN, "Ada", is_admin=True)
        slack.add_user(GUEST, "Gus", is_restricted=True, is_admin=True)
        slack.add_user(GONE, "Gone", deleted=True, is_owner=True)
        slack.add_user(STRANGER, "Stranger", is_stranger=True, is_admin=True)
        slack.add_user(ROBOT, "Robot", is_bot=True, is_admin=True)
        slack.add_user("USLACKBOT", "Slackbot", is_admin=True)
        yield Office(slack, store)
    store.close()


def test_the_built_in_names_mean_full_members_and_admins(office: Office) -> None:
    assert office.those_of(EVERYONE) == [ANN, BOB, ADMIN]
    assert office.those_of(WORKSPACE_ADMINS) == [ADMIN]


def test_a_group_is_the_people_and_the_user_groups_that_an_admin_put_in(office: Office) -> None:
    office.slack.usergroups["S1"] = [ADMIN, BOB, GUEST]
    office.fill("deployers", BOB, *NOBODY, usergroups=("S1", "SGONE"))
    assert office.those_of("deployers") == [BOB, ADMIN]
    assert office.is_one(ADMIN, "deployers")
    assert not office.is_one(ANN, "deployers")
    assert office.is_one(ANN, "deployers", EVERYONE)


def test_nobody_who_is_no_full_member_is_in_any_group(office: Office) -> None:
    office.slack.usergroups["S1"] = list(NOBODY)
    office.fill("deployers", *NOBODY, usergroups=("S1",))
    for name in ("deployers", EVERYONE, WORKSPACE_ADMINS):
        assert not [each for each in NOBODY if office.is_one(each, name)], name


def test_a_name_that_nobody_has_filled_means_nobody_and_is_named(office: Office) -> None:
    office.fill("keepers", ANN)
    assert office.those_of("deployers") == []
    assert office.people.now(TEAM).unfilled(("deployers", "keepers", EVERYONE)) == ["deployers"]


def test_a_large_workspace_is_read_page_by_page_and_no_further_than_asked_for(office: Office) -> None:
    for number in range(2 * PAGE):
        office.slack.add_user(f"U{number}", f"Person {number}")
    some = office.people.now(TEAM).those_of((EVERYONE,))
    assert [next(some) for _ in range(3)] == [ANN, BOB, ADMIN]
    assert len(office.slack.called("users.list")) == 1
    assert len(office.those_of(EVERYONE)) == 2 * PAGE + 3
    assert office.slack.called("users.info") == [], "the list has said it all"


def test_without_the_scope_for_user_groups_it_says_what_to_do(office: Office) -> None:
    office.fill("deployers", usergroups=("S1",))
    office.slack.faults["usergroups.users.list"].append(refused("missing_scope", needed="usergroups:read"))
    with pytest.raises(Refused, match="install me again"):
        office.is_one(ANN, "deployers")


def test_what_is_decided_is_asked_anew_and_what_is_shown_may_be_a_minute_old(office: Office) -> None:
    office.slack.usergroups["S1"] = [ANN]
    office.fill("deployers", usergroups=("S1",))
    assert office.people.lately(TEAM).is_one_of(ANN, ("deployers",))
    office.slack.usergroups["S1"] = []
    assert office.people.lately(TEAM).is_one_of(ANN, ("deployers",))
    assert not office.is_one(ANN, "deployers")
    assert not office.people.lately(TEAM).is_one_of(ANN, ("deployers",)), "the decision's answer is kept"
    office.slack.usergroups["S1"] = [ANN]
    office.now += KEPT_FOR
    assert office.people.lately(TEAM).is_one_of(ANN, ("deployers",))


def test_what_is_kept_of_one_workspace_says_nothing_of_another(office: Office) -> None:
    office.slack.usergroups["S1"] = [ANN]
    office.store.replace(Group(TEAM, "deployers", usergroups=("S1",)))
    assert office.people.lately(TEAM).is_one_of(ANN, ("deployers",))
    assert not office.people.lately("T0002").is_one_of(ANN, ("deployers",))


def change(office: Office, **changes: object) -> Group:
    given = {"actor": ADMIN, "name": "deployers", "people": [ANN], "usergroups": [], "version": 0} | changes
    return office.admin.change(team_id=TEAM, enterprise_id=None, **given)  # type: ignore[arg-type]


def test_an_admin_fills_a_group_and_it_is_on_record_who_did(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "errand.audit")
    group = change(office, people=[ANN, BOB, ANN], usergroups=["S1"])
    assert (group.people, group.usergroups) == ((ANN, BOB), ("S1",))
    assert (group.changed_by, group.changed_at) == (ADMIN, 100.0)
    assert office.admin.all(team_id=TEAM) == [group, Group(TEAM, "keepers")]
    [line] = [each.getMessage() for each in caplog.records if each.name == "errand.audit"]
    assert line.startswith(
        f'what="group changed" group=deployers team={TEAM} actor={ADMIN} at=1970-01-01T00:01:40'
    )
    assert f'people_before="" people={ANN},{BOB} usergroups_before="" usergroups=S1' in line


@pytest.mark.parametrize("actor", [ANN, GUEST, GONE, STRANGER, ROBOT])
def test_nobody_else_fills_a_group(office: Office, actor: str) -> None:
    with pytest.raises(Refused):
        change(office, actor=actor)
    assert office.store.find(team_id=TEAM, name="deployers").is_empty


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "no-job-names-it"},
        {"name": EVERYONE},
        {"name": "deployers#runs"},
        {"people": ["<!channel>"]},
        {"people": ["U1", ""]},
        {"usergroups": ["S1 OR 1=1"]},
        {"people": [f"U{number}" for number in range(MOST_PEOPLE + 1)]},
    ],
)
def test_what_cannot_be_in_a_group_is_refused(office: Office, changes: dict[str, object]) -> None:
    with pytest.raises(Refused):
        change(office, **changes)


def test_a_change_of_a_group_that_has_changed_since_is_refused(office: Office) -> None:
    change(office)
    with pytest.raises(GroupChanged):
        change(office, people=[BOB])
    assert change(office, people=[BOB], version=1).people == (BOB,)


@pytest.mark.parametrize("name", ["deployers", "on-call", "a", "db_admins2", "a" * 40])
def test_names_that_people_can_read_aloud(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "Deployers", "on call", "2nd", "-x", "_x", "été", "a" * 41, "a#b", "<!here>", "a\n", 7, None]
)
def test_hostile_names_are_none(name: object) -> None:
    assert not is_name(name)


@given(st.text(max_size=50) | st.text("az09_-<&`*# \n", max_size=8))
def test_whatever_is_a_name_can_be_shown_as_it_is(name: str) -> None:
    assert not is_name(name) or not set(name) & set("<>&`*# \n")


def test_names_in_words() -> None:
    assert in_words(["deployers"]) == "`deployers`"
    assert (
        in_words([WORKSPACE_ADMINS, "deployers", "keepers"]) == "workspace admins, `deployers` or `keepers`"
    )
