"""The emulated AWS; and cases that a store is known to fail, by name, which pass when it does fail them."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.aws.fixtures import aws, table

__all__ = ["aws", "table"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "departs(reason): this store is known to do otherwise, and must")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    departure = pyfuncitem.get_closest_marker("departs")
    if departure is None:
        return (yield)
    try:
        yield
    except (Exception, pytest.fail.Exception):
        return True
    pytest.fail(f"it departs no more: take it off the list ({departure.args[0]})")
