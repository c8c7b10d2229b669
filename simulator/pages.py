"""The browser client's files."""

from pathlib import Path

from aiohttp import web

from simulator.errors import SimError

CLIENT = Path(__file__).parent / "client"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".html": "text/html"}


async def index(request: web.Request) -> web.StreamResponse:
    return _file(CLIENT / "index.html")


async def client_file(request: web.Request) -> web.StreamResponse:
    path = (CLIENT / request.match_info["path"]).resolve()
    if not path.is_relative_to(CLIENT) or not path.is_file():
        raise SimError("not_found", "There is no such page.", status=404)
    return _file(path)


def _file(path: Path) -> web.StreamResponse:
    if not path.is_file():
        raise SimError("not_found", "The browser client is not here.", status=404)
    kind = TYPES.get(path.suffix, "application/octet-stream")
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": kind + charset})
