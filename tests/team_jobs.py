"""Jobs of a team that tests everything. `gate` holds those that wait until a test lets them go on."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Literal

from runs.context import RunContext
from runs.errors import Refused
from runs.inputs import InvalidInputs, ask
from runs.job import job
from tests.choosing_jobs import CHOOSING_JOBS
from tests.showing_jobs import SHOWING_JOBS
from tests.workspace import PATIENCE


class Gate:
    """It stays closed for longer than anybody waits for an ack: so none that came can have waited for a job."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._opened = threading.Event()
        self._arrivals = threading.Semaphore(0)
        self.passed: list[str] = []

    def open(self) -> None:
        self._opened.set()

    def wait(self, run: RunContext) -> None:
        self._arrivals.release()
        assert self._opened.wait(2 * PATIENCE), "the test never opened the gate"
        self.passed.append(run.id)

    def wait_for_arrivals(self, count: int) -> None:
        for _ in range(count):
            assert self._arrivals.acquire(timeout=PATIENCE), "a job that should have come to the gate did not"


gate = Gate()


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass(frozen=True)
class Text:
    text: str = ask("Text", multiline=True)


@job("Wait at the gate")
def wait_at_gate(inputs: Nothing, run: RunContext) -> str:
    """Reports progress, waits until it is let through, and reports again."""
    run.progress(1, 4, "waiting at the gate")
    gate.wait(run)
    run.progress(3, 4, "through")
    return "Through the gate."


@job("Work alone", exclusive=True)
def work_alone(inputs: Nothing, run: RunContext) -> str:
    """Waits at the gate too, one run at a time."""
    run.progress(1, 4, "working alone")
    gate.wait(run)
    run.progress(3, 4)
    return "Worked alone."


@job("Say nothing")
def say_nothing(inputs: Nothing, run: RunContext) -> str:
    """Waits at the gate and reports no progress."""
    gate.wait(run)
    return "Said nothing."


@job("Say it")
def say_it(inputs: Text, run: RunContext) -> str:
    """Says what it was given."""
    return inputs.text


@job("Raise")
def raise_error(inputs: Nothing, run: RunContext) -> str:
    raise RuntimeError("the database password is hunter2")


@job("Refuse")
def refuse(inputs: Nothing, run: RunContext) -> str:
    raise Refused("Not on a Monday.")


@job("Refuse at length")
def refuse_at_length(inputs: Nothing, run: RunContext) -> str:
    """In more text than a record holds."""
    raise Refused("No, no, " * 100_000)


@job("Log much")
def log_much(inputs: Nothing, run: RunContext) -> None:
    for number in range(30):
        run.log.info("line %d", number)
    run.log.info("sent to %s", run.secrets["WEBHOOK_URL"])


@job("Return nothing")
def return_nothing(inputs: Nothing, run: RunContext) -> None:
    return None


@job("Return a megabyte")
def return_megabyte(inputs: Nothing, run: RunContext) -> str:
    return "0123456789abcde\n" * (1 << 16)


@dataclass(frozen=True)
class Even:
    number: int = ask("Even number")

    def __post_init__(self) -> None:
        if self.number % 2:
            raise InvalidInputs({"number": "number must be even."})


@job("Take an even number")
def take_even(inputs: Even, run: RunContext) -> None:
    """Compares what Slack's client cannot."""


@job("Be interrupted")
def be_interrupted(inputs: Nothing, run: RunContext) -> str:
    raise KeyboardInterrupt


@dataclass(frozen=True)
class Oddly:
    by: Literal["asyncio", "generator"]


@job("Stop oddly")
def stop_oddly(inputs: Oddly, run: RunContext) -> str:
    """By what Python raises that is no Exception."""
    raise asyncio.CancelledError if inputs.by == "asyncio" else GeneratorExit


@job("Say half a character")
def say_half_a_character(inputs: Nothing, run: RunContext) -> str:
    """As the name of a file in another encoding comes out of os.listdir."""
    run.progress(1, 2, "caf\udce9.txt")
    return "caf\udce9.txt"


@job("Refuse by name")
def refuse_by_name(inputs: Text, run: RunContext) -> str:
    raise Refused(f"There is no customer {inputs.text}.")


@job("Use a secret")
def use_secret(inputs: Nothing, run: RunContext) -> str:
    return f"It has {len(run.secrets['WEBHOOK_URL'])} characters, and is one of {run.secrets}."


@job("Upload a file")
def upload_file(inputs: Nothing, run: RunContext) -> str:
    run.upload("notes.txt", "שלום 🙂\n".encode())
    return "Here it is."


@job("Deploy the site", approvers="workspace_admins")
def deploy_site(inputs: Text, run: RunContext) -> str:
    """Waits for an admin's approval."""
    gate.passed.append(run.id)
    return f"Deployed {inputs.text}."


@dataclass(frozen=True)
class Patches:
    first: str = ask("First", multiline=True)
    second: str = ask("Second", multiline=True)
    third: str = ask("Third", multiline=True)
    fourth: str = ask("Fourth", multiline=True)
    fifth: str = ask("Fifth", multiline=True)


@job("Apply the patches", approvers="workspace_admins")
def apply_patches(inputs: Patches, run: RunContext) -> str:
    """Takes more text than a message of Slack's holds."""
    return "Applied."


@job("Rotate the keys", approvers=("key-keepers", "workspace_admins"), approvals=2)
def rotate_keys(inputs: Nothing, run: RunContext) -> str:
    gate.passed.append(run.id)
    return "Rotated."


@job("Restart the queue", requesters="on-call", approvers="everyone", self_approval=True)
def restart_queue(inputs: Nothing, run: RunContext) -> str:
    gate.passed.append(run.id)
    return "Restarted."


@job("Wipe the cache", dangerous=True)
def wipe_cache(inputs: Text, run: RunContext) -> str:
    """Forgets everything that was computed."""
    gate.passed.append(run.id)
    return "Wiped."


@job("Drop a table", approvers="key-keepers", approvals=2)
def drop_table(inputs: Nothing, run: RunContext) -> str:
    raise AssertionError("nobody fills this group with two people")


@job("Show a table after the gate")
def show_after_gate(inputs: Nothing, run: RunContext) -> None:
    gate.wait(run)
    run.table([["number", "customer"], [0, "=cmd|0"], [12, "日本"]], title="Orders")


TEAM_JOBS = (
    show_after_gate,
    deploy_site,
    apply_patches,
    rotate_keys,
    restart_queue,
    wipe_cache,
    drop_table,
    wait_at_gate,
    work_alone,
    say_nothing,
    say_it,
    raise_error,
    refuse,
    refuse_at_length,
    log_much,
    return_nothing,
    return_megabyte,
    take_even,
    upload_file,
    use_secret,
    be_interrupted,
    stop_oddly,
    say_half_a_character,
    refuse_by_name,
    *SHOWING_JOBS,
    *CHOOSING_JOBS,
)
