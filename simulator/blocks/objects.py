"""Composition objects: texts, options, confirmations (https://docs.slack.dev/reference/block-kit/composition-objects)."""

from typing import Any

from simulator.blocks.checker import Json, Node, Problems

CONVERSATION_KINDS = {"im", "mpim", "private", "public"}


def check_text(parent: Node, key: str, *, most: int, required: bool = False, plain: bool = True) -> None:
    """A text object; `plain` allows only `plain_text`."""
    if required and not parent.need(key):
        return
    node = parent.child(key)
    if node is not None:
        check_text_node(node, most=most, plain=plain)


def check_text_node(node: Node, *, most: int, plain: bool) -> None:
    node.only("text", "verbatim" if node.value.get("type") == "mrkdwn" else "emoji")
    allowed = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if node.need("type"):
        node.one_of("type", allowed)
    node.flag("emoji", "verbatim")
    node.text("text", least=1, most=most, required=True)


def check_option(node: Node, *, plain: bool, linked: bool) -> None:
    node.only("text", "value", "description", *(["url"] if linked else []))
    check_text(node, "text", most=75, required=True, plain=plain)
    node.text("value", most=150, required=True)
    check_text(node, "description", most=75, plain=plain)
    node.text("url", most=3000)


def check_options(
    node: Node,
    *,
    most: int,
    plain: bool = True,
    initial: str = "",
    groups: bool = False,
    linked: bool = False,
) -> None:
    """`options` or `option_groups`, no value twice, and the initial ones among them."""
    grouped = groups and node.has("option_groups")
    if grouped and node.has("options"):
        node.wrong("provide options or option_groups, not both")
        return
    options = _grouped_options(node) if grouped else node.children("options", most=most)
    for option in options:
        check_option(option, plain=plain, linked=linked)
    _check_values(node, options, initial)


def check_option_of_app(option: Any) -> list[str]:
    """What is wrong with one option, as an options request is answered with."""
    problems = Problems("modal")
    if not isinstance(option, dict):
        return ["must provide an object"]
    check_option(Node(option, "", problems), plain=True, linked=False)
    return problems.found


def check_offered(answer: Json) -> list[str]:
    """What is wrong with an app's answer to an options request: `options` or `option_groups`."""
    problems = Problems("modal")
    node = Node(answer, "", problems)
    node.only("options", "option_groups")
    if node.has("options") == node.has("option_groups"):
        node.wrong("provide options or option_groups")
    groups = node.children("option_groups", most=100, least=0, required=False)
    options = node.children("options", most=100, least=0, required=False)
    for group in groups:
        check_text(group, "label", most=75, required=True)
        options += group.children("options", most=100, least=0)
    for option in options:
        check_option(option, plain=True, linked=False)
    return problems.found


def check_confirm(node: Node) -> None:
    confirm = node.child("confirm")
    if confirm is None:
        return
    confirm.only("title", "text", "confirm", "deny", "style")
    check_text(confirm, "title", most=100, required=True)
    check_text(confirm, "text", most=300, required=True, plain=False)
    check_text(confirm, "confirm", most=30, required=True)
    check_text(confirm, "deny", most=30, required=True)
    confirm.one_of("style", {"primary", "danger"})


def check_dispatch(node: Node) -> None:
    config = node.child("dispatch_action_config")
    if config is not None:
        config.only("trigger_actions_on")
        for moment in config.items("trigger_actions_on", least=1, most=2):
            config.check_member(moment, "trigger_actions_on", {"on_enter_pressed", "on_character_entered"})


def check_filter(node: Node) -> None:
    filters = node.child("filter")
    if filters is None:
        return
    filters.only("include", "exclude_bot_users", "exclude_external_shared_channels")
    filters.flag("exclude_bot_users", "exclude_external_shared_channels")
    for kind in filters.items("include", least=1, most=4):
        filters.check_member(kind, "include", CONVERSATION_KINDS)


def _grouped_options(node: Node) -> list[Node]:
    options = []
    for group in node.children("option_groups", most=100):
        group.only("label", "options")
        check_text(group, "label", most=75, required=True)
        options += group.children("options", most=100)
    return options


def _check_values(node: Node, options: list[Node], initial: str) -> None:
    values = [option.value.get("value") for option in options]
    texts = [value for value in values if isinstance(value, str)]
    if len(set(texts)) < len(texts):
        node.wrong("option values must be unique", "options")
    if not node.has(initial):
        return
    chosen = node.value[initial] if isinstance(node.value[initial], list) else [node.value[initial]]
    if not chosen:
        node.wrong("no fewer than 1 items allowed", initial)
    if not all(isinstance(each, dict) and each.get("value") in texts for each in chosen):
        node.wrong("must be one of the provided options", initial)
