"""usergroups.*: groups of people that can be mentioned."""

from simulator.errors import ApiError
from simulator.state import Json, UserGroup
from simulator.web_api.call import Call


def list_usergroups(call: Call) -> Json:
    groups = [
        group
        for group in call.workspace.usergroups.values()
        if call.flag("include_disabled") or not group.disabled
    ]
    return {"usergroups": [usergroup_object(call, group) for group in groups]}


def list_users(call: Call) -> Json:
    group = call.workspace.usergroups.get(call.required("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": group.members}


def usergroup_object(call: Call, group: UserGroup) -> Json:
    """https://docs.slack.dev/reference/objects/usergroup-object"""
    shown: Json = {
        "id": group.id,
        "team_id": call.workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": group.created if group.disabled else 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": group.creator,
        "updated_by": group.creator,
        "deleted_by": group.creator if group.disabled else None,
        "prefs": {"channels": [], "groups": []},
    }
    if call.flag("include_count"):
        shown["user_count"] = len(group.members)
    return shown | ({"users": group.members} if call.flag("include_users") else {})
