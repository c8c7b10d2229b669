"""`/oauth/v2/authorize`: a person reads what the app asks for, and allows it or not."""

from collections.abc import Mapping

from aiohttp import web

from simulator.core import Simulator
from simulator.errors import SimError
from simulator.installation import check_may_manage_apps
from simulator.oauth.asked import Asked, BadAsk, read_asked
from simulator.oauth.codes import Consent
from simulator.oauth.consent_page import consent_page, error_page
from simulator.state import User

# No form-action: browsers hold it against every redirect that follows, and the app may lead anywhere.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Without a referrer of its own a form's Origin would be null.
    "Referrer-Policy": "same-origin",
}


async def show_consent(sim: Simulator, request: web.Request) -> web.StreamResponse:
    try:
        return _page(consent_page(sim, read_asked(sim, request.query)))
    except BadAsk as bad:
        return _page(error_page(sim, bad), status=400)


async def take_consent(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """The form of the consent page. Only that page may send it: its Origin is checked in access.py, if there is one."""
    if "Origin" not in request.headers:
        raise SimError("forbidden_origin", "Only the consent page itself may send this form.", status=403)
    is_form = request.content_type == "application/x-www-form-urlencoded"
    given = await request.post() if is_form else {}
    fields = {key: value for key, value in given.items() if isinstance(value, str)}
    try:
        asked = read_asked(sim, fields)
        return _redirect(_answer(sim, asked, fields))
    except BadAsk as bad:
        return _page(error_page(sim, bad), status=400)


def _answer(sim: Simulator, asked: Asked, fields: Mapping[str, str]) -> str:
    if fields.get("decision") != "allow":
        return asked.back(error="access_denied")
    user = _person(sim, fields.get("user", ""))
    consent = Consent(
        user=user.id,
        scopes=asked.scopes,
        user_scopes=asked.user_scopes,
        redirect_uri=asked.redirect_uri,
        channel=_channel(sim, fields) if "incoming-webhook" in asked.scopes else "",
    )
    return asked.back(code=sim.codes.issue(consent))


def _person(sim: Simulator, user_id: str) -> User:
    user = sim.workspace.users.get(user_id)
    if user is None or user.is_bot or user.deleted:
        raise BadAsk("user_not_found", "Nobody is signed in", "Choose who installs the app.")
    try:
        check_may_manage_apps(sim.workspace, user)
    except SimError as error:
        raise BadAsk(error.error, f"{user.real_name} cannot install apps", error.message) from None
    return user


def _channel(sim: Simulator, fields: Mapping[str, str]) -> str:
    channel = sim.workspace.channels.get(fields.get("channel", ""))
    if channel is None or channel.kind != "public" or channel.is_archived:
        raise BadAsk("invalid_channel", "Choose a channel", "The app asks for a channel to post into.")
    return channel.id


def _page(html: str, *, status: int = 200) -> web.Response:
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def _redirect(url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})
