"""The app's manifest: its commands, shortcuts, events and scopes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import BadManifest
from simulator.functions.definitions import Function, read_functions


@dataclass(frozen=True)
class Command:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    name: str
    description: str
    long_description: str
    background_color: str
    bot_name: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_urls: tuple[str, ...]
    token_rotation: bool
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    events: tuple[str, ...]
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    assistant: bool = False
    functions: tuple[Function, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    metadata_types: tuple[str, ...] = ()

    def command(self, name: str) -> Command | None:
        return next((command for command in self.commands if command.command == name), None)

    def function(self, callback_id: str) -> Function | None:
        return next((each for each in self.functions if each.callback_id == callback_id), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((each for each in self.shortcuts if each.callback_id == callback_id), None)


def read_manifest(path: Path) -> Manifest:
    """Reads a JSON app manifest (https://docs.slack.dev/reference/app-manifest)."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadManifest(
            f"{path}: {error.strerror}. Give the app's manifest with --manifest FILE."
        ) from None
    except ValueError as error:
        hint = (
            " Slack shows a YAML manifest as JSON: api.slack.com/apps, App Manifest."
            if _is_yaml(path)
            else ""
        )
        raise BadManifest(f"{path} is not JSON: {error}.{hint}") from None
    try:
        return _manifest(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadManifest(
            f"{path} is not an app manifest: {error!r} is missing or of the wrong type."
        ) from None


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")


def _manifest(raw: dict[str, Any]) -> Manifest:
    about, features = raw["display_information"], raw.get("features", {})
    home = features.get("app_home", {})
    settings, oauth = raw.get("settings", {}), raw.get("oauth_config", {})
    subscribed = settings.get("event_subscriptions", {})
    return Manifest(
        name=about["name"],
        description=about.get("description", ""),
        long_description=about.get("long_description", ""),
        background_color=about.get("background_color", "#4a4a4a"),
        bot_name=features.get("bot_user", {}).get("display_name", about["name"]),
        scopes=tuple(oauth.get("scopes", {}).get("bot", ())),
        user_scopes=tuple(oauth.get("scopes", {}).get("user", ())),
        redirect_urls=tuple(oauth.get("redirect_urls", ())),
        token_rotation=bool(settings.get("token_rotation_enabled", False)),
        commands=tuple(_command(each) for each in features.get("slash_commands", ())),
        shortcuts=tuple(_shortcut(each) for each in features.get("shortcuts", ())),
        events=tuple(subscribed.get("bot_events", ())),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        assistant="assistant_view" in features,
        unfurl_domains=tuple(each.lower() for each in features.get("unfurl_domains", ())),
        metadata_types=tuple(each["event_type"] for each in subscribed.get("metadata_subscriptions", ())),
        functions=read_functions(raw.get("functions") or {}),
    )


def _command(raw: dict[str, Any]) -> Command:
    return Command(
        command=raw["command"],
        description=raw.get("description", ""),
        usage_hint=raw.get("usage_hint", ""),
        should_escape=bool(raw.get("should_escape", False)),
    )


def _shortcut(raw: dict[str, Any]) -> Shortcut:
    return Shortcut(
        name=raw["name"],
        type=raw["type"],
        callback_id=raw["callback_id"],
        description=raw.get("description", ""),
    )
