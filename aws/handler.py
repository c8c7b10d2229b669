"""Lambda's handler. Four kinds of event reach it, told apart by what only AWS can set; anything else is refused.

http   Slack's request, through API Gateway, which sets `requestContext`
lazy   the same request, sent on by ourselves: only IAM lets anybody set the top level of an event
start  a run goes on: from its checkpoint, or once more
tick   the schedule
"""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from copy import copy
from functools import cache
from typing import Any, cast

from slack_bolt import App
from slack_bolt.oauth import OAuthFlow
from slack_bolt.request import BoltRequest

from aws.failures import Failures
from aws.invocation import Invocation, LambdaContext
from aws.invoke import LambdaLazyRunner
from aws.kept_connections import KeptConnections
from oauth.installations import Installations
from runs.service import RunService

log = logging.getLogger("errand.handler")

Event = Mapping[str, Any]
Response = dict[str, Any]

ROUTES = {("POST", "/slack/events"), ("GET", "/slack/install"), ("GET", "/slack/oauth_redirect")}


class UnknownEvent(Exception):
    """An event that neither API Gateway, nor the schedule, nor Errand itself made."""


class Handler:
    """Made once for an execution environment. `bolt` is Bolt's SlackRequestHandler."""

    def __init__(
        self,
        *,
        bolt: Any,
        lazy: LambdaLazyRunner,
        invocation: Invocation,
        runs: RunService,
        failures: Failures,
        open_flow: Callable[[], OAuthFlow | None],
        installations: Installations,
        slack: KeptConnections,
    ) -> None:
        self._bolt = bolt
        self._lazy = lazy
        self._invocation = invocation
        self._runs = runs
        self._failures = failures
        self._open_flow = cache(open_flow)  # no ack needs it
        self._installations = installations
        self._slack = slack

    def __call__(self, event: Event, context: LambdaContext) -> Response | None:
        self._invocation.begin(context)
        match event:
            case {"requestContext": {"http": {"method": str(method)}}}:
                return self._http(method, event, context)
            case {"kind": "lazy", "function": str(function)}:
                self._do_lazy(function, event, context)
            case {"kind": "start", "team_id": str(team_id), "run_id": str(run_id), "seq": int(seq)}:
                self._runs.go_on(team_id=team_id, run_id=run_id, seq=seq)
            case {"kind": "tick"}:
                self._tick()
            case _:
                raise UnknownEvent(f"an event with {sorted(event)}")
        return None

    def close(self) -> None:
        """Lets go of what is kept between invocations."""
        self._lazy.close()
        self._installations.close()
        self._slack.close()

    def _tick(self) -> None:
        """Each is done whatever becomes of the others; what the last of them raised is Lambda's to count."""
        with ExitStack() as stack:
            for account in (self._failures.account, self._runs.account, self._installations.renew):
                stack.callback(account)

    def _http(self, method: str, event: Event, context: LambdaContext) -> Response:
        path = _path(event)
        if (method, path) not in ROUTES:
            return _plain(404, "Not Found")
        if method == "GET":
            return self._page(path, event)
        try:
            body = _body(event)
        except ValueError:
            return _plain(400, "Bad Request")
        request = {
            "requestContext": {"http": {"method": method}},
            "headers": _headers(event),
            "body": body,
            "isBase64Encoded": False,
        }
        try:
            return cast(Response, self._bolt.handle(request, context))
        except Exception as error:
            # Bolt reads a request before it asks whose it is, and answers by itself for what goes wrong later. Anybody
            # can send what cannot be read; raised, it would be a failed invocation, and set off the alarm.
            log.warning("A request could not be read: %s", type(error).__name__)
            return _plain(400, "Bad Request")

    def _page(self, path: str, event: Event) -> Response:
        flow = self._open_flow()
        if flow is None:
            return _plain(404, "Not Found")  # in one workspace nobody installs anything
        from aws.install import answer

        return answer(flow, path, event)

    def _do_lazy(self, function: str, event: Event, context: LambdaContext) -> None:
        request = {
            "kind": "lazy",
            "requestContext": {"http": {"method": "POST"}},
            "headers": {
                **event["headers"],
                "x-slack-bolt-lazy-only": "1",
                "x-slack-bolt-lazy-function-name": function,
            },
            "body": event["body"],
            "isBase64Encoded": False,
        }
        self._lazy.expect()
        response = self._bolt.handle(request, context)
        self._lazy.raise_unless_it_ran(function, response["statusCode"])


def bolt_adapter(app: App, lazy: LambdaLazyRunner) -> Any:
    """Bolt's SlackRequestHandler, with our runner in place of the one it brings.

    Its package imports boto3 when it is imported, for that runner alone: aws/cold_start.py sees to that.
    """
    from slack_bolt.adapter.aws_lambda import SlackRequestHandler

    adapter = SlackRequestHandler(app)
    app.listener_runner.lazy_listener_runner = lazy
    app.listener_runner._build_lazy_request = lazy_request  # type: ignore[method-assign, assignment]
    return adapter


def lazy_request(request: BoltRequest, function_name: str) -> BoltRequest:
    """In place of Bolt's own, which copies all that the context holds, for another thread: a third of a warm ack.

    Ours leaves by the network, so nothing is shared that could change.
    """
    lazy = copy(request)
    lazy.lazy_only, lazy.lazy_function_name = True, function_name
    return lazy


def _path(event: Event) -> str:
    """Without the stage, which stands in front unless it is the default one."""
    stage = event["requestContext"].get("stage", "$default")
    return str(event.get("rawPath", "")).removeprefix(f"/{stage}")


def _headers(event: Event) -> dict[str, str]:
    """Without those by which Bolt would take a request for lazy work: anybody can send them."""
    given = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return {name: value for name, value in given.items() if not name.startswith("x-slack-bolt-")}


def _body(event: Event) -> str:
    """Raises ValueError for what is no text."""
    body = str(event.get("body") or "")
    return b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body


def _plain(status: int, text: str) -> Response:
    return {"statusCode": status, "body": text, "headers": {"content-type": "text/plain"}}
