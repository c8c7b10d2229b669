"""Access tokens and refresh tokens: made, found, renewed (https://docs.slack.dev/authentication/using-token-rotation)."""

import hmac
import secrets

from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.ids import new_secret
from simulator.state import Json, RefreshToken, Token, Workspace

KEPT = 1_000


def new_token_text(workspace: Workspace, user_id: str, *, rotating: bool = False) -> str:
    kind = "xoxb" if user_id == workspace.bot_user_id else "xoxp"
    if rotating:
        return f"xoxe.{kind}-1-{new_secret(140)}"
    number = secrets.randbelow(9 * 10**11) + 10**11
    return f"{kind}-{number}-{number + 7}-{new_secret()}"


def find_token(sim: Simulator, text: str) -> Token:
    """The token if it still works; raises what Slack would answer if not."""
    run = sim.functions.with_token(text)
    token = run.token if run else _kept_token(sim, text)
    if token is None:
        raise ApiError("invalid_auth")
    if token.state == "revoked":
        raise ApiError("token_revoked")
    if token.state == "uninstalled":
        # https://docs.slack.dev/reference/methods/auth.test: the one is a bot's, the other a person's.
        raise ApiError("account_inactive" if token.user == sim.workspace.bot_user_id else "token_revoked")
    if token.expires and sim.clock.now() > token.expires:
        raise ApiError("token_expired")
    return token


def _kept_token(sim: Simulator, text: str) -> Token | None:
    return next((each for each in sim.workspace.tokens if is_same(each.text, text)), None)


def is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def issue_token(sim: Simulator, user_id: str) -> Json:
    """The part of an answer that has the token in it: without rotation the one that the user has already."""
    workspace = sim.workspace
    if not sim.manifest.token_rotation:
        return {"access_token": _lasting_token(workspace, user_id).text}
    seconds = sim.timing.token_seconds
    token = Token(new_token_text(workspace, user_id, rotating=True), user_id, sim.clock.now() + seconds)
    refresh = RefreshToken(f"xoxe-1-{new_secret(140)}", user_id)
    workspace.tokens.append(token)
    workspace.refresh_tokens.append(refresh)
    del workspace.tokens[:-KEPT], workspace.refresh_tokens[:-KEPT]
    return {"access_token": token.text, "expires_in": seconds, "refresh_token": refresh.text}


def take_refresh_token(sim: Simulator, text: str) -> str:
    """Uses it up and says whose it is."""
    refresh = next((each for each in sim.workspace.refresh_tokens if is_same(each.text, text)), None)
    if refresh is None or refresh.used:
        raise ApiError("invalid_refresh_token")
    refresh.used = True
    return refresh.user


def _lasting_token(workspace: Workspace, user_id: str) -> Token:
    for token in workspace.tokens:
        if token.user == user_id and token.state == "live" and not token.expires:
            return token
    token = Token(new_token_text(workspace, user_id), user_id)
    workspace.tokens.append(token)
    return token
