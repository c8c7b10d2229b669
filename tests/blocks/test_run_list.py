import re
from dataclasses import replace

from blocks.help import build_help, build_job_help
from blocks.job_form import build_job_form, build_misunderstanding
from blocks.origin import Origin
from blocks.picker import JOBS_SHOWN, build_job_list, build_picker_modal
from blocks.run_list import build_run_list
from jobs import JOBS
from runs.requests import Misunderstood
from runs.run import RunRequest, new_run
from tests.workspace import text_of

RUN = new_run(
    RunRequest(key="1", team_id="T1", requester="U1", job="export-channel", inputs={"channel": "C77"}), 1.0
)


def test_a_list_tells_who_what_and_when_but_not_the_inputs() -> None:
    text = text_of(build_run_list([RUN], JOBS))
    assert "Export a channel" in text
    assert "<@U1>" in text
    assert "C77" not in text


def test_an_empty_list_says_how_to_begin() -> None:
    assert "`/run`" in text_of(build_run_list([], JOBS))


def test_what_to_type_is_what_this_stage_listens_to() -> None:
    many = {f"job-{n}": replace(JOBS["export-channel"], name=f"job-{n}") for n in range(99)}
    misunderstood = Misunderstood(JOBS["export-channel"], ("No.",), {})
    for shown in (
        build_run_list([], JOBS, run_command="/run-dev"),
        build_picker_modal(many, Origin(), run_command="/run-dev"),
        build_misunderstanding(misunderstood, run_command="/run-dev"),
        build_help(JOBS, run_command="/run-dev", runs_command="/runs-dev"),
        build_job_help(JOBS["export-channel"], run_command="/run-dev"),
    ):
        assert "/run-dev" in text_of(shown)
        assert not re.search(r"/runs?(?!-dev)\b(?!-dev)", text_of(shown))


def test_a_team_without_jobs_is_told_where_they_go() -> None:
    assert "jobs/__init__.py" in text_of(build_job_list({}))


def test_a_list_of_jobs_says_which_are_dangerous_and_which_have_to_be_approved() -> None:
    job = replace(JOBS["export-channel"], dangerous=True, approvers=("deployers",), description="")
    [block] = build_job_list({job.name: job})
    assert block["text"]["text"].count("\n") == 1
    assert "dangerous" in text_of(block)
    assert "approved by `deployers`" in text_of(block)
    assert "for " not in text_of(block)
    [block] = build_job_list({job.name: replace(job, approvals=2, requesters=("on-call",))})
    assert "approved by 2 of `deployers`" in text_of(block)
    assert ":lock: for `on-call`" in text_of(block)


def test_help_says_of_a_job_what_its_form_says() -> None:
    job = replace(JOBS["export-channel"], dangerous=True, approvers=("everyone",), requesters=("on-call",))
    for shown in (build_job_help(job, run_command="/run"), build_job_form(job, Origin(), {})):
        text = text_of(shown)
        assert "This job is dangerous" in text
        assert "once it is approved by full members of this workspace" in text
        assert "Only `on-call` can run this job" in text


def test_very_many_jobs_stay_within_slacks_hundred_blocks() -> None:
    job = JOBS["export-channel"]
    many = {f"job-{n}": replace(job, name=f"job-{n}") for n in range(500)}
    view = build_picker_modal(many, Origin())
    assert len(view["blocks"]) <= 100
    assert f"And {500 - JOBS_SHOWN} more" in text_of(view)
