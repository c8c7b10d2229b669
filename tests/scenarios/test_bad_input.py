"""Whatever people type, they learn what was wrong and what to do; nothing runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from blocks.picker import OPEN_FORM
from tests.watching import done, message_with
from tests.workspace import Person, Workspace, filled, find_element, text_of


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/run exprot-channel", "Did you mean `export-channel`"),
        ("/run <!channel>", "There is no job called"),
        ("/run export-channel channel=#general dayz=3", "Did you mean"),
        ("/run export-channel channel=#general days=3 days=4", "days is given twice"),
        ("/run export-channel days=3", "channel is required"),
        ("/run export-channel channel=#general days=soon", "a whole number from 1 to 365"),
        ("/run export-channel channel=#general days=0", "a whole number from 1 to 365"),
        ("/run export-channel channel=#general format=xml", "csv"),
        ('/run say-it text="never closed', "quote"),
        ("/run export-channel #general", "has no name"),
        (f"/run say-it text={'x' * 39_900}", "3,000"),
        ("/runs yesterday", "not something I can filter runs by"),
    ],
)
def test_a_command_that_cannot_be_understood_says_why(
    workspace: Workspace, ann: Person, typed: str, told: str
) -> None:
    ack = ann.types(typed, in_channel="#general")
    assert ack["status"] == "acked"
    assert told in text_of(ack["payload"])
    assert workspace.calls("chat.postMessage") == []


def test_the_form_opens_with_what_could_be_understood(workspace: Workspace, ann: Person) -> None:
    ann.types("/run export-channel channel=#general days=soon", in_channel="#general")
    answer = workspace.eventually(lambda: message_with(ann, "#general", "must be a whole number"))
    ann.presses(OPEN_FORM, on=answer)
    form = ann.views()[-1]
    assert workspace.channel_id("#general") in json.dumps(form)


@pytest.mark.parametrize(
    "text", ["🙂 emoji 👩‍👩‍👧", "שלום עולם", "a & b < c > d", "*bold* _it_ `code`", "http://example.com"]
)
def test_text_of_every_kind_arrives_as_it_was_typed(workspace: Workspace, ann: Person, text: str) -> None:
    ann.types(f'/run say-it text="{text}"', in_channel="#general")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    done(ann, workspace, "#general", "Say it")
    assert workspace.eventually(lambda: message_with(ann, None, escaped) or message_with(ann, None, text))


def test_a_mention_of_everybody_in_an_input_notifies_nobody(workspace: Workspace, ann: Person) -> None:
    ann.types('/run say-it text="<!channel> <!here> @here"', in_channel="#general")
    message = done(ann, workspace, "#general", "Say it")
    assert "<!" not in text_of(message).replace("<!date", "")


def test_a_private_channel_is_refused_as_if_it_did_not_exist(workspace: Workspace, ann: Person) -> None:
    names = (workspace.channel_id("#leadership"), "#leadership", "#no-such-channel")
    for name in names:
        ann.types(f"/run export-channel channel={name}", in_channel="#general")

    def all_refusals() -> list[str] | None:
        texts = map(text_of, ann.messages("#general"))
        found = [text for text in texts if "I can't find" in text]
        return found if len(found) == len(names) else None

    assert len(set(workspace.eventually(all_refusals))) == 1, (
        "two answers would tell strangers which channels there are"
    )
    assert workspace.calls("conversations.history") == []
    assert not any(
        "Export a channel" in text_of(message) and not message.get("is_ephemeral")
        for message in ann.messages("#general")
    )


def test_what_was_filled_in_is_not_lost_when_it_is_refused(workspace: Workspace, ann: Person) -> None:
    ann.types("/run export-channel", in_channel="#general")
    [form] = ann.views()
    random = workspace.channel_id("#random")
    here = {"text": {"type": "plain_text", "text": "x"}, "value": "here"}
    ann.submits(form["id"], filled(form, channel=random, days="33", results=here), skip_client_checks=True)
    refusal = workspace.eventually(lambda: message_with(ann, "#general", "/invite @Errand"))
    ann.presses(OPEN_FORM, on=refusal)
    again = workspace.eventually(lambda: ann.views() or None)[0]
    shown = str(again["blocks"])
    for kept in (f"'initial_conversation': '{random}'", "'initial_value': '33'"):
        assert kept in shown
    assert find_initial(again, "results") == "here"


def find_initial(form: dict[str, Any], name: str) -> str:
    [block] = [each for each in form["blocks"] if each.get("block_id") == f"field:{name}"]
    return str(block["element"]["initial_option"]["value"])


def test_a_channel_that_the_bot_is_not_in_says_how_to_invite_it(workspace: Workspace, ann: Person) -> None:
    ann.types("/run export-channel channel=#random", in_channel="#general")
    told = workspace.eventually(lambda: message_with(ann, "#general", "/invite @Errand"))
    assert told["is_ephemeral"]


def test_a_guest_cannot_run_jobs(workspace: Workspace, ann: Person) -> None:
    workspace.control("user", user=ann.id, is_restricted=True)
    ann.types("/run return-nothing", in_channel="#general")
    told = workspace.eventually(lambda: message_with(ann, "#general", "Guests can't run jobs"))
    assert told["is_ephemeral"]


@pytest.mark.parametrize("typed", ["/run", "/run say-it"])
def test_a_guest_is_told_so_before_filling_in_a_form(workspace: Workspace, ann: Person, typed: str) -> None:
    workspace.control("user", user=ann.id, is_restricted=True)
    ann.types(typed, in_channel="#general")
    assert workspace.eventually(lambda: "Guests can't run jobs" in text_of(ann.views()))
    [modal] = ann.views()
    assert not find_element(modal, OPEN_FORM)


def test_whom_a_job_is_not_for_is_told_so_before_filling_in_its_form(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run tell-secret", in_channel="#general")
    assert workspace.eventually(lambda: "Nobody is in `on-call` yet" in text_of(ann.views()))
    [modal] = ann.views()
    assert not modal.get("submit")
    ann.types("/run help tell-secret", in_channel="#general")
    told = workspace.eventually(lambda: message_with(ann, "#general", "Only `on-call` can run this job"))
    workspace.post(f"/sim/views/{modal['id']}/close", user=ann.id)
    ann.presses(OPEN_FORM, on=told)
    assert workspace.eventually(lambda: "Nobody is in `on-call` yet" in text_of(ann.views()))


def test_a_guests_home_offers_no_jobs(workspace: Workspace, ann: Person) -> None:
    workspace.control("user", user=ann.id, is_restricted=True)
    ann.opens_home()
    home = workspace.eventually(ann.home)
    assert "Guests can't run jobs" in text_of(home)
    assert not find_element(home, OPEN_FORM)


def test_the_form_opens_though_nobody_can_say_whether_it_is_a_guests(
    workspace: Workspace, ann: Person
) -> None:
    workspace.control("faults", method="users.info", times=1, error="internal_error")
    assert ann.types("/run say-it", in_channel="#general")["status"] == "acked"
    [form] = ann.views()
    assert "Say it" in text_of(form)


def test_metadata_that_a_browser_made_up_is_not_believed(workspace: Workspace, ann: Person) -> None:
    ann.types("/run say-it", in_channel="#general")
    [form] = ann.views()
    forged = json.dumps({"job": "say-it", "channel_id": workspace.channel_id("#leadership")})
    ann.submits(form["id"], filled(form, text="let me in"), private_metadata=forged)
    message = workspace.eventually(lambda: message_with(ann, None, "Say it"))
    assert "let me in" in text_of(message)
    posted = {call["args"]["channel"] for call in workspace.calls("chat.postMessage") if call["ok"]}
    assert workspace.channel_id("#leadership") not in posted
