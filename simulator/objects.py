"""People, conversations, files and messages as JSON objects: Slack's, and the browser client's."""

from typing import Any

from simulator.avatars import OF_BOTS, initials_of, pictures
from simulator.core import Simulator
from simulator.state import Channel, File, Json, User, View, Workspace


def user_object(user: User, sim: Simulator, *, email: bool = False) -> Json:
    """https://docs.slack.dev/reference/objects/user-object"""
    workspace = sim.workspace
    common: Json = {
        "id": user.id,
        "team_id": workspace.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile_of(user, sim, email=email),
        "is_bot": user.is_bot,
        "updated": user.updated,
        "is_app_user": False,
    }
    if user.deleted:
        return common
    return common | {
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
    }


def email_of(user: User, workspace: Workspace) -> str:
    """Bots have none."""
    return "" if user.is_bot else user.email or f"{user.name}@{workspace.team_domain}.example"


def profile_of(user: User, sim: Simulator, *, email: bool) -> Json:
    workspace = sim.workspace
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": f"g{user.id[1:].lower()}",
        "phone": "",
        "skype": "",
        "status_expiration": 0,
        "team": workspace.team_id,
        **pictures(sim, user.id),
    }
    if user.id == workspace.bot_user_id:
        profile |= {"bot_id": workspace.bot_id, "api_app_id": workspace.app_id}
    address = email_of(user, workspace) if email else ""
    return profile | ({"email": address} if address else {})


def channel_object(channel: Channel, workspace: Workspace, *, viewer: str) -> Json:
    """https://docs.slack.dev/reference/objects/conversation-object"""
    if channel.kind == "im":
        return _im_object(channel, viewer)
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind in ("private", "mpim"),
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "created": channel.created,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "context_team_id": workspace.team_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
        "num_members": len(channel.members),
    }


def _im_object(channel: Channel, viewer: str) -> Json:
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": other_member(channel, viewer),
        "is_user_deleted": False,
        "priority": 0,
    }


def other_member(channel: Channel, viewer: str) -> str:
    return next((member for member in channel.members if member != viewer), viewer)


def file_object(file: File, sim: Simulator) -> Json:
    """https://docs.slack.dev/reference/objects/file-object"""
    team, extension = sim.workspace.team_id, file.name.rpartition(".")[2].lower()
    private = f"{sim.url}/files-pri/{team}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": extension or "binary",
        "pretty_type": extension.upper() or "Binary",
        "user": file.user,
        "user_team": team,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(_kind(sim, each) == "public" for each in file.channels),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{_path_name(file.name)}",
        "url_private_download": f"{private}/download/{_path_name(file.name)}",
        "permalink": f"{sim.url}/files/{file.user}/{file.id}/{_path_name(file.name)}",
        "channels": [each for each in file.channels if _kind(sim, each) == "public"],
        "groups": [each for each in file.channels if _kind(sim, each) in ("private", "mpim")],
        "ims": [each for each in file.channels if _kind(sim, each) == "im"],
        "shares": _shares(file, sim),
        "has_rich_preview": False,
        "file_access": "visible",
    }


def describe_files(sim: Simulator) -> None:
    """Puts the files' descriptions into their messages: their addresses change with the port."""
    for file in sim.workspace.files.values():
        for channel_id, ts in file.shares:
            message = sim.workspace.channels[channel_id].history.get(ts)
            if message is not None:
                ids = [each["id"] for each in message.get("files", [])]
                message["files"] = [file_object(sim.workspace.files[each], sim) for each in ids]


def _shares(file: File, sim: Simulator) -> Json:
    shares: dict[str, dict[str, list[Json]]] = {}
    for channel_id, ts in file.shares:
        kind = "public" if _kind(sim, channel_id) == "public" else "private"
        shares.setdefault(kind, {}).setdefault(channel_id, []).append({"ts": ts, "reply_users": []})
    return shares


def _kind(sim: Simulator, channel_id: str) -> str:
    return sim.workspace.channels[channel_id].kind


def _path_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name.lower()) or "file"


def bot_profile(sim: Simulator) -> Json:
    return {
        "id": sim.workspace.bot_id,
        "deleted": False,
        "name": sim.manifest.bot_name,
        "updated": sim.workspace.bot.updated,
        "app_id": sim.workspace.app_id,
        "icons": pictures(sim, sim.workspace.bot_user_id, OF_BOTS),
        "team_id": sim.workspace.team_id,
    }


def view_object(view: View, sim: Simulator) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    definition, workspace = view.definition, sim.workspace
    return {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": definition["type"],
        "blocks": view.blocks,
        "private_metadata": definition.get("private_metadata") or "",
        "callback_id": definition.get("callback_id") or "",
        "state": {"values": view.values},
        "hash": view.hash,
        "title": definition.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": bool(definition.get("clear_on_close")),
        "notify_on_close": bool(definition.get("notify_on_close")),
        "close": definition.get("close"),
        "submit": definition.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": workspace.app_id,
        "external_id": definition.get("external_id") or "",
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


def person_json(user: User) -> Json:
    """A person as the browser client wants them."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "display_name": user.display_name,
        "title": user.title,
        "initials": initials_of(user.real_name),
        "color": user.color,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_guest": user.is_restricted,
        "is_bot": user.is_bot,
        "deleted": user.deleted,
    }


def _bookmark(bookmark: Json) -> Json:
    return {key: bookmark[key] for key in ("id", "title", "link", "emoji")}


def channel_json(channel: Channel, viewer: str) -> dict[str, Any]:
    """A conversation as the browser client wants it; one of several people is called by who is in it."""
    described: dict[str, Any] = {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": viewer in channel.members,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "unread": channel.unread(viewer),
        "num_members": len(channel.members),
        "bookmarks": [_bookmark(each) for each in channel.bookmarks.values()],
    }
    return described | ({"members": channel.members} if channel.kind == "mpim" else {})
