from pathlib import Path

import pytest

from ops import browser


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser: an empty home and an empty PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(browser, "mac_apps", lambda: iter(()))
    for name in ("CHROME_BIN", "PLAYWRIGHT_BROWSERS_PATH", "CI"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def put(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_without_one_there_is_none(machine: Path) -> None:
    assert browser.find_browser() is None


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge"])
def test_one_on_the_path_is_found(machine: Path, name: str) -> None:
    path = put(machine / "bin" / name)
    assert browser.find_browser() == path


@pytest.mark.parametrize(
    "place",
    [
        ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome",
        "Library/Caches/ms-playwright/chromium-1200/chrome-mac-arm64/Chromium.app/Contents/MacOS/Chromium",
    ],
)
def test_playwrights_own_is_found(machine: Path, place: str) -> None:
    path = put(machine / place)
    assert browser.find_browser() == path


def test_the_one_that_was_chosen_wins(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(machine / "bin" / "chromium")
    monkeypatch.setenv("CHROME_BIN", put(machine / "my own" / "chrome"))
    assert browser.find_browser() == str(machine / "my own" / "chrome")


def test_what_cannot_be_run_is_passed_over(machine: Path) -> None:
    (machine / ".cache/ms-playwright/chromium-1/chrome-linux/chrome").mkdir(parents=True)
    assert browser.find_browser() is None


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_going_without_is_said_loudly_and_fails_in_ci(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    assert browser.main(["--install"]) == code
    assert "BROWSER TESTS ARE SKIPPED" in capsys.readouterr().err
