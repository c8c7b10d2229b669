"""The app's installation: what it may do here, who takes it away, what leads to it."""

from simulator.errors import SimError
from simulator.installation import (
    First,
    check_installed,
    check_may_manage_apps,
    revoke,
    uninstall,
    who_may_manage_apps,
)
from simulator.sim_api.request import SimRequest
from simulator.state import Json


def get_installation(request: SimRequest) -> Json:
    sim, workspace = request.sim, request.workspace
    installation = workspace.installation
    people = {} if installation is None else dict(installation.granted)
    return {
        "installed": installation is not None,
        "installer": installation.installer if installation else None,
        "scopes": people.pop(workspace.bot_user_id, []),
        "user_scopes": people,
        "token_rotation": sim.manifest.token_rotation,
        "redirect_urls": [*sim.manifest.redirect_urls, *sim.redirect_urls],
        "install_url": sim.install_url,
        "may_manage": [user.id for user in who_may_manage_apps(workspace)],
    }


async def post_remove(request: SimRequest) -> Json:
    """“Remove app”, by who may. `first` is the event that is sent first; without it either."""
    user = request.user()
    check_installed(request.sim)
    check_may_manage_apps(request.workspace, user)
    uninstall(request.sim, _first(request))
    return {}


async def set_oauth(request: SimRequest) -> Json:
    """Where OAuth may lead back to besides the manifest's URLs, where the install page is, who may install."""
    sim = request.sim
    if "redirect_urls" in request.fields:
        sim.redirect_urls = tuple(request.texts("redirect_urls"))
    if "install_url" in request.fields:
        sim.install_url = request.text("install_url")
    if "only_admins" in request.fields:
        request.workspace.only_admins_install = request.flag("only_admins")
    sim.live.publish({"type": "installation", "installed": request.workspace.installation is not None})
    return get_installation(request)


async def revoke_tokens(request: SimRequest) -> Json:
    """Of a person, or of the bot if nobody is named."""
    check_installed(request.sim)
    owner = request.user().id if "user" in request.fields else request.workspace.bot_user_id
    revoke(request.sim, owner)
    return get_installation(request)


def _first(request: SimRequest) -> First | None:
    match request.optional_text("first"):
        case None:
            return None
        case "app_uninstalled" | "tokens_revoked" as first:
            return first
        case _:
            raise SimError("invalid_arguments", "“first” must be app_uninstalled or tokens_revoked.")
