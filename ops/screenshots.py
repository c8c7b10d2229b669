"""`make screenshots`: the README's pictures, taken in the offline workspace itself."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from ops.browser import find_browser
from ops.console import complain, say

FOLDER = Path("docs")
SIZE = ViewportSize(width=1200, height=800)
BETWEEN_START_AND_END = re.compile(r"[1-9]\d?%")
PATIENCE_MS = 60_000
LOW = ViewportSize(width=1200, height=540)
PHONE = ViewportSize(width=390, height=780)

OAUTH = (sys.executable, "-m", "ops.offline", "--port", "0", "--oauth", "--data-dir")
# `make run`, with a job that has to be approved.
SHOWCASE = """
import sys
from pathlib import Path
from ops.offline import Plan, start
sys.exit(start(Plan(data_dir=Path(sys.argv[1]), port=0, app=(sys.executable, "-m", "tests.showcase"))))
"""
START = (sys.executable, "-c", SHOWCASE)
DEPLOY = "/run deploy-shop version=v42"


@contextmanager
def offline_workspace(*command: str) -> Iterator[str]:
    """The address of one of its own, so that the pictures show no one's own runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = (*command, folder)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            try:
                yield next(line.split()[-1] for line in process.stdout if "Open" in line)
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate()


@contextmanager
def chromium() -> Iterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=as_root)
        yield browser
        browser.close()


def open_page(browser: Browser, url: str, theme: str) -> Page:
    page = browser.new_page(
        viewport=SIZE, device_scale_factor=2, color_scheme="dark" if theme == "dark" else "light"
    )
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url)
    expect(page.get_by_test_id("composer")).to_be_visible()
    return page


def say_in_channel(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill(text)
    composer.press("Escape")  # the list of commands
    composer.press("Enter")


def take(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur()")
    page.mouse.move(0, 0)
    page.screenshot(path=FOLDER / name, animations="disabled")
    say(f"  {FOLDER / name}")


def take_form(page: Page) -> None:
    say_in_channel(page, "/run export-channel")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    page.get_by_role("button", name="Channel to export").click()
    page.get_by_role("option", name="general").click()
    take(page, "form.png")
    page.keyboard.press("Escape")


def take_run(page: Page) -> None:
    say_in_channel(page, "/run export-channel channel=#general days=30 threads results=here")
    expect(page.get_by_text("Run again")).to_be_visible(timeout=PATIENCE_MS)
    say_in_channel(page, "/run export-channel channel=#engineering days=60 threads results=here")
    expect(page.get_by_text(BETWEEN_START_AND_END)).to_be_visible(timeout=PATIENCE_MS)
    take(page, "run.png")


def take_home(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    expect(page.get_by_text("Your recent runs")).to_be_visible()
    expect(page.get_by_text("Waiting for you")).to_be_visible()
    take(page, "home-dark.png")


def take_install(browser: Browser, workspace_url: str) -> None:
    page = browser.new_page(viewport=SIZE, device_scale_factor=2)
    known = page.request.get(f"{workspace_url.rstrip('/')}/sim/installation").json()
    page.goto(known["install_url"])
    take(page, "install.png")


def act_as(page: Page, name: str) -> None:
    page.get_by_test_id("person-switcher").click()
    page.get_by_role("menuitemradio", name=name).click()
    expect(page.get_by_test_id("person-switcher")).to_contain_text(name)


def fill_deployers(page: Page) -> None:
    """As an admin does it: with Tomás."""
    act_as(page, "Margit")
    page.get_by_test_id("app-home").click()
    page.get_by_role("button", name="Edit").or_(page.get_by_role("button", name="Fill it")).first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("People").click()
    page.get_by_role("option", name="Tomás").click()
    page.keyboard.press("Escape")
    take(page, "group.png")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)


def ask_for_approval(page: Page) -> None:
    act_as(page, "Ann")
    page.get_by_test_id("channel-general").click()
    say_in_channel(page, DEPLOY)
    expect(page.get_by_text("0 of 2 so far")).to_be_visible()
    act_as(page, "Tomás")
    approve(page)


def approve(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    page.get_by_role("tab", name="Messages").click()
    page.get_by_role("button", name="Approve", exact=True).last.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("1 of 2 so far")).to_be_visible()


def take_approval(page: Page) -> None:
    """What the other approver is asked, and what the requester sees."""
    act_as(page, "Margit")
    page.get_by_test_id("app-home").click()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_text("1 of 2 so far")).to_be_visible()
    page.set_viewport_size(LOW)
    take(page, "approval.png")
    page.set_viewport_size(PHONE)
    take(page, "approval-phone.png")
    page.set_viewport_size(SIZE)
    act_as(page, "Ann")
    page.get_by_test_id("channel-general").click()
    expect(page.get_by_text("1 of 2 so far")).to_be_visible()
    take(page, "approval-asked.png")


def main() -> int:
    if not find_browser():
        complain("Screenshots need Chrome or Chromium.")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with offline_workspace(*START) as url, chromium() as browser:
        page = open_page(browser, url, "light")
        take_form(page)
        take_run(page)
        fill_deployers(page)
        ask_for_approval(page)
        take_approval(page)
        dark = open_page(browser, url, "dark")
        act_as(dark, "Margit")
        take_home(dark)
    with offline_workspace(*OAUTH) as url, chromium() as browser:
        take_install(browser, url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
