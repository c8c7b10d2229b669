"""The table of /sim: verb, path, handler. simulator/README.md describes each."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.sim_api import acting, chatting, control, installing, reading, sharing, stepping
from simulator.sim_api.request import SimRequest
from simulator.state import Json
from simulator.strict_json import parse_json

Handler = Callable[[SimRequest], Json] | Callable[[SimRequest], Awaitable[Json]]

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/sim/workspace", reading.get_workspace),
    ("GET", "/sim/conversations/{channel}", reading.get_conversation),
    ("GET", "/sim/conversations/{channel}/messages", reading.get_messages),
    ("GET", "/sim/conversations/{channel}/replies", reading.get_replies),
    ("POST", "/sim/conversations/{channel}/read", acting.post_read),
    ("POST", "/sim/dms", acting.post_dm),
    ("POST", "/sim/messages", acting.post_message),
    ("POST", "/sim/messages/edit", acting.edit_message),
    ("POST", "/sim/messages/delete", acting.delete_message),
    ("POST", "/sim/files", sharing.post_file),
    ("POST", "/sim/uploads", sharing.post_upload),
    ("POST", "/sim/reactions", acting.post_reaction),
    ("POST", "/sim/commands", acting.post_command),
    ("POST", "/sim/actions", acting.post_action),
    ("POST", "/sim/options", acting.post_options),
    ("GET", "/sim/views", reading.get_views),
    ("POST", "/sim/views/{view_id}/submit", acting.post_submit),
    ("POST", "/sim/views/{view_id}/close", acting.post_close),
    ("POST", "/sim/shortcuts", acting.post_shortcut),
    ("GET", "/sim/functions", stepping.get_functions),
    ("POST", "/sim/functions/form", stepping.post_form),
    ("POST", "/sim/functions/run", stepping.post_run),
    ("GET", "/sim/home", reading.get_home),
    ("POST", "/sim/home", acting.post_home),
    ("GET", "/sim/assistant", chatting.get_assistant),
    ("POST", "/sim/assistant", chatting.post_assistant),
    ("GET", "/sim/installation", installing.get_installation),
    ("POST", "/sim/installation/remove", installing.post_remove),
    ("GET", "/sim/calls", reading.get_calls),
    ("GET", "/sim/deliveries", reading.get_deliveries),
    ("POST", "/sim/control/faults", control.order_fault),
    ("POST", "/sim/control/clear", control.clear),
    ("POST", "/sim/control/limits", control.set_limits),
    ("POST", "/sim/control/latency", control.set_latency),
    ("POST", "/sim/control/timing", control.set_timing),
    ("POST", "/sim/control/clock", control.advance_clock),
    ("POST", "/sim/control/disconnect", control.disconnect),
    ("POST", "/sim/control/messages", control.add_messages),
    ("POST", "/sim/control/redeliver", control.redeliver),
    ("POST", "/sim/control/event", control.send_event),
    ("POST", "/sim/control/user", control.change_user),
    ("POST", "/sim/control/join", control.add_person),
    ("POST", "/sim/control/members", control.change_members),
    ("POST", "/sim/control/oauth", installing.set_oauth),
    ("POST", "/sim/control/revoke", installing.revoke_tokens),
)


def add_sim_routes(app: web.Application, sim: Simulator) -> None:
    for verb, path, handler in ROUTES:
        app.router.add_route(verb, path, _route(sim, handler))


def _route(sim: Simulator, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def respond(request: web.Request) -> web.Response:
        fields = await _body(request) if request.method == "POST" else dict(request.query)
        result: Any = handler(SimRequest(sim, fields, dict(request.match_info)))
        answer = await result if inspect.isawaitable(result) else result
        return web.json_response({"ok": True, **answer})

    return respond


async def _body(request: web.Request) -> Json:
    """A JSON object sent as JSON: a form, which any web page can send, is refused."""
    if request.content_type != "application/json":
        message = "Send the request with Content-Type: application/json."
        raise SimError("invalid_content_type", message, status=415)
    try:
        fields = parse_json(await request.read() or b"{}")
    except ValueError:
        raise SimError("invalid_json", "The request is not valid JSON.") from None
    if not isinstance(fields, dict):
        raise SimError("invalid_json", "The request must be a JSON object.")
    return fields
