"""What stands in for modules while others import names from them that they may never use."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class StandIn(type):
    """Of a class or a function in a module that is not loaded; loads it for whoever has a use for it.

    Good for annotations and `isinstance`, and for calls. No object is of a class that nobody has imported.
    """

    def real(cls) -> Any:
        return getattr(import_module(cls.__module__), cls.__name__)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.real()(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # which typing asks of everything that is in an annotation
        return getattr(cls.real(), name)

    def __instancecheck__(cls, instance: object) -> bool:
        return cls.__module__ in sys.modules and isinstance(instance, cls.real())

    def __subclasscheck__(cls, subclass: type) -> bool:
        return cls.__module__ in sys.modules and issubclass(subclass, cls.real())


@contextmanager
def standing_in(names: Mapping[str, tuple[str, ...]]) -> Iterator[None]:
    """Nearly empty modules are in their place inside, and gone afterwards: who imports one later gets the real one."""
    absent = {
        name: _module(name, attributes) for name, attributes in names.items() if name not in sys.modules
    }
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def _module(name: str, attributes: tuple[str, ...]) -> ModuleType:
    module = ModuleType(name)
    for attribute in attributes:
        setattr(module, attribute, StandIn(attribute, (), {"__module__": name}))
    return module
