"""What the stores of installations ask of AWS, and how they find a bot among many: `python -m bench.stores`.

Calls are counted of whole functions, the packaged app's and Bolt's with slack_sdk's S3 stores, beside a fake of AWS.
Bots are looked for among ever more of them: in DynamoDB (ministack) and S3 (moto), where the time is mostly the
emulator's, and in SQLite.
"""

from __future__ import annotations

import argparse
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import boto3
from slack_sdk.oauth.installation_store import Bot, InstallationStore
from slack_sdk.oauth.installation_store.amazon_s3 import AmazonS3InstallationStore

from aws.clients import AwsClients
from aws.dynamodb_installation_store import DynamoDBInstallationStore
from aws.signed_dynamodb import SignedDynamoDB
from aws.table import table_definition
from bench.__main__ import describe_machine, newest_package, unpack
from bench.environment import Machine, Running, running
from bench.events import page_event
from bench.fakes import BOT, CLIENT_ID, FakeSlackAndAws, KeptItem
from bench.history import ministack
from bench.python import interpreter_behind
from bench.report import describe_calls
from bench.subjects import ROOT, Subject, errand, install_runtime, package_peers, peers
from oauth.local_store import LocalInstallationStore
from ops.ministack import client_environment
from ops.progress import Progress
from ops.python_3_13 import find_python_3_13
from settings import AwsSettings

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- stores: begin -->", "<!-- stores: end -->"

TIMES = 50  # a bot is looked for, another one each time
SIZES = (10, 1_000, 10_000, 100_000)
MOST_IN_MOTO = 10_000  # it takes 3 ms an object
BATCH = 25  # items, DynamoDB's own limit
WRITERS = 4

Calls = Mapping[str, Counter[str]]


def main(arguments: Sequence[str]) -> None:
    options = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="errand-stores-") as folder:
        scratch = Path(folder)
        columns = count_calls(options.package or newest_package(), scratch)
        found = {
            "DynamoDB, Errand's, in ministack": measure_dynamodb(scratch, options.sizes),
            "S3, slack_sdk's, in moto": measure_s3(scratch, options.sizes),
            "SQLite, Errand's": measure_sqlite(scratch, options.sizes),
        }
    text = "\n".join([*describe(), *table_of_calls(columns), "", *table_of_times(found, options.sizes)])
    print(text)
    before, _, rest = options.readme.read_text("utf-8").partition(BEGIN)
    options.readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.stores", description=__doc__)
    parser.add_argument("--package", type=Path, help="Errand's zip (default: the newest in .serverless/)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many installations")
    parser.add_argument("--readme", type=Path, default=README, help="where the tables go between the markers")
    return parser.parse_args(arguments)


# Calls


def count_calls(package: Path, scratch: Path) -> dict[str, Calls]:
    """By whose they are, then by what was done."""
    python, cache, fakes = interpreter_behind(find_python_3_13()), ROOT / ".make" / "bench", FakeSlackAndAws()
    machine = Machine(python, install_runtime(cache, python), scratch, fakes)
    subjects = {each.name: each for each in (*peers(package_peers(scratch, cache)), *errand(package))}
    roots = unpack(list(subjects.values()), scratch, fakes)
    pairs = {
        "Errand": ("errand_many_run", "errand_many_modal"),
        "Bolt with slack_sdk's S3 stores": ("bolt_oauth", "bolt_oauth_modal"),
    }
    try:
        return {
            whose: dict(calls_of(subjects[run], subjects[modal], roots, machine))
            for whose, (run, modal) in pairs.items()
        }
    finally:
        fakes.close()


def calls_of(
    run: Subject, modal: Subject, roots: Mapping[Path, Path], machine: Machine
) -> Iterator[tuple[str, Counter[str]]]:
    for subject, does in ((run, "a command that starts work"), (modal, "a command that opens a modal")):
        with started(subject, roots, machine) as function:
            play(function, subject.event())
            yield f"{does}, the first of an environment", machine.fakes.take_calls()
            play(function, subject.event())
            yield f"{does}, from then on", machine.fakes.take_calls()
    with started(run, roots, machine) as function:
        page = play(function, page_event("/slack/install"))
        yield "the install page", machine.fakes.take_calls()
        play(
            function,
            page_event("/slack/oauth_redirect", cookie_of(page), code="1.2.bench", state=state_of(page)),
        )
        yield "an install", machine.fakes.take_calls()


def play(function: Running, event: Mapping[str, Any]) -> Any:
    _, answer = function.api.invoke(event)
    assert answer["statusCode"] == 200, answer
    return answer


@contextmanager
def started(subject: Subject, roots: Mapping[Path, Path], machine: Machine) -> Iterator[Running]:
    with running(subject, roots[subject.package], machine) as function:
        function.api.wait_until_ready()
        machine.fakes.take_calls()
        yield function


def state_of(page: Mapping[str, Any]) -> str:
    """As the link to Slack has it."""
    [link] = re.findall(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page["body"])
    return parse_qs(urlsplit(unescape(link)).query)["state"][0]


def cookie_of(page: Mapping[str, Any]) -> str:
    given = page.get("cookies") or [page["headers"].get("set-cookie") or page["headers"]["Set-Cookie"]]
    return str(given[0]).partition(";")[0]


def table_of_calls(columns: Mapping[str, Calls]) -> Iterator[str]:
    yield "### Calls"
    yield ""
    yield f"|  | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for what in next(iter(columns.values())):
        yield f"| {what} | {' | '.join(describe_calls(calls[what]) for calls in columns.values())} |"


# find_bot


class Found(NamedTuple):
    """Seconds, the median, and how many calls each took."""

    seconds: float
    calls: float


def bot(number: int) -> Bot:
    return Bot(**BOT | {"team_id": team(number)})


def team(number: int) -> str:
    return f"T{number:09}"


def look(store: InstallationStore, size: int, count: Callable[[], int]) -> Found:
    def find(number: int) -> None:
        assert store.find_bot(enterprise_id=None, team_id=team(number)), number

    find(0)  # connects
    before, taken = count(), []
    for step in range(TIMES):
        begun = time.perf_counter()
        find(step * 7919 % size)
        taken.append(time.perf_counter() - begun)
    return Found(median(taken), (count() - before) / TIMES)


def measure_dynamodb(scratch: Path, sizes: Sequence[int]) -> dict[int, Found]:
    found, stored = {}, 0
    with ministack(scratch) as url:
        aws = AwsSettings.from_env(client_environment(url))
        clients, reader = AwsClients(aws), CountingReader(aws)
        clients.dynamodb.create_table(**table_definition("bench"))
        for size in sizes:
            fill_dynamodb(clients, stored, size)
            stored = size
            store = DynamoDBInstallationStore(clients, "bench", client_id=CLIENT_ID, reader=reader)
            found[size] = look(store, size, lambda: reader.calls)
        reader.close()
    return found


class CountingReader(SignedDynamoDB):
    calls = 0

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        return super().get_item(**request)


def fill_dynamodb(clients: AwsClients, stored: int, size: int) -> None:
    """By several at once, for most of a batch's time is spent waiting."""
    missing = range(stored, size)
    batches = [missing[first : first + BATCH] for first in range(0, len(missing), BATCH)]
    with (
        Progress(f"Filling DynamoDB with {size:,}:", len(missing)) as bar,
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        for written in pool.map(lambda numbers: write_batch(clients, numbers), batches):
            bar.step(by=written)


def write_batch(clients: AwsClients, numbers: Sequence[int]) -> int:
    kept = KeptItem()
    store = DynamoDBInstallationStore(kept.as_clients(), "bench", client_id=CLIENT_ID)
    requests = []
    for number in numbers:
        store.save_bot(bot(number))
        requests.append({"PutRequest": {"Item": kept.item}})
    answer = clients.dynamodb.batch_write_item(RequestItems={"bench": requests})
    assert not answer.get("UnprocessedItems"), "the emulator takes all or nothing"
    return len(numbers)


def measure_s3(scratch: Path, sizes: Sequence[int]) -> dict[int, Found]:
    found, stored, calls = {}, 0, 0
    with moto(scratch) as url:
        given = client_environment(url)
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket="bench")
        store = AmazonS3InstallationStore(
            s3_client=client, bucket_name="bench", client_id=CLIENT_ID, historical_data_enabled=False
        )

        def counted(**_: Any) -> None:
            nonlocal calls
            calls += 1

        client.meta.events.register("before-call.s3", counted)
        for size in (each for each in sizes if each <= MOST_IN_MOTO):
            missing = [bot(number) for number in range(stored, size)]
            with Progress(f"Filling S3 with {size:,}:", len(missing)) as bar, ThreadPoolExecutor(4) as pool:
                for _ in pool.map(store.save_bot, missing):
                    bar.step()
            stored = size
            found[size] = look(store, size, lambda: calls)
    return found


@contextmanager
def moto(scratch: Path) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        (scratch / "moto.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            while not is_listening(port):
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure_sqlite(scratch: Path, sizes: Sequence[int]) -> dict[int, Found]:
    """Filled by copies of one row that the store wrote."""
    found, stored = {}, 1
    database = scratch / "installations.sqlite3"
    store = LocalInstallationStore(database, CLIENT_ID)
    store.save_bot(bot(0))
    for size in sizes:
        with closing(store.connect()) as connection, connection:
            names = [
                each[1] for each in connection.execute("pragma table_info(slack_bots)") if each[1] != "id"
            ]
            row = connection.execute(f"select {', '.join(names)} from slack_bots").fetchone()  # noqa: S608
            rows = (
                [team(number) if name == "team_id" else row[at] for at, name in enumerate(names)]
                for number in range(stored, size)
            )
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"insert into slack_bots ({', '.join(names)}) values ({marks})",  # noqa: S608
                rows,
            )
        stored = size
        found[size] = look(store, size, lambda: 0)
    return found


def table_of_times(found: Mapping[str, Mapping[int, Found]], sizes: Sequence[int]) -> Iterator[str]:
    yield "### `find_bot` among so many installations"
    yield ""
    yield f"|  | {' | '.join(f'{size:,}' for size in sizes)} | calls |"
    yield "|---" * (len(sizes) + 2) + "|"
    for store, measured in found.items():
        times = (
            f"{measured[size].seconds * 1000:.2f} ms" if size in measured else "not measured"
            for size in sizes
        )
        calls = sorted({each.calls for each in measured.values()})
        yield f"| {store} | {' | '.join(times)} | {' or '.join(f'{each:g}' for each in calls)} |"


def describe() -> Iterator[str]:
    yield f"`python -m bench.stores`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, on {describe_machine()}."
    yield f"Medians of {TIMES} bots. Of S3 in moto no more than {MOST_IN_MOTO:,} are filled in."
    yield ""


if __name__ == "__main__":
    main(sys.argv[1:])
