"""Who may request and approve: names that mean something in every workspace, and what an admin fills them with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Protocol

EVERYONE: Final = "everyone"  # full members: no guests, no bots, nobody of another workspace
WORKSPACE_ADMINS: Final = "workspace_admins"

BUILT_IN: Final = {EVERYONE: "full members of this workspace", WORKSPACE_ADMINS: "workspace admins"}

LONGEST_NAME: Final = 40
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")

MOST_PEOPLE = 100  # that a group lists by themselves; more belong in a user group
MOST_USERGROUPS = 10
MOST_CHANGES = 100  # kept with a group: a record of DynamoDB has 400 kB


def is_name(name: object) -> bool:
    """No regular expression: jobs are declared in every cold start."""
    return (
        isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and set(name) <= LETTERS and name[0].isalpha()
    )


class GroupChanged(Exception):
    """Somebody else has changed this group meanwhile. Look at it as it is now, and change it again."""

    is_for_people = True


@dataclass(frozen=True)
class GroupChange:
    """Who made it what it was from then on."""

    at: float
    actor: str
    people: tuple[str, ...]
    usergroups: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """People by their ids and Slack's user groups by theirs. Version 0 is a group that nobody has filled yet."""

    team_id: str
    name: str
    people: tuple[str, ...] = ()
    usergroups: tuple[str, ...] = ()
    changed_by: str | None = None
    changed_at: float | None = None
    changes: tuple[GroupChange, ...] = ()  # the last of them, the oldest first
    version: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.usergroups

    def filled(self, people: Sequence[str], usergroups: Sequence[str], *, actor: str, at: float) -> Group:
        change = GroupChange(at, actor, tuple(people), tuple(usergroups))
        return replace(
            self,
            people=change.people,
            usergroups=change.usergroups,
            changed_by=actor,
            changed_at=at,
            changes=(*self.changes, change)[-MOST_CHANGES:],
        )


@dataclass(frozen=True)
class UserGroup:
    """One of Slack's own: `label` is what people know it by."""

    id: str
    label: str


class GroupStore(Protocol):
    """Errors of the storage itself are raised as they come."""

    def find(self, *, team_id: str, name: str) -> Group:
        """One of version 0 if nobody has filled it yet."""

    def replace(self, group: Group) -> Group:
        """Puts `group` in place of the stored one of the same version, and returns it with the next version.

        Raises GroupChanged if the stored one has another version.
        """


def dump_group(group: Group) -> str:
    return json.dumps(asdict(group), separators=(",", ":"))


def load_group(text: str) -> Group:
    """Of a record that another version of Errand wrote, what this one knows."""
    record: dict[str, Any] = json.loads(text)
    known = {name: value for name, value in record.items() if name in Group.__dataclass_fields__}
    for ids in ("people", "usergroups"):
        known[ids] = tuple(known.get(ids, ()))
    known["changes"] = tuple(
        GroupChange(each["at"], each["actor"], tuple(each["people"]), tuple(each["usergroups"]))
        for each in known.get("changes", ())
    )
    return Group(**known)


def in_words(names: Sequence[str], *, either: str = "or") -> str:
    """`("workspace_admins", "deployers")` → workspace admins or `deployers`"""
    words = [BUILT_IN.get(name, f"`{name}`") for name in names]
    return f" {either} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
