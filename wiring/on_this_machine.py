"""Errand on one's own machine, over Socket Mode."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from oauth.bots import BotIdentity, OneBot, identify_bot
from oauth.installations import Installations, installations_of_one
from oauth.redaction import guard_log
from runs.context import OpenAws, no_aws
from runs.errors import StoreUnusable
from runs.service import RunService
from settings import SLACK_API_URL, BadSettings, Settings, SlackInTrouble, refused
from wiring.bolt_app import create_app
from wiring.installing import create_flow, create_installations
from wiring.run_service import create_runs

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    from oauth.flow import InstallFlow
    from oauth.loopback import InstallPages
    from oauth.storage import Storage

log = logging.getLogger("errand")

ACCOUNT_EVERY = 60  # seconds
A_DAY = 24 * 3600  # seconds
PING_EVERY = (
    2  # seconds; a dropped socket is noticed only after several pings, and the app is deaf until then
)

UNREACHABLE = (
    "Errand cannot start: Slack cannot be reached ({reason}). Look at the network and its proxy, and at SLACK_API_URL"
    " if that is set; then start it again."
)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    try:
        settings = Settings.from_env(os.environ)
        guard_log(settings.hidden)
        with _sole_use_of(settings.data_dir):
            if settings.is_for_many:
                serve(settings, create_installations(settings, _local_storage(settings)))
            else:
                serve(settings, installations_of_one(OneBot(_bot_of(settings))))
    except BadSettings as error:
        return _stop(f"Errand cannot start:\n{error}", 2)
    except URLError as error:
        return _stop(UNREACHABLE.format(reason=error.reason), 1)
    except (DataInUse, SlackInTrouble, OSError) as error:
        return _stop(f"Errand cannot start: {error}", 1)


def local_aws(settings: Settings) -> OpenAws:
    """By boto3's own rules, but only if an account is named: `make run` never reaches for ~/.aws."""
    if not settings.has_aws:
        return no_aws
    from aws.job_clients import local_clients

    return local_clients()


def _local_storage(settings: Settings) -> Storage:
    from oauth.local_storage import LocalStorage

    return LocalStorage(settings.data_dir, settings.client_id)


def _bot_of(settings: Settings) -> BotIdentity:
    """Raises BadSettings if Slack refuses the token, SlackInTrouble or OSError if it cannot be asked."""
    try:
        return identify_bot(WebClient(base_url=settings.slack_api_url), settings.bot_token)
    except SlackApiError as error:
        raise refused("SLACK_BOT_TOKEN", error.response.get("error", "nothing")) from None


def serve(settings: Settings, installations: Installations) -> NoReturn:
    """Until SIGINT or SIGTERM. Runs at work are not waited for: the next start accounts for them."""
    import signal
    import threading

    from slack_bolt.adapter.socket_mode import SocketModeHandler

    from runs.pool import JobPool
    from runs.sqlite_groups import SQLiteGroupStore
    from runs.sqlite_lines import SQLiteLineStore
    from runs.sqlite_store import SQLiteRunStore

    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    store = SQLiteRunStore(settings.data_dir / "runs.sqlite3")
    pool = JobPool(2 * settings.max_running_jobs)  # so that no workspace alone keeps all threads
    groups = SQLiteGroupStore(settings.data_dir / "groups.sqlite3")
    lines = SQLiteLineStore(settings.data_dir / "lines.sqlite3")
    runs = create_runs(
        settings,
        bots=installations.bots,
        store=store,
        groups=groups,
        open_lines=lambda: lines,
        start=pool.start,
        aws=local_aws(settings),
    )
    app = create_app(settings, installations=installations, runs=runs)
    flow = create_flow(settings, installations, is_https=False)
    pages = _serve_pages(flow, settings) if flow else None
    handler = SocketModeHandler(app, settings.app_token, ping_interval=PING_EVERY)
    _connect(handler)
    log.info("Errand is connected to Slack")
    if pages:
        _say_where(pages, settings)

    def forget() -> None:
        store.forget(ended_before=time.time() - settings.runs_kept_days * A_DAY)

    # In a thread of its own, for it may wait for Slack for long, and this one listens to Ctrl-C.
    threading.Thread(target=_keep_accounts, args=(runs, installations, forget), daemon=True).start()
    stop.wait()
    log.info("Stopping")
    logging.shutdown()
    # Threads of jobs at work would keep the interpreter waiting for them.
    os._exit(0)


def _serve_pages(flow: InstallFlow, settings: Settings) -> InstallPages:
    """Raises PortTaken."""
    from oauth.loopback import InstallPages

    return InstallPages(flow, settings.oauth_port, public_host=urlsplit(settings.redirect_uri).hostname or "")


def _say_where(pages: InstallPages, settings: Settings) -> None:
    """A browser has to begin at the host that Slack leads it back to: it sends the state's cookie to no other."""
    if settings.redirect_uri:
        log.info("To install it, open %s", urljoin(settings.redirect_uri, "install"))
        return
    log.info("To install it, open %s", pages.url)
    if settings.slack_api_url == SLACK_API_URL:
        log.warning(
            "Slack leads browsers back by HTTPS only: let a tunnel lead to port %d, and name it in SLACK_REDIRECT_URI",
            pages.port,
        )


def _connect(handler: SocketModeHandler) -> None:
    """Raises BadSettings if Slack refuses the app's token, SlackInTrouble or OSError if it cannot be asked."""
    try:
        handler.connect()  # type: ignore[no-untyped-call]
    except SlackApiError as error:
        raise refused("SLACK_APP_TOKEN", error.response.get("error", "nothing")) from None


def _keep_accounts(runs: RunService, installations: Installations, forget: Callable[[], None]) -> None:
    _try(runs.recover)
    for minute in count():
        if minute % (A_DAY // ACCOUNT_EVERY) == 0:
            _try(forget)
        time.sleep(ACCOUNT_EVERY)
        _try(runs.account)
        _try(installations.renew)


def _try(account: Callable[[], None]) -> None:
    """What cannot be done now, as while a database is locked, can be the next time."""
    try:
        account()
    except Exception:
        log.exception("What is done every minute failed this time")


class DataInUse(Exception):
    """Another Errand is using the same data."""


@contextmanager
def _sole_use_of(data_dir: Path) -> Iterator[None]:
    """Recovery takes every run of another process for left behind, so there must be no other.

    Raises DataInUse, and StoreUnusable.
    """
    import fcntl

    with _opened_lock(data_dir) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataInUse(
                f"another Errand is using {data_dir}/ already. Stop it, or set DATA_DIR."
            ) from None
        yield


def _opened_lock(data_dir: Path) -> TextIO:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (data_dir / "app.lock").open("w")
    except OSError as error:
        raise StoreUnusable(
            f"nothing can be kept in {data_dir}/: {error.strerror}. It has to be a folder that you may write to;"
            " DATA_DIR chooses another."
        ) from error


def _stop(message: str, code: int) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return code
