"""What a person sees: the workspace, conversations, threads, views, App Home."""

from bisect import bisect_left

from simulator.commands import BUILT_IN
from simulator.core import Simulator
from simulator.errors import SimError
from simulator.functions.definitions import Function
from simulator.installation import who_may_manage_apps
from simulator.manifest import Command
from simulator.objects import channel_json, other_member, person_json, view_object
from simulator.sim_api.request import SimRequest
from simulator.state import Channel, Json, User, UserGroup

PAGE = 50
LONGEST_PAGE = 1_000


def get_workspace(request: SimRequest) -> Json:
    """Everything the browser needs to begin; without `user`, as the default person."""
    sim, workspace = request.sim, request.workspace
    me = request.user() if request.fields.get("user") else workspace.users[workspace.default_user]
    channels = [c for c in workspace.channels.values() if c.kind != "im" and c.visible_to(me.id)]
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name, "icon": workspace.team_name[0]},
        "me": person_json(me),
        "users": [person_json(user) for user in workspace.users.values()],
        "channels": [channel_json(channel, me.id) for channel in channels],
        "dms": [_dm(channel, me) for channel in _direct_messages(request, me)],
        "usergroups": [_usergroup(group) for group in workspace.usergroups.values()],
        "app": _app(sim, me),
        "default_user": workspace.default_user,
    }


def _usergroup(group: UserGroup) -> Json:
    return {"id": group.id, "handle": group.handle, "name": group.name, "members": group.members}


def get_conversation(request: SimRequest) -> Json:
    user = request.user()
    channel = request.channel(user, request.path["channel"])
    return {"channel": channel_json(channel, user.id), "members": channel.members}


def get_messages(request: SimRequest) -> Json:
    """A page of the conversation, oldest first, with what only this person sees."""
    user = request.user()
    channel = request.channel(user, request.path["channel"])
    before = request.ts("before")
    limit = request.whole("limit", PAGE, least=1, most=LONGEST_PAGE)
    times = channel.history.timeline
    end = bisect_left(times, before) if before else len(times)
    start = max(0, end - limit)
    page = [channel.history.by_ts[ts] for ts in times[start:end]]
    oldest = page[0]["ts"] if start and page else ""
    page += [each for each in _own(request, channel, user, oldest, before) if "thread_ts" not in each]
    return {"messages": sorted(page, key=lambda each: each["ts"]), "has_more": start > 0}


def get_replies(request: SimRequest) -> Json:
    user = request.user()
    channel = request.channel(user, request.path["channel"])
    ts = request.ts("ts")
    parent = channel.history.get(ts) if ts else None
    if parent is None:
        raise SimError("thread_not_found", "This message is not there any more.", status=404)
    replies = [channel.history.by_ts[each] for each in channel.history.replies(parent["ts"])]
    own = [each for each in _own(request, channel, user, "", None) if each.get("thread_ts") == ts]
    return {"messages": [parent, *sorted(replies + own, key=lambda each: each["ts"])]}


def get_views(request: SimRequest) -> Json:
    user = request.user()
    stack = request.workspace.modals.get(user.id, [])
    return {"views": [view_object(view, request.sim) for view in stack]}


def get_home(request: SimRequest) -> Json:
    view = request.workspace.homes.get(request.user().id)
    return {"view": view_object(view, request.sim) if view else None}


def get_calls(request: SimRequest) -> Json:
    method = request.optional_text("method")
    return {"calls": request.sim.calls.since(request.whole("since", 0), method)}


def get_deliveries(request: SimRequest) -> Json:
    return {"deliveries": request.sim.deliveries.since(request.whole("since", 0))}


def _own(request: SimRequest, channel: Channel, user: User, oldest: str, before: str | None) -> list[Json]:
    shown = request.workspace.ephemerals.get((channel.id, user.id), [])
    return [each for each in shown if each["ts"] >= oldest and (before is None or each["ts"] < before)]


def _direct_messages(request: SimRequest, me: User) -> list[Channel]:
    return [c for c in request.workspace.channels.values() if c.kind == "im" and me.id in c.members]


def _dm(channel: Channel, me: User) -> Json:
    return {"id": channel.id, "user": other_member(channel, me.id), "unread": channel.unread(me.id)}


def _app(sim: Simulator, me: User) -> Json:
    manifest, is_installed = sim.manifest, sim.workspace.installation is not None
    return {
        "id": sim.workspace.app_id,
        "name": manifest.name,
        "bot_user_id": sim.workspace.bot_user_id,
        "description": manifest.description,
        "long_description": manifest.long_description,
        "background_color": manifest.background_color,
        "commands": [
            *(_command(each, built_in=False) for each in manifest.commands if is_installed),
            *(_command(each, built_in=True) for each in BUILT_IN),
        ],
        "shortcuts": [{**each.__dict__} for each in manifest.shortcuts if is_installed],
        "functions": [_function(each) for each in manifest.functions if is_installed],
        "home_tab": manifest.home_tab,
        "messages_tab": manifest.messages_tab,
        "messages_tab_read_only": manifest.messages_tab_read_only,
        "assistant": manifest.assistant,
        "connected": sim.deliveries.transport.connected,
        "installed": is_installed,
        "removable": me in who_may_manage_apps(sim.workspace),
        "install_url": sim.install_url,
        "mode": sim.deliveries.transport.mode,
    }


def _function(function: Function) -> Json:
    return {
        "callback_id": function.callback_id,
        "title": function.title,
        "description": function.description,
        "inputs": [
            {"name": each.name, "type": each.type, "is_required": each.is_required}
            for each in function.inputs
        ],
    }


def _command(command: Command, *, built_in: bool) -> Json:
    described: Json = {
        "command": command.command,
        "description": command.description,
        "usage_hint": command.usage_hint,
    }
    return described | ({"builtin": True} if built_in else {})
