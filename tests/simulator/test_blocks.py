from typing import Any

import pytest

from simulator.blocks import check_blocks, check_view

Json = dict[str, Any]


def plain(text: str = "a") -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str = "1", text: str = "One") -> Json:
    return {"text": plain(text), "value": value}


def in_input(element: Json) -> Json:
    return {"type": "input", "label": plain(), "element": {"action_id": "a", **element}}


def in_actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def chart(kind: str = "bar", **changes: Any) -> Json:
    points = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": -1.5}]
    plotted = {
        "type": kind,
        "series": [{"name": "Errors", "data": points}],
        "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day"},
    }
    return {"type": "data_visualization", "title": "a", "chart": plotted | changes}


def data_table(*more: list[Json], **changes: Any) -> Json:
    row = [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 1}]
    return {"type": "data_table", "caption": "a", "rows": [row, row, *more], **changes}


def pie(*segments: Json) -> Json:
    return {"type": "data_visualization", "title": "a", "chart": {"type": "pie", "segments": list(segments)}}


IMAGE = {"type": "image", "image_url": "https://a", "alt_text": "a"}
CARD = {
    "type": "card",
    "hero_image": IMAGE,
    "icon": IMAGE,
    "title": plain(),
    "body": {"type": "mrkdwn", "text": "a"},
}
VIDEO = {
    "type": "video",
    "title": plain(),
    "title_url": "https://a",
    "video_url": "https://a",
    "thumbnail_url": "https://a",
    "alt_text": "a",
}
BUTTON = {"type": "button", "text": plain()}
SLICE = {"label": "a", "value": 1}
FINE = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}},
    {"type": "section", "fields": [plain()] * 10},
    {
        "type": "section",
        "text": plain(),
        "accessory": {"type": "image", "image_url": "https://a", "alt_text": ""},
    },
    {"type": "section", "text": plain(), "accessory": {"type": "overflow", "options": [option()]}},
    {"type": "context", "elements": [plain(), {"type": "image", "image_url": "https://a", "alt_text": "a"}]},
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "image", "image_url": "https://a", "alt_text": "a", "title": plain()},
    {"type": "markdown", "text": "# a"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]},
    in_actions({**BUTTON, "style": "danger", "value": "x" * 2000, "url": "https://a"}),
    in_input({"type": "plain_text_input", "multiline": True, "min_length": 0, "max_length": 3000}),
    in_input({"type": "number_input", "is_decimal_allowed": True, "min_value": "-1.5"}),
    in_input({"type": "datepicker", "initial_date": "2026-02-28"}),
    in_input({"type": "static_select", "options": [option()], "initial_option": option()}),
    in_input({"type": "multi_static_select", "option_groups": [{"label": plain(), "options": [option()]}]}),
    in_input({"type": "radio_buttons", "options": [option()]}),
    in_input({"type": "checkboxes", "options": [option()], "initial_options": [option()]}),
    in_input({"type": "conversations_select", "filter": {"include": ["public"], "exclude_bot_users": True}}),
    in_input({"type": "multi_conversations_select", "max_selected_items": 3}),
    in_input({"type": "users_select", "initial_user": "U1"}),
    in_input({"type": "multi_users_select"}),
    in_actions({"type": "multi_users_select"}, {"type": "multi_static_select", "options": [option()]}),
    in_input({"type": "rich_text_input", "placeholder": plain(), "max_lines": 5}),
    in_input({"type": "channels_select"}),
    in_input({"type": "external_select", "min_query_length": 0, "initial_option": option()}),
    in_input({"type": "multi_external_select", "initial_options": [option()], "max_selected_items": 2}),
    in_input({"type": "file_input", "filetypes": ["png"], "max_files": 10}),
    in_actions(
        {
            "type": "workflow_button",
            "text": plain(),
            "workflow": {
                "trigger": {
                    "url": "https://a",
                    "customizable_input_parameters": [{"name": "a", "value": "b"}],
                }
            },
        }
    ),
    CARD,
    {"type": "card", "actions": [BUTTON]},
    {"type": "carousel", "elements": [CARD] * 10},
    {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], "width": "wide"},
    VIDEO,
    data_table(),
    chart(),
    chart("line"),
    chart("area"),
    pie(SLICE, {"label": "b", "value": 0.5}),
]
WRONG: list[tuple[Json, str]] = [
    ({**IMAGE, "image_url": "picture.png"}, "must be a valid URL [json-pointer:/blocks/0/image_url]"),
    (
        in_actions({**BUTTON, "url": "a.example"}),
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        {"type": "card", "subtitle": plain()},
        "provide at least one of: hero_image, title, actions, body [json-pointer:/blocks/0]",
    ),
    (
        {**CARD, "body": plain("x" * 201)},
        "must be less than 201 characters [json-pointer:/blocks/0/body/text]",
    ),
    (
        {"type": "carousel", "elements": [CARD] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        {"type": "carousel", "elements": [{"type": "divider"}]},
        "unsupported block type in a carousel: divider [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        {"type": "carousel", "elements": [{**CARD, "block_id": "a"}, {**CARD, "block_id": "a"}]},
        "`block_id` a already exists [json-pointer:/blocks/0/elements/1/block_id]",
    ),
    (
        {"type": "container", "child_blocks": [{"type": "divider"}]},
        "missing required field: title [json-pointer:/blocks/0]",
    ),
    (
        {"type": "container", "title": plain(), "child_blocks": [CARD]},
        "unsupported block type in a container: card [json-pointer:/blocks/0/child_blocks/0/type]",
    ),
    ({**VIDEO, "video_url": "http://a"}, "must be an https URL [json-pointer:/blocks/0/video_url]"),
    (
        data_table([{"type": "raw_text", "text": "a"}]),
        "all rows must have the same number of cells, up to 20 [json-pointer:/blocks/0/rows]",
    ),
    (data_table(page_size=101), "must be between 1 and 100 [json-pointer:/blocks/0/page_size]"),
    (
        in_input({"type": "file_input", "max_files": 11}),
        "must be between 1 and 10 [json-pointer:/blocks/0/element/max_files]",
    ),
    (
        {"type": "alert", "text": plain()},
        "unsupported block type outside of modals: alert [json-pointer:/blocks/0/type]",
    ),
    (chart("radar"), "unsupported chart type: radar [json-pointer:/blocks/0/chart/type]"),
    (
        {**chart(), "title": "x" * 51},
        "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ),
    (
        chart(series=[{"name": "a", "data": [{"label": "Mon", "value": 1}]}]),
        "must have one data point for each of axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]",
    ),
    (
        chart(series=chart()["chart"]["series"] * 2),
        "series names must be unique [json-pointer:/blocks/0/chart/series]",
    ),
    (
        chart(
            axis_config={"categories": ["x" * 21]},
            series=[{"name": "a", "data": [{"label": "x", "value": 1}]}],
        ),
        "must be a string of 1 to 20 characters [json-pointer:/blocks/0/chart/axis_config/categories/0]",
    ),
    (
        chart(series=[{"name": "a", "data": [{"label": "Mon", "value": "3"}, {"label": "Tue", "value": 1}]}]),
        "must provide a number [json-pointer:/blocks/0/chart/series/0/data/0/value]",
    ),
    (pie(), "no fewer than 1 items allowed [json-pointer:/blocks/0/chart/segments]"),
    (pie(*[SLICE] * 7), "no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]"),
    (
        pie({"label": "a", "value": 0}),
        "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
    ),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 2001}] * 5]},
        "no more than 10000 characters allowed in all cells [json-pointer:/blocks/0/rows]",
    ),
    (
        in_input({"type": "external_select", "options": [option()]}),
        "invalid additional property: options [json-pointer:/blocks/0/element]",
    ),
    ({"type": "magic"}, "unsupported block type: magic [json-pointer:/blocks/0/type]"),
    ({}, "unsupported block type: None [json-pointer:/blocks/0/type]"),
    ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
    (
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "section", "text": plain("")},
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "section", "text": "a"}, "must provide an object [json-pointer:/blocks/0/text]"),
    (
        {"type": "section", "fields": [plain()] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    ({"type": "divider", "color": "red"}, "invalid additional property: color [json-pointer:/blocks/0]"),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "a"}},
        "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        {"type": "markdown", "text": "x" * 12_001},
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    ({"type": "table", "rows": [[]] * 101}, "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    (in_actions(*[BUTTON] * 26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (
        in_actions({**BUTTON, "text": plain("x" * 76)}),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        in_actions({**BUTTON, "value": "x" * 2001}),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        in_actions({**BUTTON, "style": "loud"}),
        "must be one of: danger, primary [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        in_actions({**BUTTON, "action_id": "a"}, {**BUTTON, "action_id": "a"}),
        "`action_id` must be unique within a block [json-pointer:/blocks/0/elements]",
    ),
    (
        in_actions({"type": "plain_text_input"}),
        "unsupported element type in actions: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (in_input(BUTTON), "unsupported element type in an input: button [json-pointer:/blocks/0/element/type]"),
    (
        in_input({"type": "static_select", "options": [option(str(n)) for n in range(101)]}),
        "no more than 100 items allowed [json-pointer:/blocks/0/element/options]",
    ),
    (
        in_input({"type": "static_select", "options": [option(), option()]}),
        "option values must be unique [json-pointer:/blocks/0/element/options]",
    ),
    (
        in_input({"type": "static_select", "options": [option()], "initial_option": option("2")}),
        "must be one of the provided options [json-pointer:/blocks/0/element/initial_option]",
    ),
    (
        in_input({"type": "static_select", "options": [option("1", "x" * 76)]}),
        "must be less than 76 characters [json-pointer:/blocks/0/element/options/0/text/text]",
    ),
    (
        in_input({"type": "datepicker", "initial_date": "2026-02-30"}),
        "must be a date in the format YYYY-MM-DD [json-pointer:/blocks/0/element/initial_date]",
    ),
    (
        in_input({"type": "number_input", "is_decimal_allowed": False, "initial_value": "1.5"}),
        "must be a number [json-pointer:/blocks/0/element/initial_value]",
    ),
    (
        in_input({"type": "number_input"}),
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
    (
        in_input({"type": "radio_buttons", "options": [option(str(n)) for n in range(11)]}),
        "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
    ),
]


@pytest.mark.parametrize("block", FINE, ids=lambda block: block["type"])
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert check_blocks([block], "message") == []


@pytest.mark.parametrize(("block", "message"), WRONG)
def test_what_slack_refuses_is_refused_with_the_place(block: Json, message: str) -> None:
    assert message in check_blocks([block], "message")


def test_a_message_has_fifty_blocks_and_a_view_a_hundred() -> None:
    divider = {"type": "divider"}
    assert check_blocks([divider] * 50, "message") == []
    assert check_blocks([divider] * 51, "message") == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert check_blocks([divider] * 100, "home") == []
    assert check_blocks([divider] * 101, "modal") != []


def test_block_ids_differ() -> None:
    twice = [{"type": "divider", "block_id": "a"}] * 2
    assert check_blocks(twice, "message") == ["`block_id` a already exists [json-pointer:/blocks/1/block_id]"]


MODAL = {"type": "modal", "title": plain(), "blocks": []}


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({**MODAL, "type": "home"}, "must be one of: modal [json-pointer:/view/type]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (
            {**MODAL, "title": plain("x" * 25)},
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        (
            {**MODAL, "private_metadata": "x" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        ({**MODAL, "size": "big"}, "invalid additional property: size [json-pointer:/view]"),
        (
            {**MODAL, "blocks": [in_input({"type": "users_select"})]},
            "missing required field: submit (a modal with inputs needs it) [json-pointer:/view]",
        ),
        (
            {**MODAL, "blocks": [{"type": "magic"}]},
            "unsupported block type: magic [json-pointer:/view/blocks/0/type]",
        ),
    ],
)
def test_a_bad_modal_is_refused_with_the_place(view: Json, message: str) -> None:
    assert message in check_view(view, "modal")


def in_section(element: Json) -> Json:
    return {"type": "section", "text": plain(), "accessory": element}


def rich_text(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


@pytest.mark.parametrize(
    "block",
    [
        in_actions({"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Oslo"}),
        in_actions({"type": "datetimepicker", "initial_date_time": 1628633820}),
        in_input({"type": "email_text_input", "initial_value": "ann@example.com"}),
        in_input({"type": "url_text_input", "placeholder": plain()}),
        rich_text({"type": "rich_text_list", "style": "bullet", "elements": []}),
        rich_text(
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "a", "style": {"bold": True}},
                    {"type": "emoji", "name": "wave"},
                ],
            }
        ),
    ],
)
def test_what_slacks_samples_use_is_taken(block: Json) -> None:
    assert check_blocks([block], "modal") == []


@pytest.mark.parametrize(
    ("block", "place"),
    [
        (
            in_section(
                {
                    "type": "static_select",
                    "options": [option()],
                    "option_groups": [{"label": plain(), "options": []}],
                }
            ),
            "/accessory]",
        ),
        (
            in_section({"type": "static_select", "options": [option() | {"url": "https://a"}]}),
            "/accessory/options/0]",
        ),
        (
            rich_text({"type": "rich_text_section", "elements": [{"type": "nonsense"}]}),
            "/elements/0/elements/0/type]",
        ),
        (rich_text({"type": "rich_text_section", "elements": ["text"]}), "/elements/0/elements/0]"),
        (rich_text({"type": "rich_text_section", "elements": [{"type": "text"}]}), "/elements/0/elements/0]"),
        (rich_text({"type": "rich_text_list", "elements": []}), "/elements/0]"),
        ({"type": "table", "rows": [[{"type": "raw_text"}]]}, "/rows/0/0]"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}, "/text]"),
        ({"type": "section", "text": {"type": "plain_text", "text": "x", "verbatim": True}}, "/text]"),
        (in_section({"type": "multi_users_select", "initial_users": [1]}), "/accessory/initial_users/0]"),
        (in_section({"type": "timepicker", "initial_time": "25:00"}), "/accessory/initial_time]"),
        (in_input({"type": "plain_text_input", "min_length": 9, "max_length": 3}), "/element/max_length]"),
        (
            in_input({"type": "plain_text_input", "dispatch_action_config": "now"}),
            "/element/dispatch_action_config]",
        ),
        (
            in_input(
                {
                    "type": "number_input",
                    "is_decimal_allowed": False,
                    "dispatch_action_config": {"trigger_actions_on": ["blur"]},
                }
            ),
            "/element/dispatch_action_config/trigger_actions_on]",
        ),
    ],
)
def test_what_slack_refuses_is_refused_at_its_place(block: Json, place: str) -> None:
    (problem,) = check_blocks([block], "message")
    assert problem.endswith(place)


def test_a_message_has_one_table() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert check_blocks([table, table], "message") == [
        "only one table is allowed [json-pointer:/blocks/1/type]"
    ]


def test_one_element_of_a_view_takes_the_focus() -> None:
    field = in_input({"type": "plain_text_input", "focus_on_load": True})
    assert check_blocks([field], "modal") == []
    assert len(check_blocks([field, field], "modal")) == 1
