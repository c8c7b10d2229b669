"""Menus of before Block Kit: where their options come from, and what these are in Block Kit's shape."""

from dataclasses import dataclass

from simulator.blocks.checker import Json, Node, Problems
from simulator.blocks.elements_of import HOLDS

SOURCES = {
    "static": "static_select",
    "users": "users_select",
    "channels": "channels_select",
    "conversations": "conversations_select",
    "external": "external_select",
}
MOST = 100
# What Slack waits for before it asks the app, where a menu does not say.
LETTERS_FIRST = 1


@dataclass(frozen=True)
class Kind:
    """How an option is written: the key of its text, which names groups too, and the most characters."""

    word: str
    longest_text: int
    longest_value: int


IN_DIALOG = Kind("label", 75, 75)
IN_ATTACHMENT = Kind("text", 2000, 2000)


def source_of(menu: Json) -> str:
    source: str = menu.get("data_source") or "static"
    return source


def chosen_in(menu: Json, fields: Json) -> str | None:
    """The value of what was chosen: an option's, or the id of a person or a conversation."""
    wanted = fields.get(HOLDS[SOURCES[source_of(menu)]][0])
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    return value if isinstance(value, str) else None


def check_menu(menu: Node, kind: Kind) -> None:
    """`options` or `option_groups` of a menu that brings its own, and the rest that only menus have."""
    menu.one_of("data_source", SOURCES)
    menu.number("min_query_length", least=0)
    if source_of(menu.value) == "static":
        if not menu.has("option_groups"):
            menu.need("options")
        _check_options(menu, kind, least=1)


def check_offered(answer: Json, kind: Kind) -> list[str]:
    """What is wrong with an app's answer to an options request."""
    problems = Problems("message")
    node = Node(answer, "", problems)
    if node.has("options") == node.has("option_groups"):
        node.wrong("provide options or option_groups")
    _check_options(node, kind, least=0)
    return problems.found


def in_block_kit(holder: Json, kind: Kind) -> Json:
    """The `options` or `option_groups`, as an element of Block Kit has them. Groups supersede options."""
    if holder.get("option_groups"):
        return {
            "option_groups": [
                {"label": plain(group[kind.word]), "options": _options(group, kind)}
                for group in holder["option_groups"]
            ]
        }
    return {"options": _options(holder, kind)}


def values_of(menu: Json) -> list[str]:
    holders = menu.get("option_groups") or [menu]
    return [option["value"] for holder in holders for option in holder.get("options", ())]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def _options(holder: Json, kind: Kind) -> list[Json]:
    return [
        {"text": plain(each[kind.word]), "value": each["value"]}
        | ({"description": plain(each["description"])} if each.get("description") else {})
        for each in holder.get("options", ())
    ]


def _check_options(node: Node, kind: Kind, *, least: int) -> None:
    options = node.children("options", most=MOST, least=least, required=False)
    for group in node.children("option_groups", most=MOST, least=least, required=False):
        group.text(kind.word, least=1, most=kind.longest_text, required=True)
        options += group.children("options", most=MOST, least=least)
    for option in options:
        option.text(kind.word, least=1, most=kind.longest_text, required=True)
        option.text("value", most=kind.longest_value, required=True)
        option.text("description", most=kind.longest_text)
