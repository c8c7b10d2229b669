"""Two people in two browsers: one asks, the other decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runs.service import RunService
from tests.browser.test_running_a_job import run_message, type_in
from tests.scenarios.test_approvals import fill, the_run
from tests.team_jobs import gate
from tests.workspace import PATIENCE, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("errand")]

Open = Callable[[str], Page]


@pytest.fixture
def browser_of(browser: Browser, workspace: Workspace) -> Iterator[Open]:
    """Opens the direct messages with the app, as the person of that name."""
    opened: list[Page] = []
    errors: list[str] = []

    def open_as(name: str) -> Page:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{workspace.url}/?user={workspace.person(name).id}")
        page.get_by_test_id("app-home").click()
        page.get_by_role("tab", name="Messages").click()
        opened.append(page)
        return page

    yield open_as
    for page in opened:
        page.close()
    assert errors == []


@pytest.fixture
def margit(browser_of: Open) -> Page:
    """The workspace's owner, and its only admin."""
    return browser_of("margit")


def request_in(page: Page, title: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=title).last


def press(within: Locator | Page, name: str) -> None:
    within.get_by_role("button", name=name, exact=True).click()


def give_reason(page: Page, reason: str, submit: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(reason)
    press(dialog, submit)
    expect(dialog).to_have_count(0)


def test_one_asks_the_other_approves_and_both_see_what_came_of_it(page: Page, margit: Page) -> None:
    type_in(page, '/run deploy-site text="v42"')
    message = run_message(page, "Deploy the site")
    expect(message).to_contain_text("To be approved by workspace admins until tomorrow at")
    request = request_in(margit, "Deploy the site")
    expect(request).to_contain_text("asks for approval")
    expect(request).to_contain_text("v42")
    assert gate.passed == []
    press(request, "Approve")
    expect(message).to_contain_text("Done")
    for seen in (message, request):
        expect(seen).to_contain_text("Approved by @Margit")
        expect(seen.get_by_role("button", name="Approve")).to_have_count(0)
        expect(seen.get_by_role("button", name="Deny")).to_have_count(0)
    expect(message.get_by_test_id("thread-summary")).to_be_visible()


def test_a_denial_asks_why_and_tells_the_requester(page: Page, margit: Page) -> None:
    type_in(page, '/run deploy-site text="v42"')
    request = request_in(margit, "Deploy the site")
    press(request, "Deny …")
    dialog = margit.get_by_role("dialog")
    press(dialog, "Deny")
    # Until this is said the form is on its way, and another press of its button would do nothing.
    expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    give_reason(margit, "Not on a <b>Friday</b> & never *boldly*", "Deny")
    message = run_message(page, "Deploy the site")
    for seen in (message, request):
        expect(seen).to_contain_text("Denied by @Margit")
        expect(seen).to_contain_text("Not on a <b>Friday</b> & never")
        expect(seen.get_by_role("button", name="Approve")).to_have_count(0)
    expect(message.get_by_role("button", name="Run again")).to_be_visible()
    message.get_by_test_id("thread-summary").click()
    expect(page.get_by_test_id("thread")).to_contain_text("denied this run: Not on a <b>Friday</b>")
    assert gate.passed == []


def test_two_have_to_approve_and_each_sees_how_far_it_is(
    page: Page, margit: Page, browser_of: Open, workspace: Workspace, errand: RunService
) -> None:
    fill(errand, workspace, "key-keepers", workspace.person("tomas"))
    tomas = browser_of("tomas")
    type_in(page, "/run rotate-keys")
    first, second = (request_in(each, "Rotate the keys") for each in (tomas, margit))
    expect(first).to_contain_text("0 of 2 so far")
    first.get_by_role("button", name="Approve", exact=True).dblclick()
    expect(second).to_contain_text("1 of 2 so far: @Tomás")
    expect(first.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    expect(first.get_by_role("button", name="Deny …")).to_be_visible()
    assert gate.passed == []
    press(second, "Approve")
    expect(run_message(page, "Rotate the keys")).to_contain_text("Done")
    assert len(gate.passed) == 1


def test_ones_own_run_takes_a_reason_that_the_channel_reads(
    page: Page, workspace: Workspace, errand: RunService
) -> None:
    fill(errand, workspace, "on-call", workspace.person("ann"))
    type_in(page, "/run restart-queue")
    message = run_message(page, "Restart the queue")
    press(message, "Approve my own …")
    give_reason(page, "It is 3 a.m.", "Approve")
    expect(message).to_contain_text("Done")
    expect(message).to_contain_text("approved their own run:")
    expect(message).to_contain_text("It is 3 a.m.")


def test_a_dangerous_job_warns_in_its_form_and_asks_its_approver_twice(page: Page, margit: Page) -> None:
    type_in(page, "/run wipe-cache")
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("This job is dangerous")
    expect(form).to_contain_text("once it is approved by workspace admins")
    form.get_by_label("Text").fill("all of it")
    press(form, "Ask for approval")
    request = request_in(margit, "Wipe the cache")
    for seen in (request, run_message(page, "Wipe the cache")):
        expect(seen).to_contain_text("This job is dangerous")
    press(request, "Approve")
    twice = margit.get_by_role("alertdialog")
    expect(twice).to_contain_text("may be hard to undo")
    press(twice, "Not yet")
    assert gate.passed == []
    press(request, "Approve")
    press(twice, "Approve")
    expect(run_message(page, "Wipe the cache")).to_contain_text("Done")
    expect(request).not_to_contain_text("This job is dangerous")


def test_a_dangerous_job_that_is_typed_waits_for_its_approval_as_well(page: Page) -> None:
    type_in(page, '/run wipe-cache text="all of it"')
    expect(run_message(page, "Wipe the cache")).to_contain_text("Waiting for approval")
    assert gate.passed == []


def test_a_request_that_nobody_answers_expires(
    page: Page,
    margit: Page,
    workspace: Workspace,
    errand: RunService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    type_in(page, '/run deploy-site text="v42"')
    request = request_in(margit, "Deploy the site")
    expect(request.get_by_role("button", name="Approve")).to_be_visible()
    late = the_run(workspace, errand).created_at + 25 * 3600
    monkeypatch.setattr(errand, "_clock", lambda: late)
    errand.account()
    for seen in (run_message(page, "Deploy the site"), request):
        expect(seen).to_contain_text("Not approved in time")
        expect(seen.get_by_role("button", name="Approve")).to_have_count(0)


def test_nobody_who_could_approve_it_is_said_at_once(page: Page) -> None:
    type_in(page, "/run drop-table")
    told = page.get_by_test_id("message").filter(has_text="so it does not run")
    expect(told).to_contain_text("Nobody is in key-keepers yet")
    expect(told).to_contain_text("Only visible to you")


def test_an_approver_decides_in_app_home(page: Page, margit: Page) -> None:
    type_in(page, '/run deploy-site text="v42"')
    expect(request_in(margit, "Deploy the site")).to_be_visible()
    margit.get_by_role("tab", name="Home").click()
    waiting = margit.get_by_role("heading", name="Waiting for you")
    expect(waiting).to_be_visible()
    margit.get_by_role("button", name="Approve", exact=True).click()
    expect(waiting).to_have_count(0)
    expect(run_message(page, "Deploy the site")).to_contain_text("Done")


def test_an_admin_fills_a_group_in_app_home(margit: Page) -> None:
    margit.get_by_role("tab", name="Home").click()
    warning = margit.locator("[data-block-id]").filter(has_text="Nobody can approve “Drop a table”")
    press(warning, "Fill it")
    form = margit.get_by_role("dialog")
    people = form.get_by_label("People")
    people.click()
    margit.get_by_role("option", name="Tomás").click()
    margit.keyboard.press("Escape")
    press(form, "Save")
    expect(form).to_have_count(0)
    expect(warning).to_have_count(0)
    group = margit.locator("[data-block-id]").filter(has_text="key-keepers").filter(has_text="Changed by")
    expect(group).to_contain_text("@Tomás")
