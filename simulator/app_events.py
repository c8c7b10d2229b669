"""Events the app subscribed to in its manifest."""

import time

from simulator.core import Simulator
from simulator.deliveries import Ack
from simulator.objects import user_object, view_object
from simulator.payloads import event_payload
from simulator.people import direct_message_with
from simulator.state import Json, User

OF_AUTHORIZATION = {
    "authorizations",
    "context_team_id",
    "context_enterprise_id",
    "is_ext_shared_channel",
    "event_context",
}


async def app_home_opened(sim: Simulator, user_id: str, tab: str) -> Ack | None:
    """A person looks at App Home. The event carries the view if one was published."""
    if "app_home_opened" not in sim.manifest.events or sim.workspace.installation is None:
        return None
    channel = direct_message_with(sim, sim.workspace.bot_user_id, user_id)
    event: Json = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": f"{time.time():.6f}",
    }
    view = sim.workspace.homes.get(user_id)
    if view is not None and tab == "home":
        event["view"] = view_object(view, sim)
    return await sim.deliveries.deliver_event(event_payload(sim, event))


def team_join(sim: Simulator, user: User) -> None:
    """https://docs.slack.dev/reference/events/team_join"""
    if "team_join" in sim.manifest.events and "users:read" in sim.workspace.bot_scopes:
        email = "users:read.email" in sim.workspace.bot_scopes
        described = user_object(user, sim, email=email)
        event = {"type": "team_join", "user": described, "event_ts": f"{time.time():.6f}"}
        sim.deliveries.announce(event_payload(sim, event))


def app_uninstalled(sim: Simulator) -> None:
    """https://docs.slack.dev/reference/events/app_uninstalled"""
    _tell_of_the_end(sim, {"type": "app_uninstalled"})


def tokens_revoked(sim: Simulator, owners: list[str]) -> None:
    """https://docs.slack.dev/reference/events/tokens_revoked: ids of people and of bots, not tokens."""
    bot = sim.workspace.bot_user_id
    people = [each for each in owners if each != bot]
    _tell_of_the_end(
        sim, {"type": "tokens_revoked", "tokens": {"oauth": people, "bot": [bot] if bot in owners else []}}
    )


def _tell_of_the_end(sim: Simulator, event: Json) -> None:
    """Needs no scope, and no authorization is left to be named."""
    if event["type"] in sim.manifest.events:
        payload = event_payload(sim, event)
        sim.deliveries.announce({key: payload[key] for key in payload if key not in OF_AUTHORIZATION})
