"""Functions at work (https://docs.slack.dev/reference/events/function_executed)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from simulator.functions.definitions import Function
from simulator.ids import new_id, new_secret
from simulator.state import Json, Token

if TYPE_CHECKING:
    from simulator.core import Simulator

KEPT = 200


@dataclass
class FunctionRun:
    """One run. Its token is the bot's for as long as the app is installed; what it makes belongs to the run.

    `for_form`: it only says what a form may offer.
    """

    id: str
    workflow_id: str
    function: Function
    inputs: Json
    user: str
    token: Token
    started: float
    for_form: bool = False
    state: Literal["running", "completed", "failed"] = "running"
    outputs: Json = field(default_factory=dict)
    error: str = ""
    messages: set[tuple[str, str]] = field(default_factory=set)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "callback_id": self.function.callback_id,
            "title": self.function.title,
            "user": self.user,
            "started": self.started,
            "inputs": self.inputs,
            "state": self.state,
            "outputs": self.outputs,
            "error": self.error,
        }


@dataclass
class FunctionRuns:
    _runs: dict[str, FunctionRun] = field(default_factory=dict)

    def begin(
        self, sim: Simulator, function: Function, inputs: Json, user_id: str, *, for_form: bool
    ) -> FunctionRun:
        token = Token(f"xwfp-{new_secret(60)}", sim.workspace.bot_user_id)
        run_id, workflow_id = new_id("Fx"), new_id("Wx")
        run = FunctionRun(run_id, workflow_id, function, inputs, user_id, token, sim.clock.now(), for_form)
        self._runs[run.id] = run
        if len(self._runs) > KEPT:
            del self._runs[next(iter(self._runs))]
        return run

    def get(self, run_id: str) -> FunctionRun | None:
        return self._runs.get(run_id)

    def all(self) -> list[FunctionRun]:
        """The newest first, without those for a form."""
        return [run for run in reversed(self._runs.values()) if not run.for_form]

    def with_token(self, text: str) -> FunctionRun | None:
        return next((run for run in self._runs.values() if run.token.text == text), None)

    def of_message(self, channel_id: str, ts: str) -> FunctionRun | None:
        return next((run for run in self._runs.values() if (channel_id, ts) in run.messages), None)

    def end_tokens(self) -> None:
        for run in self._runs.values():
            run.token.state = "uninstalled"


def function_executed(sim: Simulator, run: FunctionRun) -> Json:
    """The event. It needs no scope and no subscription: a function that is declared is called."""
    function, installed = run.function, sim.workspace.bot.updated
    return {
        "type": "function_executed",
        "function": {
            "id": _id_of(function),
            "callback_id": function.callback_id,
            "title": function.title,
            "description": function.description,
            "type": "app",
            "input_parameters": [each.to_json() for each in function.inputs],
            "output_parameters": [each.to_json() for each in function.outputs],
            "app_id": sim.workspace.app_id,
            "date_created": installed,
            "date_updated": installed,
            "date_deleted": 0,
        },
        "inputs": run.inputs,
        "function_execution_id": run.id,
        "workflow_execution_id": run.workflow_id,
        "event_ts": f"{run.started:.6f}",
        "bot_access_token": run.token.text,
    }


def _id_of(function: Function) -> str:
    """The same in every run."""
    return f"Fn0{base64.b32encode(hashlib.sha256(function.callback_id.encode()).digest())[:9].decode()}"


def in_the_run(run: FunctionRun | None, user_id: str, trigger_id: str) -> Json:
    """What an interaction carries that happened in something a run has made."""
    if run is None:
        return {}
    return {
        "function_data": {
            "execution_id": run.id,
            "function": {"callback_id": run.function.callback_id},
            "inputs": run.inputs,
        },
        "bot_access_token": run.token.text,
        "interactivity": interactivity(user_id, trigger_id),
    }


def interactivity(user_id: str, trigger_id: str) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads: its pointer opens a view as a `trigger_id` does."""
    return {"interactor": {"id": user_id, "secret": new_secret(40)}, "interactivity_pointer": trigger_id}


def missing(wanted: tuple[Any, ...], given: Json) -> list[str]:
    """The names of required parameters that have no value."""
    return [each.name for each in wanted if each.is_required and given.get(each.name) in (None, "")]


def end(sim: Simulator, run: FunctionRun, state: Literal["completed", "failed"]) -> None:
    run.state = state
    run.ended.set()
    if not run.for_form:
        sim.live.publish({"type": "function", "run": run.to_json()}, [run.user])
