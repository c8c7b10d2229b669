"""What people do, through the whole of it: one Invoke before the ack, the work in another invocation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runs.errors import RunFailed
from tests.aws.deployed import Deployed
from tests.aws.jobs import COUNTED
from tests.workspace import filled, text_of


def opened_form(deployed: Deployed) -> Any:
    """And what opening it started has been done: to see whether it is a guest's."""
    deployed.ann.types("/run count-pieces", in_channel="#general")
    assert deployed.function.carry_out() == 1
    return deployed.ann.views()[-1]


def test_a_command_is_acked_with_one_invoke_and_no_call_to_slack(deployed: Deployed) -> None:
    ack = deployed.ann.types("/run say-hello", in_channel="#general")
    assert "Starting *Say hello*" in str(ack)
    assert deployed.workspace.calls() == []
    assert deployed.records() == []
    assert [event["kind"] for event in deployed.function.lambda_api.invoked] == ["lazy"]


def test_the_work_is_done_in_another_invocation(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    assert deployed.function.carry_out() == 1
    assert "Hello" in text_of(deployed.ann.direct_messages())
    assert "Done" in text_of(deployed.ann.messages("#general"))
    assert COUNTED == ["hello"]


def test_a_form_is_submitted_with_one_invoke(deployed: Deployed) -> None:
    ann = deployed.ann
    form = opened_form(deployed)
    before = len(deployed.workspace.calls())
    ann.submits(form["id"], filled(form, pieces="3"))
    assert len(deployed.workspace.calls()) == before
    assert deployed.function.carry_out() == 1
    assert COUNTED == ["0", "1", "2"]


def test_a_form_with_errors_starts_nothing(deployed: Deployed) -> None:
    ann = deployed.ann
    form = opened_form(deployed)
    answer = ann.submits(form["id"], filled(form, pieces="0"), skip_client_checks=True)
    assert answer["errors"]
    assert deployed.function.lambda_api.invoked == []


def test_run_again_is_acked_without_looking_anything_up(deployed: Deployed) -> None:
    ann = deployed.ann
    ann.types("/run say-hello", in_channel="#general")
    deployed.function.carry_out()
    message = ann.messages("#general")[-1]
    calls = len(deployed.workspace.calls())
    ann.presses("run_again", on=message)
    assert len(deployed.workspace.calls()) == calls
    assert len(deployed.function.lambda_api.invoked) == 1
    deployed.function.carry_out()
    ann.presses("run_again", on=message)
    deployed.function.carry_out()
    assert COUNTED == ["hello", "hello"], "the button of one message makes one more run"
    assert any("run again already" in text_of(each) for each in ann.messages("#general"))


def test_app_home_is_shown(deployed: Deployed) -> None:
    deployed.ann.opens_home()
    deployed.function.lambda_api.wait_for(1)
    deployed.function.carry_out()
    assert "Say hello" in text_of(deployed.ann.home())


def test_a_job_that_raises_is_told_once_with_a_reference_and_raised_to_lambda_each_time(
    deployed: Deployed,
) -> None:
    deployed.ann.types("/run fail-badly", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    with pytest.raises(RunFailed):
        deployed.function.invoke(event)
    shown = text_of(deployed.ann.messages("#general"))
    assert "E-" in shown
    assert "hunter2" not in shown
    calls = len(deployed.workspace.calls())
    assert deployed.function.give_up(event, deployed.queue_url, attempts=2) == ["BrokenOff", "BrokenOff"]
    deployed.function.tick()
    assert len(deployed.workspace.calls()) == calls, "nothing more to tell"
    assert COUNTED == ["failed"]
    assert deployed.given_up() == 0


@pytest.mark.parametrize("status", [403, 429])
def test_what_lambda_does_not_take_is_told_in_the_ack(deployed: Deployed, status: int) -> None:
    deployed.function.lambda_api.status = status
    ack = deployed.ann.types("/run say-hello", in_channel="#general")
    assert "nothing has begun. Try it again in a minute." in str(ack)
    assert "reference" in str(ack)
    assert deployed.records() == []


def test_where_lambda_says_nothing_nobody_is_told_that_nothing_has_begun(deployed: Deployed) -> None:
    deployed.function.restart(AWS_ENDPOINT_URL_LAMBDA="http://127.0.0.1:9")
    ack = deployed.ann.types("/run say-hello", in_channel="#general")
    assert "See whether it has begun before you try again." in str(ack)
    assert "reference" in str(ack)


def test_a_request_of_more_than_a_megabyte_is_refused_before_the_ack(deployed: Deployed) -> None:
    form = opened_form(deployed)
    sent = len(deployed.function.lambda_api.requests)
    body = deployed.body_of_form(form, padding="x" * 1_000_000)
    answer = deployed.posts(body)
    assert "more text than I can take" in answer
    assert len(deployed.function.lambda_api.requests) == sent


def test_the_same_request_delivered_twice_by_slack_runs_once(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    deployed.workspace.control("redeliver", n=deployed.workspace.deliveries()[-1]["n"])
    assert len(deployed.function.lambda_api.invoked) == 2
    deployed.function.carry_out()
    assert COUNTED == ["hello"]


def test_the_same_invocation_delivered_twice_by_lambda_runs_once(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    deployed.function.invoke(event)
    calls = len(deployed.workspace.calls())
    deployed.function.invoke(event)
    assert COUNTED == ["hello"]
    assert len(deployed.workspace.calls()) == calls


def test_a_cold_start_in_between_changes_nothing(deployed: Deployed) -> None:
    deployed.ann.types("/run say-hello", in_channel="#general")
    event = deployed.function.lambda_api.invoked.pop()
    deployed.function.invoke(event)
    deployed.function.restart()
    deployed.function.invoke(event)
    assert COUNTED == ["hello"]


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
def test_only_this_workspaces_own_removal_is_reported(
    deployed: Deployed, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """Slack tells the app of each workspace that it was ever in."""
    ours = deployed.workspace.info["team"]["id"]
    for team_id, is_reported in (("T0OTHER", False), (ours, True)):
        caplog.clear()
        event = {"type": kind, "tokens": {"bot": ["U0"]}}
        body = {"type": "event_callback", "team_id": team_id, "event_id": team_id, "event": event}
        deployed.posts(json.dumps(body).encode(), **{"Content-Type": "application/json"})
        assert deployed.function.carry_out() == 1
        errors = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
        assert any("SLACK_BOT_TOKEN" in each for each in errors) is is_reported
