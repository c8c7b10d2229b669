"""From a command or a form to the result: what a teammate sees."""

from __future__ import annotations

import csv
import io
import json

from blocks.picker import OPEN_FORM
from blocks.run_message import CANCEL_RUN, RUN_AGAIN
from tests.team_jobs import gate
from tests.watching import done, file_of, message_with, run_message
from tests.workspace import Person, Workspace, filled, find_element, text_of


def test_a_typed_command_exports_a_channel_and_the_file_has_its_rows(
    workspace: Workspace, ann: Person
) -> None:
    ack = ann.types("/run export-channel channel=#general days=30 format=json", in_channel="#general")
    assert "Starting" in ack["payload"]["text"]
    message = done(ann, workspace, "#general", "Export a channel")
    assert "The result is in a direct message" in text_of(message)
    rows = json.loads(ann.downloads(file_of(ann, workspace)["id"]))
    assert len(rows) > 100
    assert message_with(ann, None, f"Exported {len(rows):,} messages")


def test_the_whole_thread_by_form(workspace: Workspace, ann: Person) -> None:
    ann.types("/run", in_channel="#general")
    [picker] = ann.views()
    ann.presses(OPEN_FORM, on=picker, value=json.dumps({"job": "export-channel", "answers": {}}))
    form = ann.views()[-1]
    assert "Export a channel" in text_of(form)
    channel = workspace.channel_id("#general")
    wrong = filled(form, channel=channel, days="999")
    refused = ann.submits(form["id"], wrong, skip_client_checks=True)
    assert "365" in refused["errors"]["field:days"]
    assert ann.views(), "the form stays open to be corrected"
    ann.submits(form["id"], filled(form, channel=channel))
    assert ann.views() == []
    done(ann, workspace, "#general", "Export a channel")
    rows = list(csv.DictReader(io.StringIO(ann.downloads(file_of(ann, workspace)["id"]).decode("utf-8-sig"))))
    assert message_with(ann, None, f"Exported {len(rows):,} messages")


def test_progress_moves_while_the_job_is_at_work(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    moving = workspace.eventually(lambda: message_with(ann, "#general", "waiting at the gate"))
    assert "`█████░░░░░░░░░░░░░░░` 25%" in text_of(moving)
    assert find_element(moving, CANCEL_RUN)
    gate.open()
    ended = done(ann, workspace, "#general", "Wait at the gate")
    assert ended["ts"] == moving["ts"], "one message through the run's whole life"
    assert workspace.eventually(lambda: message_with(ann, None, "Through the gate."))


def test_a_result_for_the_channel_is_shown_there(workspace: Workspace, ann: Person) -> None:
    ann.types("/run upload-file results=here", in_channel="#general")
    message = done(ann, workspace, "#general", "Upload a file")
    assert "Here it is." in text_of(message)
    assert "notes.txt" in text_of(message)
    [file] = [file for each in ann.messages("#general")[-2:] for file in each.get("files", [])]
    assert ann.downloads(file["id"]).decode() == "שלום 🙂\n"


def test_a_result_for_its_requester_is_not_shown_in_the_channel(workspace: Workspace, ann: Person) -> None:
    ann.types('/run say-it text="only for me"', in_channel="#general")
    workspace.eventually(lambda: message_with(ann, None, "only for me"))
    message = done(ann, workspace, "#general", "Say it")
    assert "The result is in a direct message" in text_of(message)


def test_where_the_bot_is_not_the_message_comes_as_a_direct_message_and_a_note_says_so(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run return-nothing", in_channel="#random")
    note = workspace.eventually(lambda: message_with(ann, "#random", "I can't post in"))
    assert note["is_ephemeral"]
    assert "/invite @Errand" in text_of(note)
    ended = workspace.eventually(lambda: message_with(ann, None, "Done"))
    assert "Return nothing" in text_of(ended)


def test_asked_for_between_two_people_it_comes_as_a_direct_message_that_names_no_channel(
    workspace: Workspace, ann: Person
) -> None:
    between = workspace.post("/sim/dms", user=ann.id, **{"with": workspace.person("leila").id})["channel"][
        "id"
    ]
    ann.types("/run return-nothing", in_channel=between)
    note = workspace.eventually(lambda: message_with(ann, between, "I can't post in the conversation"))
    ended = workspace.eventually(lambda: message_with(ann, None, "Done"))
    for shown in (note, ended):
        assert "<#" not in text_of(shown)
        assert "/invite" not in text_of(shown)


def test_the_shortcut_and_app_home_lead_to_the_form(workspace: Workspace, ann: Person) -> None:
    ann.uses_shortcut("open_picker")
    [picker] = ann.views()
    assert "Export a channel" in text_of(picker)
    ann.opens_home()
    home = workspace.eventually(ann.home)
    assert "Your recent runs" in text_of(home)
    ann.presses(OPEN_FORM, on=home, value=json.dumps({"job": "say-it", "answers": {}}))
    assert "Say it" in text_of(ann.views()[-1])


def test_runs_lists_what_was_run_and_filters_it(workspace: Workspace, ann: Person) -> None:
    for job in ("return-nothing", "refuse"):
        ann.types(f"/run {job}", in_channel="#general")
    done(ann, workspace, "#general", "Return nothing")
    done(ann, workspace, "#general", "Refuse")
    ann.types("/runs failed mine", in_channel="#general")
    listed = workspace.eventually(lambda: message_with(ann, "#general", "Recent runs: mine, failed"))
    assert listed["is_ephemeral"]
    assert "Refuse" in text_of(listed)
    assert "Return nothing" not in text_of(listed)


def test_run_again_runs_the_same_inputs_once_however_often_it_is_pressed(
    workspace: Workspace, ann: Person
) -> None:
    ann.types('/run say-it text="encore <!channel>"', in_channel="#general")
    first = done(ann, workspace, "#general", "Say it")
    ann.presses(RUN_AGAIN, on=first)
    ann.presses(RUN_AGAIN, on=first)  # of these two, either may come first
    workspace.eventually(lambda: (run_message(ann, "#general", "Say it") or first)["ts"] != first["ts"])
    ann.presses(RUN_AGAIN, on=first)
    told = workspace.eventually(lambda: message_with(ann, "#general", "run again already"))
    assert told["is_ephemeral"]
    workspace.eventually(lambda: sum("encore" in text_of(message) for message in ann.direct_messages()) == 2)
    results = [message for message in ann.direct_messages() if "encore" in text_of(message)]
    assert all("<!channel>" not in text_of(message) for message in results)


def test_a_job_uses_a_secret_of_the_teams_own_which_does_not_show_itself(
    workspace: Workspace, ann: Person
) -> None:
    ann.types("/run use-secret", in_channel="#general")
    told = text_of(workspace.eventually(lambda: message_with(ann, None, "It has 28 characters")))
    assert "WEBHOOK_URL" in told
    assert "hooks.example" not in told


def test_app_home_learns_that_a_run_has_ended(workspace: Workspace, ann: Person) -> None:
    ann.types("/run wait-at-gate", in_channel="#general")
    gate.wait_for_arrivals(1)
    ann.opens_home()
    assert "Running" in text_of(workspace.eventually(ann.home))
    gate.open()
    workspace.eventually(lambda: "Done" in text_of(ann.home()))
    assert "Running" not in text_of(ann.home())


def test_a_run_ends_well_though_app_home_cannot_be_refreshed(workspace: Workspace, ann: Person) -> None:
    workspace.control("faults", method="views.publish", times=9, error="ratelimited", retry_after=60)
    ann.types("/run return-nothing", in_channel="#general")
    workspace.eventually(lambda: message_with(ann, "#general", "Done"))
    ann.types("/run say-it text=more", in_channel="#general")
    assert "Done" in text_of(done(ann, workspace, "#general", "Say it"))


def test_help_shows_the_jobs_and_how_to_type_what_they_take(workspace: Workspace, ann: Person) -> None:
    told = text_of(ann.types("/run help", in_channel="#general")["payload"])
    assert "`/run export-channel channel=#general days=7`" in told
    assert "`wait-at-gate` – Wait at the gate" in told
    assert "`/runs`" in told
    told = text_of(ann.types("/run help export-channel", in_channel="#general")["payload"])
    assert "`days` – a whole number from 1 to 365" in told
    assert "no job called" in text_of(ann.types("/run help exprot", in_channel="#general")["payload"])
    assert "`mine`" in text_of(ann.types("/runs help", in_channel="#general")["payload"])
    assert ann.views() == []
