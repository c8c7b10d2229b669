"""Scopes in the words of Slack's consent page, in its groups (https://docs.slack.dev/reference/scopes)."""

from collections.abc import Iterable

SEE, DO = "view", "do"
CONTENT = (SEE, "Content and info about channels & conversations")
PEOPLE = (SEE, "Content and info about your workspace")
YOU = (SEE, "Content and info about you")
TALK = (DO, "Perform actions in channels & conversations")
MANAGE = (DO, "Perform actions in your workspace")
AS_YOU = (DO, "Perform actions as you")
GROUPS = (YOU, CONTENT, PEOPLE, AS_YOU, TALK, MANAGE)

Group = tuple[str, str]

OF_BOTS: dict[str, tuple[Group, str]] = {
    "app_mentions:read": (CONTENT, "View messages that directly mention @{app} in conversations it is in"),
    "assistant:write": (TALK, "Act as an AI assistant"),
    "bookmarks:read": (CONTENT, "List bookmarks"),
    "bookmarks:write": (TALK, "Create, edit, and remove bookmarks"),
    "channels:history": (
        CONTENT,
        "View messages and other content in public channels that {app} has been added to",
    ),
    "channels:join": (TALK, "Join public channels in a workspace"),
    "channels:manage": (TALK, "Manage public channels that {app} has been added to and create new ones"),
    "channels:read": (CONTENT, "View basic information about public channels in a workspace"),
    "chat:write": (TALK, "Send messages as {app}"),
    "chat:write.customize": (TALK, "Send messages as {app} with a customized username and avatar"),
    "chat:write.public": (TALK, "Send messages to channels {app} isn’t a member of"),
    "commands": (MANAGE, "Add shortcuts and/or slash commands that people can use"),
    "conversations.connect:write": (TALK, "Create Slack Connect invitations for channels {app} is in"),
    "dnd:read": (PEOPLE, "View Do Not Disturb settings for people in a workspace"),
    "emoji:read": (PEOPLE, "View custom emoji in a workspace"),
    "files:read": (CONTENT, "View files shared in channels and conversations that {app} has been added to"),
    "files:write": (TALK, "Upload, edit, and delete files as {app}"),
    "groups:history": (
        CONTENT,
        "View messages and other content in private channels that {app} has been added to",
    ),
    "groups:read": (CONTENT, "View basic information about private channels that {app} has been added to"),
    "groups:write": (TALK, "Manage private channels that {app} has been added to and create new ones"),
    "im:history": (
        CONTENT,
        "View messages and other content in direct messages that {app} has been added to",
    ),
    "im:read": (CONTENT, "View basic information about direct messages that {app} has been added to"),
    "im:write": (TALK, "Start direct messages with people"),
    "incoming-webhook": (TALK, "Post messages to one channel that you choose"),
    "links:read": (CONTENT, "View certain URLs in messages"),
    "links:write": (TALK, "Show previews of certain URLs in messages"),
    "metadata.message:read": (CONTENT, "View message metadata in conversations {app} is in"),
    "mpim:history": (CONTENT, "View messages and other content in group direct messages that {app} is in"),
    "mpim:read": (CONTENT, "View basic information about group direct messages that {app} is in"),
    "mpim:write": (TALK, "Start group direct messages with people"),
    "pins:read": (CONTENT, "View pinned content in channels and conversations {app} is in"),
    "pins:write": (TALK, "Add and remove pinned messages and files"),
    "reactions:read": (CONTENT, "View emoji reactions in channels and conversations {app} is in"),
    "reactions:write": (TALK, "Add and edit emoji reactions"),
    "team:read": (PEOPLE, "View the name, email domain, and icon of workspaces {app} is connected to"),
    "usergroups:read": (PEOPLE, "View user groups in a workspace"),
    "usergroups:write": (MANAGE, "Create and manage user groups"),
    "users.profile:read": (PEOPLE, "View profile details about people in a workspace"),
    "users:read": (PEOPLE, "View people in a workspace"),
    "users:read.email": (PEOPLE, "View email addresses of people in a workspace"),
    "users:write": (MANAGE, "Set presence for {app}"),
}
OF_USERS: dict[str, tuple[Group, str]] = {
    "channels:history": (CONTENT, "View messages and other content in your public channels"),
    "channels:read": (CONTENT, "View basic information about public channels in a workspace"),
    "chat:write": (AS_YOU, "Send messages on your behalf"),
    "files:read": (CONTENT, "View files shared in your channels and conversations"),
    "files:write": (AS_YOU, "Upload, edit, and delete files on your behalf"),
    "groups:history": (CONTENT, "View messages and other content in your private channels"),
    "groups:read": (CONTENT, "View basic information about your private channels"),
    "identify": (YOU, "View information about your identity"),
    "im:history": (CONTENT, "View messages and other content in your direct messages"),
    "im:read": (CONTENT, "View basic information about your direct messages"),
    "im:write": (AS_YOU, "Start direct messages with people on your behalf"),
    "reactions:read": (CONTENT, "View emoji reactions in your channels and conversations"),
    "reactions:write": (AS_YOU, "Add and edit emoji reactions on your behalf"),
    "search:read": (CONTENT, "Search a workspace’s content"),
    "team:read": (PEOPLE, "View the name, email domain, and icon of the workspaces you are in"),
    "users.profile:read": (PEOPLE, "View profile details about people in a workspace"),
    "users.profile:write": (AS_YOU, "Edit your profile information and status"),
    "users:read": (PEOPLE, "View people in a workspace"),
    "users:read.email": (PEOPLE, "View email addresses of people in a workspace"),
}


def grouped(
    app: str, scopes: Iterable[str], user_scopes: Iterable[str]
) -> dict[Group, list[tuple[str, str]]]:
    """Scope and sentence by group, in Slack's order of groups. A scope without a sentence stands for itself."""
    groups: dict[Group, list[tuple[str, str]]] = {}
    for table, asked in ((OF_BOTS, scopes), (OF_USERS, user_scopes)):
        for scope in asked:
            group, words = table.get(scope, (MANAGE if scope.endswith("write") else PEOPLE, scope))
            groups.setdefault(group, []).append((scope, words.format(app=app)))
    return {group: groups[group] for group in GROUPS if group in groups}
