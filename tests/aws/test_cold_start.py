"""What makes a cold start and an ack quick, and that nobody notices anything else of it. How quick: bench/README.md."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from slack_bolt import Ack, App, BoltContext, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.lazy_listener import LazyListenerRunner

from aws.cold_start import STAND_INS
from aws.handler import bolt_adapter
from aws.stand_ins import standing_in
from tests.aws.function import http_event, signed

ROOT = Path(__file__).parent.parent.parent
SECRET = "a signing secret"


def on_lambda(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"AWS_LAMBDA_FUNCTION_NAME": "errand"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_bolt_has_no_need_of_on_lambda_is_not_loaded_with_it() -> None:
    loaded = on_lambda("import sys, aws.cold_start; print(*sys.modules)").split()
    assert "slack_bolt.adapter.aws_lambda" in loaded
    assert not STAND_INS.keys() & set(loaded)


def test_a_job_that_imports_it_later_gets_the_real_one() -> None:
    program = """
import aws.cold_start
import asyncio, http.server, sqlite3
print(asyncio.run(asyncio.sleep(0, "slept")), http.server.HTTPServer.__mro__[1].__name__)
print(sqlite3.connect(":memory:").execute("SELECT 'asked'").fetchone())
"""
    assert on_lambda(program) == "slept TCPServer\n('asked',)\n"


def test_the_sdks_models_are_known_for_what_they_are_once_somebody_imports_them() -> None:
    program = """
import sys
import aws.cold_start
from slack_sdk.web.internal_utils import Block, _parse_web_class_objects
print(isinstance({"type": "divider"}, Block), "slack_sdk.models.blocks" in sys.modules)
from slack_sdk.models.blocks import DividerBlock, SectionBlock
from slack_sdk.models.blocks import Block as Real
message = {"blocks": [SectionBlock(text="hello"), DividerBlock()]}
print(isinstance(message["blocks"][0], Block), issubclass(DividerBlock, Block), issubclass(int, Block))
_parse_web_class_objects(message)
print([each["type"] for each in message["blocks"]])
print(type(Block(type="divider")) is Real, Block.parse({"type": "divider"}).to_dict())
"""
    assert on_lambda(program).splitlines() == [
        "False False",
        "True True False",
        "['section', 'divider']",
        "True {'type': 'divider'}",
    ]


def test_pages_have_their_cookies_and_are_escaped() -> None:
    program = """
import aws.cold_start
from slack_bolt.response import BoltResponse
from slack_bolt.oauth.internals import html
print(*(str(each) for each in BoltResponse(status=200, headers={"set-cookie": "state=1"}).cookies()))
print(html.escape("<a>"))
"""
    assert on_lambda(program) == "Set-Cookie: state=1\n&lt;a&gt;\n"


def test_dataclasses_are_their_usual_selves_once_init_is_over() -> None:
    program = """
import dataclasses
usual = dataclasses.dataclass
import aws.cold_start
print(dataclasses.dataclass is usual)
aws.cold_start.end()
print(dataclasses.dataclass is usual)
"""
    assert on_lambda(program) == "False\nTrue\n"


def test_collecting_garbage_is_put_off_to_the_end_of_init() -> None:
    program = """
import gc, aws.cold_start
print(gc.isenabled())
aws.cold_start.end()
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""
    assert on_lambda(program) == "False\nTrue True\n"


def test_a_stand_in_never_takes_the_place_of_what_is_there() -> None:
    with standing_in({"json": ("loads",), "no_such_module": ("Name",)}):
        import json

        import no_such_module

        assert no_such_module.Name
        assert json.loads("[]") == []
    with pytest.raises(ModuleNotFoundError):
        import no_such_module


class Sent(LazyListenerRunner):
    def __init__(self) -> None:
        self.requests: list[BoltRequest] = []

    def start(self, function: object, request: BoltRequest) -> None:
        self.requests.append(request)


def test_a_lazy_request_leaves_without_its_context_being_copied() -> None:
    acked: list[BoltContext] = []

    def ack_run(ack: Ack, context: BoltContext) -> None:
        acked.append(context)
        ack()

    def run_run() -> None:
        raise AssertionError("it is only sent")

    sent = Sent()
    app = App(
        name="errand",
        signing_secret=SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        process_before_response=True,
    )
    adapter = bolt_adapter(app, sent)  # type: ignore[arg-type]
    app.command("/run")(ack=ack_run, lazy=[run_run])
    body = urlencode({"command": "/run", "team_id": "T1", "user_id": "U1"}).encode()
    event = http_event("POST", "/slack/events", signed(SECRET, body, time.time()), body)
    context = SimpleNamespace(function_name="errand", invoked_function_arn="arn")
    assert adapter.handle(event, context)["statusCode"] == 200
    [request] = sent.requests
    assert request.context is acked[0]
    assert (request.lazy_only, request.lazy_function_name) == (True, "run_run")


def test_elsewhere_importing_the_app_makes_nothing() -> None:
    program = (
        "import sys, app, wiring.bolt_app;"
        "print(hasattr(app, 'handler'), 'asyncio' in sys.modules, 'boto3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False True False\n"


def test_on_lambda_a_setting_that_is_missing_stops_the_import_and_is_named() -> None:
    environ = {"AWS_LAMBDA_FUNCTION_NAME": "errand", "AWS_REGION": "r", "AWS_ACCESS_KEY_ID": "a"}
    done = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=ROOT,
        env=environ | {"AWS_SECRET_ACCESS_KEY": "never shown"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SLACK_BOT_TOKEN is not set" in done.stderr
    assert "never shown" not in done.stderr
