"""`make run`: the offline workspace and the app beside it, from start to Ctrl-C.

With `--oauth` the app knows client credentials and no bot token, and people install it in the browser as they would in
Slack: from its own install page, on loopback.
"""

import argparse
import asyncio
import http.client
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ops.children import Child, ChildDied, Children, Watchdog, watch
from ops.console import complain, paint, say, say_rows
from ops.lock import AlreadyRunning, Lock

DATA_DIR = Path(".errand/offline")
OAUTH_DATA_DIR = Path(".errand/offline-oauth")  # its own, for there the app may be installed or not
PORT = 8090  # the same address every day, unless something else has it
PAGES_PORT = 8091  # where the app serves its OAuth pages
START_SECONDS = 60.0
LATENCY_MS = 250  # about what a call to Slack takes over the internet

# All that the children get of this shell: no token, no AWS credential and no proxy is among it.
PASSED_ON = re.compile(r"PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|PYTHON\w+|LD_LIBRARY_PATH")


class Stopped(Exception):
    """Ctrl-C, or a signal that asks for the same."""


class NotReady(Exception):
    """The offline workspace or the app did not come up."""


@dataclass(frozen=True)
class Plan:
    """What to start and where: tests start small stand-ins instead. `pages_port` is the app's, with OAuth."""

    data_dir: Path = DATA_DIR
    simulator: Sequence[str] = (sys.executable, "-m", "simulator", "--latency", str(LATENCY_MS))
    app: Sequence[str] = (sys.executable, "app.py")
    port: int | None = None
    pages_port: int | None = None
    verbose: bool = False

    @property
    def pages_url(self) -> str:
        return f"http://127.0.0.1:{self.pages_port}"

    @property
    def simulator_options(self) -> tuple[str, ...]:
        options = ("--state", str(self.data_dir / "workspace.json"))
        if self.pages_port is None:
            return options
        return (*options, *oauth_options(f"{self.pages_url}/slack"))


def oauth_options(routes: str) -> tuple[str, ...]:
    """Of the simulator, for an app that is yet to be installed; `routes` is what its two addresses begin with."""
    return (
        "--not-installed",
        "--install-url",
        f"{routes}/install",
        "--redirect-url",
        f"{routes}/oauth_redirect",
    )


def base_environment(environ: Mapping[str, str]) -> dict[str, str]:
    passed = {name: value for name, value in environ.items() if PASSED_ON.fullmatch(name)}
    return passed | {"PYTHONUNBUFFERED": "1"}


def app_environment(environ: Mapping[str, str], workspace: Mapping[str, str], plan: Plan) -> dict[str, str]:
    return (
        base_environment(environ)
        | {
            "SLACK_API_URL": workspace["api_url"],
            "SLACK_APP_TOKEN": workspace["app_token"],
            "SLACK_SIGNING_SECRET": workspace["signing_secret"],
            "DATA_DIR": str(plan.data_dir),
        }
        | proof_of_the_app(workspace, plan)
    )


def proof_of_the_app(workspace: Mapping[str, str], plan: Plan) -> dict[str, str]:
    if plan.pages_port is None:
        return {"SLACK_BOT_TOKEN": workspace["bot_token"]}
    return {**client_credentials(workspace), "OAUTH_PORT": str(plan.pages_port)}


def client_credentials(workspace: Mapping[str, str]) -> dict[str, str]:
    return {
        "SLACK_CLIENT_ID": workspace["client_id"],
        "SLACK_CLIENT_SECRET": workspace["client_secret"],
    }


def port_number(text: str) -> int:
    """Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a number from 0 to 65535, not {text!r}")
    return int(text)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def choose_port(wanted: int | None) -> int:
    """The usual port, or any free one if it is taken. A port that was asked for must be free."""
    if wanted is None:
        return PORT if is_free(PORT) else 0
    if wanted and not is_free(wanted):
        raise NotReady(f"Port {wanted} is taken. Choose another, or leave --port out.")
    return wanted


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Session:
    """One `make run`, and what it starts."""

    def __init__(self, plan: Plan, lock: Lock, children: Children) -> None:
        self._plan = plan
        self._lock = lock
        self._children = children

    async def run(self) -> None:
        """Start everything and watch over it until something ends it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_for_signal())
            workspace = await self._start_simulator(group)
            self._lock.record(workspace["url"])
            await self._start_app(workspace, group)
            welcome(await wait_until_connected(workspace["url"]), workspace["url"], self._plan)

    async def _start_simulator(self, group: asyncio.TaskGroup) -> dict[str, str]:
        arguments = ("--port", str(choose_port(self._plan.port)), *self._plan.simulator_options)
        child = await self._children.start(
            "simulator", [*self._plan.simulator, *arguments], base_environment(os.environ)
        )
        workspace = await read_workspace(child)
        watch(child, group)
        return workspace

    async def _start_app(self, workspace: Mapping[str, str], group: asyncio.TaskGroup) -> None:
        env = app_environment(os.environ, workspace, self._plan)
        watch(await self._children.start("app", self._plan.app, env), group)


async def wait_for_signal() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
    raise Stopped


async def read_workspace(simulator: Child) -> dict[str, str]:
    """Its address and tokens: the first line it prints, one JSON object."""
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await simulator.first_line() or await simulator.watch()
        workspace: dict[str, str] = json.loads(line)
    except TimeoutError:
        raise NotReady(f"The simulator said nothing for {START_SECONDS:.0f} s. See {simulator.log}") from None
    except ValueError:
        raise NotReady(f"The simulator's first line is not JSON: {line!r}") from None
    return workspace


async def wait_until_connected(url: str) -> dict[str, Any]:
    """The workspace as /sim/workspace tells it, once the app's Socket Mode connection is there."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while not (workspace := await asyncio.to_thread(fetch_connected, url)):  # noqa: ASYNC110 (in another process)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise NotReady(f"The app did not connect within {START_SECONDS:.0f} s.") from None
    return workspace


def fetch_connected(url: str) -> dict[str, Any] | None:
    """The workspace; None while no app is connected, or while the simulator does not answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
    try:
        connection.request("GET", "/sim/workspace")
        workspace: dict[str, Any] = json.load(connection.getresponse())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return workspace if workspace["app"]["connected"] else None


def welcome(workspace: Mapping[str, Any], url: str, plan: Plan) -> None:
    say(f"\n  {paint('Errand', 'bold')} is running in the offline workspace {workspace['team']['name']}.\n")
    say_rows(
        {
            "Open": paint(url, "bold", "cyan"),
            "Try": what_to_try(workspace),
            "Logs": f"{plan.data_dir}/app.log, simulator.log",
            "Stop": "Ctrl-C",
        }
    )
    say()


def what_to_try(workspace: Mapping[str, Any]) -> str:
    if workspace["app"]["installed"]:
        return "type /run in #general"
    return "install Errand: the button is at the top of the page"


def explain_death(error: BaseException) -> None:
    assert isinstance(error, ChildDied)
    child = error.child
    complain(paint(f"\n  The {child.name} stopped by itself ({child.ending}).", "red"))
    if child.tail:
        complain(f"  Its last lines, all of them in {child.log}:\n")
        complain("".join(f"  │ {line}\n" for line in child.tail))


def explain_running(error: AlreadyRunning) -> None:
    holder = error.holder
    where = f" at {holder.url}" if holder and holder.url else ""
    process = f" (process {holder.pid})" if holder else ""
    complain(f"The offline workspace is already running{where}{process}.")
    complain("Use that one, or stop it with Ctrl-C in its terminal and run this again.")


async def serve(plan: Plan, lock: Lock) -> int:
    watchdog = await Watchdog.start(keep_open=lock.fileno())
    children = Children(watchdog, plan.data_dir, verbose=plan.verbose)
    code = 0
    try:
        await Session(plan, lock, children).run()
    except* Stopped:
        say("\n  Stopping …")
    except* ChildDied as group:
        code = 1
        for error in group.exceptions:
            explain_death(error)
    except* NotReady as group:
        code = 1
        complain(f"\n  {group.exceptions[0]}")
    finally:
        await children.stop()  # the app first: it should not see its workspace vanish
    return code


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.offline", description=__doc__)
    parser.add_argument(
        "--port", type=port_number, help=f"for the browser; 0 is any free one (default: {PORT} if free)"
    )
    parser.add_argument(
        "--oauth", action="store_true", help="start with the app not installed, and install it in the browser"
    )
    parser.add_argument(
        "--data-dir", type=Path, help=f"where it is kept ({DATA_DIR}; with --oauth {OAUTH_DATA_DIR})"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show what the app and the simulator log, live"
    )
    return parser.parse_args(arguments)


def start(plan: Plan) -> int:
    plan.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = Lock.take(plan.data_dir / "lock")
    except AlreadyRunning as error:
        explain_running(error)
        return 1
    try:
        return asyncio.run(serve(plan, lock))
    finally:
        lock.release()


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    data_dir = options.data_dir or (OAUTH_DATA_DIR if options.oauth else DATA_DIR)
    pages_port = (PAGES_PORT if is_free(PAGES_PORT) else free_port()) if options.oauth else None
    return start(Plan(data_dir=data_dir, port=options.port, pages_port=pages_port, verbose=options.verbose))


if __name__ == "__main__":
    sys.exit(main())
