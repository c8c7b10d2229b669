"""Who may talk to the pages and to /sim: the browser on this machine showing our own page, and tools beside it."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from simulator.errors import SimError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# These are for the app: it proves itself by a token, a ticket or a secret address instead.
FOR_THE_APP = ("/api/", "/link/", "/upload/", "/commands/", "/actions/", "/app/", "/services/")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def check_origin(port: int) -> Middleware:
    """Refuses pages of other origins, and names that were made to point here (DNS rebinding)."""
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origins = {f"http://{host}" for host in hosts}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(FOR_THE_APP):
            _check(request, hosts, origins)
        response = await handler(request)
        if not response.prepared:
            for name, value in SAFE.items():
                response.headers.setdefault(name, value)
        return response

    return middleware


def _check(request: web.Request, hosts: set[str], origins: set[str]) -> None:
    if request.headers.get("Host") not in hosts:
        raise SimError("forbidden_host", "Use the address the offline workspace printed.", status=403)
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        raise SimError(
            "forbidden_origin", "Another site's page may not use the offline workspace.", status=403
        )
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.path.startswith("/sim/"):
        raise SimError(
            "forbidden_origin", "Another site's page may not use the offline workspace.", status=403
        )
