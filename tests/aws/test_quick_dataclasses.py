"""A dataclass of a cold start behaves as one that was compiled: each case is held against `dataclasses.dataclass`."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.quick_dataclasses import METHODS, quick

NOTHING = object()


def declared(**fields: Any) -> type:
    """A class with these fields; each is its default, a `field(…)`, or NOTHING."""
    defaults = {name: value for name, value in fields.items() if value is not NOTHING}
    return type("Record", (), {"__annotations__": dict.fromkeys(fields, int), **defaults})


FIELDS: dict[str, Callable[[], Any]] = {
    "required": lambda: NOTHING,
    "default": lambda: 7,
    "factory": lambda: field(default_factory=list),
    "not_compared": lambda: field(default=1, compare=False),
    "not_shown": lambda: field(default=2, repr=False),
    "not_hashed": lambda: field(default=3, hash=False),
    "not_given": lambda: field(default=4, init=False),
}


def outcome(call: Callable[[], object]) -> object:
    """What it returns, or the type of what it raises."""
    try:
        return call()
    except Exception as error:
        return type(error)


@st.composite
def two_of_a_kind(draw: st.DrawFn) -> tuple[type, type]:
    """The same class, quick and compiled."""
    kinds = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=6))
    kinds.sort(key=lambda kind: kind != "required")

    def fields() -> dict[str, Any]:
        return {f"f{number}": FIELDS[kind]() for number, kind in enumerate(kinds)}

    return quick(declared(**fields()), frozen=True), dataclass(declared(**fields()), frozen=True)


ARGUMENTS = st.tuples(
    st.lists(st.integers(0, 3), max_size=5),
    st.dictionaries(st.sampled_from(["f0", "f1", "f2", "f3", "g"]), st.integers(0, 3), max_size=4),
)


@given(pair=two_of_a_kind(), first=ARGUMENTS, second=ARGUMENTS)
def test_it_is_made_shown_compared_and_hashed_as_if_it_were_compiled(
    pair: tuple[type, type], first: Any, second: Any
) -> None:
    made = []
    for cls in pair:
        one, other = (outcome(lambda a=a, k=k, cls=cls: cls(*a, **k)) for a, k in (first, second))  # type: ignore[misc]
        made.append((one, other))
    for quicks, compileds in zip(*made, strict=True):
        assert isinstance(quicks, type) == isinstance(compileds, type), (quicks, compileds)
        if isinstance(quicks, type):
            assert quicks is compileds
        else:
            assert repr(quicks) == repr(compileds)
            assert dataclasses.asdict(quicks) == dataclasses.asdict(compileds)
            assert outcome(lambda made=quicks: hash(made)) == outcome(lambda made=compileds: hash(made))  # type: ignore[misc]
    (one, other), (compiled_one, compiled_other) = made
    assert (one == other) == (compiled_one == compiled_other)
    assert one != compiled_one or isinstance(one, type)


@quick(frozen=True)
class Point:
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list, hash=False)
    count: ClassVar[int] = 3

    @cached_property
    def total(self) -> int:
        return self.x + self.y


def test_it_is_frozen() -> None:
    point = Point(1, 2)
    for change in (
        lambda: setattr(point, "x", 2),
        lambda: setattr(point, "z", 2),
        lambda: delattr(point, "x"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert point.total == 3  # which keeps its value


def test_a_class_derived_from_it_has_attributes_of_its_own_and_no_others() -> None:
    class Named(Point):
        pass

    named = Named(1)
    named.name = "here"
    del named.name
    with pytest.raises(dataclasses.FrozenInstanceError):
        named.x = 2  # type: ignore[misc]


def test_it_can_be_changed_into_another_copied_and_pickled() -> None:
    point = Point(1, names=["a"])
    assert dataclasses.replace(point, y=5) == Point(1, 5, ["a"])
    with pytest.raises(TypeError):
        dataclasses.replace(point, z=1)
    assert copy.deepcopy(point) == copy.copy(point) == pickle.loads(pickle.dumps(point)) == point
    match point:
        case Point(x, y):
            assert (x, y) == (1, 0)


def test_what_it_says_of_itself_is_what_a_compiled_one_says() -> None:
    assert Point.__dataclass_params__.frozen
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "names"]
    assert Point(1).names is not Point(1).names


def test_what_it_defines_by_itself_stays() -> None:
    @quick(frozen=True)
    class Own:
        x: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "x", self.x * 2)

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    assert repr(Own(1)) == "own"
    assert Own(1) == 3
    assert hash(Own(1)) == hash(Own(1))
    assert Own(4).x == 8


@pytest.mark.parametrize(
    "fields", [{"x": 1, "y": NOTHING}, {"x": []}, {"x": field(default_factory=list), "y": NOTHING}]
)
def test_a_wrong_declaration_is_refused_in_the_same_words(fields: dict[str, Any]) -> None:
    messages = []
    for decorate in (quick, dataclass):
        with pytest.raises((TypeError, ValueError)) as refused:
            decorate(declared(**fields), frozen=True)
        messages.append(str(refused.value))
    assert messages[1].startswith(messages[0])  # newer Pythons say more


def test_any_other_kind_of_dataclass_is_compiled() -> None:
    @quick
    class Changeable:
        x: int

    @quick(frozen=True)
    class Derived(Point):
        z: int = 1

    @quick(frozen=True, slots=True)
    class Slotted:
        x: int

    @quick(frozen=True)
    class ByName:
        x: int = field(kw_only=True)

    for cls in (Changeable, Derived, Slotted, ByName):
        assert cls.__init__ is not METHODS["__init__"]
    assert Derived(1, z=2) == Derived(1, z=2)
    assert hash(Derived(1, z=2)) == hash(Derived(1, z=2))
