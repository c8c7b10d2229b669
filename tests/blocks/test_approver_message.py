"""Nobody approves what they were not shown: the approver's message has the whole of a long text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from blocks.approver_message import REST, build_approver_message
from blocks.parts import SECTION_TEXT
from blocks.run_details import build_details_modal
from runs.context import RunContext
from runs.inputs import UserId, ask
from runs.job import job
from runs.mrkdwn import unescape
from runs.run import Run, RunRequest, new_run
from simulator.blocks import check_view
from simulator.content import accept_blocks
from tests.workspace import text_of


@dataclass(frozen=True)
class Inputs:
    text: str = ask("Text", multiline=True)


@job("Say it", approvers="workspace_admins")
def say_it(inputs: Inputs, run: RunContext) -> None: ...


@dataclass(frozen=True)
class Texts:
    one: str = ask("One", multiline=True)
    two: str = ask("Two", multiline=True)
    three: str = ask("Three", multiline=True)
    four: str = ask("Four", multiline=True)
    five: str = ask("Five", multiline=True)


@job("Say much", approvers="workspace_admins")
def say_much(inputs: Texts, run: RunContext) -> None: ...


def a_request(job: str, **inputs: str) -> Run:
    request = RunRequest(key="1", team_id="T1", requester="U1", job=job, inputs=inputs)
    return replace(new_run(request, 0.0, approvals_needed=1), expires_at=99.0)


def message(text: str) -> dict[str, Any]:
    return build_approver_message(a_request("say-it", text=text), say_it, "U2")


def shown_whole(text: str) -> str:
    return whole_texts(message(text))


def whole_texts(shown: dict[str, Any]) -> str:
    texts = [each["text"]["text"] for each in shown["blocks"] if each["type"] == "section"]
    assert all(len(each) <= SECTION_TEXT for each in texts)
    return unescape("".join(each[4:-4] for each in texts if each.startswith("```")))


@pytest.mark.parametrize("text", ["x" * 201, "a\nb", "<&>" * 700, '{"a": "' + "y" * 2_900 + '"}'])
def test_a_long_text_is_there_to_its_last_character(text: str) -> None:
    assert shown_whole(text) == text


def test_no_text_ends_the_block_that_it_stands_in() -> None:
    shown = shown_whole("``` *Approved* ```\n" * 20)
    assert shown.count("*Approved*") == 20
    assert "`" not in shown


def test_a_short_one_is_in_the_line_of_the_inputs_alone() -> None:
    assert shown_whole("short") == ""
    assert any("short" in str(each) for each in message("short")["blocks"])


def several(text: str) -> Run:
    return a_request("say-much", **dict.fromkeys(("one", "two", "three", "four", "five"), text))


@pytest.mark.parametrize("text", ["x" * 3_000, "&" * 3_000, '"\\n' * 1_000, "ש" * 3_000, "🚢" * 3_000])
def test_of_more_than_a_message_takes_the_rest_is_in_the_details(text: str) -> None:
    run = several(text)
    told = build_approver_message(run, say_much, "U2")
    accept_blocks(told["blocks"])  # as Slack would, it raises for what is too long
    assert REST in text_of(told)
    assert whole_texts(told) == text * text_of(told).count(", all of it:")
    modal = build_details_modal(run, say_much, reader="U2", may_see=True)
    assert check_view(modal, "modal") == []
    assert whole_texts(modal) == text * 5


def test_what_fits_is_all_there_without_a_word_about_more() -> None:
    assert REST not in text_of(message("x" * 3_000))
    assert REST not in text_of(build_approver_message(several("short"), say_much, "U2"))


@dataclass(frozen=True)
class People:
    people: list[UserId] = ask("Who")


@job("Invite them", approvers="workspace_admins")
def invite_them(inputs: People, run: RunContext) -> None: ...


def test_a_list_of_many_is_there_to_its_last_item() -> None:
    people = [f"U{number:08}" for number in range(100)]
    request = RunRequest(key="1", team_id="T1", requester="U1", job="invite-them", inputs={"people": people})
    run = replace(new_run(request, 0.0, approvals_needed=1), expires_at=99.0)
    for shown in (
        build_approver_message(run, invite_them, "U2"),
        build_details_modal(run, invite_them, reader="U2", may_see=True),
    ):
        assert " more" in text_of(shown)
        assert "Who, all 100 of them:" in text_of(shown)
        for each in people:
            assert f"<@{each}>" in text_of(shown)
