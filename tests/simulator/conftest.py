import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.office import MANIFEST, App, Office, an_app, an_office


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return path


@pytest.fixture(scope="module")
def running_office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest) as office:
        yield office


@pytest.fixture
def office(running_office: Office) -> Iterator[Office]:
    """The module's workspace, without the faults and short patience of the test before."""
    yield running_office
    running_office.calm()


@pytest.fixture(scope="module")
def running_app(running_office: Office) -> Iterator[App]:
    with an_app(running_office) as app:
        yield app


@pytest.fixture
def app(running_app: App, office: Office) -> Iterator[App]:
    """The module's app, which acks everything and has got nothing yet, nor will of the test before."""
    running_app.forget(office)
    yield running_app
    running_app.answer = lambda request: None  # in tests without this fixture too
