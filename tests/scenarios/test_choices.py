"""Choices that a function looks up: in the menu, in what is typed, and in what a forged form sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from blocks.approval import APPROVE_RUN
from runs.choices import WHILE_SLACK_WAITS
from runs.service import RunService
from tests.choosing_jobs import CLOSED, Shop, shop
from tests.scenarios.test_approvals import fill
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, filled, text_of

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def market() -> Iterator[Shop]:
    shop.reset()
    yield shop
    shop.opened.set()


def form_of(person: Person, job: str) -> Json:
    person.types(f"/run {job}", in_channel="#general")
    return person.views()[-1]


def option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def offered(answer: Json) -> list[str]:
    return [each["value"] for each in answer["options"]]


def told(person: Person, workspace: Workspace, words: str) -> Json:
    return workspace.eventually(lambda: message_with(person, "#general", words))


def test_a_menu_offers_what_the_function_returns_now(workspace: Workspace, ann: Person) -> None:
    form = form_of(ann, "eat-fruit")
    answer = ann.suggestions("answer", on=form)
    assert [each["text"]["text"] for each in answer["options"]] == ["Plum, a blue one", "Pear", "Fig"]
    ann.submits(form["id"], filled(form, fruit=answer["options"][1]))
    workspace.eventually(lambda: message_with(ann, None, "Ate the pear."))


def test_what_is_typed_narrows_the_choices_by_value_and_label(
    workspace: Workspace, ann: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand.choices, "_monotonic", lambda: 1.0)  # they are kept for seconds
    form = form_of(ann, "eat-fruit")
    assert offered(ann.suggestions("answer", on=form, query="BLUE")) == ["plum"]
    assert offered(ann.suggestions("answer", on=form, query="fi")) == ["fig"]
    assert offered(ann.suggestions("answer", on=form, query="stone")) == []
    assert len(shop.asked) == 1, "between two letters it is not asked again"


def test_a_function_that_searches_is_told_what_was_typed_and_by_whom(
    workspace: Workspace, ann: Person
) -> None:
    form = form_of(ann, "buy-fruits")
    answer = ann.suggestions("answer", on=form, query="p")
    assert [each["text"]["text"] for each in answer["options"]] == [
        f"Plum, a blue one for {ann.id}",
        f"Pear for {ann.id}",
    ]
    ann.submits(form["id"], filled(form, fruits=answer["options"]))
    workspace.eventually(lambda: message_with(ann, None, "Bought plum and pear."))


def test_a_forged_value_is_refused_and_the_job_does_not_run(workspace: Workspace, ann: Person) -> None:
    form = form_of(ann, "eat-fruit")
    ann.submits(form["id"], filled(form, fruit=option("toadstool")), skip_client_checks=True)
    refusal = told(ann, workspace, "fruit must be one of its choices now")
    assert "toadstool" in text_of(refusal)
    assert not message_with(ann, None, "Ate the")


def test_of_several_forged_values_one_is_enough(workspace: Workspace, ann: Person) -> None:
    form = form_of(ann, "buy-fruits")
    ann.submits(
        form["id"], filled(form, fruits=[option("plum"), option("toadstool")]), skip_client_checks=True
    )
    assert "toadstool" in text_of(told(ann, workspace, "fruits must be one of its choices now"))


def test_typed_values_are_looked_up_too(workspace: Workspace, ann: Person) -> None:
    ann.types("/run eat-fruit fruit=fig", in_channel="#general")
    workspace.eventually(lambda: message_with(ann, None, "Ate the fig."))
    ann.types("/run eat-fruit fruit=pea", in_channel="#general")
    assert "Did you mean pear?" in text_of(told(ann, workspace, "fruit must be one of its choices now"))


def test_what_is_gone_when_it_was_approved_is_not_done(workspace: Workspace, ann: Person) -> None:
    ann.types("/run pick-fruit fruit=fig", in_channel="#general")
    margit = workspace.person("margit")
    request = workspace.eventually(lambda: message_with(margit, None, "asks for approval"))
    shop.fruits = {"pear": "Pear"}
    margit.presses(APPROVE_RUN, on=request)
    message = done(ann, workspace, "#general", "Pick the fruit")
    assert "fruit must be one of its choices now" in text_of(message)


def test_guests_and_those_the_job_is_not_for_are_offered_nothing(
    workspace: Workspace, ann: Person, errand: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if they were faster than what puts the reason in the form's place.
    monkeypatch.setattr("listeners.commands.run.close_to_others", lambda *asked, **options: None)
    form = form_of(ann, "eat-fruit")
    workspace.control("user", user=ann.id, is_restricted=True)
    assert offered(ann.suggestions("answer", on=form)) == []
    workspace.control("user", user=ann.id, is_restricted=False)
    form = form_of(ann, "tell-secret")
    assert offered(ann.suggestions("answer", on=form)) == [], "she is not on call"
    assert shop.asked == []


def test_a_function_is_given_the_teams_secrets(workspace: Workspace, ann: Person, errand: RunService) -> None:
    fill(errand, workspace, "on-call", ann)
    form = form_of(ann, "tell-secret")
    assert offered(ann.suggestions("answer", on=form)) == ["28 characters"]


def test_a_function_that_takes_too_long_is_not_waited_for(
    workspace: Workspace, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert WHILE_SLACK_WAITS <= 2.0, "of the three seconds that Slack waits"
    monkeypatch.setattr("runs.choices.WHILE_SLACK_WAITS", 0.2)
    form = form_of(ann, "eat-fruit")
    shop.opened.clear()
    answer = ann.suggestions("answer", on=form)
    assert answer["ack"]["status"] == "acked", "though the shop is still closed"
    [reason] = answer["options"]
    assert reason["text"]["text"] == "⚠️ Loading the choices took too long. Try again."
    refused = ann.submits(form["id"], filled(form, fruit=reason), skip_client_checks=True)
    assert "Open the menu again" in refused["errors"]["field:fruit"]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (CLOSED, "⚠️ The shop is closed on Mondays."),
        (RuntimeError("the password is hunter2"), "⚠️ Could not load. Reference E-"),
    ],
)
def test_a_function_that_fails_says_so_in_the_menu(
    workspace: Workspace, ann: Person, problem: Exception, words: str
) -> None:
    form = form_of(ann, "eat-fruit")
    shop.problem = problem
    [reason] = ann.suggestions("answer", on=form)["options"]
    assert reason["text"]["text"].startswith(words)
    assert "hunter2" not in repr(reason)
    shop.problem = None
    assert offered(ann.suggestions("answer", on=form)) == ["plum", "pear", "fig"], "a failure is not kept"


def test_a_menu_shows_a_hundred_with_short_labels(workspace: Workspace, ann: Person) -> None:
    shop.fruits = {f"fruit-{number}": "x" * 200 for number in range(500)}
    form = form_of(ann, "eat-fruit")
    answer = ann.suggestions("answer", on=form)
    assert answer["ack"]["status"] == "acked", (
        "Slack would refuse more than a hundred, or of more than 75 letters"
    )
    assert len(answer["options"]) == 100


def test_values_that_no_menu_can_hold_are_a_fault_of_the_job(workspace: Workspace, ann: Person) -> None:
    shop.fruits = {"x" * 151: "Long"}
    form = form_of(ann, "eat-fruit")
    [reason] = ann.suggestions("answer", on=form)["options"]
    assert "Reference E-" in reason["text"]["text"]
