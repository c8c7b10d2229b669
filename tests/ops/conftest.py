from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.aws.fixtures import aws
from tests.ops.driving import APP, SIMULATOR, Offline

__all__ = ["aws", "offline"]


@pytest.fixture
def offline(tmp_path: Path) -> Iterator[Callable[..., Offline]]:
    started: list[Offline] = []

    def begin(
        *,
        simulator: str = SIMULATOR,
        app: str = APP,
        port: int = 0,
        pages_port: int | None = None,
        verbose: bool = False,
        env: dict[str, str] | None = None,
    ) -> Offline:
        run = Offline(
            tmp_path / "data dir",
            simulator=simulator,
            app=app,
            port=port,
            pages_port=pages_port,
            verbose=verbose,
            env=env or {},
        )
        started.append(run)
        return run

    yield begin
    for run in started:
        run.end()
