"""`ask(choices=…)`: what it may be, and what it says to whoever wrote something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.form import build_form_modal, read_form
from runs.choices import Look, look_up
from runs.inputs import BadDeclaration, InvalidInputs, ask, build_inputs, dump_inputs, fields_of, load_inputs
from runs.inputs.fields import Kind
from runs.requests import parse_arguments
from simulator.blocks import HOLDS, check_view, initial_value, stateful_elements


def stock() -> list[str]:
    return ["plum", "pear"]


@dataclass(frozen=True)
class Inputs:
    fruit: str = ask("Fruit", choices=stock)
    several: list[str] = ask(choices=stock, default=[], min_query_length=2, maximum=3)
    perhaps: str | None = ask(choices=lambda query, team_id: [query, team_id], default=None)
    fixed: str = ask(choices=["red", ("blue", "A dark one")], default="red")
    some: list[str] = ask(choices=("a", "b"), default=["a"])


def test_a_function_makes_a_choice_that_is_looked_up_and_a_list_an_ordinary_one() -> None:
    kinds = {field.name: (field.kind, field.many) for field in fields_of(Inputs)}
    assert kinds == {
        "fruit": (Kind.LOOKUP, False),
        "several": (Kind.LOOKUP, True),
        "perhaps": (Kind.LOOKUP, False),
        "fixed": (Kind.CHOICE, False),
        "some": (Kind.CHOICE, True),
    }
    [fixed] = [field for field in fields_of(Inputs) if field.name == "fixed"]
    assert [(choice.value, choice.label) for choice in fixed.choices] == [
        ("red", "red"),
        ("blue", "A dark one"),
    ]


async def later() -> list[str]:
    return []


@pytest.mark.parametrize(
    ("hint", "asked", "problem"),
    [
        (int, {"choices": stock}, "has choices, but is int; instead: str or list"),
        (str, {"choices": "red"}, "has the choices 'red'"),
        (str, {"choices": 3}, "has the choices 3"),
        (str, {"choices": [1, 2]}, "offers 1"),
        (str, {"choices": []}, "has 0 choices"),
        (str, {"choices": later}, "has its choices from later, which is async"),
        (str, {"choices": lambda channel: []}, "which takes channel"),
        (str, {"choices": lambda *queries, query: []}, "which takes *queries"),
        (str, {"choices": stock, "min_query_length": -1}, "has the min_query_length -1"),
        (str, {"min_query_length": 2}, "has a min_query_length"),
        (str, {"choices": stock, "multiline": True}, "is multiline but not text"),
        (str, {"choices": stock, "minimum": 2}, "is bounded by 2"),
        (list[str], {}, "is a list of str"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_place(hint: Any, asked: dict[str, Any], problem: str) -> None:
    declared = make_dataclass("Declared", [("field", hint, ask(**asked))], frozen=True)
    with pytest.raises(BadDeclaration) as error:
        fields_of(declared)
    said = f"{error.value.problem[:-1]}; instead: {error.value.instead}"
    assert problem in said


ANSWERS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=75).map(
    str.strip
)


@given(fruit=ANSWERS.filter(bool), several=st.lists(ANSWERS.filter(bool), max_size=3, unique=True))
def test_an_answer_comes_through_form_record_and_text_as_it_is(fruit: str, several: list[str]) -> None:
    inputs = build_inputs(Inputs, {"fruit": fruit, "several": several})
    assert (inputs.fruit, inputs.several) == (fruit, several)
    assert load_inputs(Inputs, dump_inputs(inputs)) == inputs
    view = build_form_modal(
        title="t",
        submit="Run",
        callback_id="c",
        private_metadata="{}",
        description="",
        fields=fields_of(Inputs),
        values={"fruit": fruit, "several": several},
    )
    assert check_view(view, "modal") == []
    state: dict[str, Any] = {}
    for block_id, each in stateful_elements(view["blocks"]):
        state[block_id] = {each["action_id"]: {HOLDS[each["type"]][0]: initial_value(each)}}
    assert build_inputs(Inputs, read_form(fields_of(Inputs), state)) == inputs


def test_in_text_a_list_has_commas_between_its_values() -> None:
    raw = parse_arguments('fruit="a plum" several=b,"c, d"', fields_of(Inputs))
    assert build_inputs(Inputs, raw).several == ["b", "c, d"]


@pytest.mark.parametrize("value", ["", "x" * 151, "a\nb", "a\x00b", "could not load"])
def test_what_no_menu_can_hold_is_no_answer(value: str) -> None:
    with pytest.raises(InvalidInputs, match="fruit"):
        build_inputs(Inputs, {"fruit": value})


def look(function: Callable[..., Any], **of: Any) -> list[tuple[str, str]]:
    declared = make_dataclass("Declared", [("field", str, ask(choices=function))], frozen=True)
    [field] = fields_of(declared)
    found = look_up(field, Look(**({"requester": "U1", "team_id": "T1"} | of)))
    return [(choice.value, choice.label) for choice in found]


def test_choices_may_be_texts_pairs_a_mapping_or_made_one_by_one() -> None:
    assert look(lambda: ["a", ("b", "Bee"), "a"]) == [("a", "a"), ("b", "Bee")]
    assert look(lambda: {"a": "Ay"}) == [("a", "Ay")]
    assert look(lambda: (each for each in "ab")) == [("a", "a"), ("b", "b")]


def test_a_function_gets_what_it_takes_by_name() -> None:
    def told(secrets: dict[str, str], requester: str, query: str = "") -> list[str]:
        return [query, requester, *secrets]

    assert [value for value, _ in look(told, query="q", secrets={"KEY": "1"})] == ["q", "U1", "KEY"]


@pytest.mark.parametrize("returned", [None, 3, "text", b"bytes", [1], [("a", 2)], [("a", "b", "c")]])
def test_what_is_no_list_of_texts_is_a_type_error(returned: Any) -> None:
    with pytest.raises(TypeError):
        look(lambda: returned)


@pytest.mark.parametrize("value", ["", " a", "x" * 151, "a\nb"])
def test_a_value_that_no_menu_can_hold_is_a_value_error(value: str) -> None:
    with pytest.raises(ValueError, match="offers"):
        look(lambda: [value])
