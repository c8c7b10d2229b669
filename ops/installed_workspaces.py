"""Rows of installations, put together by workspace: what may be shown of them, which is no secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation

from ops.installation_rows import Record, Row


@dataclass(frozen=True)
class Workspace:
    """All rows of one workspace, or of one org-wide installation."""

    rows: tuple[Row, ...]

    @property
    def id(self) -> str:
        """As it is asked for: the team's, org-wide the enterprise's."""
        return self.any.team_id or self.any.enterprise_id or ""

    @property
    def any(self) -> Record:
        """For what all of them say: the bot's if there is one, else the last that came."""
        return self.bot or max((row.record for row in self.rows), key=lambda each: each.installed_at)

    @property
    def latest(self) -> list[Row]:
        return [row for row in self.rows if row.is_latest]

    @property
    def bot(self) -> Bot | None:
        found = [row.record for row in self.latest if isinstance(row.record, Bot)]
        return max(found, key=lambda each: each.installed_at, default=None)

    @property
    def people(self) -> list[Installation]:
        """Who installed it, the last first, each once."""
        found = [row.record for row in self.latest if isinstance(row.record, Installation)]
        by_user = {each.user_id: each for each in sorted(found, key=lambda each: each.installed_at)}
        return sorted(by_user.values(), key=lambda each: each.installed_at, reverse=True)

    @property
    def older_rows(self) -> int:
        return len(self.rows) - len(self.latest)

    def secrets(self) -> Iterator[Secret]:
        """Of its latest rows each, of history how many are under which key."""
        for row in self.latest:
            owner = "bot" if isinstance(row.record, Bot) else row.record.user_id
            for name, key in row.keys.items():
                yield Secret(owner, name, key)
        keys = [key for row in self.rows if not row.is_latest for key in row.keys.values()]
        for key in sorted(set(keys), key=str):
            yield Secret("history", f"{keys.count(key)} of them", key)


@dataclass(frozen=True)
class Secret:
    """`key` is what it is sealed under; None: it is plain."""

    of: str
    name: str
    key: str | None


def group(rows: Iterable[Row]) -> list[Workspace]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        at = (row.record.enterprise_id or "", row.record.team_id or "")
        groups.setdefault(at, []).append(row)
    return [Workspace(tuple(groups[at])) for at in sorted(groups)]


def as_json(found: Workspace) -> dict[str, Any]:
    """For programs. Times are ISO 8601; a plain secret's key is null."""
    any_one, bot = found.any, found.bot
    return {
        "team_id": any_one.team_id,
        "team_name": any_one.team_name,
        "enterprise_id": any_one.enterprise_id,
        "enterprise_name": any_one.enterprise_name,
        "is_enterprise_install": any_one.is_enterprise_install,
        "app_id": any_one.app_id,
        "installed_at": iso(any_one.installed_at),
        "bot": bot_as_json(bot) if bot else None,
        "people": [person_as_json(each) for each in found.people],
        "older_rows": found.older_rows,
        "secrets": [{"of": each.of, "name": each.name, "sealed_under": each.key} for each in found.secrets()],
    }


def bot_as_json(bot: Bot) -> dict[str, Any]:
    return {
        "bot_id": bot.bot_id,
        "bot_user_id": bot.bot_user_id,
        "bot_scopes": list(bot.bot_scopes),
        "bot_token_expires_at": iso(bot.bot_token_expires_at),
    }


def person_as_json(person: Installation) -> dict[str, Any]:
    return {
        "user_id": person.user_id,
        "installed_at": iso(person.installed_at),
        "user_scopes": list(person.user_scopes or ()),
        "user_token_expires_at": iso(person.user_token_expires_at),
    }


def iso(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat() if at is not None else None


def when(at: float | None, *, never: str = "never") -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}" if at is not None else never


def shown(name: str | None) -> str:
    """A workspace's name is its own people's to choose: what would move the cursor does not."""
    return "".join(each if each.isprintable() else "?" for each in name or "")[:40]
