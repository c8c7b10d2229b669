from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blocks.form import MAX_DECIMAL, build_form_modal, form_errors, read_form
from runs.inputs import (
    ChannelId,
    Choice,
    Field,
    InvalidInputs,
    Kind,
    UserId,
    ask,
    build_inputs,
    dump_inputs,
    fields_of,
    replace_names,
    unresolved_names,
)
from simulator.blocks import HOLDS, check_view, initial_value, stateful_elements
from tests.runs.declared import answered

View = dict[str, Any]
LONG = "long choice " * 30


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel to export", hint="One you are in")
    days: int = ask("How many days back", default=7, minimum=1, maximum=365)
    ratio: float | None = ask(default=None, placeholder="0.5")
    note: str = ask(default="", multiline=True, maximum=100)
    threads: bool = False
    since: date | None = None
    format: Literal["csv", "json"] = "csv"
    colour: Literal["red", "orange", "yellow", "green", "blue", "violet"] = "red"
    formats: list[Literal["csv", "json"]] = ask(default=["csv"], maximum=2)
    channels: list[ChannelId] = ask(default=[])
    owner: UserId | None = None
    agreed: bool | None = None
    people: list[UserId] = ask(default=[], maximum=3)


FIELDS = fields_of(Inputs)


def modal(fields: tuple[Field, ...] = FIELDS, **values: Any) -> View:
    return build_form_modal(
        title="Export a channel's messages",
        submit="Run",
        callback_id="job_form",
        private_metadata="{}",
        description="",
        fields=fields,
        values=values,
    )


def element(view: View, name: str) -> View:
    (block,) = [block for block in view["blocks"] if block["block_id"] == f"field:{name}"]
    return {key: value for key, value in block["element"].items() if key != "action_id"}


def submitted(view: View) -> View:
    """What Slack sends when nobody changes anything."""
    state: View = {}
    for block_id, each in stateful_elements(view["blocks"]):
        answer = {"type": each["type"], HOLDS[each["type"]][0]: initial_value(each)}
        state[block_id] = {each["action_id"]: answer}
    return state


def option(text: str, value: str) -> View:
    return {"text": {"type": "plain_text", "text": text, "emoji": True}, "value": value}


def test_every_kind_has_its_element() -> None:
    assert {block["block_id"]: block["element"]["type"] for block in modal()["blocks"]} == {
        "field:channel": "conversations_select",
        "field:days": "number_input",
        "field:ratio": "number_input",
        "field:note": "plain_text_input",
        "field:threads": "checkboxes",
        "field:since": "datepicker",
        "field:format": "radio_buttons",
        "field:colour": "static_select",
        "field:formats": "multi_static_select",
        "field:channels": "multi_conversations_select",
        "field:owner": "users_select",
        "field:agreed": "radio_buttons",
        "field:people": "multi_users_select",
    }


def test_a_field_has_its_label_its_hint_and_whether_it_must_be_answered() -> None:
    channel, days, *_ = modal()["blocks"]
    assert channel["label"] == {"type": "plain_text", "text": "Channel to export", "emoji": True}
    assert channel["hint"]["text"] == "One you are in"
    assert channel["optional"] is False
    assert days["optional"] is True
    assert "hint" not in days


def test_limits_reach_the_elements() -> None:
    view = modal()
    assert element(view, "days") == {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": "365",
        "initial_value": "7",
    }
    assert element(view, "ratio")["is_decimal_allowed"] is True
    assert element(view, "ratio")["placeholder"]["text"] == "0.5"
    assert element(view, "note") == {
        "type": "plain_text_input",
        "multiline": True,
        "min_length": 0,
        "max_length": 100,
    }
    assert element(view, "people") == {"type": "multi_users_select", "max_selected_items": 3}


def test_channels_are_no_direct_messages() -> None:
    chosen = {"include": ["public", "private"], "exclude_bot_users": True}
    assert element(modal(), "channel")["filter"] == element(modal(), "channels")["filter"] == chosen


def test_a_form_starts_with_the_defaults() -> None:
    view = modal()
    assert element(view, "format")["initial_option"] == option("csv", "csv")
    assert element(view, "formats")["initial_options"] == [option("csv", "csv")]
    assert "initial_options" not in element(view, "threads")


def test_a_form_starts_with_what_is_known() -> None:
    view = modal(
        channel="<#C0123|general>", days="30", threads="yes", since="2026-01-31", people=["U01", "@ann"]
    )
    assert element(view, "channel")["initial_conversation"] == "C0123"
    assert element(view, "days")["initial_value"] == "30"
    assert element(view, "threads")["initial_options"] == [option("Yes", "yes")]
    assert element(view, "since")["initial_date"] == "2026-01-31"
    assert element(view, "people")["initial_users"] == ["U01"]


def test_what_slack_would_refuse_the_form_for_is_left_out() -> None:
    view = modal(
        channel="#general", days="soon", format="xml", owner="@ann", since="tomorrow", formats=["xml"]
    )
    assert not [key for each in view["blocks"] for key in each["element"] if key == "initial_value"]
    assert "initial_conversation" not in element(view, "channel")
    assert "initial_option" not in element(view, "format")
    assert check_view(view, "modal") == []


def test_text_that_does_not_fit_is_kept_to_be_mended() -> None:
    assert element(modal(note="x" * 4000), "note")["initial_value"] == "x" * 100


def test_an_emptied_answer_stays_empty() -> None:
    field = Field("days", Kind.INTEGER, default=7, nullable=True)
    assert "initial_value" not in element(modal((field,), days=None), "days")


def test_a_form_is_read_as_what_validation_takes() -> None:
    answers = read_form(FIELDS, submitted(modal(channel="C01", days="30", threads=True, since="2026-01-31")))
    assert answers == {
        "channel": "C01",
        "days": "30",
        "ratio": None,
        "note": None,
        "threads": True,
        "since": "2026-01-31",
        "format": "csv",
        "colour": "red",
        "formats": ["csv"],
        "channels": [],
        "owner": None,
        "agreed": None,
        "people": [],
    }


def test_a_field_that_was_not_on_the_form_has_its_default() -> None:
    assert read_form(FIELDS, {"elsewhere": {}}) == {}


@given(answered())
def test_inputs_survive_a_form(case: tuple[Any, dict[str, Any]]) -> None:
    inputs = build_inputs(*case)
    fields = fields_of(case[0])
    names = sorted({name for _, name in unresolved_names(inputs)})
    marks = {"#": "C", "@": "U"}
    inputs = replace_names(inputs, {name: f"{marks[name[0]]}{at:09}" for at, name in enumerate(names)})
    assume(all(len(f"{Decimal(repr(value)):f}") <= MAX_DECIMAL for value in floats_in(inputs)))
    view = modal(fields, **dump_inputs(inputs))
    assert check_view(view, "modal") == []
    again = build_inputs(case[0], read_form(fields, submitted(view)))
    assert seen_by_a_form(again) == seen_by_a_form(inputs)


def floats_in(inputs: Any) -> list[float]:
    return [value for value in vars(inputs).values() if isinstance(value, float)]


def seen_by_a_form(inputs: Any) -> View:
    """A form does not tell no text from none."""
    return {name: None if value == "" else value for name, value in vars(inputs).items()}


CHOICES = st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=120, unique=True)


@st.composite
def any_field(draw: st.DrawFn) -> Field:
    """Made by hand, with no regard for limits."""
    kind = draw(st.sampled_from(Kind))
    many = kind in (Kind.CHOICE, Kind.CHANNEL, Kind.USER) and draw(st.booleans())
    bounds = {Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False), Kind.INTEGER: st.integers()}
    words = st.sampled_from(["", "words", "x" * 5000, "👩‍👩‍👧" * 900])
    return Field(
        "it",
        kind,
        many,
        label=draw(words),
        hint=draw(words),
        placeholder=draw(words),
        multiline=draw(st.booleans()),
        default=draw(st.sampled_from([None, ""])),
        choices=tuple(map(Choice, draw(CHOICES))) if kind is Kind.CHOICE else (),
        minimum=draw(st.none() | bounds[kind]) if kind in bounds else None,
        maximum=draw(st.none() | bounds[kind]) if kind in bounds else None,
    )


@given(any_field(), st.text() | st.lists(st.text()) | st.none() | st.booleans())
def test_a_form_is_within_slacks_limits_whatever_is_declared_and_known(field: Field, value: Any) -> None:
    view = build_form_modal(
        title="x" * 100,
        submit="x" * 100,
        callback_id="job_form",
        private_metadata="x" * 3000,
        description="x" * 9000,
        fields=(field,),
        values={"it": value},
    )
    assert check_view(view, "modal") == []


def test_metadata_that_would_not_come_back_is_refused() -> None:
    with pytest.raises(ValueError, match="private_metadata has 3001 characters"):
        build_form_modal(
            title="x",
            submit="x",
            callback_id="x",
            private_metadata="x" * 3001,
            description="",
            fields=(),
            values={},
        )


def test_a_choice_too_long_for_slack_comes_back_whole() -> None:
    field = Field("it", Kind.CHOICE, choices=(Choice(LONG), Choice("short")), default=LONG)
    view = modal((field,))
    assert len(element(view, "it")["initial_option"]["value"]) <= 150
    assert read_form((field,), submitted(view)) == {"it": LONG}


def test_a_choice_of_an_older_form_is_refused_in_words() -> None:
    state = {"field:format": {"answer": {"type": "radio_buttons", "selected_option": option("xml", "xml")}}}
    with pytest.raises(InvalidInputs, match='format must be csv or json; got "xml"'):
        build_inputs(Inputs, {"channel": "C01"} | read_form(FIELDS, state))


def test_an_error_stands_at_its_field_without_repeating_the_name() -> None:
    with pytest.raises(InvalidInputs) as refused:
        build_inputs(Inputs, {"days": "soon"})
    assert form_errors(refused.value.errors) == {
        "field:channel": "Is required: give a channel, such as #general.",
        "field:days": 'Must be a whole number from 1 to 365; got "soon".',
    }
    assert len(form_errors({"it": "x" * 5000})["field:it"]) == 300


def test_a_channel_that_must_be_chosen_is_suggested_and_an_optional_one_is_not() -> None:
    @dataclass(frozen=True)
    class Two:
        source: ChannelId
        target: ChannelId | None = None

    view = modal(fields_of(Two))
    assert element(view, "source")["default_to_current_conversation"]
    assert "default_to_current_conversation" not in element(view, "target")
