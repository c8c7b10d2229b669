"""The Chrome or Chromium that browser tests and screenshots use, found or, on Debian as root, installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ops.console import complain, paint

ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
PLAYWRIGHT_CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PLAYWRIGHT_BROWSERS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)

SKIPPED = """\
No Chrome or Chromium here: THE BROWSER TESTS ARE SKIPPED.
To run them, install Chrome or Chromium, or: .venv/bin/python -m playwright install chromium"""


def find_browser() -> str | None:
    """The path of an installed Chrome, Chromium or Edge, or of Playwright's own; CHROME_BIN chooses one."""
    return next((path for path in candidates() if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROME_BIN"):
        yield chosen
    yield from filter(None, map(shutil.which, ON_PATH))
    yield from mac_apps()
    yield from playwright_browsers()


def mac_apps() -> Iterator[str]:
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / app) for app in MAC_APPS)


def playwright_browsers() -> Iterator[str]:
    """Newest first."""
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(own)] if own else [Path.home() / cache for cache in PLAYWRIGHT_CACHES]
    for folder in folders:
        for pattern in PLAYWRIGHT_BROWSERS:
            yield from map(str, sorted(folder.glob(pattern), reverse=True))


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    """Debian's package, with a font for emoji; nothing else is downloaded."""
    complain("Installing Chromium for the browser tests …")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update"],
        ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-color-emoji"],
    ):
        done = subprocess.run(
            ["apt-get", "-qq", *arguments], env=env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            complain(done.stdout + done.stderr)
            return


def main(arguments: list[str]) -> int:
    """Print the browser's path; with --install, see to it that there is one where that can be done."""
    if not find_browser() and "--install" in arguments and can_install():
        install()
    if not find_browser():
        complain(paint(SKIPPED, "bold", "red"))
        return 1 if os.environ.get("CI") else 0
    if "--install" not in arguments:
        print(find_browser())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
