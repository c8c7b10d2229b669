"""A teammate in the browser: from `/run` to the file, and everything on the way that can be pressed."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from runs.service import RunService
from tests.team_jobs import gate
from tests.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("errand")]


def type_in(page: Page, text: str) -> None:
    # A form that was sent is taken away a moment later, maybe after its run is done: what is typed until then is lost.
    expect(page.get_by_role("dialog")).to_have_count(0)
    composer = page.get_by_test_id("composer")
    composer.fill(text)
    composer.press("Escape")  # the list of commands, which Enter would choose from
    composer.press("Enter")


def wait_until(page: Page, condition: str) -> None:
    """An expression of JavaScript. Playwright's own way evaluates it again and again, which the page's CSP forbids."""
    page.evaluate(
        f"""() => new Promise((done) => {{
          const look = () => (({condition}) ? done() : requestAnimationFrame(look));
          look();
        }})"""
    )


def run_message(page: Page, title: str) -> Locator:
    """The newest message of a run of that title, without the note that it is starting."""
    return (
        page.get_by_test_id("message").filter(has_text=title).filter(has_not_text="Only visible to you").last
    )


def fonts_of(shown: Locator) -> set[str]:
    """The fonts that the browser really took, by name."""
    shown.evaluate("node => node.setAttribute('data-measured', '')")
    devtools = shown.page.context.new_cdp_session(shown.page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "[data-measured]"})
    fonts = devtools.send("CSS.getPlatformFontsForNode", node)["fonts"]
    return {font["familyName"] for font in fonts}


def test_digits_and_spaces_are_never_drawn_as_emoji(page: Page) -> None:
    """They are in emoji fonts too, and look as if spaced out: on machines with few fonts, such as a container."""
    type_in(page, "Room 12 at 10:30")
    text = page.get_by_text("Room 12 at 10:30")
    expect(text).to_be_visible()
    assert not any("emoji" in font.lower() for font in fonts_of(text))


def test_from_the_picker_to_the_file(page: Page, errand: RunService) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/ru")
    expect(page.get_by_role("option").first).to_contain_text("/run")
    composer.fill("/run")
    composer.press("Escape")
    composer.press("Enter")

    picker = page.get_by_role("dialog")
    picker.locator("[data-block-id]").filter(has_text="Export a channel").get_by_role(
        "button", name="Choose"
    ).click()
    form = page.get_by_role("dialog").filter(has_text="Channel to export")
    days = form.get_by_label("How many days back")
    days.fill("999")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(form.get_by_text("365")).to_be_visible()

    channel = form.get_by_role("button", name="Channel to export")
    expect(channel).to_contain_text("general")
    channel.click()
    page.get_by_role("option", name="engineering").click()
    days.fill("30")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    message = run_message(page, "Export a channel's messages to a file")
    expect(message).to_contain_text("Done")
    expect(message).to_contain_text("The result is in a direct message")
    page.get_by_test_id("app-home").click()
    page.get_by_role("tab", name="Messages").click()
    told = page.get_by_test_id("message").filter(has_text="Exported")
    expect(told).to_be_visible()
    assert rows_of(page) == number_in(told)


def rows_of(page: Page) -> int:
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"\.csv")).first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return len(list(csv.DictReader(io.StringIO(text))))


def number_in(told: Locator) -> int:
    found = re.search(r"Exported ([\d,]+) messages", told.inner_text())
    assert found
    return int(found[1].replace(",", ""))


def test_an_answer_that_the_app_refuses_is_marked_at_its_field(page: Page) -> None:
    type_in(page, "/run take-even")
    form = page.get_by_role("dialog")
    form.get_by_label("Even number").fill("3")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(form.get_by_text("Must be even")).to_be_visible()
    form.get_by_label("Even number").fill("4")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(run_message(page, "Take an even number")).to_contain_text("Done")


def test_the_bar_moves_and_cancel_stops_the_job(page: Page) -> None:
    type_in(page, "/run wait-at-gate")
    gate.wait_for_arrivals(1)
    message = run_message(page, "Wait at the gate")
    expect(message.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "25")
    message.get_by_role("button", name="Cancel").click()
    expect(message).to_contain_text("Cancelling")
    gate.open()
    expect(message).to_contain_text("Cancelled")
    expect(message.get_by_role("progressbar")).to_have_count(0)


def test_six_jobs_at_work_keep_no_command_waiting(page: Page) -> None:
    for _ in range(6):
        type_in(page, "/run wait-at-gate")
    gate.wait_for_arrivals(6)
    type_in(page, "/run return-nothing")
    # The six are held: had this waited for one of them, it would never be done.
    expect(run_message(page, "Return nothing")).to_contain_text("Done")
    assert gate.passed == []


def test_run_again_starts_a_new_run(page: Page) -> None:
    type_in(page, "/run return-nothing")
    first = run_message(page, "Return nothing")
    expect(first).to_contain_text("Done")
    first.get_by_role("button", name="Run again").click()
    both = page.get_by_test_id("message").filter(has_text="Return nothing").filter(has_text="Done")
    expect(both).to_have_count(2)


def test_a_private_channel_is_refused(page: Page, workspace: Workspace) -> None:
    type_in(page, f"/run export-channel channel={workspace.channel_id('#leadership')}")
    refusal = page.get_by_test_id("message").filter(has_text="I can't find that channel")
    expect(refusal).to_contain_text("Only visible to you")


def test_app_home_leads_to_a_form_and_shows_the_run(page: Page) -> None:
    page.get_by_test_id("app-home").click()
    row = page.locator("[data-block-id]").filter(has_text="Return nothing")
    row.get_by_role("button", name="Run").click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_test_id("message").filter(has_text="Return nothing")).to_contain_text("Done")
    page.get_by_role("tab", name="Home").click()
    expect(page.locator("[data-block-id]").filter(has_text="Done").first).to_contain_text("Return nothing")


HOLD_THE_NEXT_PAGE = """async (channel) => {
  const { on } = await import(new URL("store.js", document.querySelector("script[type=module]").src));
  on("message", ({ kind }) => (window.heard ||= kind === "changed"));
  const fetch = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetch(...asked);
    if (String(asked[0].url ?? asked[0]).includes(`${channel}/messages`))
      await new Promise((resolve) => (window.release = resolve));
    return answer;
  };
}"""


def test_what_happens_while_a_page_is_fetched_is_not_undone_by_it(page: Page, workspace: Workspace) -> None:
    client = WebClient(workspace.credentials["bot_token"], base_url=workspace.credentials["api_url"])
    posted = client.chat_postMessage(channel=workspace.channel_id("#support"), text="Running")
    page.evaluate(HOLD_THE_NEXT_PAGE, posted["channel"])
    page.get_by_test_id("channel-support").click()
    wait_until(page, "typeof window.release === 'function'")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Done")
    wait_until(page, "window.heard")
    page.evaluate("window.release()")
    expect(page.get_by_test_id("message").last).to_contain_text("Done")


def test_the_shortcut_opens_the_picker(page: Page) -> None:
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_text("Run a job").click()
    expect(page.get_by_role("dialog")).to_contain_text("Export a channel")


def test_another_person_sees_the_run_but_not_its_result(page: Page, workspace: Workspace) -> None:
    type_in(page, "/run upload-file")
    expect(run_message(page, "Upload a file")).to_contain_text("Done")
    page.goto(
        f"{workspace.url}/?user={workspace.person('tomas').id}&channel={workspace.channel_id('#general')}"
    )
    expect(run_message(page, "Upload a file")).to_contain_text("Done")
    results = page.get_by_test_id("message").filter(has_text="Here it is")
    expect(results).to_have_count(0)


def test_when_the_app_is_gone_the_person_sees_slacks_error(page: Page, workspace: Workspace) -> None:
    workspace.control("faults", method="apps.connections.open", times=1000, error="internal_error")
    workspace.control("disconnect", hard=True)
    expect(page.get_by_test_id("banner")).to_be_visible()
    type_in(page, "/run return-nothing")
    expect(page.get_by_text("/run failed with the error")).to_be_visible()


def test_on_a_phone_everything_fits_and_can_be_reached(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    type_in(page, "/run return-nothing")
    expect(run_message(page, "Return nothing")).to_contain_text("Done")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_form_works_by_keyboard_alone(page: Page) -> None:
    type_in(page, "/run say-it")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Text").focus()
    page.keyboard.type("by keyboard")
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    expect(run_message(page, "Say it")).to_contain_text("Done")
    type_in(page, "/run say-it")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
