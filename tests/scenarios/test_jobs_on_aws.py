"""The jobs that need AWS, from the command to the result, and what they say where they are not set up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blocks.approval import APPROVE_RUN
from blocks.run_message import CANCEL_RUN
from runs.service import RunService
from tests.fake_aws import Answer, FakeAws, Fault, fake_aws
from tests.jobs.test_error_report import STARTED, answer, row
from tests.running import an_errand
from tests.scenarios.test_approvals import request_of
from tests.scenarios.test_choices import form_of
from tests.scenarios.test_results import block_of, shown_with
from tests.watching import done, file_of, message_with, run_message_with
from tests.workspace import Person, Workspace, text_of

LISTS = {"INVOKE_FUNCTIONS": "Clean up=clean-up,reports", "REPORT_LOG_GROUPS": "/aws/lambda/shop"}
INVOKE = "Invoke a Lambda function"
REPORT = "Report the errors in the logs"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    with fake_aws() as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture
def tom(workspace: Workspace, aws: FakeAws, tmp_path: Path) -> Iterator[Person]:
    """A member, where the jobs are set up."""
    with an_errand(workspace, tmp_path, **LISTS, **aws.environment):
        yield workspace.person("tomas")


@pytest.fixture
def margit(workspace: Workspace) -> Person:
    """The workspace's admin."""
    return workspace.person("margit")


def test_a_function_is_invoked_once_and_only_after_an_admin_has_seen_the_payload(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    aws.answer("clean-up", Answer(b'{"removed": 12}', log="REPORT Duration: 3 ms"))
    tom.types(
        """/run invoke-function function=clean-up payload='{"older_than": 30}'""", in_channel="#general"
    )
    request = request_of(workspace, margit, INVOKE)
    assert "clean-up" in text_of(request)
    assert '{"older_than": 30}' in text_of(request)
    assert aws.calls == []
    margit.presses(APPROVE_RUN, on=request)
    message = done(tom, workspace, "#general", INVOKE)
    assert "Done" in text_of(message)
    assert aws.called("clean-up") == [{"payload": '{"older_than": 30}', "log_type": "Tail"}]
    result = workspace.eventually(lambda: message_with(tom, None, "answered after"))
    assert '"removed": 12' in text_of(result)
    assert "REPORT Duration: 3 ms" in text_of(result)
    assert "removed" not in text_of(message), "the result is for the requester"


def test_a_functions_error_is_a_failed_run_and_a_file_for_the_requester(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    raised = b'{"errorMessage": "no such customer: Ann", "errorType": "KeyError"}'
    aws.answer("reports", Answer(raised, error="Unhandled", log="[ERROR] KeyError"))
    tom.types("/run invoke-function function=reports", in_channel="#general")
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit, INVOKE))
    message = done(tom, workspace, "#general", INVOKE)
    assert "Failed" in text_of(message)
    assert "`reports` ended with an error" in text_of(message)
    assert "Ann" not in text_of(message)
    assert b"no such customer: Ann" in tom.downloads(file_of(tom, workspace)["id"])


def test_a_throttled_function_is_told_of_and_not_tried_again(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    aws.answer("reports", Fault("TooManyRequestsException", 429), Answer())
    tom.types("/run invoke-function function=reports", in_channel="#general")
    margit.presses(APPROVE_RUN, on=request_of(workspace, margit, INVOKE))
    assert "so it was not invoked" in text_of(done(tom, workspace, "#general", INVOKE))
    assert len(aws.calls) == 1


def test_a_payload_that_is_no_json_is_told_at_once_and_nobody_is_asked(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    ack = tom.types("/run invoke-function function=reports payload='{\"a\": }'", in_channel="#general")
    assert "payload must be JSON: expecting value in line 1, at character 7" in text_of(ack["payload"])
    assert not message_with(margit, None, "asks for approval")


def test_a_function_that_is_not_listed_is_refused_before_anybody_is_asked(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    tom.types("/run invoke-function function=billing", in_channel="#general")
    message = workspace.eventually(
        lambda: message_with(tom, "#general", "function must be one of its choices now")
    )
    assert "billing" in text_of(message)
    assert not message_with(margit, None, "asks for approval")


def test_a_request_that_is_cancelled_while_it_waits_invokes_nothing(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    tom.types("/run invoke-function function=reports", in_channel="#general")
    request_of(workspace, margit, INVOKE)
    waiting = workspace.eventually(lambda: run_message_with(tom, "#general", INVOKE, CANCEL_RUN))
    tom.presses(CANCEL_RUN, on=waiting)
    assert "Cancelled" in text_of(done(tom, workspace, "#general", INVOKE))
    assert aws.calls == []


def test_a_report_comes_as_a_chart_and_a_table(
    workspace: Workspace, aws: FakeAws, tom: Person, margit: Person
) -> None:
    hour = time.strftime("%Y-%m-%d %H:00:00.000", time.gmtime())
    bar = [{"field": "bin(1h)", "value": hour}, *row(log="1:/aws/lambda/shop", errors="12")]
    aws.answer("StartQuery", STARTED)
    aws.answer(
        "GetQueryResults",
        answer("Complete", bar),
        answer("Complete", row(at=hour, message="[ERROR] Order 17 is <lost>")),
    )
    margit.types("/run error-report", in_channel="#general")
    message = done(margit, workspace, "#general", REPORT)
    assert "Done" in text_of(message)
    [chart] = shown_with(margit, None, "data_visualization")
    assert block_of(chart, "data_visualization")["chart"]["type"] == "bar"
    [table] = shown_with(margit, None, "table")
    assert "Order <number> is <lost>" in text_of(table)
    assert workspace.eventually(lambda: message_with(margit, None, "12 errors in `/aws/lambda/shop`"))


def test_a_report_is_for_admins_and_whom_they_let_read_logs(
    workspace: Workspace, aws: FakeAws, tom: Person
) -> None:
    tom.types("/run error-report", in_channel="#general")
    assert workspace.eventually(lambda: message_with(tom, "#general", "log-readers"))
    assert aws.calls == []


def test_a_menu_offers_what_is_listed_by_its_label(workspace: Workspace, tom: Person) -> None:
    form = form_of(tom, "invoke-function")
    offered = tom.suggestions("answer", on=form)["options"]
    assert [each["text"]["text"] for each in offered] == ["Clean up", "reports"]
    assert [each["value"] for each in offered] == ["clean-up", "reports"]


def test_a_menu_without_a_list_says_what_an_admin_has_to_set(workspace: Workspace, ann: Person) -> None:
    [reason] = ann.suggestions("answer", on=form_of(ann, "invoke-function"))["options"]
    assert "Not set up yet: an admin has to set INVOKE_FUNCTIONS." in reason["text"]["text"]


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        ("/run invoke-function function=reports", "INVOKE_FUNCTIONS"),
        ("/run error-report", "REPORT_LOG_GROUPS"),
    ],
)
def test_what_is_not_set_up_says_what_an_admin_has_to_set(
    workspace: Workspace, errand: RunService, margit: Person, command: str, setting: str
) -> None:
    margit.types(command, in_channel="#general")
    message = workspace.eventually(lambda: message_with(margit, "#general", "Not set up yet"))
    assert f"an admin has to set {setting}." in text_of(message)
