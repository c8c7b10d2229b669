"""The app that `--run` starts beside the workspace: it finds its secrets, and the way here, in its environment."""

import asyncio
import contextlib
import logging
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from simulator.core import Simulator

logger = logging.getLogger(__name__)
REDIRECT = Path(__file__).parent / "redirect"
PATIENCE = 5.0
SECRETS = {
    "SLACK_APP_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_SIGNING_SECRET",
    "SLACK_USER_TOKEN",
}
TOKENS = ("xoxb-", "xoxp-", "xoxe", "xapp-")


@contextlib.asynccontextmanager
async def companion(sim: Simulator, command: str | None, folder: Path) -> AsyncIterator[None]:
    """Runs `command` in `folder` for as long as the workspace is there; what it prints goes to stderr."""
    if command is None:
        yield
        return
    process = await _start(sim, command, folder)
    watch = asyncio.create_task(_say_its_end(process, command))
    try:
        yield
    finally:
        watch.cancel()
        await _end(process)


async def _start(sim: Simulator, command: str, folder: Path) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *shlex.split(command),
            cwd=folder,
            env=environment(sim, dict(os.environ)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise OSError(f"--run {command!r} cannot be started in {folder}: {error}") from None


def environment(sim: Simulator, outer: dict[str, str]) -> dict[str, str]:
    """The names that Slack's samples use. Without a bot's token, the client's credentials to get one by OAuth."""
    credentials, workspace = sim.workspace.credentials, sim.workspace
    mine = {
        "SLACK_API_URL": f"{sim.url}/api/",
        "SLACK_APP_TOKEN": credentials.app_token,
        "SLACK_SIGNING_SECRET": credentials.signing_secret,
        "OFFLINE_WORKSPACE_URL": sim.url,
        "PYTHONPATH": _joined(os.pathsep, str(REDIRECT), outer.get("PYTHONPATH")),
        "PYTHONUNBUFFERED": "1",
        "NODE_OPTIONS": _joined(" ", f'--require "{REDIRECT / "preload.cjs"}"', outer.get("NODE_OPTIONS")),
    }
    if workspace.bot_token:
        mine["SLACK_BOT_TOKEN"] = workspace.bot_token
    else:
        mine["SLACK_CLIENT_ID"] = credentials.client_id
        mine["SLACK_CLIENT_SECRET"] = credentials.client_secret
    return {name: value for name, value in outer.items() if not _is_of_elsewhere(name, value)} | mine


def _is_of_elsewhere(name: str, value: str) -> bool:
    """Whether it belongs to an app in a real workspace, perhaps the builder's own."""
    return name in SECRETS or value.startswith(TOKENS)


def _joined(separator: str, first: str, second: str | None) -> str:
    return separator.join([first, second] if second else [first])


async def _say_its_end(process: asyncio.subprocess.Process, command: str) -> None:
    code = await process.wait()
    logger.warning("%r has ended with code %s; the workspace goes on.", command, code)


async def _end(process: asyncio.subprocess.Process) -> None:
    """With whatever it started itself; by force if it does not go."""
    if process.returncode is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        _signal(process, signal.SIGKILL)
        await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
