"""One Web API call: its arguments, read as strictly as Slack reads them, and what it may see."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from simulator.content import accept_attachments, accept_blocks, accept_metadata
from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.functions.runs import FunctionRun
from simulator.ids import parse_ts
from simulator.messages import TEXT_LIMIT
from simulator.scopes import check_scope
from simulator.state import Channel, Json, Token, User, Workspace
from simulator.strict_json import parse_json
from simulator.text import from_app

TRUE = {True, "1", "true", "True", "on"}


@dataclass(frozen=True)
class Page:
    """Part of a list: `items`, and where the next part begins."""

    items: list[Any]
    next_cursor: str

    def metadata(self) -> Json:
        return {"response_metadata": {"next_cursor": self.next_cursor}}


@dataclass(frozen=True)
class Call:
    sim: Simulator
    method: str
    args: Json
    token: Token | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return self.sim.workspace

    @property
    def bot(self) -> str:
        return self.sim.workspace.bot_user_id

    @property
    def actor(self) -> str:
        """Whose token it is: the bot's, or a person's."""
        return self.token.user if self.token else self.bot

    @property
    def run(self) -> FunctionRun | None:
        """The function's run that calls, if it is with that run's own token."""
        return self.sim.functions.with_token(self.token.text) if self.token else None

    @property
    def scopes(self) -> list[str]:
        return self.workspace.scopes_of(self.actor)

    def warn(self, code: str) -> None:
        """The call works, but not all of it: the answer says so."""
        if code not in self.warnings:
            self.warnings.append(code)

    # -- plain arguments

    def text(self, name: str) -> str:
        """The argument as text; empty if it is not there."""
        value = self.args.get(name)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise invalid_arguments(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        value = self.args.get(name)
        return isinstance(value, (bool, int, str)) and value in TRUE

    def whole_number(self, name: str, error: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 12:
            raise ApiError(error)
        return int(text)

    def limit(self, default: int, most: int, least: int = 1) -> int:
        value = self.whole_number("limit", "invalid_limit")
        if value is not None and not least <= value <= most:
            raise ApiError("invalid_limit")
        return value or default

    def time(self, name: str, error: str) -> str:
        """A message's timestamp in full length; empty if it is not there."""
        text = self.text(name)
        if not text:
            return ""
        ts = parse_ts(text)
        if ts is None:
            raise ApiError(error)
        return ts

    def structure(self, name: str) -> Any:
        """An argument that is JSON: as itself, or as text inside a form."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value) if value else None
        except ValueError:
            raise invalid_arguments(f"must be valid JSON [json-pointer:/{name}]") from None

    # -- pages

    def page(self, values: list[Any], *, default: int, most: int, least: int = 1) -> Page:
        """Part of a list that is at hand as a whole."""
        limit = self.limit(default, most, least)
        start = int(read_cursor(self.text("cursor"), "offset") or 0)
        end = start + limit
        return Page(values[start:end], write_cursor("offset", str(end)) if end < len(values) else "")

    # -- what the app may see

    def channel(self, name: str = "channel") -> Channel:
        """The conversation; a private one the caller is not in does not exist for it."""
        wanted = self.text(name)
        channel = self.workspace.channels.get(wanted)
        if channel is None or not channel.visible_to(self.actor):
            raise ApiError("channel_not_found")
        return channel

    def joined(self, name: str = "channel") -> Channel:
        channel = self.channel(name)
        if self.actor not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def scope(self, channel: Channel, right: str) -> None:
        """The scope for this kind of conversation: `channels:history`, `groups:history`, …"""
        family = {"public": "channels", "private": "groups"}.get(channel.kind, channel.kind)
        check_scope(self.scopes, (f"{family}:{right}",))

    def user(self, name: str = "user") -> User:
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise ApiError("user_not_found")
        return user

    # -- message content

    def message_text(self) -> str:
        return from_app(self.text("text"))[:TEXT_LIMIT]

    def blocks(self) -> list[Json] | None:
        """The blocks with ids, or None; raises what Slack answers to bad ones."""
        try:
            blocks = self.structure("blocks")
        except ApiError:
            raise ApiError("invalid_blocks_format") from None
        return None if blocks is None else accept_blocks(blocks)

    def attachments(self) -> list[Json] | None:
        try:
            attachments = self.structure("attachments")
        except ApiError:
            raise ApiError("invalid_attachments") from None
        return None if attachments is None else accept_attachments(attachments)

    def metadata(self) -> Json | None:
        try:
            metadata = self.structure("metadata")
        except ApiError:
            raise ApiError("invalid_metadata_format") from None
        accepted = None if metadata is None else accept_metadata(metadata)
        if metadata is not None and accepted is None:
            self.warn("invalid_metadata_schema")
        return accepted


def invalid_arguments(message: str) -> ApiError:
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}"]})


def write_cursor(kind: str, value: str) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{value}".encode()).decode()


def read_cursor(cursor: str, kind: str) -> str:
    """What `write_cursor` put in; empty without a cursor."""
    if not cursor:
        return ""
    try:
        name, _, value = base64.urlsafe_b64decode(cursor.encode()).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise ApiError("invalid_cursor") from None
    if name != kind or (not value.isdigit() if kind == "offset" else parse_ts(value) is None):
        raise ApiError("invalid_cursor")
    return value
