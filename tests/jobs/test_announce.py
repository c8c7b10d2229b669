"""The job as a run calls it, with Slack behind real HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError

from jobs.announce import Inputs, announce
from runs.access import UNSEEN_CHANNEL
from runs.context import RunContext
from runs.errors import Refused, RunCancelled
from runs.inputs import ChannelId
from runs.run import Run
from tests.fake_slack import ANN, BOB, RATE_LIMITED, TEAM, FakeSlack, Fault, fake_slack, refused


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        slack.add_channel("C1", "general")
        yield slack


def announced(slack: FakeSlack, text: str = "Tea", *, cancelled: bool = False) -> str | None:
    run = Run(id="R1", team_id=TEAM, requester=ANN, job="announce", inputs={}, created_at=time.time())
    context = RunContext(
        run,
        client=slack.client,
        report=lambda progress: None,
        is_cancelled=lambda: cancelled,
        upload=lambda *arguments: None,
    )
    return announce(Inputs(ChannelId("C1"), text), context)


def test_nothing_in_the_text_notifies_or_misleads_anybody(slack: FakeSlack) -> None:
    said = announced(slack, "Tea <!channel> <@U0BOB> <https://evil.example|here> *now*")
    [posted] = slack.called("chat.postMessage")
    assert posted["text"] == (
        f"Tea &lt;!channel&gt; &lt;@U0BOB&gt; &lt;https://evil.example|here&gt; *now*\n_– <@{ANN}>_"
    )
    assert said == "<https://harbour.slack.com/archives/C1/p10001|Announced> in <#C1>."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refused("restricted_action"), "does not let me post there, so nothing was announced"),
        (refused("is_archived"), "archived, so nothing was announced"),
        (refused("not_in_channel"), "/invite @Errand"),
        (RATE_LIMITED, "no room for more messages there just now, so nothing was announced"),
        (Fault(500, {"ok": False, "error": "fatal_error"}), "fatal_error"),
        (Fault(drop=True), "look into <#C1> before you announce it again"),
    ],
)
def test_what_goes_wrong_is_told_and_never_tried_again(slack: FakeSlack, fault: Fault, said: str) -> None:
    slack.faults["chat.postMessage"].append(fault)
    with pytest.raises((Refused, SlackApiError)) as caught:
        announced(slack)
    assert said in str(caught.value)
    assert len(slack.called("chat.postMessage")) == 1


def test_it_speaks_only_where_the_requester_may_read(slack: FakeSlack) -> None:
    slack.channels["C1"]["is_private"] = True
    slack.members["C1"] = [BOB]
    with pytest.raises(Refused) as caught:
        announced(slack)
    assert str(caught.value) == UNSEEN_CHANNEL
    assert not slack.called("chat.postMessage")


def test_one_that_is_cancelled_before_is_not_posted(slack: FakeSlack) -> None:
    with pytest.raises(RunCancelled):
        announced(slack, cancelled=True)
    assert not slack.called("chat.postMessage")
