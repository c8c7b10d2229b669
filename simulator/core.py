"""The running workspace: its data and the parts that serve it, handed to every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.call_log import CallLog
from simulator.clock import Clock, Timing
from simulator.deliveries import Deliveries
from simulator.faults import Faults
from simulator.file_store import FileStore
from simulator.functions.runs import FunctionRuns
from simulator.ids import Timestamps
from simulator.limits import RateLimits
from simulator.live import Live
from simulator.manifest import Manifest
from simulator.oauth.codes import Codes
from simulator.response_urls import ResponseUrls
from simulator.socket_mode import SocketMode
from simulator.state import Workspace
from simulator.streams import Stream
from simulator.triggers import Triggers

if TYPE_CHECKING:
    from simulator.assistant import Thread
    from simulator.scheduled import Scheduled


@dataclass
class Simulator:
    workspace: Workspace
    manifest: Manifest
    url: str
    deliveries: Deliveries
    socket_mode: SocketMode | None
    clock: Clock
    timing: Timing
    live: Live
    files: FileStore
    triggers: Triggers
    response_urls: ResponseUrls
    codes: Codes
    redirect_urls: tuple[str, ...] = ()
    install_url: str = ""
    latency_ms: int = 0
    limits: RateLimits = field(default_factory=RateLimits)
    faults: Faults = field(default_factory=Faults)
    calls: CallLog = field(default_factory=CallLog)
    assistant_threads: dict[tuple[str, str], Thread] = field(default_factory=dict)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    functions: FunctionRuns = field(default_factory=FunctionRuns)
    timestamps: Timestamps = field(default_factory=Timestamps)
