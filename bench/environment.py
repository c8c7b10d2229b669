"""One execution environment: a package's function under the real runtime client, from its start to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cpu_quota import PERIOD, CpuQuota
from bench.fakes import FakeSlackAndAws
from bench.runtime_api import FunctionFailed, RuntimeApi
from bench.subjects import Subject

ENDING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Machine:
    """What every environment has in common. `runtime` holds the runtime client and boto3."""

    python: Path
    runtime: Path
    scratch: Path
    fakes: FakeSlackAndAws


@dataclass(frozen=True)
class Sample:
    """Times are in seconds, `rss` in bytes at its highest. Calls are those of init, and of one warm ack."""

    init: float
    first_ack: float
    warm_acks: tuple[float, ...]
    rss: int
    calls_of_init: Counter[str]
    calls_of_first_ack: Counter[str]
    calls_of_warm_ack: Counter[str]

    @property
    def cold(self) -> float:
        return self.init + self.first_ack


def measure(
    subject: Subject, root: Path, machine: Machine, *, warm: int, quota: CpuQuota | None = None
) -> Sample:
    """A cold start, then `warm` acks. Init has a whole CPU whatever the memory, as on Lambda; `quota` comes after."""
    with running(subject, root, machine) as started:
        return _sample(subject, machine, started.api, started.process.pid, started.at, warm, quota)


@dataclass(frozen=True)
class Running:
    """`at` is when its process was started, a time.perf_counter()."""

    api: RuntimeApi
    process: subprocess.Popen[bytes]
    at: float


@contextmanager
def running(subject: Subject, root: Path, machine: Machine) -> Iterator[Running]:
    """Raises FunctionFailed with what the function logged."""
    log = machine.scratch / f"{subject.name}.log"
    process: subprocess.Popen[bytes] | None = None
    api = RuntimeApi(lambda: process is not None and process.poll() is None)
    try:
        with log.open("wb") as output, signals_held():
            environment = variables(subject, root, machine, api.address)
            machine.fakes.take_calls()
            started = time.perf_counter()
            process = subprocess.Popen(
                [machine.python, "-m", "awslambdaric", subject.handler],
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        yield Running(api, process, started)
    except FunctionFailed as error:
        said = log.read_text("utf-8", "replace")[-4000:]
        raise FunctionFailed(f"{subject.title}: {error}\n{said}") from None
    finally:
        if process:
            process.kill()
            process.wait()
        api.close()


@contextmanager
def signals_held() -> Iterator[None]:
    """Until the end of this: what they raised while a process is being started would leave that one behind."""
    came: list[int] = []
    kept = {each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
    for number in came:
        signal.raise_signal(number)


def _sample(
    subject: Subject,
    machine: Machine,
    api: RuntimeApi,
    pid: int,
    started: float,
    warm: int,
    quota: CpuQuota | None,
) -> Sample:
    init = api.wait_until_ready() - started
    calls_of_init = machine.fakes.take_calls()
    if quota:
        quota.admit(pid)
    first_ack = _ack(subject, api, quota)
    calls_of_first_ack = machine.fakes.take_calls()
    warm_acks = []
    calls_of_warm_ack: Counter[str] = Counter()
    for _ in range(warm):
        warm_acks.append(_ack(subject, api, quota))
        calls_of_warm_ack = machine.fakes.take_calls()
    return Sample(
        init,
        first_ack,
        tuple(warm_acks),
        _peak_rss(pid),
        calls_of_init,
        calls_of_first_ack,
        calls_of_warm_ack,
    )


def _ack(subject: Subject, api: RuntimeApi, quota: CpuQuota | None) -> float:
    if quota:
        time.sleep(2 * PERIOD / 1e6)  # an environment that was idle finds a whole period's quota
    seconds, answer = api.invoke(subject.event())
    body = answer.get("body") or ""
    is_it = subject.answer in body if subject.answer else not body
    if answer.get("statusCode") != 200 or not is_it:
        raise FunctionFailed(f"it answered {json.dumps(answer)[:1000]}")
    return seconds


def _peak_rss(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0  # not Linux
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def variables(subject: Subject, root: Path, machine: Machine, runtime_api: str) -> Mapping[str, str]:
    """Lambda's own, the endpoints' addresses, and the subject's settings: nothing of this machine's."""
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "ASIABENCHBENCHBENCH0",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench-session-token",
        "LAMBDA_TASK_ROOT": str(root),
        "_HANDLER": subject.handler,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.defpath,
        "PYTHONPATH": str(machine.runtime),
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # a function's folder is read-only
        "SLACK_API_URL": machine.fakes.api_url,
        "AWS_ENDPOINT_URL": machine.fakes.url,
        **trust(root, machine),
        **subject.environment,
    }


def trust(root: Path, machine: Machine) -> Mapping[str, str]:
    """The fakes' authority beside as many as the function reads on Lambda, for reading them is part of what TLS costs.

    Those that botocore brings, about as many as the runtime's own file has; for AWS fewer, if the package brings some.
    (Those that it brings for Slack are the package's alone: no variable names them.)
    """
    of_botocore = machine.runtime / "botocore" / "cacert.pem"
    of_package = root / "aws" / "amazon_roots.pem"
    return {
        "SSL_CERT_FILE": str(_with_ours(of_botocore, machine)),
        "AWS_CA_BUNDLE": str(_with_ours(of_package if of_package.exists() else of_botocore, machine)),
    }


def _with_ours(authorities: Path, machine: Machine) -> Path:
    bundle = machine.scratch / f"with-ours-{authorities.name}"
    bundle.write_bytes(authorities.read_bytes() + machine.fakes.ca.cert_pem.bytes())
    return bundle
