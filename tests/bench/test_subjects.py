"""What the bench installs for its subjects, from a wheel made here."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.subjects import install


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_several_at_once_install_one_whole_folder(wheels: Path, tmp_path: Path) -> None:
    target = tmp_path / "cache" / "tiny"
    with ThreadPoolExecutor(4) as executor:
        installed = list(
            executor.map(lambda _: (install(target, ["tiny==1.0"]) / "tiny.py").is_file(), range(4))
        )
    assert installed == [True] * 4
    assert sorted(path.name for path in target.parent.iterdir()) == ["tiny", "tiny.lock"]


def test_what_is_in_place_stays_when_other_pins_cannot_be_installed(wheels: Path, tmp_path: Path) -> None:
    target = install(tmp_path / "tiny", ["tiny==1.0"])
    with pytest.raises(SystemExit, match=r"tiny==2\.0 could not be installed"):
        install(target, ["tiny==2.0"])
    assert (target / "tiny.py").is_file()
