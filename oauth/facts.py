"""What the install pages say of the app: its manifest, and where it keeps things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Facts:
    """`scopes` come from manifest.json and nowhere else. `kept` says where tokens lie, as the end of a sentence."""

    name: str
    summary: str
    about: str
    command: str  # the first to try, with its slash
    scopes: Sequence[str]
    user_scopes: Sequence[str]
    kept: str
    is_restricted: bool = False  # to workspaces on a list


def read_facts(manifest: Mapping[str, Any], *, stage_suffix: str, kept: str, is_restricted: bool) -> Facts:
    """`stage_suffix` is what ops/stage_manifest.py puts behind the commands of a stage, such as `-dev`."""
    shown, scopes = manifest["display_information"], manifest["oauth_config"]["scopes"]
    commands = manifest.get("features", {}).get("slash_commands", [])
    return Facts(
        name=shown["name"] + (f" {stage_suffix[1:]}" if stage_suffix else ""),
        summary=shown.get("description", ""),
        about=shown.get("long_description", ""),
        command=commands[0]["command"] + stage_suffix if commands else "",
        scopes=scopes.get("bot", []),
        user_scopes=scopes.get("user", []),
        kept=kept,
        is_restricted=is_restricted,
    )
