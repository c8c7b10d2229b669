"""Dataclasses without methods compiled for each of them, for as long as a cold start lasts.

`@dataclass(frozen=True)` writes the source of six methods and compiles it, a millisecond or two for each class: a sixth
of what init took. The methods here are shared by all classes and go by the fields; a call takes microseconds longer.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from reprlib import recursive_repr
from typing import Any

compiled = dataclasses.dataclass


def begin() -> None:
    dataclasses.dataclass = quick


def end() -> None:
    dataclasses.dataclass = compiled


def quick(cls: type | None = None, /, **options: Any) -> Any:
    """In the place of `dataclass`, and the same to whoever uses the class."""
    if cls is None:
        return lambda cls: quick(cls, **options)
    if options != {"frozen": True} or not _is_plain(cls):
        return compiled(cls, **options)
    cls.__doc__ = cls.__doc__ or cls.__name__  # or its signature would be looked into, to write one
    compiled(cls, init=False, repr=False, eq=False)
    _check_order(dataclasses.fields(cls))
    cls.__dataclass_params__ = _Frozen.__dataclass_params__  # type: ignore[attr-defined]
    for name, method in METHODS.items():
        if name not in cls.__dict__ or (name == "__hash__" and cls.__hash__ is None):
            setattr(cls, name, method)
    return cls


def _is_plain(cls: type) -> bool:
    """Whatever else there is to dataclasses is left to those who know."""
    annotations = map(str, inspect.get_annotations(cls).values())
    return (
        not any(map(dataclasses.is_dataclass, cls.__mro__))
        and not {"__slots__", "__setattr__", "__delattr__"} & cls.__dict__.keys()
        and not any("InitVar" in each or "KW_ONLY" in each for each in annotations)
        and not any(isinstance(each, Field) and each.kw_only is True for each in cls.__dict__.values())
    )


def _check_order(fields: tuple[Field[Any], ...]) -> None:
    with_default = False
    for each in fields:
        if each.init and (each.default is not MISSING or each.default_factory is not MISSING):
            with_default = True
        elif each.init and with_default:
            raise TypeError(f"non-default argument {each.name!r} follows default argument")


class _Plan:
    """What there is to know of a class to make one, looked up once."""

    def __init__(self, cls: type) -> None:
        fields = dataclasses.fields(cls)
        self.given = tuple(each.name for each in fields if each.init)
        self.names = frozenset(self.given)
        self.defaults = {each.name: each.default for each in fields if each.default is not MISSING}
        self.factories = {
            each.name: each.default_factory for each in fields if each.default_factory is not MISSING
        }
        self.compared = tuple(each.name for each in fields if each.compare)
        self.hashed = tuple(
            each.name for each in fields if (each.compare if each.hash is None else each.hash)
        )
        self.has_more_to_do = hasattr(cls, "__post_init__")


_plans: dict[type, _Plan] = {}


def _plan(cls: type) -> _Plan:
    plan = _plans.get(cls)
    if plan is None:
        plan = _plans[cls] = _Plan(cls)
    return plan


def _init(self: Any, /, *args: Any, **kwargs: Any) -> None:
    plan = _plan(type(self))
    values = self.__dict__
    values.update(plan.defaults)
    values.update(zip(plan.given, args, strict=False))
    values.update(kwargs)
    for name, factory in plan.factories.items():
        if name not in values:
            values[name] = factory()
    if len(args) > len(plan.given) or not plan.names >= kwargs.keys() or not values.keys() >= plan.names:
        raise TypeError(_what_is_wrong(self, plan, args, kwargs))
    if args and kwargs and not kwargs.keys().isdisjoint(plan.given[: len(args)]):
        raise TypeError(_what_is_wrong(self, plan, args, kwargs))
    if plan.has_more_to_do:
        self.__post_init__()


def _what_is_wrong(self: Any, plan: _Plan, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    call, by_place = f"{_name(self)}.__init__()", plan.given[: len(args)]
    if len(args) > len(plan.given):
        return f"{call} takes {len(plan.given) + 1} positional arguments but {len(args) + 1} were given"
    for name in kwargs:
        if name not in plan.names:
            return f"{call} got an unexpected keyword argument {name!r}"
        if name in by_place:
            return f"{call} got multiple values for argument {name!r}"
    missing = next(name for name in plan.given if name not in self.__dict__)
    return f"{call} missing a required argument: {missing!r}"


def _name(self: object) -> str:
    return type(self).__qualname__


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
    return f"{_name(self)}({', '.join(shown)})"


def _eq(self: object, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or all(
        getattr(self, name) == getattr(other, name) for name in _plan(type(self)).compared
    )


def _hash(self: Any) -> int:
    return hash(tuple(getattr(self, name) for name in _plan(type(self)).hashed))


def _setattr(self: Any, name: str, value: object) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delattr(self: Any, name: str) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_frozen(self: Any, name: str) -> bool:
    """A class that is derived without being a dataclass has attributes of its own."""
    return "__dataclass_fields__" in vars(type(self)) or name in {
        each.name for each in dataclasses.fields(self)
    }


METHODS: dict[str, Callable[..., Any]] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
}


@compiled(frozen=True)
class _Frozen:
    """What such a class says of itself."""
