"""One request under /sim: its fields, and the people and places they name."""

from dataclasses import dataclass

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.ids import parse_ts
from simulator.state import Channel, Json, User, View, Workspace


@dataclass(frozen=True)
class SimRequest:
    """`fields` is the JSON body of a POST, or the query of a GET; `path` what the address names."""

    sim: Simulator
    fields: Json
    path: dict[str, str]

    @property
    def workspace(self) -> Workspace:
        return self.sim.workspace

    def text(self, name: str, default: str | None = None) -> str:
        value = self.fields.get(name, default)
        if value is None and default is None:
            raise _invalid(f"“{name}” is missing.")
        if not isinstance(value, str):
            raise _invalid(f"“{name}” must be text.")
        return value

    def optional_text(self, name: str) -> str | None:
        return self.text(name, "") or None

    def number(self, name: str, default: float, *, least: float = 0, most: float = 10_000_000) -> float:
        """A number from a body, or from a query, where it is text."""
        value = self.fields.get(name, default)
        try:
            number = float(value) if isinstance(value, (int, float, str)) else float("nan")
        except (ValueError, OverflowError):
            number = float("nan")
        if not least <= number <= most:
            raise _invalid(f"“{name}” must be a number from {least:g} to {most:g}.")
        return number

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 10_000_000) -> int:
        return int(self.number(name, default, least=least, most=most))

    def flag(self, name: str) -> bool:
        value = self.fields.get(name, False)
        if not isinstance(value, bool):
            raise _invalid(f"“{name}” must be true or false.")
        return value

    def object(self, name: str) -> Json:
        value = self.fields.get(name) or {}
        if not isinstance(value, dict):
            raise _invalid(f"“{name}” must be an object.")
        return value

    def objects(self, name: str) -> list[Json]:
        values = self.fields.get(name) or []
        if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
            raise _invalid(f"“{name}” must be a list of objects.")
        return values

    def texts(self, name: str) -> list[str]:
        values = self.fields.get(name) or []
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise _invalid(f"“{name}” must be a list of texts.")
        return values

    def values(self) -> Json:
        """`state.values`: what is entered, by block and element."""
        values = self.object("state").get("values") or {}
        if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
            raise _invalid("“state.values” must be an object of objects.")
        return values

    def ts(self, name: str) -> str | None:
        """A message's time, if one is given."""
        text = self.optional_text(name)
        ts = parse_ts(text) if text else None
        if text and ts is None:
            raise _invalid(f"“{name}” must be a message's ts.")
        return ts

    def user(self, name: str = "user") -> User:
        """The person who acts. Nobody acts as the bot, nor as someone who left."""
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise SimError("user_not_found", "There is no such person.", status=404)
        if user.is_bot or user.deleted:
            raise SimError("user_cannot_act", f"Nobody can act as {user.real_name}.", status=403)
        return user

    def channel(self, viewer: User, channel_id: str | None = None) -> Channel:
        """A conversation the person can see; any other does not exist for them."""
        channel = self.any_channel(channel_id)
        if not channel.visible_to(viewer.id):
            raise _no_channel()
        return channel

    def any_channel(self, channel_id: str | None = None) -> Channel:
        channel = self.workspace.channels.get(channel_id or self.text("channel"))
        if channel is None:
            raise _no_channel()
        return channel

    def joined(self, user: User, channel_id: str | None = None) -> Channel:
        channel = self.channel(user, channel_id)
        if user.id not in channel.members:
            message = f"Join #{channel.name} first: you are only looking in."
            raise SimError("not_in_channel", message, status=403)
        return channel

    def writable(self, user: User) -> Channel:
        channel = self.joined(user)
        if channel.is_archived:
            raise SimError("is_archived", f"#{channel.name} is archived.", status=403)
        return channel

    def modal(self, user: User, view_id: str | None = None) -> View:
        view = self.workspace.modal(view_id or self.path["view_id"])
        if view is None or view.user != user.id:
            raise SimError("no_such_view", "This dialog is not open any more.", status=404)
        return view


def _invalid(message: str) -> SimError:
    return SimError("invalid_arguments", message)


def _no_channel() -> SimError:
    return SimError("channel_not_found", "There is no such conversation.", status=404)
