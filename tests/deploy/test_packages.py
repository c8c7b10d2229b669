"""What takes long to make is made once, however many workers of pytest-xdist want it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.deploy.packages import made_once


def test_whoever_comes_first_makes_it_and_the_others_find_it(tmp_path: Path) -> None:
    makers: list[Path] = []
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: made_once(tmp_path / "shared", makers.append), range(8)))
    assert folders == {tmp_path / "shared"} == set(makers)
    assert len(makers) == 1


def test_what_failed_half_way_is_made_anew(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        made_once(tmp_path / "shared", fail)
    made = made_once(tmp_path / "shared", lambda folder: (folder / "whole").touch())
    assert {path.name for path in made.iterdir()} == {"whole", "made"}
