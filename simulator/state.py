"""The workspace's data: people, conversations, files and views. No behaviour beyond looking things up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.history import History

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]
DIRECT = ("im", "mpim")


@dataclass
class User:
    id: str
    name: str
    real_name: str
    display_name: str = ""
    title: str = ""
    color: str = "4a7fb0"
    email: str = ""
    tz: str = "Europe/London"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    updated: int = 0


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    is_general: bool = False
    members: list[str] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)
    history: History = field(default_factory=History)
    pins: dict[str, Json] = field(default_factory=dict)
    bookmarks: dict[str, Json] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        return self.kind != "public"

    @property
    def is_direct(self) -> bool:
        """Between people, without a name: nobody joins or leaves it."""
        return self.kind in DIRECT

    def visible_to(self, user_id: str) -> bool:
        return self.kind == "public" or user_id in self.members

    def unread(self, user_id: str) -> int:
        return self.history.count_after(self.last_read.get(user_id, "")) if user_id in self.members else 0


@dataclass
class File:
    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    mimetype: str
    channels: list[str] = field(default_factory=list)
    shares: list[tuple[str, str]] = field(default_factory=list)
    given_to_app: bool = False


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    description: str
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    disabled: bool = False


@dataclass
class View:
    """`channel` is the conversation the person was in when they came here.

    `run` is the id of the function's run that showed it, if it was one; `dialog` what it was made from,
    if by `dialog.open`.
    """

    id: str
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    channel: str | None = None
    values: Json = field(default_factory=dict)
    run: str = ""
    dialog: Json | None = None

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks


@dataclass
class Token:
    """An access token of the bot or of a person. `expires` is 0 for one that never does."""

    text: str
    user: str
    expires: float = 0.0
    state: Literal["live", "revoked", "uninstalled"] = "live"


@dataclass
class RefreshToken:
    """Good for one new access token of the same user."""

    text: str
    user: str
    used: bool = False


@dataclass
class Installation:
    """The app in this workspace. `granted` are the scopes, by the bot's or the person's id.

    `by_hand`: made at the start, not by OAuth, so that its scopes are always those of the manifest.
    """

    installer: str
    granted: dict[str, list[str]]
    by_hand: bool = False


@dataclass(frozen=True)
class Credentials:
    app_token: str
    signing_secret: str
    verification_token: str
    client_id: str
    client_secret: str


@dataclass
class Workspace:
    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_id: str
    bot_user_id: str
    default_user: str
    credentials: Credentials
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    ephemerals: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    installation: Installation | None = None
    tokens: list[Token] = field(default_factory=list)
    refresh_tokens: list[RefreshToken] = field(default_factory=list)
    webhooks: dict[str, str] = field(default_factory=dict)
    only_admins_install: bool = False

    @property
    def bot(self) -> User:
        return self.users[self.bot_user_id]

    @property
    def bot_token(self) -> str:
        """The newest one that works, as the app's settings page shows it; empty if there is none."""
        alive = (t.text for t in reversed(self.tokens) if t.user == self.bot_user_id and t.state == "live")
        return next(alive, "")

    def scopes_of(self, user_id: str) -> list[str]:
        return self.installation.granted.get(user_id, []) if self.installation else []

    @property
    def bot_scopes(self) -> list[str]:
        return self.scopes_of(self.bot_user_id)

    def people(self) -> Iterator[User]:
        return (user for user in self.users.values() if not user.is_bot)

    def channel_named(self, name: str) -> Channel | None:
        return next(
            (each for each in self.channels.values() if each.name == name and not each.is_direct), None
        )

    def user_named(self, name: str) -> User | None:
        wanted = name.casefold()
        return next((user for user in self.users.values() if wanted in _names(user)), None)

    def direct_message(self, one: str, other: str) -> Channel | None:
        pair = {one, other}
        return next((c for c in self.channels.values() if c.kind == "im" and set(c.members) == pair), None)

    def group_message(self, people: set[str]) -> Channel | None:
        return next(
            (c for c in self.channels.values() if c.kind == "mpim" and set(c.members) == people), None
        )

    def modal(self, view_id: str) -> View | None:
        return next((view for stack in self.modals.values() for view in stack if view.id == view_id), None)


def _names(user: User) -> tuple[str, str]:
    return user.name.casefold(), (user.display_name or user.name).casefold()
