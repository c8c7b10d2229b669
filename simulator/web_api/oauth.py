"""oauth.v2.access, auth.revoke and apps.uninstall: how an app gets its tokens, and how it gives them back."""

from simulator.errors import ApiError
from simulator.installation import install, revoke, uninstall
from simulator.oauth.codes import Consent
from simulator.oauth.tokens import is_same, issue_token, take_refresh_token
from simulator.state import Json
from simulator.web_api.call import Call
from simulator.webhooks import issue_webhook

GRANTS = {"", "authorization_code", "refresh_token"}


def oauth_v2_access(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/oauth.v2.access"""
    check_client(call)
    grant = call.text("grant_type")
    if grant not in GRANTS:
        raise ApiError("invalid_grant_type")
    if grant == "refresh_token":
        owner = take_refresh_token(call.sim, call.text("refresh_token"))
        return {**_token(call, owner), **_place(call)}
    consent = call.sim.codes.take(call.text("code"), call.text("redirect_uri"))
    install(call.sim, consent.user, consent.scopes, consent.user_scopes)
    bot = _token(call, call.bot) if consent.scopes else {}
    return {**bot, **_place(call), "authed_user": _authed_user(call, consent), **_webhook(call, consent)}


def auth_revoke(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/auth.revoke"""
    if call.flag("test"):
        return {"revoked": False}
    revoke(call.sim, call.actor)
    return {"revoked": True}


def apps_uninstall(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/apps.uninstall"""
    check_client(call)
    uninstall(call.sim)
    return {}


def check_client(call: Call) -> None:
    """By the Authorization header or by arguments."""
    credentials = call.workspace.credentials
    if not is_same(credentials.client_id, call.text("client_id")):
        raise ApiError("invalid_client_id")
    if not is_same(credentials.client_secret, call.text("client_secret")):
        raise ApiError("bad_client_secret")


def _token(call: Call, owner: str) -> Json:
    scopes = {"scope": ",".join(call.workspace.scopes_of(owner))}
    if owner != call.bot:
        return {**issue_token(call.sim, owner), "token_type": "user", **scopes}
    return {**issue_token(call.sim, owner), "token_type": "bot", **scopes, "bot_user_id": owner}


def _authed_user(call: Call, consent: Consent) -> Json:
    return {"id": consent.user, **(_token(call, consent.user) if consent.user_scopes else {})}


def _place(call: Call) -> Json:
    workspace = call.workspace
    return {
        "app_id": workspace.app_id,
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _webhook(call: Call, consent: Consent) -> Json:
    if "incoming-webhook" not in consent.scopes:
        return {}
    return {"incoming_webhook": issue_webhook(call.sim, consent.channel)}
