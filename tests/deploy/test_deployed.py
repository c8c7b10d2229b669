"""The packaged app, deployed from its own template with its IAM enforced, used by people over signed HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from slack_sdk.signature import SignatureVerifier

from blocks.picker import OPEN_FORM
from blocks.run_message import CANCEL_RUN, RUN_AGAIN
from tests.deploy.deployment import STACK, Deployment, Template, a_deployment
from tests.deploy.packages import Package
from tests.watching import done, file_of, message_with
from tests.workspace import Person, filled, find_element, text_of

pytestmark = pytest.mark.timeout(900)  # a package is made first

TEN_MINUTES = 600


@pytest.fixture(scope="module")
def deployed(here: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with a_deployment(here, tmp_path_factory.mktemp("ministack")) as deployment:
        deployment.workspace.control("limits", enabled=False)
        yield deployment


@pytest.fixture
def ann(deployed: Deployment) -> Iterator[Person]:
    yield deployed.workspace.person("ann")
    deployed.workspace.control("clear")


def test_a_typed_command_is_acked_and_the_run_finishes_in_another_invocation(
    deployed: Deployment, ann: Person
) -> None:
    ack = ann.types("/run export-channel channel=#general days=30", in_channel="#general")
    assert "Starting" in ack["payload"]["text"]
    message = done(ann, deployed.workspace, "#general", "Export a channel")
    assert "Done" in text_of(message)
    assert ann.downloads(file_of(ann, deployed.workspace)["id"])


def test_the_picker_and_the_form_lead_to_a_run(deployed: Deployment, ann: Person) -> None:
    ann.uses_shortcut("open_picker")
    picker = ann.views()[-1]
    ann.presses(OPEN_FORM, on=picker)
    form = ann.views()[-1]
    general = deployed.workspace.channel_id("#general")
    refused = ann.submits(form["id"], filled(form, channel=general, days="999"), skip_client_checks=True)
    assert "365" in refused["errors"]["field:days"]
    ann.submits(form["id"], filled(form, channel=general, days="3"))
    deployed.workspace.eventually(lambda: done_directly(ann, "How many days back: 3 "))


def done_directly(person: Person, words: str) -> dict[str, Any] | None:
    message = message_with(person, None, words)
    return message if message and find_element(message, RUN_AGAIN) else None


def test_app_home_shows_the_jobs(deployed: Deployment, ann: Person) -> None:
    ann.opens_home()
    assert "Export a channel" in text_of(deployed.workspace.eventually(ann.home))


def test_a_run_is_cancelled_and_run_again(deployed: Deployment, ann: Person) -> None:
    workspace = deployed.workspace
    # The export waits at Slack until the click has overtaken it.
    workspace.control(
        "faults", method="conversations.history", times=1000, error="ratelimited", retry_after=2
    )
    ann.types("/run export-channel channel=#engineering days=4", in_channel="#engineering")
    running = workspace.eventually(lambda: at_work(ann, "How many days back: 4 "))
    ann.presses(CANCEL_RUN, on=running)
    workspace.eventually(lambda: message_with(ann, "#engineering", "Cancelling"))
    # A job looks once a second whether to stop: from one call turned away to the next, two seconds go by.
    turned_away = len(workspace.calls("conversations.history"))
    workspace.eventually(lambda: len(workspace.calls("conversations.history")) >= turned_away + 2 or None)
    workspace.control("clear")
    cancelled = done(ann, workspace, "#engineering", "How many days back: 4 ")
    assert "Cancelled" in text_of(cancelled)
    ann.presses(RUN_AGAIN, on=cancelled)
    again = workspace.eventually(lambda: newer(ann, cancelled))
    assert "How many days back: 4 " in text_of(again)


def at_work(person: Person, words: str) -> dict[str, Any] | None:
    message = message_with(person, "#engineering", words)
    return message if message and ":gear: Running" in text_of(message) else None


def newer(person: Person, than: dict[str, Any]) -> dict[str, Any] | None:
    messages = [each for each in person.messages("#engineering") if find_element(each, RUN_AGAIN)]
    return messages[-1] if messages[-1]["ts"] > than["ts"] else None


class Sender:
    """Signs commands as Slack does, or not quite."""

    def __init__(self, deployed: Deployment, text: str) -> None:
        self.deployed = deployed
        self.signer = SignatureVerifier(deployed.workspace.credentials["signing_secret"])
        self.body = urlencode(
            {
                "command": "/run",
                "text": text,
                "team_id": deployed.workspace.info["team"]["id"],
                "user_id": deployed.workspace.person("ann").id,
                "channel_id": deployed.workspace.channel_id("#support"),
                "trigger_id": f"{time.time_ns()}.1",
                "response_url": deployed.url,  # not one that Slack made, so nothing may be sent there
            }
        )

    def headers(self, *, age: float = 0, **more: str) -> dict[str, str]:
        timestamp = str(int(time.time() - age))
        signature = self.signer.generate_signature(timestamp=timestamp, body=self.body) or ""
        form = {"content-type": "application/x-www-form-urlencoded"}
        signed = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}
        return form | signed | {name.replace("_", "-"): value for name, value in more.items()}

    def post(self, headers: dict[str, str], path: str = "/slack/events") -> tuple[int, str]:
        request = Request(self.deployed.url + path, self.body.encode(), headers)
        try:
            with urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def invoke_lazily(self, headers: dict[str, str]) -> bool:
        """As Lambda delivers what the ack sent on. False if that was an error to Lambda."""
        event = {"kind": "lazy", "function": "run_run", "headers": headers, "body": self.body}
        return invoke(self.deployed, event)


def invoke(deployed: Deployment, event: dict[str, Any]) -> bool:
    with closing(deployed.ministack.client("lambda")) as client:
        answer = client.invoke(FunctionName=STACK, Payload=json.dumps(event).encode())
        answer["Payload"].read()  # or its connection is never given back
        return "FunctionError" not in answer


def exports(deployed: Deployment, days: int) -> int:
    """How many exports of so many days there are in #support."""
    messages = deployed.workspace.person("ann").messages("#support")
    return sum(f"How many days back: {days} " in text_of(each) for each in messages)


@pytest.mark.parametrize(
    "change",
    [
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_signature": ""},
        {"x_slack_request_timestamp": "soon"},
        {"age": TEN_MINUTES},
        {"age": -TEN_MINUTES},
        {"age": TEN_MINUTES, "x_slack_bolt_lazy_only": "1", "x_slack_bolt_lazy_function_name": "run_run"},
    ],
    ids=["forged", "unsigned", "undated", "stale", "from the future", "spoofed"],
)
def test_a_request_that_is_not_slacks_does_nothing(deployed: Deployment, change: dict[str, Any]) -> None:
    sender = Sender(deployed, "export-channel channel=#support days=51")
    status, answer = sender.post(sender.headers(**change))
    assert status == 401
    assert "Starting" not in answer
    assert exports(deployed, 51) == 0


def test_lazy_headers_of_a_request_are_not_believed(deployed: Deployment, ann: Person) -> None:
    sender = Sender(deployed, "export-channel channel=#support days=nonsense")
    spoofed = sender.headers(x_slack_bolt_lazy_only="1", x_slack_bolt_lazy_function_name="run_run")
    assert "a whole number" in sender.post(spoofed)[1], "answered by the ack, as any command"


def test_a_request_that_is_replayed_is_one_run(deployed: Deployment, ann: Person) -> None:
    sender = Sender(deployed, f"export-channel channel={deployed.workspace.channel_id('#support')} days=6")
    headers = sender.headers()
    assert [sender.post(headers)[0] for _ in range(3)] == [200] * 3
    done(ann, deployed.workspace, "#support", "How many days back: 6 ")
    assert exports(deployed, 6) == 1


def test_lazy_work_that_comes_late_and_twice_is_done_once(deployed: Deployment, ann: Person) -> None:
    sender = Sender(deployed, f"export-channel channel={deployed.workspace.channel_id('#support')} days=8")
    late = sender.headers(age=TEN_MINUTES)
    for _ in range(2):
        assert sender.invoke_lazily(late)
    done(ann, deployed.workspace, "#support", "How many days back: 8 ")
    assert exports(deployed, 8) == 1


def test_lazy_work_that_is_not_slacks_is_an_error_to_lambda(deployed: Deployment) -> None:
    sender = Sender(deployed, f"export-channel channel={deployed.workspace.channel_id('#support')} days=52")
    assert not sender.invoke_lazily(sender.headers(x_slack_signature="v0=" + "0" * 64))
    assert exports(deployed, 52) == 0


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/slack/events"), ("POST", "/slack/install")]
)
def test_any_other_route_is_not_found(deployed: Deployment, method: str, path: str) -> None:
    address = urlsplit(deployed.url)
    with closing(HTTPConnection(address.hostname or "", address.port)) as connection:
        connection.request(method, address.path + path)
        assert connection.getresponse().status == 404


def test_what_fails_every_time_is_told_once_and_ends_in_the_failure_queue(
    deployed: Deployment, ann: Person
) -> None:
    workspace = deployed.workspace
    workspace.control("faults", method="users.info", times=1000, error="internal_error")
    ann.types("/run export-channel channel=#support days=9", in_channel="#support")
    workspace.eventually(lambda: message_with(ann, "#support", "reference"))
    received = wait_for_failure(deployed)
    assert received["requestPayload"]["function"] == "run_run"
    assert invoke(deployed, {"kind": "tick"})
    told = [each for each in ann.messages("#support") if "reference" in text_of(each)]
    assert len(told) == 1


def wait_for_failure(deployed: Deployment) -> dict[str, Any]:
    with closing(deployed.ministack.client("sqs")) as sqs:
        (url,) = sqs.list_queues()["QueueUrls"]
        for _ in range(12):
            found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, VisibilityTimeout=0).get("Messages")
            if found:
                record: dict[str, Any] = json.loads(found[0]["Body"])
                return record
    raise AssertionError("Lambda put nothing into the failure queue")


def test_without_permission_to_invoke_itself_the_command_fails_visibly(
    deployed: Deployment, ann: Person
) -> None:
    deployed.update(without_invoke)
    try:
        ack = ann.types("/run export-channel channel=#support days=53", in_channel="#support")
        assert "Starting" not in json.dumps(ack)
        told = text_of(ack.get("payload") or {}) or text_of(ann.messages("#support")[-1])
        assert "reference" in told or "failed with the error" in told
        assert exports(deployed, 53) == 0
    finally:
        deployed.update(lambda template: None)


def without_invoke(template: Template) -> None:
    for policy in template["Resources"]["AppRole"]["Properties"]["Policies"]:
        statements = policy["PolicyDocument"]["Statement"]
        policy["PolicyDocument"]["Statement"] = [
            each for each in statements if "lambda:InvokeFunction" not in json.dumps(each["Action"])
        ]
