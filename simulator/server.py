"""The HTTP server: every route, and every error as clean JSON."""

import functools
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator import downloads, links, pages
from simulator.access import Handler, check_origin
from simulator.avatars import send_avatar
from simulator.core import Simulator
from simulator.errors import ApiError, SimError
from simulator.oauth.consent import show_consent, take_consent
from simulator.responses import use_response_url
from simulator.sim_api.routes import add_sim_routes
from simulator.sim_api.stream import stream_events
from simulator.strict_json import parse_json
from simulator.web_api.dispatch import answer_call
from simulator.webhooks import take_webhook

logger = logging.getLogger(__name__)
BIGGEST_BODY = 100_000_000

SimHandler = Callable[[Simulator, web.Request], Awaitable[web.StreamResponse]]


def build_app(sim: Simulator, port: int) -> web.Application:
    app = web.Application(middlewares=[answer_errors, check_origin(port)], client_max_size=BIGGEST_BODY)

    def on(handler: SimHandler) -> Handler:
        return functools.partial(handler, sim)

    app.router.add_route("*", "/api/{method}", on(answer_call))
    app.router.add_get("/link/", on(_link))
    app.router.add_post("/upload/v1/{token}", on(downloads.receive_upload))
    app.router.add_post("/{family:commands|actions|app}/{tail:.+}", on(_response_url))
    app.router.add_post("/services/{tail:.+}", on(take_webhook))
    app.router.add_get("/app_redirect", on(links.follow))
    app.router.add_get("/oauth/v2/authorize", on(show_consent))
    app.router.add_post("/oauth/v2/authorize", on(take_consent))
    app.router.add_get("/files-pri/{ids}/{tail:.+}", on(downloads.send_to_app))
    app.router.add_get("/avatars/{name}", on(send_avatar))
    app.router.add_get("/sim/files/{file_id}", on(downloads.send_to_browser))
    app.router.add_get("/sim/events", on(stream_events))
    add_sim_routes(app, sim)
    app.router.add_get("/", pages.index)
    app.router.add_get("/client/{path:.+}", pages.client_file)
    return app


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as JSON objects: ours, aiohttp's own, and faults of this program, which go to the log."""
    try:
        return await handler(request)
    except (SimError, ApiError) as error:
        return web.json_response(error.body(), status=error.status if error.status != 200 else 403)
    except web.HTTPException as error:
        code = (error.reason or "error").lower().replace(" ", "_")
        body = {"ok": False, "error": code, "message": f"{error.reason}."}
        return web.json_response(body, status=error.status)
    except ConnectionError:
        return web.Response(
            status=499
        )  # who asked is gone; raised, it would go to the log as a fault of ours
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        body = {"ok": False, "error": "internal_error", "message": "The offline workspace made a mistake."}
        return web.json_response(body, status=500)


async def _link(sim: Simulator, request: web.Request) -> web.StreamResponse:
    if sim.socket_mode is None:
        raise SimError("not_socket_mode", "The app is reached over HTTP.", status=404)
    return await sim.socket_mode.link(request)


async def _response_url(sim: Simulator, request: web.Request) -> web.StreamResponse:
    try:
        answer = parse_json(await request.read())
    except ValueError:
        raise ApiError("invalid_payload", status=400) from None
    use_response_url(sim, request.path, answer)
    return web.json_response({"ok": True})
