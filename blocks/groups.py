"""Groups of people, as workspace admins see and fill them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from blocks.parts import MODAL_TITLE, Block, button, context, plain, section, when
from runs.groups import MOST_PEOPLE, MOST_USERGROUPS, Group, UserGroup
from runs.job import Job
from runs.mrkdwn import escape

EDIT_GROUP: Final = "edit_group"  # opens a modal
GROUP_FORM: Final = "group_form"

PEOPLE: Final = "people"
USERGROUPS: Final = "usergroups"

PEOPLE_SHOWN = 12
JOBS_NAMED = 5
MOST_OPTIONS = 100  # of a menu
OPTION_TEXT = 75


class GroupAnswers(NamedTuple):
    """What was chosen in the form of the group `name` as of `version`. It came through a browser."""

    name: str
    version: int
    people: tuple[str, ...]
    usergroups: tuple[str, ...]


def build_group(group: Group, jobs: Mapping[str, Job]) -> Block:
    """Who is in it, what for, and who changed it last."""
    changed = ""
    if group.changed_by and group.changed_at is not None:
        changed = f"\nChanged by <@{group.changed_by}>, {when(group.changed_at)}"
    text = f"*`{group.name}`*  {_members(group)}\n{_purpose(group.name, jobs)}{changed}"
    return section(text, accessory=button("Edit", EDIT_GROUP, group.name))


def build_unfilled_group(group: Group, jobs: Mapping[str, Job]) -> Block:
    """Loudly, if something cannot be done until somebody is in it."""
    if blocked := blocked_without(group.name, jobs):
        text = f":warning: *Nobody can {blocked} until somebody is in `{group.name}`.*"
        return section(text, accessory=button("Fill it", EDIT_GROUP, group.name, style="primary"))
    text = f"Nobody is in `{group.name}` yet. Its members may {_allowed(group.name, jobs)}."
    return section(text, accessory=button("Fill it", EDIT_GROUP, group.name))


def blocked_without(name: str, jobs: Mapping[str, Job]) -> str:
    """What only members of the group can do, in a sentence: nobody can …"""
    approve = _titles(job for job in jobs.values() if job.approvers == (name,))
    request = _titles(job for job in jobs.values() if job.requesters == (name,))
    return " or ".join(
        [*([f"approve {approve}"] if approve else []), *([f"run {request}"] if request else [])]
    )


def build_loading_group_modal(name: str) -> dict[str, Any]:
    """Opened at once, for looking up who is in it may take longer than Slack waits."""
    return _modal(name, [section(f"Looking up who is in `{escape(name, 50)}` …")])


def build_group_modal(
    group: Group, jobs: Mapping[str, Job], usergroups: Sequence[UserGroup], *, problem: str = ""
) -> dict[str, Any]:
    """`usergroups` are those of the workspace; `problem` says why there are none to choose from."""
    blocks: list[Block] = [
        section(f"*Who is in `{group.name}`?*\n{_purpose(group.name, jobs)}"),
        _input(PEOPLE, "People", _people_menu(group)),
    ]
    options = _options(group, usergroups)
    if options:
        blocks.append(_input(USERGROUPS, "User groups", _usergroup_menu(group, options)))
    if problem:
        blocks.append(context(f":warning: {problem}"))
    blocks.append(context("Guests, bots and deactivated accounts do not count, whoever lists them."))
    metadata = json.dumps({"name": group.name, "version": group.version})
    if not options and group.usergroups:  # as long as they cannot be shown, they stay
        metadata = json.dumps({"name": group.name, "version": group.version, "keep": group.usergroups})
    return _modal(group.name, blocks) | {
        "callback_id": GROUP_FORM,
        "private_metadata": metadata,
        "submit": plain("Save", MODAL_TITLE),
    }


def read_group_form(metadata: str, state_values: Mapping[str, Any]) -> GroupAnswers | None:
    """None for anything but what `build_group_modal` made."""
    try:
        found = json.loads(metadata)
        people = state_values[PEOPLE][PEOPLE]["selected_users"]
        chosen = state_values.get(USERGROUPS, {}).get(USERGROUPS, {}).get("selected_options", [])
        usergroups = [option["value"] for option in chosen] or found.get("keep", [])
        answers = GroupAnswers(found["name"], found["version"], tuple(people), tuple(usergroups))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    texts = (answers.name, *answers.people, *answers.usergroups)
    is_sound = all(isinstance(each, str) for each in texts) and isinstance(answers.version, int)
    return answers if is_sound else None


def _modal(name: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(f"Group {name}", MODAL_TITLE),
        "close": plain("Close"),
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": True,
    }


def _people_menu(group: Group) -> Block:
    menu = {"type": "multi_users_select", "action_id": PEOPLE, "max_selected_items": MOST_PEOPLE}
    return menu | ({"initial_users": list(group.people)} if group.people else {})


def _usergroup_menu(group: Group, options: list[Block]) -> Block:
    menu = {
        "type": "multi_static_select",
        "action_id": USERGROUPS,
        "options": options,
        "max_selected_items": MOST_USERGROUPS,
    }
    chosen = [option for option in options if option["value"] in group.usergroups]
    return menu | ({"initial_options": chosen} if chosen else {})


def _options(group: Group, usergroups: Sequence[UserGroup]) -> list[Block]:
    """Those that are in the group already come first, known or not: what is not shown cannot stay chosen."""
    if not usergroups:
        return []
    known = {each.id: each for each in usergroups}
    names = {each: known[each].label if each in known else f"{each} (disabled)" for each in group.usergroups}
    names |= {each.id: each.label for each in usergroups if each.id not in names}
    return [
        {"text": plain(label, OPTION_TEXT), "value": usergroup}
        for usergroup, label in list(names.items())[:MOST_OPTIONS]
    ]


def _members(group: Group) -> str:
    people = [f"<@{each}>" for each in group.people]
    members = [*(f"<!subteam^{each}>" for each in group.usergroups), *people]
    rest = len(members) - PEOPLE_SHOWN
    return ", ".join([*members[:PEOPLE_SHOWN], *([f"and {rest} more"] if rest > 0 else [])])


def _purpose(name: str, jobs: Mapping[str, Job]) -> str:
    return f"May {_allowed(name, jobs)}."


def _allowed(name: str, jobs: Mapping[str, Job]) -> str:
    """In a sentence: they may …"""
    approve = _titles(job for job in jobs.values() if name in job.approvers)
    request = _titles(job for job in jobs.values() if name in job.requesters)
    may = [*([f"approve {approve}"] if approve else []), *([f"run {request}"] if request else [])]
    return " and ".join(may) or "do nothing: no job names it any more"


def _titles(jobs: Iterable[Job]) -> str:
    titles = [f"“{escape(job.title)}”" for job in jobs]
    rest = len(titles) - JOBS_NAMED
    return ", ".join([*titles[:JOBS_NAMED], *([f"{rest} more"] if rest > 0 else [])])
