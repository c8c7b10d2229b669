"""A person takes the app out of the offline workspace, and finds the way to have it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workspace import PATIENCE, Workspace

pytestmark = pytest.mark.browser

INSTALL_PAGE = "http://127.0.0.1:9/slack/install"


def open_about(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    page.get_by_role("tab", name="About").click()


def is_installed(workspace: Workspace) -> bool:
    return bool(workspace.get("/sim/installation")["installed"])


def test_the_app_is_removed_after_a_question_and_every_tab_knows(
    page: Page, browser: Browser, workspace: Workspace
) -> None:
    other = browser.new_page()
    other.set_default_timeout(PATIENCE * 1000)
    other.goto(f"{workspace.url}/?user={workspace.person('margit').id}")
    expect(other.get_by_test_id("composer")).to_be_visible()
    open_about(page)
    expect(page.get_by_text("Added by Ann Lindqvist")).to_be_visible()
    expect(page.get_by_text("chat:write")).to_be_visible()
    page.get_by_test_id("remove-app").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Remove Errand from Tidewell?")
    question.get_by_role("button", name="Cancel").click()
    assert is_installed(workspace)
    page.get_by_test_id("remove-app").click()
    question.get_by_role("button", name="Remove app").click()
    expect(page.get_by_test_id("not-installed")).to_be_visible()
    expect(page.get_by_role("tab")).to_have_count(0)
    assert not is_installed(workspace)
    expect(other.get_by_test_id("banner")).to_contain_text("Errand is not installed in this workspace")
    other.get_by_test_id("composer").press_sequentially("/r")
    expect(other.get_by_role("option").filter(has_text="/remove")).to_be_visible()
    expect(other.get_by_role("option").filter(has_text="/run")).to_have_count(0)
    other.close()


def test_while_it_is_not_installed_the_way_to_its_install_page_is_shown(
    page: Page, workspace: Workspace
) -> None:
    workspace.post("/sim/installation/remove", user=workspace.person("ann").id)
    expect(page.get_by_test_id("banner")).to_contain_text("not installed")
    expect(page.get_by_test_id("install-app")).to_have_count(0)
    workspace.control("oauth", install_url=INSTALL_PAGE)
    expect(page.get_by_test_id("banner").get_by_role("link")).to_have_attribute("href", INSTALL_PAGE)
    page.get_by_test_id("app-home").click()
    link = page.get_by_test_id("not-installed").get_by_role("link", name="Install Errand")
    expect(link).to_have_attribute("href", INSTALL_PAGE)
    expect(link).to_have_attribute("rel", "noopener")


def test_who_may_not_remove_apps_is_told_whom_to_ask(page: Page, workspace: Workspace) -> None:
    workspace.control("oauth", only_admins=True)
    page.reload()
    open_about(page)
    expect(page.get_by_text("Ask an owner or an admin")).to_be_visible()
    expect(page.get_by_test_id("remove-app")).to_have_count(0)


def test_on_a_phone_it_fits(page: Page, workspace: Workspace) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Back to the list").click()
    open_about(page)
    page.get_by_test_id("remove-app").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove app").click()
    expect(page.get_by_test_id("not-installed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
