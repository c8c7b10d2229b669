"""No secret leaves the function: every scenario is played, and all that came out is searched."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pytest

import oauth.cipher
from tests.aws.emulator import Emulator
from tests.aws.function import Event, Function, a_function, http_event, signed
from tests.aws.test_install import begin, get
from tests.fake_slack import ANN, TEAM, Fault, fake_slack, refused
from tests.leaks.channels import TRAVELS, Channels, logged
from tests.leaks.jobs import JOBS
from tests.leaks.secrets import Planted
from tests.leaks.slack import WatchedSlack

DENIED = b'{"__type": "com.amazonaws.x#AccessDeniedException", "message": "role/errand may not do that"}'


class Stage:
    """A function whose every outlet is watched. `play` whatever; then `assert_tight`."""

    def __init__(self, function: Function, slack: WatchedSlack, channels: Channels, queue_url: str) -> None:
        self.function, self.slack, self.channels, self.queue_url = function, slack, channels, queue_url
        self.planted = channels.planted
        self._count = 0

    def invoke(self, event: Event, what: str, *, but: tuple[str, ...] = ()) -> Any:
        """What it returns; what it raises is on its way to Lambda's log, and with the event into the queue."""
        try:
            answer = self.function.invoke(event)
        except Exception as error:
            self.channels.exception(error)
            return error
        self.channels.take("answer", json.dumps(answer), what=what, but=but)
        return answer

    # in a browser

    def begins(self) -> tuple[str, str]:
        state, cookie = begin(self.function)
        self._count += 1
        self.planted.know(f"state {self._count}", state.rpartition(".")[2])
        page = self.function.invoke(get("/slack/install"))
        self.planted.know(
            f"state of a page {self._count}", page["cookies"][0].partition(";")[0].rpartition(".")[2]
        )
        self.channels.page(page["headers"], page["body"], but=("state",))
        return state, cookie

    def comes_back(self, **query: str) -> Any:
        state, cookie = self.begins()
        event = get("/slack/oauth_redirect", cookie, **{"state": state, "code": self.code(), **query})
        return self.invoke(event, "callback")

    def code(self) -> str:
        self._count += 1
        return self.planted.make(f"code {self._count}", "1.2.")

    def installs(self) -> None:
        assert self.comes_back()["statusCode"] == 200

    # in Slack

    def posts(self, form: dict[str, Any]) -> Any:
        return self._posts(urlencode(form).encode(), "application/x-www-form-urlencoded")

    def _posts(self, body: bytes, content_type: str) -> Any:
        headers = signed(self.planted["signing secret"], body, time.time(), content_type)
        return self.invoke(http_event("POST", "/slack/events", headers, body), "ack")

    def types(self, text: str, command: str = "/run") -> Any:
        self._count += 1
        return self.posts(
            {
                "command": command,
                "text": text,
                "team_id": TEAM,
                "user_id": ANN,
                "channel_id": "C1",
                "channel_name": "general",
                "trigger_id": f"1.2.{self._count}",
                "response_url": self.response_url(),
                "api_app_id": "A0001",
                "is_enterprise_install": "false",
            }
        )

    def response_url(self) -> str:
        return self.planted.make(f"response_url {self._count}", f"{self.slack.url}/response/T1/1/")

    def presses(self, payload: dict[str, Any]) -> Any:
        self._count += 1
        whole = {
            "team": {"id": TEAM},
            "user": {"id": ANN, "team_id": TEAM},
            "trigger_id": f"1.3.{self._count}",
            "api_app_id": "A0001",
            "is_enterprise_install": False,
            **payload,
        }
        return self.posts({"payload": json.dumps(whole)})

    def happens(self, event: dict[str, Any]) -> None:
        self._count += 1
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{self._count}",
            "event_time": int(time.time()) + 1,
            "event": event,
        }
        self._posts(json.dumps(body).encode(), "application/json")
        self.carry_out()

    # behind the scenes

    def carry_out(self) -> list[str]:
        """All that was invoked: three times if it fails, then into the failure queue. What was raised, by name."""
        raised = []
        while self.function.lambda_api.invoked:
            event = self.function.lambda_api.invoked.pop(0)
            self.channels.take("invocation", json.dumps(event), but=TRAVELS)
            for _ in range(3):
                answer = self.invoke(event, "invocation")
                if not isinstance(answer, Exception):
                    break
                raised.append(type(answer).__name__)
            else:
                self._give_up(event, answer)
        return raised

    def _give_up(self, event: Event, error: Exception) -> None:
        """As Lambda's on-failure destination has it."""
        said = {"errorMessage": str(error), "errorType": type(error).__name__}
        record = {"requestPayload": event, "responsePayload": said}
        sqs = self.function.aws.client("sqs")
        sqs.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(record))
        for message in sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)["Messages"]:
            self.channels.take("queue", message["Body"], but=TRAVELS)

    def tick(self, ahead: float = 0) -> None:
        self.function.clock.ahead += ahead
        self.invoke({"kind": "tick"}, "tick")
        self.carry_out()

    def restart(self, **changes: str) -> None:
        with self.channels.exceptions():
            self.function.restart(**changes)

    def denies(self, service: str) -> dict[str, str]:
        """The setting by which it meets one that lets it do nothing."""
        return {f"AWS_ENDPOINT_URL_{service}": self.function._serve(lambda *_: (400, DENIED))}

    def assert_tight(self) -> None:
        table = self.function._environ["TABLE_NAME"]
        for item in self.function.aws.client("dynamodb").scan(TableName=table)["Items"]:
            self.channels.row(item)
        assert self.channels.leaks() == []


@pytest.fixture
def stage(
    aws: Emulator,
    moto: Emulator,
    table: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Stage]:
    """Played, it is searched. KMS is moto's, for what ministack's wraps lies there for all to read."""
    planted = Planted()
    channels = Channels(planted)
    watch_data_keys(planted, monkeypatch)
    kms = moto.client("kms")
    key = str(kms.create_key()["KeyMetadata"]["Arn"])
    secrets = {
        "SLACK_SIGNING_SECRET": planted.make("signing secret"),
        "SLACK_CLIENT_ID": "111.222",
        "SLACK_CLIENT_SECRET": planted.make("client secret"),
        "PAGER_URL": planted.make("secret of the team", "https://pager.example/v1/"),
    }
    sealed = kms.encrypt(KeyId=key, Plaintext=json.dumps(secrets).encode())["CiphertextBlob"]
    queue = aws.client("sqs").create_queue(QueueName=table, Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    with ExitStack() as stack:
        slack = stack.enter_context(fake_slack(WatchedSlack(channels)))
        function = stack.enter_context(a_function(aws, table, *JOBS))
        stack.enter_context(logged(channels))
        function.start(
            SLACK_API_URL=f"{slack.url}/api/",
            SLACK_SECRETS_CIPHERTEXT=base64.b64encode(sealed).decode(),
            KMS_KEY_ID=key,
            AWS_ENDPOINT_URL_KMS=moto.url,
            FAILURE_QUEUE_URL=queue,
        )
        made = Stage(function, slack, channels, queue)
        yield made
        printed = capfd.readouterr()
        channels.take("print", printed.out + printed.err)
        made.assert_tight()


def watch_data_keys(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that is used is a secret from then on."""
    derived = oauth.cipher._derived

    def watched(data_key: bytes, purpose: bytes, aad: bytes) -> bytes:
        planted.know(f"data key {data_key.hex()[:4]}", data_key)
        return derived(data_key, purpose, aad)

    monkeypatch.setattr(oauth.cipher, "_derived", watched)


def test_what_is_installed_twice(stage: Stage) -> None:
    stage.installs()
    stage.installs()
    assert stage.channels.count.keys() >= {"log", "page", "answer"}
    assert any(name.startswith("data key") for name in stage.planted.values)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, {"ok": False}),
        Fault(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}),
        Fault(drop=True),
        refused("invalid_code"),
        refused("bad_client_secret"),
        refused("fatal_error"),
        Fault(200, {"ok": True}),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
def test_what_slack_does_not_let_in(stage: Stage, method: str, fault: Fault) -> None:
    stage.slack.faults[method].append(fault)
    stage.comes_back()


def test_an_answer_of_slacks_that_breaks_off_or_makes_no_sense(stage: Stage) -> None:
    whole = stage.slack.installed
    for broken in ({"access_token": whole["access_token"]}, {**whole, "team": None, "authed_user": {}}):
        stage.slack.installed = broken
        stage.comes_back()


def test_what_comes_back_in_a_wrong_way(stage: Stage) -> None:
    stage.comes_back(error="access_denied")
    stage.comes_back(error=stage.code())
    state, cookie = stage.begins()
    for query, cookies in (
        ({"state": state, "code": stage.code()}, []),
        ({"state": f"{state}x", "code": stage.code()}, [f"{cookie}x"]),
        ({"code": stage.code()}, [cookie]),
        ({"state": state}, [cookie]),
    ):
        stage.invoke(get("/slack/oauth_redirect", *cookies, **query), "callback")
    once = get("/slack/oauth_redirect", cookie, state=state, code=stage.code())
    for _ in range(3):
        stage.invoke(once, "callback")
    stage.function.clock.ahead += 601
    state, cookie = stage.begins()
    stage.function.clock.ahead += 601
    stage.invoke(get("/slack/oauth_redirect", cookie, state=state, code=stage.code()), "callback")


@pytest.mark.parametrize(
    "revoked", [Fault(200, {"ok": True}), Fault(500, {}), refused("invalid_auth")], ids=str
)
def test_a_workspace_that_is_not_on_the_list(stage: Stage, revoked: Fault) -> None:
    stage.restart(ALLOWED_TEAM_IDS="T0OTHER")
    stage.slack.faults["auth.revoke"].extend([revoked, revoked])
    assert stage.comes_back()["statusCode"] == 403
    stage.types("")


@pytest.mark.parametrize("service", ["KMS", "DYNAMODB"])
def test_an_aws_that_lets_it_do_nothing(stage: Stage, service: str) -> None:
    stage.installs()
    before = stage.function._started_with.get("AWS_ENDPOINT_URL_KMS", "")
    changes = stage.denies(service)
    if service == "KMS":  # its secrets it has opened by then, as an environment that is warm
        changes |= open_environment(stage)
    stage.restart(**changes)
    assert stage.comes_back()["statusCode"] == 500
    stage.types("")
    stage.types("send-file")
    stage.carry_out()
    stage.tick()
    stage.restart(AWS_ENDPOINT_URL_KMS=before, AWS_ENDPOINT_URL_DYNAMODB="")
    stage.tick()


def open_environment(stage: Stage) -> dict[str, str]:
    plain = {"SLACK_SIGNING_SECRET": "signing secret", "SLACK_CLIENT_SECRET": "client secret"}
    settings = {name: stage.planted[which] for name, which in plain.items()}
    return {**settings, "SLACK_CLIENT_ID": "111.222", "SLACK_SECRETS_CIPHERTEXT": ""}


def test_a_key_that_is_disabled_or_secrets_that_do_not_open(stage: Stage, moto: Emulator) -> None:
    stage.installs()
    key = stage.function._started_with["KMS_KEY_ID"].rpartition("/")[2]
    moto.client("kms").disable_key(KeyId=key)
    stage.restart()
    stage.restart(SLACK_SECRETS_CIPHERTEXT="bm9uZQ==")
    stage.restart(**open_environment(stage))
    stage.comes_back()
    stage.types("")
    stage.types("send-file")
    stage.carry_out()
    moto.client("kms").enable_key(KeyId=key)


def test_commands_forms_and_buttons(stage: Stage) -> None:
    stage.types("")  # where it is not installed yet
    stage.installs()
    for text in ("", "send-file", "help", "no-such-job", "send-file a=b"):
        stage.types(text)
    stage.types("", command="/runs")
    stage.carry_out()
    [*_, (_, opened)] = [call for call in stage.slack.calls if call[0] == "views.open"]
    view = {**opened["view"], "id": "V1", "state": {"values": {}}}
    button = {"action_id": "open_form", "value": json.dumps({"job": "send-file", "answers": {}})}
    stage.presses({"type": "block_actions", "view": view, "actions": [{"type": "button", **button}]})
    forms = [call for call in stage.slack.calls if call[0] in ("views.push", "views.open")]
    form = {**forms[-1][1]["view"], "id": "V2", "state": {"values": {}}}
    stage.presses({"type": "view_submission", "view": form})
    stage.presses({"type": "shortcut", "callback_id": "run_a_job"})
    stage.happens({"type": "app_home_opened", "user": ANN, "tab": "home", "channel": "D1", "event_ts": "1.5"})
    stage.carry_out()
    stage.tick()


def test_runs_that_do_their_work_or_fail_with_what_they_know(stage: Stage) -> None:
    stage.installs()
    for job in ("send-file", "fail-with-secret", "fail-with-token"):
        assert "Starting" in stage.types(job)["body"]
    raised = stage.carry_out()
    assert len(raised) >= 2
    stage.tick()
    assert stage.slack.uploads == [b"notes"]


def test_one_workspace_with_a_token_of_its_own(stage: Stage) -> None:
    token = stage.planted.make("token of the one workspace", "xoxb-1-")
    plain = {"SLACK_SIGNING_SECRET": stage.planted["signing secret"], "SLACK_BOT_TOKEN": token}
    pager = {"SLACK_SECRETS_CIPHERTEXT": ""}
    stage.restart(**plain, **pager)
    for text in ("", "send-file", "fail-with-token", "fail-with-secret"):
        stage.types(text)
    stage.carry_out()
    stage.slack.faults["auth.test"].append(refused("invalid_auth"))
    stage.restart(SLACK_BOT_TOKEN=f"{token} with a space")
    stage.restart(SLACK_CLIENT_ID="1.2")


@pytest.mark.parametrize("fault", [Fault(503, {}), Fault(drop=True), refused("ratelimited")], ids=str)
def test_a_slack_in_trouble(stage: Stage, fault: Fault) -> None:
    stage.installs()
    for method in (
        "views.open",
        "users.info",
        "chat.postMessage",
        "chat.update",
        "files.getUploadURLExternal",
    ):
        stage.slack.faults[method].extend([fault] * 4)
    stage.types("")
    stage.types("send-file")
    stage.carry_out()
    stage.tick()


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
def test_a_token_that_is_dead(stage: Stage, error: str) -> None:
    stage.installs()
    stage.slack.faults["users.info"].extend([refused(error)] * 2)
    stage.types("send-file")
    stage.carry_out()
    stage.types("")
    stage.tick()


def test_work_that_fails_until_lambda_gives_it_up(stage: Stage) -> None:
    stage.installs()
    stage.restart(**stage.denies("DYNAMODB"))
    stage.types("send-file")
    assert len(stage.carry_out()) == 3
    stage.restart(AWS_ENDPOINT_URL_DYNAMODB="")
    assert stage.channels.count["queue"]
    stage.tick(20 * 60)
    stage.tick(20 * 60)


def rotating(stage: Stage) -> None:
    stage.slack.rotate()
    stage.installs()


def test_a_token_that_is_renewed(stage: Stage) -> None:
    rotating(stage)
    stage.tick(42_000)
    stage.types("send-file")
    stage.carry_out()
    assert "renewed token 1" in stage.planted.values
    stage.function.clock.ahead += 43_300
    stage.types("")
    assert "renewed token 2" in stage.planted.values


@pytest.mark.parametrize(
    "fault",
    [refused("invalid_refresh_token"), Fault(500, {}), Fault(drop=True), Fault(200, {"ok": True})],
    ids=str,
)
def test_a_token_that_is_not_renewed(stage: Stage, fault: Fault) -> None:
    rotating(stage)
    stage.slack.faults["oauth.v2.access"].extend([fault] * 4)
    stage.tick(42_000)
    stage.function.clock.ahead += 2_000
    for text in ("", "send-file"):
        stage.types(text)
    stage.carry_out()
    stage.tick(70)


def test_a_renewed_token_that_is_not_saved(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    rotating(stage)
    storage = stage.function.handler._installations.storage
    assert storage
    store = storage.store()

    def fail(*_: Any) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(type(store), "replace_bot", fail)
    monkeypatch.setattr("oauth.rotation.PAUSE", 0)
    stage.tick(42_000)
    stage.types("")
    monkeypatch.undo()
    stage.types("")


REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [ANN], "bot": ["U0BOT"]}}
UNINSTALLED = {"type": "app_uninstalled"}


@pytest.mark.parametrize(
    "events", [(REVOKED, UNINSTALLED), (UNINSTALLED, REVOKED), (UNINSTALLED, UNINSTALLED)]
)
def test_an_app_that_is_removed(stage: Stage, events: tuple[dict[str, Any], ...]) -> None:
    stage.installs()
    for event in events:
        stage.happens(event)
    stage.types("")
    stage.types("send-file")
    stage.carry_out()
    stage.tick()


def test_requests_that_are_not_slacks(stage: Stage) -> None:
    body = urlencode({"command": "/run", "text": "", "response_url": stage.response_url()}).encode()
    for secret in ("wrong", stage.planted["client secret"]):
        headers = signed(secret, body, time.time())
        stage.invoke(http_event("POST", "/slack/events", headers, body), "ack")
    stage.invoke({"kind": "lazy", "function": "run_run", "headers": {}, "body": body.decode()}, "lazy")
    stage.invoke({"kind": "start", "team_id": TEAM, "run_id": "none", "seq": 1}, "start")
    stage.invoke({"unknown": stage.code()}, "unknown")
