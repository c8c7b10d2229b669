"""Emoji on messages: who put which where."""

import re

from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.message_events import reaction_changed
from simulator.messages import update
from simulator.state import Channel, Json

NAME = re.compile(r"[\w+'-]{1,100}(::skin-tone-[2-6])?")


def react(sim: Simulator, channel: Channel, message: Json, user_id: str, name: str) -> None:
    name = _checked(name)
    users = _users(message, name)
    if user_id in users:
        raise ApiError("already_reacted")
    _set(sim, channel, message, name, [*users, user_id])
    reaction_changed(sim, channel, message, user_id, name, added=True)


def unreact(sim: Simulator, channel: Channel, message: Json, user_id: str, name: str) -> None:
    name = _checked(name)
    users = _users(message, name)
    if user_id not in users:
        raise ApiError("no_reaction")
    _set(sim, channel, message, name, [each for each in users if each != user_id])
    reaction_changed(sim, channel, message, user_id, name, added=False)


def _checked(name: str) -> str:
    name = name.strip(":")
    if not NAME.fullmatch(name):
        raise ApiError("invalid_name")
    return name


def _users(message: Json, name: str) -> list[str]:
    return next((each["users"] for each in message.get("reactions", ()) if each["name"] == name), [])


def _set(sim: Simulator, channel: Channel, message: Json, name: str, users: list[str]) -> None:
    by_name = {each["name"]: each["users"] for each in message.get("reactions", ())} | {name: users}
    reactions = [{"name": each, "users": who, "count": len(who)} for each, who in by_name.items() if who]
    if reactions or "reactions" in message:
        update(sim, channel, message, {"reactions": reactions or None})
