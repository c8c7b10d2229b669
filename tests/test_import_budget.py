"""What a cold start loads is pinned, module by module: no clock, so it fails for a reason and never by chance."""

from __future__ import annotations

import os

import pytest

from bench import import_budget
from ops.python_3_13 import NoPython313, find_python_3_13

# Each with what it is for on Lambda's ack path: nothing. Together they cost more than all of the app.
FORBIDDEN = {
    *(
        "boto3",
        "botocore",
        "s3transfer",
        "urllib3",
    ),  # lazy work imports them; the ack path has aws/signed_client.py
    *("asyncio", "aiohttp", "sqlite3", "http.server"),  # Bolt's and the SDK's, for other ways to run
    *(
        "runs.sqlite_store",
        "runs.pool",
        "slack_bolt.adapter.socket_mode",
    ),  # what local runs have in their place
    *("bench", "ops", "simulator", "tests", "pytest", "unittest", "multiprocessing"),
}

# In one workspace no token lies sealed in the table. For many, all but the ack of a command needs one, and init has a
# whole CPU to load what opens it.
FORBIDDEN_IN = {"one": FORBIDDEN | {"cryptography"}, "many": FORBIDDEN}

HOW = "If each is worth what it costs every cold start, pin them: .venv/bin/python -m bench.import_budget"


@pytest.fixture(scope="module", params=import_budget.MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def loaded(mode: str) -> set[str]:
    """Under Lambda's own Python, whichever runs the tests."""
    try:
        find_python_3_13()
    except NoPython313 as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"THE IMPORT BUDGET IS NOT CHECKED. {error}")
    return set(import_budget.measure(mode))


def test_a_cold_start_loads_the_modules_that_are_pinned_and_no_others(loaded: set[str], mode: str) -> None:
    pinned = set(import_budget.read(mode))
    new, gone = sorted(loaded - pinned), sorted(pinned - loaded)
    assert not new, f"a cold start loads {', '.join(new)} besides. {HOW}"
    assert not gone, f"a cold start loads {', '.join(gone)} no more. {HOW}"


def test_nothing_that_only_other_ways_to_run_need_is_loaded(loaded: set[str], mode: str) -> None:
    assert not {name for name in loaded if {name, name.partition(".")[0]} & FORBIDDEN_IN[mode]}


@pytest.mark.parametrize("mode", import_budget.MODES)
def test_forbidden_modules_cannot_be_pinned_either(mode: str) -> None:
    assert not FORBIDDEN_IN[mode] & set(import_budget.read(mode))
