"""users.*: who is here."""

from simulator.errors import ApiError
from simulator.messages import SLACKBOT
from simulator.objects import email_of, profile_of, user_object
from simulator.state import Json, User
from simulator.web_api.call import Call

LOCALE = "en-US"
# Who speaks for Slack itself. It is no bot, as far as `is_bot` says, and nobody can write to it.
SLACKBOT_USER = User(SLACKBOT, "slackbot", "Slackbot", display_name="Slackbot", color="757575")


def info(call: Call) -> Json:
    user = SLACKBOT_USER if call.text("user") == SLACKBOT else call.user()
    return {"user": _shown(call, user)}


def list_users(call: Call) -> Json:
    """Everybody, deactivated people, the bot and Slackbot included; a `limit` of 0 is the documented default."""
    page = call.page([*call.workspace.users.values(), SLACKBOT_USER], default=1000, most=1000, least=0)
    members = [_shown(call, each) for each in page.items]
    return {"members": members, "cache_ts": int(call.sim.clock.now()), **page.metadata()}


def lookup_by_email(call: Call) -> Json:
    wanted = call.required("email").casefold()
    for user in call.workspace.people():
        if not user.deleted and email_of(user, call.workspace).casefold() == wanted:
            return {"user": _shown(call, user)}
    raise ApiError("users_not_found")


def profile_get(call: Call) -> Json:
    user = call.user() if call.text("user") else call.workspace.users[call.actor]
    return {"profile": profile_of(user, call.sim, email="users:read.email" in call.scopes)}


def get_presence(call: Call) -> Json:
    """Whoever works here is at their desk."""
    user = call.user() if call.text("user") else call.workspace.users[call.actor]
    return {"presence": "away" if user.deleted else "active"}


def dnd_info(call: Call) -> Json:
    """Nobody here is to be left alone."""
    if call.text("user"):
        call.user()
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": False}


def _shown(call: Call, user: User) -> Json:
    """Email addresses are for who may read them."""
    may_read = "users:read.email" in call.scopes and user is not SLACKBOT_USER
    shown = user_object(user, call.sim, email=may_read)
    return shown | ({"locale": LOCALE} if call.flag("include_locale") else {})
