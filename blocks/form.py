"""A job's form: one input block a field. What is sent back comes in by `read_form`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from runs.inputs.answers import InvalidInputs, RawValue, validate
from runs.inputs.fields import MAX_ITEMS, MAX_TEXT, Choice, Field, Kind
from runs.inputs.notation import NOT_LOADED, choice_of, typeable
from runs.mrkdwn import cut

ACTION_ID: Final = "answer"
BLOCK_PREFIX: Final = "field:"
MAX_RADIO_BUTTONS: Final = 5  # Slack allows 10; a menu is quicker to read from about here

# https://docs.slack.dev/reference/views, /reference/block-kit/blocks/input-block, …/composition-objects
MAX_TITLE: Final = 24
MAX_LABEL: Final = 2000
MAX_PLACEHOLDER: Final = 150
MAX_DESCRIPTION: Final = 3000
MAX_OPTION_TEXT: Final = 75
MAX_OPTION_VALUE: Final = 150
MAX_METADATA: Final = 3000
MAX_DECIMAL: Final = 64
MAX_ERROR: Final = 300  # Slack names no limit; more than three lines push the form apart

View = dict[str, Any]
State = Mapping[str, Mapping[str, Any]]


def build_form_modal(
    *,
    title: str,
    submit: str,
    callback_id: str,
    private_metadata: str,
    description: str,
    fields: tuple[Field, ...],
    values: Mapping[str, Any],
) -> View:
    """The modal that asks for `fields`, filled with what is valid of `values` and with defaults.

    `description` is mrkdwn. Raises ValueError for metadata that is too long to come back.
    """
    if len(private_metadata) > MAX_METADATA:
        raise ValueError(
            f"private_metadata has {len(private_metadata)} characters, Slack takes {MAX_METADATA}"
        )
    intro = [{"type": "section", "text": {"type": "mrkdwn", "text": cut(description, MAX_DESCRIPTION)}}]
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": private_metadata,
        "title": _plain(title, MAX_TITLE),
        "submit": _plain(submit, MAX_TITLE),
        "close": _plain("Cancel", MAX_TITLE),
        "blocks": [*(intro if description else []), *(_input(field, values) for field in fields)],
    }


def read_form(fields: tuple[Field, ...], state_values: State) -> dict[str, RawValue]:
    """What `build_inputs` and `validate` take, from the `view.state.values` of a submission."""
    states = [(field, state_values.get(BLOCK_PREFIX + field.name, {}).get(ACTION_ID)) for field in fields]
    return {field.name: _element(field).read(field, state) for field, state in states if state}


def form_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """InvalidInputs.errors for `response_action: errors`."""
    return {BLOCK_PREFIX + name: _below_field(name, message) for name, message in errors.items()}


def _below_field(name: str, message: str) -> str:
    """The name is the label's business there: days must be … → Must be …"""
    rest = message.removeprefix(name + " ")
    return cut(rest[:1].upper() + rest[1:], MAX_ERROR)


def _input(field: Field, values: Mapping[str, Any]) -> View:
    block = {
        "type": "input",
        "block_id": BLOCK_PREFIX + field.name,
        "label": _plain(field.label, MAX_LABEL),
        "element": _filled(field, values) | {"action_id": ACTION_ID},
        "optional": not field.required,
    }
    return block | ({"hint": _plain(field.hint, MAX_LABEL)} if field.hint else {})


def _plain(text: str, limit: int) -> View:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


# --- elements ---


class Element(NamedTuple):
    """A Slack element: how it is drawn, how it shows a value, how its state is read."""

    draw: Callable[[Field], View]
    fill: Callable[[Field, Any], View]
    read: Callable[[Field, Mapping[str, Any]], RawValue]


def _element(field: Field) -> Element:
    if field.kind is Kind.CHOICE and not field.many and len(field.choices) <= MAX_RADIO_BUTTONS:
        return RADIO_BUTTONS
    if field.kind is Kind.BOOLEAN and field.nullable:
        return YES_OR_NO
    return ELEMENTS[field.kind, field.many]


def _filled(field: Field, values: Mapping[str, Any]) -> View:
    element = _element(field)
    value = _initial(field, values)
    drawn = element.draw(field)
    return drawn | (_suggested(field) if value in (None, "", []) else element.fill(field, value))


def _suggested(field: Field) -> View:
    """Where a channel must be chosen, it is most often the one that the person is in."""
    must_choose = field.kind is Kind.CHANNEL and field.required and not field.many
    return {"default_to_current_conversation": True} if must_choose else {}


def _initial(field: Field, values: Mapping[str, Any]) -> Any:
    """What is not valid is left out: Slack refuses a whole view for it. A text is kept, to be mended."""
    given = {field.name: values[field.name]} if field.name in values else {}
    try:
        return validate((field,), given)[field.name]
    except InvalidInputs:
        raw = given.get(field.name)
        return raw if field.kind is Kind.TEXT and isinstance(raw, str) else None


def _placeholder(field: Field) -> View:
    return {"placeholder": _plain(field.placeholder, MAX_PLACEHOLDER)} if field.placeholder else {}


def _most(field: Field) -> View:
    return {"max_selected_items": field.maximum} if field.many and field.maximum else {}


# --- text, numbers, dates ---


def _draw_text(field: Field) -> View:
    lengths = {"min_length": field.minimum or 0, "max_length": field.maximum or MAX_TEXT}
    return {"type": "plain_text_input", "multiline": field.multiline} | lengths | _placeholder(field)


def _fill_text(field: Field, value: str) -> View:
    """What does not fit is cut rather than dropped: it is somebody's work."""
    text = typeable(value if field.multiline else value.replace("\n", " "))[: field.maximum or MAX_TEXT]
    return {"initial_value": text} if len(text) >= (field.minimum or 0) else {}


def _draw_number(field: Field) -> View:
    element = {"type": "number_input", "is_decimal_allowed": field.kind is Kind.NUMBER}
    return element | _decimals(min_value=field.minimum, max_value=field.maximum) | _placeholder(field)


def _decimals(**numbers: float | None) -> View:
    """Numbers as Slack writes them. One with more digits than it takes is left to our own checks."""
    texts = {key: _decimal(number) for key, number in numbers.items() if number is not None}
    return {key: text for key, text in texts.items() if len(text) <= MAX_DECIMAL}


def _decimal(number: float) -> str:
    """1e-07 → 0.0000001"""
    text = str(number)
    if "e" not in text:
        return text
    from decimal import Decimal  # late: it is rarely needed

    return f"{Decimal(text):f}"


TEXT_INPUT = Element(_draw_text, _fill_text, lambda field, state: state.get("value"))
NUMBER_INPUT = Element(
    draw=_draw_number,
    fill=lambda field, value: _decimals(initial_value=value),
    read=lambda field, state: state.get("value"),
)
DATE_PICKER = Element(
    draw=lambda field: {"type": "datepicker"} | _placeholder(field),
    fill=lambda field, value: {"initial_date": value.isoformat()},
    read=lambda field, state: state.get("selected_date"),
)


# --- options ---


def _option(text: str, value: str) -> View:
    return {"text": _plain(text, MAX_OPTION_TEXT), "value": value}


def _option_of(choice: Choice) -> View:
    return _option(choice.label, _option_value(choice.value))


def _option_value(value: str) -> str:
    """A value that is too long for Slack goes by its hash, which unlike a position outlives a deploy."""
    return value if len(value) <= MAX_OPTION_VALUE else hashlib.sha256(value.encode()).hexdigest()


def _options(field: Field) -> View:
    return {"options": [_option_of(choice) for choice in field.choices[:MAX_ITEMS]]}


def _chosen(field: Field, option: Mapping[str, Any] | None) -> str | None:
    if not option:
        return None
    values = {_option_value(choice.value): choice.value for choice in field.choices}
    return values.get(str(option["value"]), str(option["value"]))


def _read_option(field: Field, state: Mapping[str, Any]) -> str | None:
    return _chosen(field, state.get("selected_option"))


def _read_options(field: Field, state: Mapping[str, Any]) -> list[str]:
    chosen = (_chosen(field, option) for option in state.get("selected_options") or [])
    return [value for value in chosen if value]


def _fill_option(field: Field, value: Any) -> View:
    return {"initial_option": _option_of(choice_of(field, value))}


YES: Final = _option("Yes", "yes")
NO: Final = _option("No", "no")
CHECKBOX = Element(
    draw=lambda field: {"type": "checkboxes", "options": [YES]},
    fill=lambda field, value: {"initial_options": [YES]} if value else {},
    read=lambda field, state: bool(state.get("selected_options")),
)
YES_OR_NO = Element(  # a box is ticked or not; only these can be left unanswered
    draw=lambda field: {"type": "radio_buttons", "options": [YES, NO]},
    fill=lambda field, value: {"initial_option": YES if value else NO},
    read=_read_option,
)
RADIO_BUTTONS = Element(lambda field: {"type": "radio_buttons"} | _options(field), _fill_option, _read_option)
MENU = Element(
    draw=lambda field: {"type": "static_select"} | _options(field) | _placeholder(field),
    fill=_fill_option,
    read=_read_option,
)
MULTI_MENU = Element(
    draw=lambda field: {"type": "multi_static_select"} | _options(field) | _most(field) | _placeholder(field),
    fill=lambda field, value: {"initial_options": [_option_of(choice_of(field, each)) for each in value]},
    read=_read_options,
)


# --- choices that are looked up ---


def _draw_lookup(element: str, field: Field) -> View:
    return {"type": element, "min_query_length": field.min_query_length} | _most(field) | _placeholder(field)


def _looked_up(value: str) -> View:
    """Its label is known only where it was looked up."""
    return _option(value, value)


EXTERNAL_MENU = Element(
    draw=lambda field: _draw_lookup("external_select", field),
    fill=lambda field, value: {"initial_option": _looked_up(value)},
    read=_read_option,
)
MULTI_EXTERNAL_MENU = Element(
    draw=lambda field: _draw_lookup("multi_external_select", field),
    fill=lambda field, value: {"initial_options": [_looked_up(each) for each in value]},
    read=_read_options,
)


def name_of_field(block_id: str) -> str:
    return block_id.removeprefix(BLOCK_PREFIX)


def build_options(choices: Iterable[Choice]) -> list[View]:
    """What an options request is answered with; of more than a hundred, the first."""
    return [_option_of(choice) for choice in islice(choices, MAX_ITEMS)]


def build_no_options(reason: str) -> list[View]:
    """One that says why there are none, for Slack's menus show nothing else. Nobody gets far with it."""
    return [_option(f"⚠️ {reason}", NOT_LOADED)]


# --- channels and people ---


def _select(element: View, selected: str) -> Element:
    """A menu that Slack fills; `selected` is what its state and, after “initial_”, its value are called."""

    def fill(field: Field, value: Any) -> View:
        """A name that is not resolved yet cannot be shown."""
        ids = [each for each in (value if field.many else [value]) if each[:1] not in ("#", "@")]
        initial = f"initial_{selected}"
        return {initial: ids if field.many else ids[0]} if ids else {}

    return Element(
        draw=lambda field: element | _most(field) | _placeholder(field),
        fill=fill,
        read=lambda field, state: state.get(f"selected_{selected}"),
    )


_CHANNELS: Final = {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}

ELEMENTS: Final[dict[tuple[Kind, bool], Element]] = {
    (Kind.TEXT, False): TEXT_INPUT,
    (Kind.INTEGER, False): NUMBER_INPUT,
    (Kind.NUMBER, False): NUMBER_INPUT,
    (Kind.BOOLEAN, False): CHECKBOX,
    (Kind.DATE, False): DATE_PICKER,
    (Kind.CHOICE, False): MENU,
    (Kind.CHOICE, True): MULTI_MENU,
    (Kind.LOOKUP, False): EXTERNAL_MENU,
    (Kind.LOOKUP, True): MULTI_EXTERNAL_MENU,
    (Kind.CHANNEL, False): _select({"type": "conversations_select"} | _CHANNELS, "conversation"),
    (Kind.CHANNEL, True): _select({"type": "multi_conversations_select"} | _CHANNELS, "conversations"),
    (Kind.USER, False): _select({"type": "users_select"}, "user"),
    (Kind.USER, True): _select({"type": "multi_users_select"}, "users"),
}
