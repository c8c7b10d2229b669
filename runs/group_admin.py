"""How a workspace's admins fill its groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slack_sdk.errors import SlackApiError

from runs.access import is_admin
from runs.clients import Clients
from runs.errors import Refused
from runs.groups import MOST_PEOPLE, MOST_USERGROUPS, Group, GroupChanged, GroupStore, UserGroup
from runs.people import NO_SCOPE

LONGEST_ID = 40


class GroupAdmin:
    """`names` are those that the team's jobs use: no others can be filled."""

    def __init__(
        self, *, names: Sequence[str], store: GroupStore, clients: Clients, clock: Callable[[], float]
    ) -> None:
        self.names = tuple(names)
        self._store = store
        self._clients = clients
        self._clock = clock

    def all(self, *, team_id: str) -> list[Group]:
        return [self._store.find(team_id=team_id, name=name) for name in self.names]

    def find(self, *, team_id: str, name: str) -> Group:
        """Raises Refused for a name that no job uses."""
        if name not in self.names:
            raise Refused("No job here names this group.")
        return self._store.find(team_id=team_id, name=name)

    def usergroups(self, *, team_id: str, enterprise_id: str | None) -> list[UserGroup]:
        """Those of the workspace, by name. Raises Refused if it may not look, and one of TROUBLE."""
        client = self._clients.patient(team_id, enterprise_id)
        try:
            found = client.usergroups_list(team_id=team_id)["usergroups"]
        except SlackApiError as error:
            if error.response.get("error") == "missing_scope":
                raise Refused(NO_SCOPE) from None
            raise
        listed = [UserGroup(each["id"], f"{each['name']} (@{each['handle']})") for each in found]
        return sorted(listed, key=lambda each: each.label.lower())

    def check_admin(self, *, team_id: str, enterprise_id: str | None, actor: str) -> None:
        """Raises Refused."""
        if not is_admin(self._clients.patient(team_id, enterprise_id), actor, team_id):
            raise Refused("Only workspace admins can change who is in a group.")

    def change(
        self,
        *,
        team_id: str,
        enterprise_id: str | None,
        actor: str,
        name: str,
        people: Sequence[str],
        usergroups: Sequence[str],
        version: int,
    ) -> Group:
        """`version` is of the group that the actor saw. Raises Refused, and GroupChanged if it is another by now."""
        self.check_admin(team_id=team_id, enterprise_id=enterprise_id, actor=actor)
        before = self.find(team_id=team_id, name=name)
        if before.version != version:
            raise GroupChanged(GroupChanged.__doc__)
        after = self._store.replace(
            before.filled(
                _ids(people, MOST_PEOPLE, "people; put more of them into a user group"),
                _ids(usergroups, MOST_USERGROUPS, "user groups"),
                actor=actor,
                at=self._clock(),
            )
        )
        from runs.audit import audit_group  # late: no ack changes a group

        audit_group(before, after)
        return after


def _ids(given: Sequence[str], most: int, what: str) -> tuple[str, ...]:
    """They came through a browser."""
    ids = tuple(dict.fromkeys(given))
    if len(ids) > most:
        raise Refused(f"A group can list {most} {what}.")
    if not all(each.isascii() and each.isalnum() and len(each) <= LONGEST_ID for each in ids):
        raise Refused("That is not somebody I can put into a group.")
    return ids
