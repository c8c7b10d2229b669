"""How fast lists of runs are found among ten and among ten thousand: `python -m bench.history` writes bench/README.md.

The stores alone, as `/runs` and App Home ask them; Slack's part is the same however long the history is. What is read
is counted too: an emulator's times are its own (ministack looks through all items of a table), what it is asked is not.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from aws.clients import AwsClients
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.table import table_definition
from bench.__main__ import describe_machine
from ops.ministack import client_environment, install_ministack, is_up, ministack_environment
from ops.progress import Progress
from runs.run import Run, RunRequest, RunState, new_run
from runs.sqlite_store import SQLiteRunStore
from runs.store import Place, RunStore
from settings import AwsSettings

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- history: begin -->", "<!-- history: end -->"

SIZES = (10, 10_000)
TIMES = 30  # each list is asked for
PAGE, AT_HOME, WAITING = 16, 8, 50  # what /runs and App Home ask for at once

TEAM = "T0BENCH"


class Found(NamedTuple):
    """Seconds, the median; what was read of it, in items or in steps of SQLite's virtual machine."""

    seconds: float
    read: int


Question = Callable[[RunStore], object]

QUESTIONS: Mapping[str, Question] = {
    "`/runs`": lambda store: store.recent(team_id=TEAM, limit=PAGE),
    "`/runs`, then Older": lambda store: _first_and_older(store),
    "`/runs mine`": lambda store: store.recent(team_id=TEAM, limit=PAGE, requester="U3"),
    "`/runs export-channel failed`": lambda store: store.recent(
        team_id=TEAM, limit=PAGE, job="export-channel", state=RunState.FAILED
    ),
    "`/runs mine running`": lambda store: store.recent(
        team_id=TEAM, limit=PAGE, requester="U3", state=RunState.RUNNING
    ),
    "App Home": lambda store: (
        store.recent(team_id=TEAM, limit=AT_HOME, requester="U3"),
        store.recent(team_id=TEAM, limit=WAITING, state=RunState.AWAITING_APPROVAL),
    ),
    "what `tick` looks after": lambda store: list(store.unsettled()),
}


def _first_and_older(store: RunStore) -> None:
    page = store.recent(team_id=TEAM, limit=PAGE)
    store.recent(team_id=TEAM, limit=PAGE, before=Place.of(page[-1]))


def history(size: int) -> Iterator[Run]:
    """Of ten people and three jobs; a tenth failed, and two are live."""
    for number in range(size):
        job = ("export-channel", "deploy-site", "error-report")[number % 3]
        request = RunRequest(
            key=str(number), team_id=TEAM, requester=f"U{number % 10}", job=job, inputs={"channel": "C1"}
        )
        at = float(number)
        if number in (size - 1, size - 2):
            yield new_run(request, at, approvals_needed=1).taken("me").opened(["U3"], at, until=1e9)
            continue
        run = new_run(request, at).taken("me").started("me", at + 1)
        yield (run.failed("No.", at + 2) if number % 10 == 3 else run.succeeded("Done.", at + 2)).told()


def fill(store: RunStore, size: int, name: str) -> None:
    with Progress(f"Filling {name}:", size) as bar:
        for run in history(size):
            store.create(run)
            bar.step()


def ask(store: RunStore, question: Question, count: Callable[[], int]) -> Found:
    question(store)
    before = count()
    question(store)
    read = count() - before
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        question(store)
        taken.append(time.perf_counter() - begun)
    return Found(median(taken), read)


def on_sqlite(scratch: Path, size: int) -> dict[str, Found]:
    store = SQLiteRunStore(scratch / f"{size}.sqlite3")
    store._db.execute("BEGIN")  # one transaction for all of it
    fill(store, size, f"SQLite with {size:,}")
    store._db.execute("COMMIT")
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    def counted(question: Question) -> Found:
        store._db.set_progress_handler(step, 1)
        before = steps
        question(store)
        read = steps - before
        store._db.set_progress_handler(None, 0)
        return ask(store, question, lambda: 0)._replace(read=read)

    found = {name: counted(question) for name, question in QUESTIONS.items()}
    store.close()
    return found


def on_dynamodb(url: str, size: int) -> dict[str, Found]:
    clients = AwsClients(AwsSettings.from_env(client_environment(url)))
    table, read = f"errand-{size}", 0
    clients.dynamodb.create_table(**table_definition(table))
    store = DynamoDBRunStore(clients, table)
    fill(store, size, f"DynamoDB with {size:,}")

    def count(parsed: Mapping[str, Any], **_: Any) -> None:
        nonlocal read
        read += parsed.get("ScannedCount") or sum(map(len, parsed.get("Responses", {}).values()))

    clients.dynamodb.meta.events.register("after-call.dynamodb", count)
    return {name: ask(store, question, lambda: read) for name, question in QUESTIONS.items()}


@contextmanager
def ministack(scratch: Path) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = ministack_environment(port, scratch, enforce_iam=False)
    with (
        (scratch / "ministack.log").open("wb") as log,
        subprocess.Popen(
            [install_ministack()], env=environment, stdout=log, stderr=log, cwd=scratch
        ) as process,
    ):
        try:
            while not is_up(url := f"http://127.0.0.1:{port}"):
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()


def table_of(unit: str, measured: Sequence[Mapping[str, Found]]) -> Iterator[str]:
    few, many = measured
    heads = [
        *(f"among {size:,}" for size in SIZES),
        *(f"{unit} among {size:,}" for size in SIZES),
    ]
    yield f"|  | {' | '.join(heads)} |"
    yield "|---|---|---|---|---|"
    for name in QUESTIONS:
        times = " | ".join(f"{each[name].seconds * 1000:.2f} ms" for each in measured)
        yield f"| {name} | {times} | {few[name].read:,} | {many[name].read:,} |"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        sqlite = [on_sqlite(scratch, size) for size in SIZES]
        with ministack(scratch) as url:
            dynamodb = [on_dynamodb(url, size) for size in SIZES]
    now = datetime.now(UTC)
    text = "\n".join(
        [
            f"`python -m bench.history`, {now:%Y-%m-%d %H:%M} UTC, on {describe_machine()}. Medians of {TIMES}.",
            "",
            "### SQLite",
            *table_of("steps", sqlite),
            "",
            "### DynamoDB, in ministack",
            *table_of("items read", dynamodb),
        ]
    )
    page = README.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
