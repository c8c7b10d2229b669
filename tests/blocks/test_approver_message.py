"""Nobody approves what they were not shown: the approver's message has the whole of a long text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from blocks.approver_message import build_approver_message
from blocks.parts import SECTION_TEXT
from runs.context import RunContext
from runs.inputs import ask
from runs.job import job
from runs.mrkdwn import unescape
from runs.run import RunRequest, new_run


@dataclass(frozen=True)
class Inputs:
    text: str = ask("Text", multiline=True)


@job("Say it", approvers="workspace_admins")
def say_it(inputs: Inputs, run: RunContext) -> None: ...


def message(text: str) -> dict[str, Any]:
    request = RunRequest(key="1", team_id="T1", requester="U1", job="say-it", inputs={"text": text})
    run = replace(new_run(request, 0.0, approvals_needed=1), expires_at=99.0)
    return build_approver_message(run, say_it, "U2")


def shown_whole(text: str) -> str:
    texts = [each["text"]["text"] for each in message(text)["blocks"] if each["type"] == "section"]
    assert all(len(each) <= SECTION_TEXT for each in texts)
    return unescape("".join(each[4:-4] for each in texts if each.startswith("```")))


@pytest.mark.parametrize("text", ["x" * 201, "a\nb", "<&>" * 1_000, '{"a": "' + "y" * 2_900 + '"}'])
def test_a_long_text_is_there_to_its_last_character(text: str) -> None:
    assert shown_whole(text) == text


def test_no_text_ends_the_block_that_it_stands_in() -> None:
    shown = shown_whole("``` *Approved* ```\n" * 20)
    assert shown.count("*Approved*") == 20
    assert "`" not in shown


def test_a_short_one_is_in_the_line_of_the_inputs_alone() -> None:
    assert shown_whole("short") == ""
    assert any("short" in str(each) for each in message("short")["blocks"])
