"""The Slack app's manifest for one stage: manifest.json with the stage's URLs, its commands told apart by a suffix."""

import copy
import json
from pathlib import Path
from typing import Any

MANIFEST = Path("manifest.json")


def stage_manifest(url: str, suffix: str, file: Path = MANIFEST) -> dict[str, Any]:
    """`url` is where the stage's routes are, without a slash at its end; `suffix` is such as `-dev`, or empty."""
    manifest = copy.deepcopy(json.loads(file.read_text("utf-8")))
    events = f"{url}/slack/events"
    name_it(manifest, suffix)
    for command in manifest["features"]["slash_commands"]:
        command["command"] += suffix
        command["url"] = events
    manifest["oauth_config"]["redirect_urls"] = [f"{url}/slack/oauth_redirect"]
    settings = manifest["settings"]
    settings["event_subscriptions"]["request_url"] = events
    settings["interactivity"] |= {"request_url": events, "message_menu_options_url": events}
    settings["socket_mode_enabled"] = False
    return dict(manifest)


def name_it(manifest: dict[str, Any], suffix: str) -> None:
    """So that people can tell the stages apart in their list of apps."""
    manifest["display_information"]["name"] += f" {suffix[1:]}" if suffix else ""
    manifest["features"]["bot_user"]["display_name"] += suffix
