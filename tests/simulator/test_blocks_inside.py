"""Elements in blocks that lie inside of others, and files put into a form."""

import base64
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.office import App, Json, Office
from tests.simulator.test_views import modal, opened, plain, submit

BUTTON = {"type": "button", "action_id": "go", "text": plain("Go")}
CARD = {"type": "card", "title": plain("One")}
BLOCKS = [
    {**CARD, "block_id": "alone", "actions": [BUTTON]},
    {"type": "carousel", "elements": [CARD, {**CARD, "actions": [{"type": "button", "text": plain("Two")}]}]},
    {
        "type": "container",
        "title": plain("Held"),
        "is_collapsible": True,
        "child_blocks": [{"type": "actions", "block_id": "inside", "elements": [BUTTON]}],
    },
]
UPLOAD: Json = {
    "type": "input",
    "block_id": "papers",
    "label": plain("Papers"),
    "element": {"type": "file_input", "action_id": "in", "filetypes": ["txt"], "max_files": 1},
}


def pressed(office: Office, app: App, posted: Json, block_id: str, action_id: str = "go") -> Json:
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    answer = office.post(
        "/sim/actions", user=office.person(), container=container, block_id=block_id, action_id=action_id
    )
    assert answer.status == 200, answer.raw
    return dict(app.next().payload["actions"][0])


def test_a_button_in_a_card_a_carousel_or_a_container_is_pressed_in_its_own_block(
    office: Office, app: App
) -> None:
    posted = office.api("chat.postMessage", channel=office.person(), text="Look", blocks=BLOCKS).body
    for block_id in ("alone", "inside"):
        assert pressed(office, app, posted, block_id)["block_id"] == block_id
    first, second = posted["message"]["blocks"][1]["elements"]
    assert first["block_id"] != second["block_id"]
    action_id = second["actions"][0]["action_id"]
    assert pressed(office, app, posted, second["block_id"], action_id)["text"]["text"] == "Two"


def test_a_field_in_a_container_is_part_of_the_form(office: Office, app: App) -> None:
    held = {"type": "container", "title": plain("Held"), "child_blocks": [{**UPLOAD, "element": FIELD}]}
    view = opened(office, app, modal(held))
    assert submit(office, view)["errors"] == {"papers": "Please complete this required field."}
    submit(office, view, {"papers": {"in": {"value": "Ann"}}})
    assert app.next().payload["view"]["state"]["values"]["papers"]["in"]["value"] == "Ann"


FIELD = {"type": "plain_text_input", "action_id": "in"}


def uploaded(office: Office, name: str = "ann", content: bytes = b"Hello") -> Json:
    encoded = base64.b64encode(content).decode()
    return dict(office.post("/sim/uploads", user=office.person(name), name="a.txt", content=encoded)["file"])


def test_a_form_hands_a_file_over_to_the_app(office: Office, app: App) -> None:
    view = opened(office, app, modal(UPLOAD))
    assert submit(office, view)["errors"] == {"papers": "Please complete this required field."}
    file = uploaded(office)
    assert office.api("files.info", file=file["id"]).error == "not_visible"
    submit(office, view, {"papers": {"in": {"files": [file["id"]]}}})
    state = app.next().payload["view"]["state"]["values"]["papers"]["in"]
    assert (state["type"], [each["name"] for each in state["files"]]) == ("file_input", ["a.txt"])
    assert office.api("files.info", file=file["id"])["file"]["id"] == file["id"]
    token = {"Authorization": f"Bearer {office.first_line['bot_token']}"}
    with urlopen(Request(state["files"][0]["url_private_download"], headers=token)) as answer:
        assert answer.read() == b"Hello"


def test_a_form_takes_ones_own_files_and_not_too_many(office: Office, app: App) -> None:
    view = opened(office, app, modal(UPLOAD))
    values = {"papers": {"in": {"files": [uploaded(office, "tomas")["id"]]}}}
    body = {"user": office.person(), "state": {"values": values}}
    assert office.post(f"/sim/views/{view['id']}/submit", **body).error == "file_not_found"
    two = [uploaded(office)["id"], uploaded(office)["id"]]
    answer = submit(office, view, {"papers": {"in": {"files": two}}})
    assert answer["errors"] == {"papers": "Choose no more than 1."}
    office.post(f"/sim/views/{view['id']}/close", user=office.person())


def next_with(app: App, name: str) -> Json:
    """Among what it hears of its own message and its channel."""
    while name not in (payload := app.next().payload):
        pass
    return payload


@pytest.mark.browser
def test_what_a_person_sees_of_them(office: Office, app: App, browser: Browser) -> None:
    channel = office.channel("general")
    office.control("members", channel=channel, add=[office.bot])
    rows = [[{"type": "raw_text", "text": f"row {number}"}] for number in range(4)]
    video = {
        "type": "video",
        "title": plain("How"),
        "video_url": "https://example.com/v",
        "thumbnail_url": "https://example.com/t",
        "alt_text": "How it is done",
    }
    table = {"type": "data_table", "caption": "Rows", "page_size": 2, "rows": rows}
    office.api("chat.postMessage", channel=channel, text="Look", blocks=[*BLOCKS, video, table])
    page = browser.new_page()
    page.goto(f"{office.url}/?user={office.person()}&channel={channel}")
    page.locator(".block-carousel").get_by_role("button", name="Two").click()
    assert next_with(app, "actions")["actions"][0]["text"]["text"] == "Two"
    page.locator(".block-container summary").click()
    expect(page.locator(".block-container").get_by_role("button", name="Go")).to_be_hidden()
    expect(page.get_by_role("link", name="How it is done")).to_have_attribute("href", "https://example.com/v")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".block-data-table tbody tr")).to_have_text(["row 3"])
    opened(office, app, modal(UPLOAD))
    dialog = page.get_by_role("dialog")
    paper = {"name": "b.txt", "mimeType": "text/plain", "buffer": b"Hello"}
    dialog.locator("input[type=file]").set_input_files(paper)
    expect(dialog.get_by_text("b.txt")).to_be_visible()
    dialog.get_by_role("button", name="Go").click()
    expect(dialog).to_have_count(0)
    files = next_with(app, "view")["view"]["state"]["values"]["papers"]["in"]["files"]
    assert [each["name"] for each in files] == ["b.txt"]
    page.close()
