"""`GET /sim/events`: Server-Sent Events for one person's browser."""

import asyncio
import json

from aiohttp import web

from simulator.core import Simulator
from simulator.live import LiveEvent, Subscriber
from simulator.sim_api.request import SimRequest

KEEP_ALIVE_SECONDS = 15.0
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream_events(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """First `hello`; then, if the browser was here before, what it missed, or `"reset": true` to load anew."""
    user = SimRequest(sim, dict(request.query), {}).user()
    # Both at once: an event is either missed and sent again, or waits in the queue, never both.
    subscriber, missed = sim.live.subscribe(user.id), _missed(sim, user.id, request)
    hello = _hello(sim, missed)
    response = web.StreamResponse(headers=HEADERS)
    try:
        await response.prepare(request)
        await response.write(hello)
        for event in missed or []:
            await response.write(event.frame())
        await _forward(subscriber, response)
    except ConnectionError:
        pass  # the browser left
    finally:
        sim.live.unsubscribe(subscriber)
    return response


async def _forward(subscriber: Subscriber, response: web.StreamResponse) -> None:
    while True:
        try:
            async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                event = await subscriber.queue.get()
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await response.write(event.frame())


def _missed(sim: Simulator, user_id: str, request: web.Request) -> list[LiveEvent] | None:
    last_id = request.headers.get("Last-Event-ID", "")
    if not last_id:
        return []
    return sim.live.missed(user_id, int(last_id)) if last_id.isascii() and last_id.isdigit() else None


def _hello(sim: Simulator, missed: list[LiveEvent] | None) -> bytes:
    hello = {"type": "hello"} | ({"reset": True} if missed is None else {})
    place = "" if missed else f"id: {sim.live.last_id}\n"
    return f"{place}retry: 1000\ndata: {json.dumps(hello)}\n\n".encode()
