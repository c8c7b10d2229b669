"""The Bolt app, with its listeners. The same on Lambda and on one's own machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from slack_bolt import App, BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.lazy_listener import LazyListenerRunner
from slack_sdk import WebClient

import listeners
from listeners.errors import answer_failed_ack
from oauth.authorize import BotsAuthorize
from oauth.installations import Installations
from oauth.verification import SignatureCheck
from runs.job_function import bad, never_done
from runs.service import RunService
from settings import Settings

# Bolt reads these by itself: with SLACK_CLIENT_ID it would start an OAuth flow of its own and drop our token.
READ_BY_BOLT = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_VERIFICATION_TOKEN",
)


def create_app(
    settings: Settings,
    *,
    installations: Installations,
    runs: RunService,
    lazy: LazyListenerRunner | None = None,
) -> App:
    """The Bolt app with every listener registered. It makes no call to Slack.

    Its `oauth_flow` is None, for many workspaces too: it would use it only to authorize, which is ours, and a cold
    start would pay for what no ack needs. See create_flow.
    """
    authorize = BotsAuthorize(installations.bots, installations.users)
    with _hidden_from_bolt(os.environ):
        app = App(
            name="errand",  # without it, Bolt walks the stack to find one
            logger=logging.getLogger("errand.bolt"),
            client=WebClient(base_url=settings.slack_api_url, timeout=10),
            signing_secret=settings.signing_secret,
            request_verification_enabled=False,  # for ours, which comes at the same place:
            before_authorize=SignatureCheck(settings.signing_secret),
            authorize=cast(Callable[..., AuthorizeResult], authorize),  # Bolt's type is too narrow
            # Without it lazy listeners start before the ack, and share its five threads.
            process_before_response=True,
        )
    app.listener_runner.lazy_listener_runner = lazy or _local_lazy_runner()

    @app.middleware
    def provide(context: BoltContext, next) -> None:  # type: ignore[no-untyped-def]
        # Bolt passes each to every listener that has a parameter of its name.
        context["runs"], context["revocations"] = runs, installations.revocations
        next()

    if settings.command_suffix:

        @app.middleware
        def drop_suffix(body: dict[str, Any], next) -> None:  # type: ignore[no-untyped-def]
            """Listeners know `/run`, whatever stage they are of."""
            if "command" in body:
                body["command"] = body["command"].removesuffix(settings.command_suffix)
            next()

    app.error(answer_failed_ack)
    listeners.register(app)
    _refuse_listeners_that_do_nothing(app)
    return app


def _refuse_listeners_that_do_nothing(app: App) -> None:
    """Bolt would call them, and what they were asked for would be acked and forgotten. Raises BadDeclaration."""
    for listener in app._listeners:
        for function in (listener.ack_function, *listener.lazy_functions):
            if problem := never_done(function):
                raise bad(function, problem)


def _local_lazy_runner() -> LazyListenerRunner:
    from listeners.lazy import LocalLazyRunner

    return LocalLazyRunner()


@contextmanager
def _hidden_from_bolt(environ: os._Environ[str]) -> Iterator[None]:
    hidden = {name: environ.pop(name) for name in READ_BY_BOLT if name in environ}
    try:
        yield
    finally:
        environ.update(hidden)
