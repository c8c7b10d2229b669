"""Pictures of people and of the app, for the `image_…` fields of profiles: initials on a person's colour."""

import re
from html import escape

from aiohttp import web

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.state import Json, User

SIZES = (24, 32, 48, 72, 192, 512)
OF_BOTS = (36, 48, 72)
OF_TEAMS = (34, 44, 68, 88, 102, 132, 230)
NAME = re.compile(r"(\w+)-(\d{2,3})\.svg")
COLOR = re.compile(r"[0-9a-fA-F]{3,8}")
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 48 48">'
    '<rect width="48" height="48" rx="8" fill="#{color}"/>'
    '<text x="24" y="31" text-anchor="middle" font-family="sans-serif" font-weight="600" font-size="19" '
    'fill="#fff">{initials}</text></svg>'
)


def pictures(sim: Simulator, owner: str, sizes: tuple[int, ...] = SIZES) -> Json:
    return {f"image_{size}": f"{sim.url}/avatars/{owner}-{size}.svg" for size in sizes}


async def send_avatar(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """`GET /avatars/{id}-{size}.svg`: of a person, the app or the workspace, for whoever has the address."""
    match = NAME.fullmatch(request.match_info["name"])
    name, color = _drawn(sim, match[1]) if match else ("", "")
    if match is None or not name:
        raise SimError("not_found", "There is no such picture.", status=404)
    text = PICTURE.format(size=match[2], color=color, initials=escape(initials_of(name)))
    headers = {"Content-Security-Policy": "sandbox"}
    return web.Response(text=text, content_type="image/svg+xml", headers=headers)


def initials_of(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def _drawn(sim: Simulator, owner: str) -> tuple[str, str]:
    """Whose picture it is, and its colour."""
    if owner == sim.workspace.team_id:
        return sim.workspace.team_name, "0b6757"
    user = sim.workspace.users.get(owner)
    return (user.real_name, _color(user)) if user else ("Slackbot" if owner == "USLACKBOT" else "", "757575")


def _color(user: User) -> str:
    return user.color if COLOR.fullmatch(user.color) else "4a4a4a"
