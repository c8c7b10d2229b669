"""The Web API's methods: handler, scopes (any one of them), rate limit, who may call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from simulator.limits import CONNECTIONS, TIER_2, TIER_3, TIER_4, Rate, tier
from simulator.state import Json
from simulator.web_api import (
    assistant,
    auth,
    bookmarks,
    channel_changes,
    chat,
    chat_scheduled,
    chat_stream,
    chat_unfurl,
    conversations,
    dialogs,
    files,
    functions,
    oauth,
    pins,
    reactions,
    usergroup_changes,
    usergroups,
    users,
    views,
)
from simulator.web_api.call import Call

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
WRITE_GROUPS = ("usergroups:write",)
STATUS_RATE = 600
OPEN = ("channels:manage", "groups:write", "im:write", "mpim:write")


# What Slack has taken away, and still names so (https://docs.slack.dev/changelog/2024-04-a-better-way-to-upload-files-is-here-to-stay).
RETIRED = ("channels.", "groups.", "im.", "mpim.", "files.upload")


@dataclass(frozen=True)
class Method:
    """`caller`: with whose token; `anyone` is the bot or a person, `nobody` needs none."""

    handler: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    rate: Rate | None = None
    caller: Literal["bot", "anyone", "app", "nobody"] = "bot"


METHODS: dict[str, Method] = {
    "api.test": Method(auth.api_test, rate=tier(TIER_4), caller="nobody"),
    "apps.connections.open": Method(auth.apps_connections_open, rate=CONNECTIONS, caller="app"),
    "apps.uninstall": Method(oauth.apps_uninstall, rate=tier(TIER_4), caller="anyone"),
    "assistant.threads.setStatus": Method(
        assistant.set_status, ("assistant:write", "chat:write"), tier(STATUS_RATE)
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        assistant.set_suggested_prompts, ("assistant:write",), tier(TIER_3)
    ),
    "assistant.threads.setTitle": Method(assistant.set_title, ("assistant:write",), tier(TIER_3)),
    "auth.revoke": Method(oauth.auth_revoke, rate=tier(TIER_3), caller="anyone"),
    "auth.test": Method(auth.auth_test, caller="anyone"),
    "bookmarks.add": Method(bookmarks.add, ("bookmarks:write",), tier(TIER_2), caller="anyone"),
    "bookmarks.edit": Method(bookmarks.edit, ("bookmarks:write",), tier(TIER_2), caller="anyone"),
    "bookmarks.list": Method(bookmarks.list_bookmarks, ("bookmarks:read",), tier(TIER_3), caller="anyone"),
    "bookmarks.remove": Method(bookmarks.remove, ("bookmarks:write",), tier(TIER_2), caller="anyone"),
    "bots.info": Method(auth.bots_info, ("users:read",), tier(TIER_3)),
    "chat.appendStream": Method(chat_stream.append, ("chat:write",), tier(TIER_4)),
    "chat.delete": Method(chat.delete_message, ("chat:write",), tier(TIER_3), caller="anyone"),
    "chat.deleteScheduledMessage": Method(chat_scheduled.delete_scheduled, ("chat:write",), tier(TIER_3)),
    "chat.getPermalink": Method(chat.get_permalink, caller="anyone"),
    "chat.meMessage": Method(chat.me_message, ("chat:write",), tier(TIER_3)),
    "chat.postEphemeral": Method(chat.post_ephemeral_message, ("chat:write",), tier(TIER_4)),
    # Limited in each channel instead: see chat.post_message.
    "chat.postMessage": Method(chat.post_message, ("chat:write",), caller="anyone"),
    "chat.scheduleMessage": Method(chat_scheduled.schedule_message, ("chat:write",), tier(TIER_3)),
    "chat.scheduledMessages.list": Method(chat_scheduled.list_scheduled, rate=tier(TIER_3)),
    "chat.startStream": Method(chat_stream.start, ("chat:write",), tier(TIER_2)),
    "chat.stopStream": Method(chat_stream.stop, ("chat:write",), tier(TIER_2)),
    "chat.unfurl": Method(chat_unfurl.unfurl_links, ("links:write",), tier(TIER_3)),
    "chat.update": Method(chat.update_message, ("chat:write",), tier(TIER_3), caller="anyone"),
    "conversations.archive": Method(channel_changes.archive, rate=tier(TIER_2)),
    "conversations.close": Method(channel_changes.close, OPEN, tier(TIER_2)),
    "conversations.create": Method(channel_changes.create, rate=tier(TIER_2)),
    "conversations.history": Method(conversations.history, HISTORY, tier(TIER_3), caller="anyone"),
    "conversations.info": Method(conversations.info, READ, tier(TIER_3), caller="anyone"),
    "conversations.invite": Method(channel_changes.invite, rate=tier(TIER_3)),
    "conversations.join": Method(conversations.join_conversation, ("channels:join",), tier(TIER_3)),
    "conversations.kick": Method(channel_changes.kick, rate=tier(TIER_3)),
    "conversations.leave": Method(channel_changes.leave_conversation, rate=tier(TIER_3)),
    "conversations.list": Method(conversations.list_conversations, READ, tier(TIER_2), caller="anyone"),
    "conversations.mark": Method(channel_changes.mark, OPEN, tier(TIER_3)),
    "conversations.members": Method(conversations.members, READ, tier(TIER_4), caller="anyone"),
    "conversations.open": Method(conversations.open_conversation, OPEN, tier(TIER_3)),
    "conversations.rename": Method(channel_changes.rename, rate=tier(TIER_2)),
    "conversations.replies": Method(conversations.replies, HISTORY, tier(TIER_3), caller="anyone"),
    "conversations.setPurpose": Method(channel_changes.set_purpose, rate=tier(TIER_2)),
    "conversations.setTopic": Method(channel_changes.set_topic, rate=tier(TIER_2)),
    "conversations.unarchive": Method(channel_changes.unarchive, rate=tier(TIER_2)),
    "dialog.open": Method(dialogs.open_a_dialog, rate=tier(TIER_4)),
    "dnd.info": Method(users.dnd_info, ("dnd:read",), tier(TIER_3), caller="anyone"),
    "emoji.list": Method(auth.emoji_list, ("emoji:read",), tier(TIER_2), caller="anyone"),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",), tier(TIER_4)),
    "files.delete": Method(files.delete_file, ("files:write",), tier(TIER_3)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",), tier(TIER_4)),
    "files.info": Method(files.info, ("files:read",), tier(TIER_4), caller="anyone"),
    "files.list": Method(files.list_files, ("files:read",), tier(TIER_3), caller="anyone"),
    "functions.completeError": Method(functions.complete_error, rate=tier(TIER_3)),
    "functions.completeSuccess": Method(functions.complete_success, rate=tier(TIER_3)),
    "oauth.v2.access": Method(oauth.oauth_v2_access, rate=tier(TIER_4), caller="nobody"),
    "pins.add": Method(pins.add, ("pins:write",), tier(TIER_2)),
    "pins.list": Method(pins.list_pins, ("pins:read",), tier(TIER_2), caller="anyone"),
    "pins.remove": Method(pins.remove, ("pins:write",), tier(TIER_2)),
    "reactions.add": Method(reactions.add, ("reactions:write",), tier(TIER_3), caller="anyone"),
    "reactions.get": Method(reactions.get, ("reactions:read",), tier(TIER_3), caller="anyone"),
    "reactions.list": Method(reactions.list_reactions, ("reactions:read",), tier(TIER_2), caller="anyone"),
    "reactions.remove": Method(reactions.remove, ("reactions:write",), tier(TIER_2), caller="anyone"),
    "team.info": Method(auth.team_info, ("team:read",), tier(TIER_3), caller="anyone"),
    "usergroups.create": Method(usergroup_changes.create, WRITE_GROUPS, tier(TIER_2), caller="anyone"),
    "usergroups.disable": Method(usergroup_changes.disable, WRITE_GROUPS, tier(TIER_2), caller="anyone"),
    "usergroups.enable": Method(usergroup_changes.enable, WRITE_GROUPS, tier(TIER_2), caller="anyone"),
    "usergroups.update": Method(usergroup_changes.update, WRITE_GROUPS, tier(TIER_2), caller="anyone"),
    "usergroups.users.update": Method(
        usergroup_changes.update_users, WRITE_GROUPS, tier(TIER_2), caller="anyone"
    ),
    "usergroups.list": Method(
        usergroups.list_usergroups, ("usergroups:read",), tier(TIER_2), caller="anyone"
    ),
    "usergroups.users.list": Method(
        usergroups.list_users, ("usergroups:read",), tier(TIER_2), caller="anyone"
    ),
    "users.conversations": Method(
        conversations.list_users_conversations, READ, tier(TIER_3), caller="anyone"
    ),
    "users.getPresence": Method(users.get_presence, ("users:read",), tier(TIER_3), caller="anyone"),
    "users.info": Method(users.info, ("users:read",), tier(TIER_4), caller="anyone"),
    "users.list": Method(users.list_users, ("users:read",), tier(TIER_2), caller="anyone"),
    "users.lookupByEmail": Method(
        users.lookup_by_email, ("users:read.email",), tier(TIER_3), caller="anyone"
    ),
    "users.profile.get": Method(users.profile_get, ("users.profile:read",), tier(TIER_4), caller="anyone"),
    "views.open": Method(views.open_modal, rate=tier(TIER_4)),
    "views.publish": Method(views.publish, rate=tier(TIER_4)),
    "views.push": Method(views.push_modal, rate=tier(TIER_4)),
    "views.update": Method(views.update_modal, rate=tier(TIER_4)),
}
