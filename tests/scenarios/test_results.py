"""Tables and charts: where they come, what is left where Slack refuses their blocks, and what goes along as a file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from tests.showing_jobs import HOSTILE
from tests.team_jobs import gate
from tests.watching import done, file_of, message_with
from tests.workspace import Person, Workspace, text_of

Json = dict[str, Any]


def block_of(message: Json, kind: str) -> Json:
    return next(each for each in message["blocks"] if each["type"] == kind)


def shown_with(person: Person, channel: str | None, kind: str) -> list[Json]:
    messages = person.messages(channel) if channel else person.direct_messages()
    return [each for each in messages if any(block["type"] == kind for block in each.get("blocks", []))]


def test_they_come_to_the_requester_alone(workspace: Workspace, ann: Person) -> None:
    ann.types("/run count-errors", in_channel="#general")
    message = done(ann, workspace, "#general", "Count the errors")
    assert "The result is in a direct message" in text_of(message)
    assert "Errors by day" not in text_of(message)
    [chart] = shown_with(ann, None, "data_visualization")
    assert block_of(chart, "data_visualization")["chart"]["axis_config"]["categories"] == [
        "Mon",
        "Tue",
        "Wed",
    ]
    [table] = shown_with(ann, None, "table")
    head, *rows = block_of(table, "table")["rows"]
    assert [cell["text"] for cell in head] == ["service", "errors", "rate", "since"]
    assert [cell["text"] for cell in rows[0]] == ["api", "1204", "0.125", "2026-11-01"]
    assert not shown_with(ann, "#general", "table")
    margit = workspace.person("margit")
    assert not shown_with(margit, None, "table")


def test_they_come_to_the_channel_if_that_was_chosen_and_the_runs_message_names_them(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run count-errors results=here", in_channel="#general")
    message = done(ann, workspace, "#general", "Count the errors")
    [chart] = shown_with(ann, "#general", "data_visualization")
    [_] = shown_with(ann, "#general", "table")
    assert f"{chart['ts'].replace('.', '')}|Errors by day>" in text_of(message)
    assert "Services" in text_of(message)
    assert not shown_with(ann, None, "table")


def test_what_might_act_in_a_cell_is_nothing_but_text(workspace: Workspace, ann: Person) -> None:
    ann.types("/run count-errors results=here", in_channel="#general")
    done(ann, workspace, "#general", "Count the errors")
    [table] = shown_with(ann, "#general", "table")
    cell = block_of(table, "table")["rows"][3][0]
    [[leaf]] = [section["elements"] for section in cell["elements"]]
    assert (cell["type"], leaf) == ("rich_text", {"type": "text", "text": HOSTILE})


@pytest.mark.parametrize("refusal", ["invalid_blocks", "msg_blocks_too_long"])
def test_where_slack_refuses_the_blocks_there_is_text(
    workspace: Workspace, ann: Person, refusal: str
) -> None:
    ann.types("/run show-after-gate results=here", in_channel="#general")
    gate.wait_for_arrivals(1)
    workspace.control("faults", method="chat.postMessage", times=1, error=refusal)
    gate.open()
    done(ann, workspace, "#general", "Show a table after the gate")
    message = workspace.eventually(lambda: message_with(ann, "#general", "number  customer"))
    assert "*Orders*\n" in message["text"]
    assert "\nnumber  customer\n──────  ────────\n     0  =cmd|0\n    12  日本\n" in message["text"]


def test_a_chart_that_is_refused_becomes_bars_of_text(workspace: Workspace, ann: Person) -> None:
    ann.types("/run chart-hours results=here", in_channel="#general")
    done(ann, workspace, "#general", "Chart every hour")
    message = workspace.eventually(lambda: message_with(ann, "#general", "23:00  "))
    assert "*Every hour*" in message["text"]
    assert re.search(r"23:00  █{24}  2,300\n", message["text"])
    assert re.search(r"00:00  0\n", message["text"])


def test_of_a_long_table_the_first_rows_are_shown_and_a_file_has_all(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run list-orders rows=3000", in_channel="#general")
    done(ann, workspace, "#general", "List the orders")
    [message] = shown_with(ann, None, "table")
    rows = block_of(message, "table")["rows"]
    assert 40 < len(rows) <= 100
    file = file_of(ann, workspace)
    assert f"All 3,000 rows are in <{file['permalink']}|orders-of-today.csv>." in text_of(message)
    read = list(csv.reader(io.StringIO(ann.downloads(file["id"]).decode("utf-8-sig"))))
    assert len(read) == 3001
    assert read[1] == ["0", "'=cmd|0", "x" * 20], "a spreadsheet must not carry it out"


def test_a_table_without_rows_says_so(workspace: Workspace, ann: Person) -> None:
    ann.types("/run list-orders rows=0 results=here", in_channel="#general")
    done(ann, workspace, "#general", "List the orders")
    [message] = shown_with(ann, "#general", "table")
    assert block_of(message, "table")["rows"][1][0]["text"] == "–"


def test_a_run_does_not_fail_because_slack_would_not_show_its_table(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run show-after-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    workspace.control("faults", method="conversations.open", times=50, error="fatal_error")
    gate.open()
    message = done(ann, workspace, "#general", "Show a table after the gate")
    assert "Done" in text_of(message)
    assert "a table could not be shown. Slack said `fatal_error`" in text_of(message)
    assert "Orders" not in text_of(message), "its title may be for the requester alone"


def test_what_is_no_table_is_a_fault_of_the_job(workspace: Workspace, ann: Person) -> None:
    ann.types("/run show-no-table", in_channel="#general")
    message = done(ann, workspace, "#general", "Show nothing")
    assert "Failed" in text_of(message)
    assert "reference" in text_of(message)
