"""`make run-lambda`: the app as it is deployed, without an account. The packaged zip in an emulated AWS on loopback,
deployed from serverless.yml with its IAM enforced, and the offline workspace in the browser in front of it.

With `--oauth` it has client credentials in place of a bot token, and is installed in the browser.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from ops.children import Child, ChildDied, Children, Watchdog, watch
from ops.console import complain, paint, say, say_rows
from ops.env_file import BadEnvFile
from ops.info import outputs_of, url_of
from ops.key import make_key
from ops.lock import AlreadyRunning, Lock
from ops.ministack import client_environment, install_ministack, is_up, ministack_environment
from ops.offline import (
    LATENCY_MS,
    NotReady,
    Stopped,
    base_environment,
    choose_port,
    client_credentials,
    explain_death,
    explain_running,
    oauth_options,
    port_number,
    read_workspace,
    wait_for_signal,
)
from ops.osls import OSLS, CannotPackage, install_osls, osls_environment, wheels_for_this_machine
from ops.ports import reserved_port
from ops.python_3_13 import NoPython313
from ops.secrets import make_secrets
from ops.stage import Stage, Stop, Target
from ops.stage_manifest import stage_manifest

STAGE = Stage("offline")
DATA_DIR = Path(".errand/lambda")
START_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    port: int | None = None
    verbose: bool = False
    oauth: bool = False
    data_dir: Path = DATA_DIR  # inside the repository, for osls reads the secrets there

    @property
    def scratch(self) -> Path:
        """What ministack leaves behind."""
        return self.data_dir / "ministack"

    @property
    def state(self) -> Path:
        return self.data_dir / "workspace.json"

    @property
    def manifest(self) -> Path:
        return self.data_dir / "manifest.json"


class Session:
    """One `make run-lambda`, and what it starts."""

    def __init__(self, plan: Plan, lock: Lock, children: Children) -> None:
        self._plan = plan
        self._lock = lock
        self._target = Target(STAGE, secrets_folder=plan.data_dir / "secrets")
        self._children = children

    async def run(self) -> None:
        """Start everything and watch over it until something ends it."""
        # The workspace has the same port before and after the deployment, which takes its time: others could take it.
        with reserved_port() as aws_port, reserved_port(choose_port(self._plan.port)) as port:
            async with asyncio.TaskGroup() as group:
                group.create_task(wait_for_signal())
                await self._start_all(group, aws_port, port)

    async def _start_all(self, group: asyncio.TaskGroup, aws_port: int, port: int) -> None:
        await self._start_aws(group, aws_port)
        workspace, simulator = await self._prepare_workspace(port)
        await asyncio.to_thread(self._seal, workspace)
        await simulator.stop()
        await self._deploy()
        url = url_of(self._target, await asyncio.to_thread(outputs_of, self._target))
        workspace = await self._open_workspace(port, url, group)
        await asyncio.to_thread(wake, url)
        await self._follow_logs(group)
        self._lock.record(workspace["url"])
        welcome(workspace["url"], url, self._plan)

    async def _start_aws(self, group: asyncio.TaskGroup, port: int) -> None:
        say_step("Starting ministack, an AWS on this machine")
        environment = ministack_environment(port, self._plan.scratch.resolve(), enforce_iam=True)
        child = await self._children.start("ministack", [install_ministack()], environment)
        watch(child, group)
        url = f"http://127.0.0.1:{port}"
        await wait_until_up(url)
        # From here on no real account can be meant, by this process or by any that it starts.
        emulated = client_environment(url)
        os.environ.clear()
        os.environ.update(emulated)

    async def _prepare_workspace(self, port: int) -> tuple[dict[str, str], Child]:
        """Its address and secrets, which the app needs to be deployed. The app's address is not known yet."""
        options = ("--not-installed",) if self._plan.oauth else ()
        child = await self._start_simulator(port, *options)
        return await read_workspace(child), child

    async def _open_workspace(self, port: int, url: str, group: asyncio.TaskGroup) -> dict[str, str]:
        """The same, at the same address, with an app to send to."""
        manifest = json.dumps(stage_manifest(url, STAGE.suffix))
        self._plan.manifest.write_text(manifest, "utf-8")
        child = await self._start_simulator(
            port,
            *("--manifest", str(self._plan.manifest), "--request-url", f"{url}/slack/events"),
            *(oauth_options(f"{url}/slack") if self._plan.oauth else ()),
        )
        workspace = await read_workspace(child)
        watch(child, group)
        return workspace

    async def _start_simulator(self, port: int, *options: str) -> Child:
        command = [sys.executable, "-m", "simulator", "--latency", str(LATENCY_MS), "--port", str(port)]
        return await self._children.start(
            "simulator",
            [*command, "--state", str(self._plan.state), *options],
            base_environment(os.environ),
        )

    def _seal(self, workspace: Mapping[str, str]) -> None:
        make_key(self._target)
        of_app = (
            client_credentials(workspace) if self._plan.oauth else {"SLACK_BOT_TOKEN": workspace["bot_token"]}
        )
        make_secrets(
            self._target,
            {
                "SLACK_API_URL": workspace["api_url"],
                "SLACK_SIGNING_SECRET": workspace["signing_secret"],
                **of_app,
            },
        )

    async def _deploy(self) -> None:
        say_step("Packaging the app and deploying serverless.yml to it")
        environment = osls_environment(
            {**self._target.osls_environment(), "WHEELS": wheels_for_this_machine()}
        )
        child = await self._children.start(
            "osls", [OSLS, "deploy", *self._target.osls_options()], environment
        )
        child.follow_output()
        try:
            await child.watch()
        except ChildDied:
            if child.ending != "exit code 0":
                raise

    async def _follow_logs(self, group: asyncio.TaskGroup) -> None:
        command = [sys.executable, "-m", "ops.logs", "--stage", STAGE.name]
        watch(await self._children.start("function", command, os.environ), group)


def wake(url: str) -> None:
    """Has the function started before anybody types: where the emulator is slow at it, the first command would come
    too late for Slack. What it answers does not matter.
    """
    with suppress(OSError):  # HTTPError is one
        urlopen(f"{url}/slack/install", timeout=START_SECONDS).close()  # noqa: S310 (loopback)


async def wait_until_up(url: str) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await asyncio.to_thread(is_up, url):  # noqa: ASYNC110 (in another process)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise NotReady(f"ministack did not come up within {START_SECONDS:.0f} s.") from None


def say_step(what: str) -> None:
    say(paint(f"  {what} …", "dim"))


def welcome(workspace_url: str, app_url: str, plan: Plan) -> None:
    say(f"\n  {paint('Errand', 'bold')} runs in an emulated AWS, as one Lambda function.\n")
    say_rows(
        {
            "Open": paint(workspace_url, "bold", "cyan"),
            "Try": "install Errand: the button is at the top of the page"
            if plan.oauth
            else "type /run in #general",
            "Function": f"{STAGE.function}, called at {app_url}/slack/events",
            "Logs": f"{plan.data_dir}/function.log, ministack.log, simulator.log",
            "Stop": "Ctrl-C",
        }
    )
    say()


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
    except* (NotReady, Stop, BadEnvFile) as group:
        code = 1
        complain(f"\n  {group.exceptions[0]}")
    finally:
        await children.stop()
    return code


def start(plan: Plan) -> int:
    plan.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = Lock.take(plan.data_dir / "lock")
    except AlreadyRunning as error:
        explain_running(error)
        return 1
    try:
        forget(plan)
        plan.scratch.mkdir(mode=0o700)
        return asyncio.run(serve(plan, lock))
    finally:
        forget(plan)
        lock.release()


def forget(plan: Plan) -> None:
    """The emulated AWS keeps nothing, so a workspace that outlived it would show runs that nobody knows."""
    shutil.rmtree(plan.scratch, ignore_errors=True)
    for path in plan.data_dir.glob("workspace.json*"):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.run_lambda", description=__doc__)
    parser.add_argument("--port", type=port_number, help="for the browser; 0 is any free one")
    parser.add_argument(
        "--oauth", action="store_true", help="start with the app not installed, and install it in the browser"
    )
    parser.add_argument("--verbose", action="store_true", help="show all that is logged, live")
    options = parser.parse_args(arguments)
    try:
        install_osls()
        install_ministack()
    except (CannotPackage, NoPython313) as error:
        complain(str(error))
        return 1
    return start(Plan(port=options.port, verbose=options.verbose, oauth=options.oauth))


if __name__ == "__main__":
    sys.exit(main())
