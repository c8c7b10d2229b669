"""The means to check Block Kit: a cursor into the JSON that collects what is wrong in Slack's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]


class Problems:
    """What was found wrong, and the ids seen so far, which must differ within one list of blocks."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.found: list[str] = []
        self.block_ids: set[str] = set()
        self.once: set[str] = set()
        self.counts: dict[str, int] = {}

    def add(self, message: str, pointer: str) -> None:
        self.found.append(f"{message} [json-pointer:{pointer}]")


class Node:
    """One JSON object under inspection. Each method checks one field and notes what is wrong with it."""

    def __init__(self, value: Json, pointer: str, problems: Problems) -> None:
        self.value = value
        self.pointer = pointer
        self.problems = problems

    @property
    def surface(self) -> Surface:
        return self.problems.surface

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def wrong(self, message: str, key: str = "") -> None:
        self.problems.add(message, f"{self.pointer}/{key}" if key else self.pointer)

    def only(self, *keys: str) -> None:
        for key in self.value.keys() - set(keys) - {"type"}:
            self.wrong(f"invalid additional property: {key}")

    def need(self, key: str) -> bool:
        if not self.has(key):
            self.wrong(f"missing required field: {key}")
        return self.has(key)

    def block_id(self) -> None:
        """Once in a message or view, in blocks inside of others too."""
        block_id = self.text("block_id", least=1, most=255)
        if block_id is not None and block_id in self.problems.block_ids:
            self.wrong(f"`block_id` {block_id} already exists", "block_id")
        self.problems.block_ids.add(block_id or "")

    def text(self, key: str, *, most: int, least: int = 0, required: bool = False) -> str | None:
        """A string field of limited length."""
        if not (self.need(key) if required else self.has(key)):
            return None
        value = self.value[key]
        if not isinstance(value, str):
            self.wrong("must provide a string", key)
            return None
        self._length(len(value), key, least, most, "characters")
        return value

    def address(self, key: str, *, required: bool = False, start: str = r"https?://[^\s/]") -> None:
        """A URL of limited length."""
        url = self.text(key, least=1 if required else 0, most=3000, required=required)
        if url and not re.match(start, url):
            self.wrong("must be a valid URL", key)

    def number(self, key: str, *, least: int | None = None, most: int | None = None) -> None:
        value = self.value.get(key)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("must provide a number", key)
        elif (least is not None and value < least) or (most is not None and value > most):
            self.wrong(f"must be between {least} and {most}", key)

    def flag(self, *keys: str) -> None:
        for key in keys:
            if self.has(key) and not isinstance(self.value[key], bool):
                self.wrong("must provide a boolean", key)

    def one_of(self, key: str, allowed: Collection[str]) -> None:
        if self.has(key):
            self.check_member(self.value[key], key, allowed)

    def check_member(self, value: Any, key: str, allowed: Collection[str]) -> None:
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"must be one of: {', '.join(sorted(allowed))}", key)

    def child(self, key: str) -> Node | None:
        """The object in this field, or None (noted) if it is something else."""
        if not self.has(key):
            return None
        return _node(self.value[key], f"{self.pointer}/{key}", self.problems)

    def children(self, key: str, *, most: int, least: int = 1, required: bool = True) -> list[Node]:
        """The objects of the list in this field, whose length is limited."""
        values = self.items(key, most=most, least=least, required=required)
        nodes = (_node(value, f"{self.pointer}/{key}/{i}", self.problems) for i, value in enumerate(values))
        return [node for node in nodes if node is not None]

    def items(self, key: str, *, most: int, least: int = 0, required: bool = False) -> list[Any]:
        if not (self.need(key) if required else self.has(key)):
            return []
        values = self.value[key]
        if not isinstance(values, list):
            self.wrong("must provide an array", key)
            return []
        self._length(len(values), key, least, most, "items")
        return values[:most]

    def texts(self, key: str, *, most: int) -> None:
        """A list of ids."""
        for number, value in enumerate(self.items(key, most=most)):
            if not isinstance(value, str):
                self.wrong("must provide a string", f"{key}/{number}")

    def once(self, what: str, key: str) -> None:
        """Notes what may be only once in a list of blocks."""
        if what in self.problems.once:
            self.wrong(f"only one {what} is allowed", key)
        self.problems.once.add(what)

    def at_most(self, most: int, what: str, key: str) -> None:
        """Notes what may be only so often in a list of blocks."""
        self.problems.counts[what] = self.problems.counts.get(what, 0) + 1
        if self.problems.counts[what] > most:
            self.wrong(f"no more than {most} {what} blocks allowed", key)

    def by_type(self, checks: Mapping[str, Callable[[Node], None]], what: str) -> None:
        """Goes on with the check for this object's `type`."""
        kind = self.value.get("type")
        check = checks.get(kind) if isinstance(kind, str) else None
        if check is None:
            self.wrong(f"unsupported {what}: {kind}", "type")
        else:
            check(self)

    def _length(self, length: int, key: str, least: int, most: int, unit: str) -> None:
        if length > most:
            over = f"must be less than {most + 1} characters" if unit == "characters" else None
            self.wrong(over or f"no more than {most} items allowed", key)
        elif length < least:
            under = f"must be more than {least - 1} characters" if unit == "characters" else None
            self.wrong(under or f"no fewer than {least} items allowed", key)


def _node(value: Any, pointer: str, problems: Problems) -> Node | None:
    if isinstance(value, dict):
        return Node(value, pointer, problems)
    problems.add("must provide an object", pointer)
    return None
