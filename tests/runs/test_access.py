from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError

from runs.access import DIRECT_MESSAGES, UNSEEN_CHANNEL, known_member, readable_channel
from runs.errors import Refused
from tests.fake_slack import ANN, BOB, TEAM, FakeSlack, fake_slack, refused


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        slack.add_channel("C1", "general")
        slack.add_channel("C2", "random", is_member=False)
        slack.add_channel("C3", "leadership", is_private=True)
        slack.add_channel("C4", "old-plans", is_archived=True, is_member=False)
        slack.members["C3"] = [BOB, ANN]
        yield slack


def refusal(slack: FakeSlack, channel_id: str, requester: str = ANN) -> str:
    with pytest.raises(Refused) as caught:
        readable_channel(slack.client, channel_id, requester)
    return str(caught.value)


def test_a_public_channel_that_the_bot_is_in_is_readable_by_every_member_of_the_workspace(slack):
    assert readable_channel(slack.client, "C1", "U0ANYBODY")["name"] == "general"
    assert not slack.called("conversations.members")


def test_a_public_channel_that_the_bot_is_not_in_is_refused_with_the_line_that_helps(slack):
    assert refusal(slack, "C2") == (
        "I'm not in #random. Invite me there with `/invite @Errand`, then run again."
    )


def test_a_private_channel_is_readable_by_its_members(slack):
    assert readable_channel(slack.client, "C3", ANN)["name"] == "leadership"


def test_members_beyond_the_first_page_are_found(slack):
    slack.members["C3"] = [f"U{number}" for number in range(2500)]
    assert readable_channel(slack.client, "C3", "U2499")["name"] == "leadership"
    assert [call["limit"] for call in slack.called("conversations.members")] == ["999"] * 3


def test_a_private_channel_of_others_is_refused_in_the_same_words_as_one_that_does_not_exist(slack):
    assert refusal(slack, "C3", "U0CHRIS") == refusal(slack, "C999") == UNSEEN_CHANNEL


def test_a_private_channel_that_the_bot_leaves_during_the_check_is_refused_in_the_same_words(slack):
    slack.faults["conversations.members"].append(refused("channel_not_found"))
    assert refusal(slack, "C3") == UNSEEN_CHANNEL


def test_a_channel_that_slack_does_not_call_public_counts_as_private(slack):
    del slack.channels["C1"]["is_private"]
    assert refusal(slack, "C1") == UNSEEN_CHANNEL


def test_an_archived_channel_can_be_read(slack):
    assert readable_channel(slack.client, "C4", ANN)["is_archived"]


def test_a_direct_message_is_refused_without_asking_slack(slack):
    assert refusal(slack, "D1") == DIRECT_MESSAGES
    assert slack.calls == []


def test_a_group_message_is_refused(slack):
    slack.add_channel("G1", "mpdm-ann--bob-1", is_private=True, is_mpim=True)
    slack.members["G1"] = [ANN, BOB]
    assert refusal(slack, "G1") == DIRECT_MESSAGES


def test_a_group_message_of_others_is_refused_as_if_it_did_not_exist(slack):
    slack.add_channel("G1", "mpdm-bob--chris-1", is_private=True, is_mpim=True)
    slack.members["G1"] = [BOB]
    assert refusal(slack, "G1") == UNSEEN_CHANNEL
    slack.faults["conversations.info"].append(refused("missing_scope", needed="mpim:read"))
    assert refusal(slack, "G1") == UNSEEN_CHANNEL


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
def test_any_other_error_of_slack_is_not_taken_for_a_refusal(slack, method):
    slack.faults[method].append(refused("missing_scope", needed="groups:read"))
    with pytest.raises(SlackApiError, match="missing_scope"):
        readable_channel(slack.client, "C3", ANN)


def test_a_full_member_is_known(slack):
    assert known_member(slack.client, ANN, TEAM)["id"] == ANN


def test_a_member_of_several_workspaces_of_one_enterprise_is_known_in_each(slack):
    slack.add_user("U7", "Grid", team_id="T0999", enterprise_user={"teams": ["T0999", TEAM]})
    assert known_member(slack.client, "U7", TEAM)["id"] == "U7"


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"is_restricted": True}, "Guests can't run jobs here"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "Guests can't run jobs here"),
        ({"is_stranger": True}, "only for members of this workspace"),
        ({"team_id": "T0999"}, "only for members of this workspace"),
        ({"deleted": True}, "deactivated"),
        ({"is_bot": True}, "not for bots"),
        ({"id": "USLACKBOT"}, "not for bots"),
    ],
)
def test_who_is_not_a_full_member_is_refused_and_told_why(slack, account, said):
    slack.add_user("U7", "Somebody", **account)
    with pytest.raises(Refused, match=said):
        known_member(slack.client, "U7", TEAM)


def test_an_unknown_requester_is_refused(slack):
    with pytest.raises(Refused, match="can't find your account"):
        known_member(slack.client, "U404", TEAM)


def test_an_error_that_says_nothing_about_the_requester_is_raised_as_it_is(slack):
    slack.faults["users.info"].append(refused("invalid_auth"))
    with pytest.raises(SlackApiError, match="invalid_auth"):
        known_member(slack.client, ANN, TEAM)
