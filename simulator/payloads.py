"""What is sent to the app, in Slack's shapes (https://docs.slack.dev/interactivity/handling-user-interaction)."""

import time

from simulator.blocks import stateful_elements
from simulator.core import Simulator
from simulator.functions.runs import in_the_run
from simulator.ids import new_id, new_secret
from simulator.objects import view_object
from simulator.rich_text import as_told
from simulator.state import Channel, Json, View


def command_payload(
    sim: Simulator,
    *,
    user_id: str,
    channel: Channel,
    command: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> Json:
    workspace = sim.workspace
    return {
        "token": workspace.credentials.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": channel_label(channel),
        "user_id": user_id,
        "user_name": workspace.users[user_id].name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction_payload(sim: Simulator, kind: str, user_id: str, trigger_id: str | None = None) -> Json:
    """What all interactions have in common."""
    workspace = sim.workspace
    user = workspace.users[user_id]
    payload: Json = {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": workspace.team_id},
        "api_app_id": workspace.app_id,
        "token": workspace.credentials.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return payload | ({"trigger_id": trigger_id} if trigger_id else {})


def view_submission_payload(sim: Simulator, view: View, user_id: str, trigger_id: str) -> Json:
    payload = interaction_payload(sim, "view_submission", user_id, trigger_id)
    payload |= in_the_run(sim.functions.get(view.run), user_id, trigger_id)
    return payload | {"view": view_object(view, sim), "response_urls": _response_urls(sim, view, user_id)}


def _response_urls(sim: Simulator, view: View, user_id: str) -> list[Json]:
    """One for each menu with `response_url_enabled` in which a conversation is chosen."""
    chosen = []
    for block_id, element in stateful_elements(view.blocks):
        state = view.values.get(block_id, {}).get(element["action_id"], {})
        channel = state.get("selected_conversation") or state.get("selected_channel")
        if element.get("response_url_enabled") and channel in sim.workspace.channels:
            path = sim.response_urls.issue(
                "app", sim.workspace.team_id, user=user_id, channel=channel, message_ts=None, ephemeral=False
            )
            where = {"block_id": block_id, "action_id": element["action_id"], "channel_id": channel}
            chosen.append({**where, "response_url": sim.url + path})
    return chosen


def view_closed_payload(sim: Simulator, view: View, user_id: str, *, cleared: bool) -> Json:
    payload = interaction_payload(sim, "view_closed", user_id)
    run = sim.functions.get(view.run)
    if run:
        payload |= in_the_run(run, user_id, sim.triggers.issue(user_id))
    return payload | {"view": view_object(view, sim), "is_cleared": cleared}


def shortcut_payload(sim: Simulator, callback_id: str, user_id: str, trigger_id: str) -> Json:
    payload = interaction_payload(sim, "shortcut", user_id, trigger_id)
    return payload | {"callback_id": callback_id, "action_ts": action_ts()}


def message_shortcut_payload(
    sim: Simulator,
    callback_id: str,
    user_id: str,
    trigger_id: str,
    channel: Channel,
    message: Json,
    response_url: str,
) -> Json:
    payload = interaction_payload(sim, "message_action", user_id, trigger_id)
    return payload | {
        "callback_id": callback_id,
        "action_ts": action_ts(),
        "message_ts": message["ts"],
        "channel": {"id": channel.id, "name": channel_label(channel)},
        "message": as_told(message),
        "response_url": response_url,
    }


def event_payload(sim: Simulator, event: Json) -> Json:
    """https://docs.slack.dev/apis/events-api#callback-field"""
    workspace = sim.workspace
    return {
        "token": workspace.credentials.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": new_secret(32),
    }


def action_ts() -> str:
    return f"{time.time():.6f}"


def channel_label(channel: Channel) -> str:
    """The name an app is told: not that of a private conversation."""
    return {"private": "privategroup", "im": "directmessage"}.get(channel.kind, channel.name)
