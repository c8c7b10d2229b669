"""Bytes in and out: the upload address, and files for those who can see them."""

from urllib.parse import quote

from aiohttp import web

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.oauth.tokens import find_token
from simulator.scopes import check_scope
from simulator.sim_api.request import SimRequest
from simulator.state import File


async def receive_upload(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`POST /upload/v1/{token}`: the bytes as the body, or as the first file of a multipart form."""
    upload = sim.files.uploads.get(request.match_info["token"])
    if upload is None:
        return web.Response(status=404, text="No such upload")
    chunks = request.content.iter_chunked(64 * 1024)
    if request.content_type == "multipart/form-data":
        part = await (await request.multipart()).next()
        chunks = part  # type: ignore[assignment]
    if not await sim.files.receive(upload, chunks):
        return web.Response(status=400, text=f"Expected {upload.length} bytes")
    return web.Response(text=f"OK - {upload.length}")


async def send_to_app(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`/files-pri/…`, a file's `url_private`: a token with files:read, or a person in the browser."""
    file_id = request.match_info["ids"].partition("-")[2]
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        return _send_to_person(sim, request, file_id)
    file = sim.workspace.files.get(file_id)
    owner = find_token(sim, token).user
    if file is None:
        raise SimError("file_not_found", "There is no such file.", status=404)
    check_scope(sim.workspace.scopes_of(owner), ("files:read",))
    return _send(sim, file)


async def send_to_browser(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`/sim/files/{file_id}?user=`"""
    return _send_to_person(sim, request, request.match_info["file_id"])


def _send_to_person(sim: Simulator, request: web.Request, file_id: str) -> web.StreamResponse:
    user = SimRequest(sim, dict(request.query), {}).user()
    file = sim.workspace.files.get(file_id)
    if file is None:
        raise SimError("file_not_found", "There is no such file.", status=404)
    shared = any(sim.workspace.channels[each].visible_to(user.id) for each in file.channels)
    if file.user != user.id and not shared:
        raise SimError("file_not_visible", "You can see no conversation this file is in.", status=403)
    return _send(sim, file)


def _send(sim: Simulator, file: File) -> web.StreamResponse:
    path = sim.files.path(file.id)
    if not path.exists():
        raise SimError("file_deleted", "The bytes of this file are gone.", status=404)
    headers = {
        "Content-Type": file.mimetype,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "no-store",
    }
    return web.FileResponse(path, headers=headers)
