"""Who the names of groups mean in a workspace, as Slack and its admins have it now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from runs.access import User, find_user, is_admin_of, why_no_member
from runs.clients import Clients
from runs.errors import Refused
from runs.groups import BUILT_IN, EVERYONE, WORKSPACE_ADMINS, Group, GroupStore

PAGE = 200  # people of one call; Slack recommends no more
KEPT_FOR = 60  # seconds, of what many people's App Homes ask for; nothing is decided by it
MOST_KEPT = 500

# A user group that was deleted or disabled holds nobody.
NO_SUCH_USERGROUP = {"no_such_subteam", "subteam_not_found", "usergroup_not_found"}

NO_SCOPE = (
    "I may not look up user groups here yet (`usergroups:read`). Ask a workspace admin to install me again, or to"
    " fill the group with people instead."
)

Key = tuple[str, str, str]


class People:
    """One for a process. `now` asks Slack, for whatever is decided; `lately` may answer from a minute ago."""

    def __init__(
        self, groups: GroupStore, clients: Clients, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._groups = groups
        self._clients = clients
        self._monotonic = monotonic
        self._kept: dict[Key, tuple[float, Any]] = {}

    def now(self, team_id: str, enterprise_id: str | None = None) -> Roll:
        return Roll(self._groups, self._clients.patient(team_id, enterprise_id), team_id, self._looked_up)

    def lately(self, team_id: str, enterprise_id: str | None = None) -> Roll:
        return Roll(self._groups, self._clients.patient(team_id, enterprise_id), team_id, self._remembered)

    def _looked_up(self, key: Key, look: Callable[[], Any]) -> Any:
        found = look()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (self._monotonic() + KEPT_FOR, found)
        return found

    def _remembered(self, key: Key, look: Callable[[], Any]) -> Any:
        until, found = self._kept.get(key, (0.0, None))
        return found if until > self._monotonic() else self._looked_up(key, look)


class Roll:
    """A workspace at one moment: what was looked up once is not asked for again. Let go of it soon.

    Everything here raises Refused where the answer cannot be had, and one of TROUBLE if Slack cannot be reached.
    """

    def __init__(
        self,
        groups: GroupStore,
        client: WebClient,
        team_id: str,
        look_up: Callable[[Key, Callable[[], Any]], Any],
    ) -> None:
        self._store = groups
        self._client = client
        self._team_id = team_id
        self._look_up = look_up
        self._users: dict[str, User | None] = {}
        self._groups: dict[str, Group] = {}
        self._usergroups: dict[str, tuple[str, ...]] = {}

    def is_one_of(self, user_id: str, names: Sequence[str]) -> bool:
        """False for guests, bots, deactivated accounts and people of other workspaces, whatever group lists them."""
        user = self._user(user_id)
        if user is None or why_no_member(user, self._team_id):
            return False
        return any(self._is_in(user, name) for name in names)

    def those_of(self, names: Sequence[str]) -> Iterator[str]:
        """Each once; looked up only as far as the caller goes on asking."""
        seen = set()
        for user_id in self._candidates(names):
            if user_id not in seen:
                seen.add(user_id)
                if self.is_one_of(user_id, names):
                    yield user_id

    def user(self, user_id: str) -> User | None:
        """None for somebody whom this workspace does not know."""
        return self._user(user_id)

    def unfilled(self, names: Sequence[str]) -> list[str]:
        """The names of groups that no admin has put anybody into."""
        return [name for name in names if name not in BUILT_IN and self._group(name).is_empty]

    def _is_in(self, user: User, name: str) -> bool:
        if name == EVERYONE:
            return True
        if name == WORKSPACE_ADMINS:
            return is_admin_of(user, self._team_id)
        group = self._group(name)
        return user["id"] in group.people or any(
            user["id"] in self._members(each) for each in group.usergroups
        )

    def _candidates(self, names: Sequence[str]) -> Iterator[str]:
        """Those whom somebody chose by name come first."""
        groups = [self._group(name) for name in names if name not in BUILT_IN]
        for group in groups:
            yield from group.people
        for group in groups:
            for usergroup in group.usergroups:
                yield from self._members(usergroup)
        if EVERYONE in names:
            yield from (user["id"] for user in self._everybody())
        elif WORKSPACE_ADMINS in names:
            yield from self._look_up((self._team_id, "admins", ""), self._admins)

    def _user(self, user_id: str) -> User | None:
        if user_id not in self._users:
            self._users[user_id] = find_user(self._client, user_id)
        return self._users[user_id]

    def _group(self, name: str) -> Group:
        if name not in self._groups:
            self._groups[name] = self._store.find(team_id=self._team_id, name=name)
        return self._groups[name]

    def _members(self, usergroup: str) -> tuple[str, ...]:
        if usergroup not in self._usergroups:
            key = (self._team_id, "usergroup", usergroup)
            self._usergroups[usergroup] = self._look_up(key, lambda: self._listed(usergroup))
        return self._usergroups[usergroup]

    def _listed(self, usergroup: str) -> tuple[str, ...]:
        try:
            answer = self._client.usergroups_users_list(usergroup=usergroup, team_id=self._team_id)
        except SlackApiError as error:
            if error.response.get("error") in NO_SUCH_USERGROUP:
                return ()
            if error.response.get("error") == "missing_scope":
                raise Refused(NO_SCOPE) from None
            raise
        return tuple(answer["users"])

    def _admins(self) -> tuple[str, ...]:
        return tuple(user["id"] for user in self._everybody() if is_admin_of(user, self._team_id))

    def _everybody(self) -> Iterator[User]:
        for page in self._client.users_list(limit=PAGE, team_id=self._team_id):
            for user in page["members"]:
                # as users.info has it, which spares asking again
                self._users.setdefault(user["id"], user)
                yield user
