"""Slack's links into a workspace, such as an app's success page has (https://docs.slack.dev/interactivity/deep-linking)."""

from urllib.parse import urlencode

from aiohttp import web

from simulator.core import Simulator
from simulator.errors import SimError

TABS = {"home", "messages", "about"}


async def follow(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`GET /app_redirect?app=…` or `?channel=…`, perhaps with `team`: leads to the place in the browser client."""
    if request.query.get("team", "") not in ("", sim.workspace.team_id):
        raise SimError("team_not_found", "This link is to another workspace.", status=404)
    place = _place(sim, request.query.get("app"), request.query.get("channel"), request.query.get("tab", ""))
    return web.Response(status=302, headers={"Location": f"/?{urlencode(place)}"})


def _place(sim: Simulator, app: str | None, channel: str | None, tab: str) -> dict[str, str]:
    if app == sim.workspace.app_id:
        return {"app": tab if tab in TABS else "home"}
    if channel in sim.workspace.channels:
        return {"channel": channel}
    raise SimError("not_found", "This link leads nowhere in this workspace.", status=404)
