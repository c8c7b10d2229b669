"""A fresh workspace: the same people and talk every time, dated back from now, with secrets of its own."""

import random
import time

from simulator.file_store import FileStore
from simulator.ids import new_id, new_secret
from simulator.manifest import Manifest
from simulator.seed_history import fill
from simulator.seed_people import (
    DEFAULT_PERSON,
    DIRECT,
    DOMAIN,
    PEOPLE,
    PLACES,
    TEAM,
    TEAMS,
    Person,
    Place,
    Team,
)
from simulator.state import Channel, Credentials, User, UserGroup, Workspace

SEED = 1936
FOUNDED_DAYS_AGO = 900


def seed_workspace(manifest: Manifest, files: FileStore) -> Workspace:
    rng = random.Random(SEED)
    created = int(time.time()) - FOUNDED_DAYS_AGO * 86_400
    users = {person.name: _user(person, rng, created) for person in PEOPLE}
    bot = _bot(manifest, rng, created)
    app_id = new_id("A", rng)
    workspace = Workspace(
        team_id=new_id("T", rng),
        team_name=TEAM,
        team_domain=DOMAIN,
        app_id=app_id,
        bot_id=new_id("B", rng),
        bot_user_id=bot.id,
        default_user=users[DEFAULT_PERSON].id,
        credentials=_credentials(app_id),
        users={user.id: user for user in (*users.values(), bot)},
    )
    for channel in [*_channels(users, bot, rng, created), *_direct_messages(users, rng, created)]:
        workspace.channels[channel.id] = channel
    fill(workspace, files, rng)
    groups = [_usergroup(team, users, rng, created) for team in TEAMS]
    workspace.usergroups = {group.id: group for group in groups}
    return workspace


def _user(person: Person, rng: random.Random, created: int) -> User:
    return User(
        id=new_id("U", rng),
        name=person.name,
        real_name=person.real_name,
        display_name="",  # nobody has chosen one: all go by their real names
        title=person.title,
        color=person.color,
        is_admin=person.role == "owner",
        is_owner=person.role == "owner",
        is_restricted=person.role == "guest",
        deleted=person.role == "gone",
        updated=created,
    )


def _bot(manifest: Manifest, rng: random.Random, created: int) -> User:
    name = "".join(c for c in manifest.bot_name.lower() if c.isalnum() or c in "._-") or "bot"
    return User(
        id=new_id("U", rng),
        name=name,
        real_name=manifest.bot_name,
        display_name=manifest.bot_name,
        color=manifest.background_color.lstrip("#"),
        is_bot=True,
        updated=created,
    )


def _channels(users: dict[str, User], bot: User, rng: random.Random, created: int) -> list[Channel]:
    return [_channel(place, users, bot, rng, created) for place in PLACES]


def _channel(place: Place, users: dict[str, User], bot: User, rng: random.Random, created: int) -> Channel:
    members = [users[name].id for name in place.members]
    return Channel(
        id=new_id("C", rng),
        name=place.name,
        kind="private" if place.kind == "private" else "public",
        creator=users["margit"].id,
        created=created,
        topic=place.topic,
        purpose=place.purpose,
        is_archived=place.archived,
        is_general=place.name == "general",
        members=[*members, bot.id] if place.has_bot else members,
    )


def _direct_messages(users: dict[str, User], rng: random.Random, created: int) -> list[Channel]:
    return [
        Channel(new_id("D", rng), "", "im", users[one].id, created, members=[users[one].id, users[other].id])
        for one, other in DIRECT
    ]


def _usergroup(team: Team, users: dict[str, User], rng: random.Random, created: int) -> UserGroup:
    return UserGroup(
        id=new_id("S", rng),
        handle=team.handle,
        name=team.name,
        description=team.description,
        creator=users["margit"].id,
        created=created,
        members=[users[name].id for name in team.members],
        disabled=team.disabled,
    )


def _credentials(app_id: str) -> Credentials:
    """Random for each workspace, so that none can be mistaken for, or used as, a real one."""
    number = random.SystemRandom().randrange(10**11, 10**12)
    return Credentials(
        app_token=f"xapp-1-{app_id}-{number}-{new_secret(48)}",
        signing_secret=new_secret(32),
        verification_token=new_secret(),
        client_id=f"{number}.{number + 3}",
        client_secret=new_secret(32),
    )
