"""The helper with which the author of a job tests it."""

from __future__ import annotations

import pytest

from tests.kit import a_workspace


def test_a_job_is_run_as_somebody_would_run_it() -> None:
    with a_workspace() as slack:
        run = slack.run_job("export-channel", channel="#general", as_user="ann")
        assert run.state == "succeeded"
        assert "Done" in run.message
        [name] = run.files
        assert name.endswith(".csv")
        assert run.files[name].count(b"\n") > 1


def test_what_is_typed_arrives_as_it_was_meant() -> None:
    text = 'a "quoted" word, a back\\slash\nand a second line'
    with a_workspace() as slack:
        assert slack.run_job("say-it", text=text, as_user="tomas").result == text


def test_a_job_that_needs_it_is_approved_first() -> None:
    with a_workspace() as slack:
        run = slack.run_job("deploy-site", text="2.1", approved_by=["margit"])
        assert run.state == "succeeded"
        assert [each.actor for each in run.record.approvals] == [slack.workspace.person("margit").id]


def test_what_went_wrong_is_there_to_be_looked_at() -> None:
    with a_workspace() as slack:
        refused = slack.run_job("refuse")
        assert (refused.state, refused.error) == ("failed", "Not on a Monday.")
        with pytest.raises(AssertionError, match="There is no job called"):
            slack.run_job("no-such-job")
