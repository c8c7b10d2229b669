import json
from pathlib import Path

import pytest

from tests.simulator.office import MANIFEST, Json, Office, an_office


def post(office: Office, **args: object) -> Json:
    answer = office.api("chat.postMessage", channel=office.channel("support"), **args)
    assert answer["ok"], answer.raw
    return dict(answer["message"])


def test_a_message_has_an_author_a_profile_and_ids(office: Office) -> None:
    message = post(office, text="hi", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}])
    assert message["user"] == office.bot
    assert message["bot_profile"]["name"] == "Tester"
    assert message["blocks"][0]["block_id"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<@U123> in <#C123|general> <!here>", "<@U123> in <#C123|general> <!here>"),
        ("<https://a.example/?x=1&y=2|link>", "<https://a.example/?x=1&y=2|link>"),
        ("<script>", "&lt;script&gt;"),
        ("שלום 👋", "שלום 👋"),
    ],
)
def test_stray_characters_become_entities(office: Office, sent: str, stored: str) -> None:
    office.control("limits", enabled=False)
    assert post(office, text=sent)["text"] == stored


def test_long_text_is_cut(office: Office) -> None:
    assert len(post(office, text="x" * 50_000)["text"]) == 40_000


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"text": "  "}, "no_text"),
        ({}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"text": "a", "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"text": "a", "blocks": {}}, "invalid_blocks_format"),
        ({"text": "a", "blocks": [{"type": "magic"}]}, "invalid_blocks"),
        ({"text": "a", "thread_ts": "soon"}, "invalid_arguments"),
        ({"text": {"a": 1}}, "invalid_arguments"),
    ],
)
def test_a_bad_message_is_refused_by_name(office: Office, args: Json, error: str) -> None:
    office.control("limits", enabled=False)
    assert office.api("chat.postMessage", channel=office.channel("support"), **args).error == error


def test_too_many_bytes_of_blocks_are_refused(office: Office) -> None:
    text = {"type": "mrkdwn", "text": "x" * 2_900}
    blocks = [{"type": "section", "text": text}] * 5
    answer = office.api("chat.postMessage", channel=office.channel("support"), text="a", blocks=blocks)
    assert answer.error == "msg_blocks_too_long"


def test_a_reply_counts_on_its_parent(office: Office) -> None:
    parent = post(office, text="parent")
    reply = post(office, text="reply", thread_ts=parent["ts"])
    assert reply["thread_ts"] == parent["ts"]
    shown = office.messages(office.channel("support"), office.person())[-1]
    assert (shown["text"], shown["reply_count"], shown["latest_reply"]) == ("parent", 1, reply["ts"])


def test_a_broadcast_reply_is_in_the_channel_too(office: Office) -> None:
    parent = post(office, text="parent")
    post(office, text="for all", thread_ts=parent["ts"], reply_broadcast=True)
    assert office.messages(office.channel("support"), office.person())[-1]["subtype"] == "thread_broadcast"


def test_an_update_changes_text_and_blocks(office: Office) -> None:
    office.control("limits", enabled=False)
    channel, blocks = office.channel("support"), [{"type": "divider"}]
    ts = post(office, text="before", blocks=blocks)["ts"]
    changed = office.api("chat.update", channel=channel, ts=ts, text="after", blocks=blocks)["message"]
    assert changed["text"] == "after"
    assert "edited" not in changed
    plain = office.api("chat.update", channel=channel, ts=ts, text="plain")["message"]
    assert "blocks" not in plain
    assert plain["edited"]["user"] == office.bot


def test_a_block_that_an_update_leaves_as_it_was_keeps_its_id(office: Office) -> None:
    text, button = {"type": "plain_text", "text": "Go"}, {"type": "actions", "elements": []}
    button["elements"] = [{"type": "button", "text": text}]
    before = post(office, text="a", blocks=[{"type": "header", "text": text}, button])
    blocks = [{"type": "header", "text": {**text, "text": "Gone"}}, button]
    args = {"channel": office.channel("support"), "ts": before["ts"], "text": "a", "blocks": blocks}
    after = office.api("chat.update", **args)["message"]
    assert after["blocks"][1] == before["blocks"][1]
    assert after["blocks"][0]["block_id"] != before["blocks"][0]["block_id"]


def test_only_own_messages_are_changed(office: Office) -> None:
    channel = office.channel("support")
    ts = office.post("/sim/messages", user=office.person(), channel=channel, text="mine")["message"]["ts"]
    assert office.api("chat.update", channel=channel, ts=ts, text="yours").error == "cant_update_message"
    assert office.api("chat.delete", channel=channel, ts=ts).error == "cant_delete_message"
    assert office.api("chat.update", channel=channel, ts="1.0", text="a").error == "message_not_found"


def test_an_update_takes_four_thousand_characters(office: Office) -> None:
    channel, ts = office.channel("support"), post(office, text="short")["ts"]
    assert office.api("chat.update", channel=channel, ts=ts, text="x" * 4_001).error == "msg_too_long"


def test_a_deleted_parent_leaves_a_stone(office: Office) -> None:
    channel = office.channel("support")
    parent = post(office, text="parent")
    reply = post(office, text="reply", thread_ts=parent["ts"])
    assert office.api("chat.delete", channel=channel, ts=parent["ts"])["ok"]
    assert office.messages(channel, office.person())[-1]["subtype"] == "tombstone"
    assert office.api("chat.delete", channel=channel, ts=reply["ts"])["ok"]


def test_an_ephemeral_message_is_for_one_person(office: Office) -> None:
    channel, ann = office.channel("support"), office.person()
    answer = office.api("chat.postEphemeral", channel=channel, user=ann, text="psst")
    shown = office.messages(channel, ann)[-1]
    assert (shown["ts"], shown["is_ephemeral"]) == (answer["message_ts"], True)
    assert office.messages(channel, office.person("leila"))[-1].get("text") != "psst"
    history = office.api("conversations.history", channel=channel, limit=5)["messages"]
    assert "psst" not in {message["text"] for message in history}
    sam = office.person("sam")
    refused = office.api("chat.postEphemeral", channel=channel, user=sam, text="psst")
    assert refused.error == "user_not_in_channel"


def test_a_user_id_opens_the_direct_message(office: Office) -> None:
    answer = office.api("chat.postMessage", channel=office.person("wen"), text="hello")
    assert answer["channel"].startswith("D")


def test_a_permalink_names_the_message(office: Office) -> None:
    channel, ts = office.channel("support"), post(office, text="here")["ts"]
    link = office.api("chat.getPermalink", channel=channel, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{channel}/p{ts.replace('.', '')}")


def test_a_reaction_is_counted_once(office: Office) -> None:
    channel, ts = office.channel("support"), post(office, text="nice")["ts"]
    assert office.api("reactions.add", channel=channel, timestamp=ts, name="tada")["ok"]
    assert office.api("reactions.add", channel=channel, timestamp=ts, name="tada").error == "already_reacted"
    message = office.api("reactions.get", channel=channel, timestamp=ts)["message"]
    assert message["reactions"] == [{"name": "tada", "users": [office.bot], "count": 1}]


def test_an_app_may_write_in_public_channels_it_is_not_in_with_a_scope_of_its_own(tmp_path: Path) -> None:
    manifest = MANIFEST | {"oauth_config": {"scopes": {"bot": ["chat:write", "chat:write.public"]}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with an_office(tmp_path / "manifest.json") as office:
        assert office.api("chat.postMessage", channel=office.channel("random"), text="hello")["ok"]
        private = office.channel("incident-review")
        assert office.api("chat.postMessage", channel=private, text="hello").error == "channel_not_found"
        archived = office.channel("summer-launch")
        assert office.api("chat.postMessage", channel=archived, text="hello").error == "is_archived"
