"""Starting and stopping: the parts put together, the socket, the state file."""

import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from simulator.access import Handler
from simulator.clock import Clock, Timing
from simulator.companion import companion
from simulator.core import Simulator
from simulator.deliveries import Deliveries
from simulator.file_store import FileStore, open_store
from simulator.http_delivery import HttpDelivery
from simulator.installation import install_by_hand, take_bot_away
from simulator.live import Live
from simulator.manifest import Manifest, read_manifest
from simulator.oauth.codes import Codes
from simulator.objects import describe_files
from simulator.persistence import Saver, load_workspace
from simulator.response_urls import ResponseUrls
from simulator.seed import seed_workspace
from simulator.server import build_app
from simulator.socket_mode import SocketMode
from simulator.state import Workspace
from simulator.triggers import Triggers

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True)
class Options:
    port: int
    manifest: Path
    request_url: str | None
    latency_ms: int
    state: Path | None
    not_installed: bool = False
    redirect_urls: tuple[str, ...] = ()
    install_url: str = ""
    run: str | None = None


async def serve(options: Options, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT; `announce` gets the one line that says where and with which secrets."""
    manifest = read_manifest(options.manifest)
    with _listen(options.port) as listener, open_store(options.state) as files:
        workspace = _workspace(options, manifest, files)
        port = listener.getsockname()[1]
        sim = assemble(workspace, manifest, options, f"http://{HOST}:{port}", files)
        app = build_app(sim, port)
        async with _saved(workspace, options.state, app):
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            stop = _told_to_stop()  # by whoever has read the first line, at once if they like
            announce(first_line(sim))
            async with companion(sim, options.run, options.manifest.resolve().parent):
                await stop.wait()
            sim.live.close()
            await sim.deliveries.close()
            await runner.cleanup()


def assemble(
    workspace: Workspace, manifest: Manifest, options: Options, url: str, files: FileStore
) -> Simulator:
    clock, timing, live = Clock(), Timing(), Live()
    socket_mode = None if options.request_url else _socket_mode(workspace, clock, timing, live)
    transport = socket_mode or HttpDelivery(
        request_url=options.request_url or "",
        signing_secret=workspace.credentials.signing_secret,
        timing=timing,
    )
    sim = Simulator(
        workspace=workspace,
        manifest=manifest,
        url=url,
        deliveries=Deliveries(transport, timing),
        socket_mode=socket_mode,
        clock=clock,
        timing=timing,
        live=live,
        files=files,
        triggers=Triggers(clock, timing),
        response_urls=ResponseUrls(clock, timing),
        codes=Codes(clock, timing),
        redirect_urls=options.redirect_urls,
        install_url=options.install_url,
        latency_ms=options.latency_ms,
    )
    describe_files(sim)
    return sim


def first_line(sim: Simulator) -> str:
    credentials = sim.workspace.credentials
    return json.dumps(
        {
            "url": sim.url,
            "api_url": f"{sim.url}/api/",
            "bot_token": sim.workspace.bot_token,
            "app_token": credentials.app_token,
            "signing_secret": credentials.signing_secret,
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
    )


def _socket_mode(workspace: Workspace, clock: Clock, timing: Timing, live: Live) -> SocketMode:
    def tell(connected: bool) -> None:
        live.publish({"type": "connection", "connected": connected})

    return SocketMode(app_id=workspace.app_id, clock=clock, timing=timing, on_change=tell)


def _workspace(options: Options, manifest: Manifest, files: FileStore) -> Workspace:
    """The one in the state file, its bot renamed if the manifest says so; else a fresh one."""
    kept = options.state if options.state and options.state.exists() else None
    workspace = load_workspace(kept) if kept else seed_workspace(manifest, files)
    workspace.bot.real_name = workspace.bot.display_name = manifest.bot_name
    if not options.not_installed:
        install_by_hand(workspace, manifest)
    elif kept is None:
        take_bot_away(workspace)
    return workspace


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise OSError(f"port {port} on {HOST}: {error.strerror}. --port 0 takes any free one.") from None
    return listener


@contextlib.asynccontextmanager
async def _saved(workspace: Workspace, state: Path | None, app: web.Application) -> AsyncIterator[None]:
    """Keeps the state file as the workspace is, and writes it a last time at the end."""
    if state is None:
        yield
        return
    saver = Saver(workspace, state)
    saver.save()
    app.middlewares.append(_note_changes(saver))
    task = asyncio.create_task(saver.run())
    try:
        yield
    finally:
        task.cancel()
        await task
        saver.save()


def _note_changes(saver: Saver) -> Middleware:
    """Anything but a person's GET may have changed something."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            if request.method != "GET" or request.path.startswith("/api/"):
                saver.touch()

    return middleware


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
