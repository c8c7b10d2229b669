"""The job by which approvals are seen with no account anywhere: one person asks, another reads and approves."""

from __future__ import annotations

import pytest

from blocks.approval import APPROVE_OWN_RUN, APPROVE_RUN, OWN_APPROVAL_FORM
from runs.service import RunService
from tests.scenarios.test_approvals import reason, request_of
from tests.watching import done, message_with, run_message_with
from tests.workspace import Person, Workspace, text_of

TITLE = "Announce something"
ASK = '/run announce channel=#general text="Tea *at four* <!channel> & cake" notify=here'


@pytest.fixture
def margit(workspace: Workspace) -> Person:
    """The workspace's only admin."""
    return workspace.person("margit")


def test_what_an_admin_has_read_is_posted_once_in_the_teams_name(
    workspace: Workspace, ann: Person, margit: Person
) -> None:
    ann.types(ASK, in_channel="#general")
    request = request_of(workspace, margit, TITLE)
    assert "Tea *at four*" in text_of(request)
    assert not announced(ann)
    margit.presses(APPROVE_RUN, on=request)
    assert "Done" in text_of(done(ann, workspace, "#general", TITLE))
    assert announced(ann) == [f"<!here> Tea *at four* &lt;!channel&gt; &amp; cake\n_– <@{ann.id}>_"], (
        "who writes a broadcast into the text notifies nobody by it"
    )
    assert workspace.eventually(lambda: message_with(ann, None, "Announced"))


def test_an_admin_may_approve_their_own_and_says_why(workspace: Workspace, errand: RunService) -> None:
    margit = workspace.person("margit")
    workspace.control("user", user=workspace.person("tomas").id, is_admin=True)
    margit.types(ASK, in_channel="#general")
    waiting = workspace.eventually(lambda: run_message_with(margit, "#general", TITLE, APPROVE_OWN_RUN))
    margit.presses(APPROVE_OWN_RUN, on=waiting)
    form = next(each for each in margit.views() if each["callback_id"] == OWN_APPROVAL_FORM)
    margit.submits(form["id"], reason("Everybody is out, and the tea gets cold."))
    assert "the tea gets cold" in text_of(done(margit, workspace, "#general", TITLE))
    assert len(announced(margit)) == 1


def announced(person: Person) -> list[str]:
    return [each["text"] for each in person.messages("#general") if each["text"].startswith("<!here> Tea")]
