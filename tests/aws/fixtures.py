"""What tests of several folders need."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from aws.table import table_definition
from tests.aws.deployed import Deployed, a_deployment
from tests.aws.emulator import Emulator, an_emulator
from tests.aws.moto import a_moto

_count = itertools.count(1)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with an_emulator(tmp_path_factory.mktemp("ministack")) as started:
        yield started


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """For S3, and for a KMS that notices what was tampered with."""
    with a_moto(tmp_path_factory.mktemp("moto")) as started:
        yield started


@pytest.fixture
def table(aws: Emulator) -> str:
    """The name of an empty table like the deployed one."""
    name = f"errand-{next(_count)}"
    aws.client("dynamodb").create_table(**table_definition(name))
    return name


@pytest.fixture
def deployed(aws: Emulator, table: str) -> Iterator[Deployed]:
    with a_deployment(aws, table) as started:
        yield started
