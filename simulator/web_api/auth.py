"""auth.*, api.test, apps.*, team.info and bots.info."""

from simulator.avatars import OF_TEAMS, pictures
from simulator.errors import ApiError
from simulator.objects import bot_profile
from simulator.state import Json
from simulator.web_api.call import Call


def auth_test(call: Call) -> Json:
    workspace = call.workspace
    bot = {"bot_id": workspace.bot_id} if call.actor == call.bot else {}
    return {
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.users[call.actor].name,
        "team_id": workspace.team_id,
        "user_id": call.actor,
        **bot,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """Gives back what it got, or the error it was asked for."""
    if call.text("error"):
        raise ApiError(call.text("error"), args=call.args)
    return {"args": call.args}


def apps_connections_open(call: Call) -> Json:
    socket_mode = call.sim.socket_mode
    if socket_mode is None:
        raise ApiError("socket_mode_not_enabled")
    address = call.sim.url.replace("http://", "ws://")
    return {"url": f"{address}/link/?ticket={socket_mode.issue_ticket()}&app_id={call.workspace.app_id}"}


def team_info(call: Call) -> Json:
    workspace = call.workspace
    if call.text("team") not in ("", workspace.team_id):
        raise ApiError("team_not_found")
    domain = workspace.team_domain
    icon = pictures(call.sim, workspace.team_id, OF_TEAMS) | {"image_default": True}
    team = {"id": workspace.team_id, "name": workspace.team_name, "domain": domain, "email_domain": ""}
    return {"team": {**team, "url": f"https://{domain}.slack.com/", "icon": icon}}


def emoji_list(call: Call) -> Json:
    """Nobody here has made any of their own."""
    return {"emoji": {}, "cache_ts": f"{call.sim.clock.now():.6f}"}


def bots_info(call: Call) -> Json:
    if call.text("bot") != call.workspace.bot_id:
        raise ApiError("bot_not_found")
    return {"bot": {**bot_profile(call.sim), "user_id": call.bot}}
