"""What a run's message says in each of its states."""

from dataclasses import replace
from typing import Any

import pytest

from blocks.origin import FormLink
from blocks.picker import OPEN_FORM
from blocks.run_message import CANCEL_RUN, RUN_AGAIN, build_run_message
from jobs import JOBS
from runs.access import A_GUEST
from runs.run import (
    FileRef,
    MessageRef,
    Progress,
    ResultRef,
    Results,
    Run,
    RunRequest,
    RunState,
    Turn,
    new_run,
)
from tests.workspace import find_element, text_of

JOB = JOBS["export-channel"]
QUEUED = new_run(
    RunRequest(key="1", team_id="T1", requester="U1", job=JOB.name, inputs={"channel": "C0123", "days": 7}),
    at=100.0,
)
RUNNING = QUEUED.taken("me").started("me", 101.0)
IN_CHANNEL = MessageRef("C9", "1.1")


def shown(run: Run) -> dict[str, Any]:
    return build_run_message(run, JOB)


def test_a_live_run_can_be_cancelled_and_an_ended_one_run_again() -> None:
    for run in (QUEUED, RUNNING):
        assert find_element(shown(run), CANCEL_RUN)
        assert not find_element(shown(run), RUN_AGAIN)
    for ended in (RUNNING.succeeded(None, 105.0), RUNNING.failed("No.", 105.0), RUNNING.lost(105.0)):
        assert find_element(shown(ended), RUN_AGAIN)
        assert not find_element(shown(ended), CANCEL_RUN)


def test_it_names_the_job_its_inputs_and_its_requester() -> None:
    text = text_of(shown(QUEUED))
    assert JOB.title in text
    assert "Channel to export: <#C0123>" in text
    assert "<@U1>" in text


def test_the_bar_has_one_length_whatever_the_progress() -> None:
    for done in (0, 0.333, 1):
        bar = text_of(shown(replace(RUNNING, progress=Progress(done, 1)))).partition("`")[2].partition("`")[0]
        assert len(bar) == 20


def test_a_result_for_one_person_is_not_shown_in_a_channel() -> None:
    ended = replace(RUNNING.succeeded("secret", 105.0), files=(FileRef("secret.csv", "https://x", 1),))
    assert "secret" not in text_of(shown(replace(ended, message=IN_CHANNEL)))
    assert "secret" not in text_of(shown(ended)), "nobody knows yet where it will be read"
    assert "secret.csv" in text_of(shown(replace(ended, message=MessageRef("D1", "1.1"))))
    assert "secret.csv" in text_of(shown(replace(ended, message=IN_CHANNEL, results=Results.HERE)))


def test_a_result_notifies_nobody_and_keeps_its_formatting() -> None:
    ended = replace(RUNNING.succeeded("*4* rows for <@U2>, <!here>", 105.0), results=Results.HERE)
    text = text_of(shown(ended))
    assert "*4* rows for <@U2>" in text
    assert "<!here>" not in text


def test_a_run_whose_job_is_gone_is_still_shown() -> None:
    message = build_run_message(replace(RUNNING, job="old-job").lost(105.0), None)
    assert "old-job" in text_of(message)


def test_a_record_that_no_longer_fits_the_job_is_still_shown() -> None:
    assert JOB.title in text_of(shown(replace(RUNNING, inputs={"chanel": 5})))


def test_every_state_has_its_words() -> None:
    assert {text_of(shown(replace(RUNNING, state=state))) for state in RunState}.__len__() == len(RunState)


def test_a_run_is_done_in_a_time_and_stops_after_one() -> None:
    assert "Done in 4 s" in text_of(shown(RUNNING.succeeded(None, 105.0)))
    assert "Failed after 4 s" in text_of(shown(RUNNING.failed("No.", 105.0)))


def test_a_clock_that_was_set_back_makes_no_negative_duration() -> None:
    assert "Done in 0 s" in text_of(shown(RUNNING.succeeded(None, 90.0)))


def test_a_cancel_under_way_is_shown() -> None:
    assert "Cancelling" in text_of(shown(RUNNING.cancel_asked("U2", 102.0)))


def test_a_bar_that_has_not_moved_says_that_the_work_begins() -> None:
    assert "Starting …" in text_of(shown(replace(RUNNING, progress=Progress(0, 5))))
    assert "Starting" not in text_of(shown(replace(RUNNING, progress=Progress(1, 5))))


def test_who_cancelled_is_told_unless_it_was_the_requester() -> None:
    assert "cancelled by <@U2>" in text_of(shown(QUEUED.cancel_asked("U2", 102.0)))
    assert "cancelled by" not in text_of(shown(QUEUED.cancel_asked("U1", 102.0)))


def test_a_cancel_that_came_too_late_is_not_shown_as_one() -> None:
    assert "cancelled by" not in text_of(shown(RUNNING.cancel_asked("U2", 102.0).succeeded(None, 103.0)))


def table(number: int, problem: str = "") -> ResultRef:
    return ResultRef("table", f"Table <{number}>", f"https://slack.example/{number}", problem)


def test_what_was_shown_is_named_with_a_link_where_it_was_shown() -> None:
    ended = replace(RUNNING.succeeded("r" * 2000, 105.0), shown=tuple(map(table, range(6))))
    text = text_of(shown(replace(ended, results=Results.HERE, message=IN_CHANNEL)))
    assert "<https://slack.example/0|Table &lt;0&gt;>" in text
    assert "and 2 more tables and charts" in text
    with_one_more = replace(ended, shown=ended.shown[:5], results=Results.HERE, message=IN_CHANNEL)
    assert "and 1 more table or chart\n" in text_of(shown(with_one_more))
    elsewhere = text_of(shown(replace(ended, results=Results.DM, message=IN_CHANNEL)))
    assert "The result is in a direct message" in elsewhere
    assert "Table" not in elsewhere


def test_what_could_not_be_shown_is_said_but_not_what_it_was() -> None:
    ended = replace(
        RUNNING.succeeded(None, 105.0),
        shown=(table(1, "Slack said `no`"),),
        results=Results.DM,
        message=IN_CHANNEL,
    )
    text = text_of(shown(ended))
    assert ":warning: a table could not be shown. Slack said `no`." in text
    assert "Table &lt;1&gt;" not in text
    assert "The result is in" not in text, "there is none"
    here = text_of(shown(replace(ended, results=Results.HERE, message=IN_CHANNEL)))
    assert ":warning: Table &lt;1&gt;: a table could not be shown" in here


def test_very_many_files_are_counted_rather_than_cut_in_two() -> None:
    files = tuple(FileRef(f"{n}.csv", f"https://files.example/{'x' * 200}/{n}", 1) for n in range(40))
    ended = replace(RUNNING.succeeded("r" * 2000, 105.0), files=files, results=Results.HERE)
    text = text_of(shown(ended))
    assert "|2.csv>" in text
    assert "and 37 more files" in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (21, "21st"),
        (113, "113th"),
    ],
)
def test_a_run_in_line_says_where_it_stands_and_what_it_waits_for(place: int, said: str) -> None:
    waiting = QUEUED.waits(Turn(place, behind="U2"), 101.0)
    text = text_of(shown(waiting))
    assert f"{said} in line; waits for *Export a channel's messages to a file* by <@U2>" in text
    assert find_element(shown(waiting), CANCEL_RUN)
    assert f"{said} in line; waits for one of the jobs" in text_of(shown(QUEUED.waits(Turn(place), 101.0)))


def test_a_cancel_under_way_says_when_it_takes_effect() -> None:
    assert "stops at its next report of progress" in text_of(shown(RUNNING.cancel_asked("U1", 102.0)))


def test_who_is_turned_away_gets_the_form_as_they_filled_it_in_unless_no_form_is_theirs() -> None:
    refused = QUEUED.taken("me").failed("I can't find <!channel> that channel.", 102.0)
    message = build_run_message(refused, JOB)
    form = find_element(message, OPEN_FORM)
    assert form
    assert FormLink.load(form["value"]).answers == {**QUEUED.inputs, "results": str(QUEUED.results)}
    assert "<!channel>" not in str(message["blocks"])
    for shown_without in (
        build_run_message(QUEUED.taken("me").failed(A_GUEST, 102.0), JOB),
        build_run_message(refused, None),
    ):
        assert not find_element(shown_without, OPEN_FORM)
