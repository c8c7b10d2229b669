"""What a job shows and what it offers, in a browser: charts, tables, and menus that the app fills."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from runs.service import RunService
from tests.browser.test_running_a_job import run_message, type_in, wait_until
from tests.choosing_jobs import Shop, shop
from tests.workspace import PATIENCE, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("errand")]


@pytest.fixture(autouse=True)
def market(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(
        "runs.choices.WHILE_SLACK_WAITS", PATIENCE
    )  # a busy machine may stand still for as long
    shop.reset()
    yield shop
    shop.opened.set()


def test_a_chart_is_drawn_and_says_its_numbers(page: Page) -> None:
    type_in(page, "/run count-errors results=here")
    chart = page.locator(".block-data-visualization")
    expect(chart.locator("figcaption")).to_have_text("Errors by day")
    expect(chart.locator(".chart-bar")).to_have_count(6)
    expect(chart.locator(".chart-legend li")).to_have_text(["api", "web"])
    expect(chart.locator(".chart-tick.is-x")).to_have_text(["Mon", "Tue", "Wed"])
    expect(chart.locator(".chart-axis")).to_have_text(["Errors"])
    plot = chart.get_by_role("img", name="Errors by day")
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    tip = chart.locator(".chart-tip")
    expect(tip).to_contain_text("Tue")
    expect(tip.locator(".chart-tip-value")).to_have_text(["30", "0"])
    assert heights(chart.locator(".chart-bar.series-1")) == sorted_by([12, 30, 4])
    expect(run_message(page, "Count the errors")).to_contain_text("Services")


def heights(bars: Locator) -> list[int]:
    """The places of the bars by their height."""
    found = [float(bars.nth(at).get_attribute("height") or 0) for at in range(bars.count())]
    return sorted_by(found)


def sorted_by(values: list[float]) -> list[int]:
    return sorted(range(len(values)), key=values.__getitem__)


def test_a_chart_fits_a_phone_and_is_drawn_anew_when_that_is_turned(page: Page) -> None:
    type_in(page, "/run count-errors results=here")
    plot = page.locator(".chart-plot svg")
    expect(plot).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".chart")).to_be_in_viewport()
    wait_until(page, "document.querySelector('.chart-plot svg').getBoundingClientRect().right <= 390")
    narrow = plot.bounding_box()
    page.set_viewport_size({"width": 844, "height": 390})
    assert narrow
    wait_until(page, f"document.querySelector('.chart-plot svg').clientWidth > {narrow['width'] + 50}")


def test_whoever_follows_a_channel_still_does_when_what_is_shown_grows(page: Page) -> None:
    type_in(page, "/run count-errors results=here")
    expect(page.locator(".chart-plot svg")).to_be_visible()
    # As when a phone is turned: the chart grows, and the browser tells of scrolling before it tells of sizes.
    page.evaluate(
        """() => {
          document.querySelector(".chart").style.height = "900px";
          document.querySelector(".scroller").dispatchEvent(new Event("scroll"));
        }"""
    )
    wait_until(
        page,
        """(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(
          document.querySelector(".scroller")
        )""",
    )


def test_a_table_shows_what_is_hostile_as_the_text_it_is(page: Page) -> None:
    type_in(page, "/run count-errors results=here")
    table = page.locator(".block-table")
    expect(table.get_by_role("columnheader")).to_have_text(["service", "errors", "rate", "since"])
    cell = table.get_by_role("cell").filter(has_text="<!channel>")
    expect(cell).to_contain_text("<https://evil.example|click> *bold*")
    expect(table.locator("a, .mention")).to_have_count(0)


def test_a_user_group_is_mentioned_by_its_handle(page: Page, workspace: Workspace) -> None:
    groups = {group["handle"]: group["id"] for group in workspace.info["usergroups"]}
    text = f"<!subteam^{groups['platform']}> and <!subteam^{groups['support-rota']}>, not <!subteam^S0GONE>"
    client = WebClient(workspace.credentials["bot_token"], base_url=workspace.credentials["api_url"])
    client.chat_postMessage(channel=workspace.channel_id("#general"), text=text)
    message = page.get_by_test_id("message").filter(has_text="and").last
    expect(message.locator(".mention")).to_have_text(["@platform", "@support-rota", "@group"])
    expect(message.locator(".mention.is-me")).to_have_text(["@support-rota"])


def test_a_menu_is_filled_by_the_app_and_narrowed_by_typing(page: Page, workspace: Workspace) -> None:
    type_in(page, "/run eat-fruit")
    form = page.get_by_role("dialog")
    menu = form.get_by_role("button", name="Fruit")
    menu.click()
    expect(page.get_by_role("option")).to_have_text(["Plum, a blue one", "Pear", "Fig"])
    page.keyboard.type("blue")
    expect(page.get_by_role("option")).to_have_text(["Plum, a blue one"])
    page.keyboard.press("Enter")
    expect(menu).to_contain_text("Plum, a blue one")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(run_message(page, "Eat a fruit")).to_contain_text("Done")
    expect(run_message(page, "Eat a fruit")).to_contain_text("Fruit: plum")


def test_of_several_each_is_a_chip_once_letters_were_typed(page: Page) -> None:
    type_in(page, "/run buy-fruits")
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Fruits").click()
    expect(page.get_by_text("Type a letter to see what there is")).to_be_visible()
    page.keyboard.type("p")
    page.get_by_role("option", name="Pear").click()
    page.get_by_role("option", name="Plum").click()
    page.keyboard.press("Escape")
    expect(form.locator(".chip-label")).to_contain_text(["Pear", "Plum"])
    form.get_by_role("button", name="Run", exact=True).click()
    expect(run_message(page, "Buy fruits")).to_contain_text("Done")


NOTE_WHAT_IS_SAID = """() => {
  window.said = [];
  const look = () => window.said.push(document.querySelector(".listbox-empty")?.textContent ?? "");
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_menu_says_that_it_is_loading_and_that_it_could_not(
    page: Page, workspace: Workspace, errand: RunService
) -> None:
    shop.opened.clear()
    type_in(page, "/run eat-fruit")
    menu = page.get_by_role("dialog").get_by_role("button", name="Fruit")
    expect(menu).to_be_visible()
    workspace.control("timing", ack_ms=700)
    page.evaluate(NOTE_WHAT_IS_SAID)  # it loads for a moment only
    menu.click()
    expect(page.get_by_text("Couldn’t load the options")).to_be_visible()
    assert "Loading …" in page.evaluate("window.said.map((each) => each.trim())")
    workspace.control("clear")
    shop.opened.set()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("option").first).to_have_text("Plum, a blue one")
