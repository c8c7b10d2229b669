"""usergroups.*: what an app changes about groups of people."""

import re

from simulator.errors import ApiError
from simulator.ids import new_id
from simulator.state import Json, UserGroup
from simulator.web_api.call import Call
from simulator.web_api.usergroups import usergroup_object

HANDLE = re.compile(r"[\w-]{1,21}")


def create(call: Call) -> Json:
    name = call.required("name")
    handle = _free_handle(call, call.text("handle") or re.sub(r"[^\w-]+", "-", name.lower()))
    _check_name(call, name)
    now = int(call.sim.clock.now())
    group = UserGroup(new_id("S"), handle, name, call.text("description"), call.actor, now)
    call.workspace.usergroups[group.id] = group
    return {"usergroup": usergroup_object(call, group)}


def update(call: Call) -> Json:
    group = _group(call)
    if call.text("name"):
        _check_name(call, call.text("name"), but=group)
        group.name = call.text("name")
    if call.text("handle"):
        group.handle = _free_handle(call, call.text("handle"), but=group)
    if "description" in call.args:
        group.description = call.text("description")
    return {"usergroup": usergroup_object(call, group)}


def enable(call: Call) -> Json:
    group = _group(call)
    if not group.disabled:
        raise ApiError("already_enabled")
    group.disabled = False
    return {"usergroup": usergroup_object(call, group)}


def disable(call: Call) -> Json:
    group = _group(call)
    if group.disabled:
        raise ApiError("already_disabled")
    group.disabled = True
    return {"usergroup": usergroup_object(call, group)}


def update_users(call: Call) -> Json:
    """The whole list, which cannot be empty."""
    group = _group(call)
    wanted = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not wanted:
        raise ApiError("no_users_provided")
    users = [call.workspace.users.get(each) for each in wanted]
    if any(user is None or user.deleted for user in users):
        raise ApiError("invalid_users")
    group.members = list(dict.fromkeys(wanted))
    return {"usergroup": usergroup_object(call, group) | {"users": group.members}}


def _group(call: Call) -> UserGroup:
    group = call.workspace.usergroups.get(call.required("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return group


def _check_name(call: Call, name: str, but: UserGroup | None = None) -> None:
    for each in call.workspace.usergroups.values():
        if each is not but and each.name.casefold() == name.casefold():
            raise ApiError("name_already_exists")


def _free_handle(call: Call, handle: str, but: UserGroup | None = None) -> str:
    handle = handle.removeprefix("@").lower()
    if not HANDLE.fullmatch(handle):
        raise ApiError("invalid_handle")
    groups = (each.handle for each in call.workspace.usergroups.values() if each is not but)
    taken = {*groups, *(user.name for user in call.workspace.users.values())}
    if handle in taken or call.workspace.channel_named(handle):
        raise ApiError("handle_already_exists")
    return handle
