"""Measure the packaged app beside its peers, and write the tables into bench/README.md: `make bench`."""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import signal
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from bench.cpu_quota import CpuQuota, NoCpuQuota, cpu_quota
from bench.environment import ENDING, Machine, Sample, measure
from bench.fakes import FakeSlackAndAws
from bench.python import interpreter_behind
from bench.report import Measured, render
from bench.runtime_api import FunctionFailed
from bench.subjects import ROOT, Subject, errand, install, install_runtime, package_peers, peers, pinned
from ops.python_3_13 import NoPython313, find_python_3_13

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    stop = Stop()
    if not options.beside_others:
        with suppress(PermissionError):  # root may: what else this machine does then disturbs less
            os.setpriority(os.PRIO_PROCESS, 0, -20)
    try:
        with ExitStack() as stack:
            measured, notes = run(options, stack, stop)
            text = "\n\n".join([describe(options, arguments, notes), render(measured)])
    except (FunctionFailed, NoPython313) as error:
        print(error, file=sys.stderr)
        return 1
    print(text)
    write_between_markers(options.readme, text)
    return 0


class Stop:
    """Ends the measurement on Ctrl-C or SIGTERM, by way of every clean-up, and even where Ctrl-C is ignored.

    What a signal raises is lost if it falls into a destructor or a callback, so each round asks once more.
    """

    def __init__(self) -> None:
        self._code = 0
        for each in ENDING:
            signal.signal(each, self)

    def __call__(self, number: int, frame: object) -> None:
        self._code = 128 + number
        self.check()

    def check(self) -> None:
        if self._code:
            sys.exit(self._code)


def page(name: str) -> Path:
    """Said at once, and not after ten minutes of measuring."""
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {name} with the markers that tables go between")
    return Path(name)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="cold starts of each (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=20, help="warm acks after each (default: %(default)s)")
    parser.add_argument(
        "--memory", type=int, default=256, help="MB of the small function (default: %(default)s)"
    )
    parser.add_argument("--package", type=Path, help="Errand's zip (default: the newest in .serverless/)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone, e.g. bare errand_many_run")
    parser.add_argument("--without-errand", action="store_true", help="measure the peers alone")
    parser.add_argument(
        "--beside-others",
        action="store_true",
        help="leave what else this machine does its share, even as root",
    )
    parser.add_argument("--readme", type=page, default=README, help="where the tables go between the markers")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, stack: ExitStack, stop: Stop) -> tuple[Measured, list[str]]:
    python = interpreter_behind(find_python_3_13())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="errand-bench-")))
    cache = ROOT / ".make" / "bench"
    runtime = install_runtime(cache, python)
    fakes = FakeSlackAndAws()
    stack.callback(fakes.close)
    subjects = list(peers(package_peers(folder, cache)))
    if not options.without_errand:
        subjects += errand(options.package or newest_package())
    if options.only:
        subjects = [subject for subject in subjects if subject.name in options.only]
    machine = Machine(python, runtime, folder, fakes)
    roots = unpack(subjects, folder, fakes)
    notes, quota = [], None
    try:
        quota = stack.enter_context(cpu_quota(options.memory))
    except NoCpuQuota as error:
        notes.append(f"Not measured at {options.memory} MB: {error}")
    full, small = measure_rounds(subjects, roots, machine, quota, options.rounds, options.warm, stop)
    if quota and not quota.throttled_periods():
        notes.append("The CPU quota had no effect here: take no notice of the small function's numbers.")
    return Measured(subjects, full, small, options.memory, bolt_with_boto3(folder, cache)), notes


Samples = Mapping[str, list[Sample]]


def measure_rounds(
    subjects: Sequence[Subject],
    roots: Mapping[Path, Path],
    machine: Machine,
    quota: CpuQuota | None,
    rounds: int,
    warm: int,
    stop: Stop,
) -> tuple[Samples, Samples]:
    """Interleaved, and each round begins with another subject: what else this machine does, meets all of them."""
    full: dict[str, list[Sample]] = defaultdict(list)
    small: dict[str, list[Sample]] = defaultdict(list)
    for number in range(rounds):
        stop.check()
        print(f"Round {number + 1} of {rounds} …", file=sys.stderr, flush=True)
        first = number % len(subjects)
        for subject in [*subjects[first:], *subjects[:first]]:
            root = roots[subject.package]
            full[subject.name].append(measure(subject, root, machine, warm=warm))
            if quota:
                small[subject.name].append(measure(subject, root, machine, warm=warm, quota=quota))
    return full, small


def unpack(subjects: Sequence[Subject], folder: Path, fakes: FakeSlackAndAws) -> dict[Path, Path]:
    """As Lambda does: one folder a package. Who vouches for Slack is one of those that the package brings, if any."""
    roots = {subject.package: folder / f"task-{subject.package.stem}" for subject in subjects}
    for package, root in roots.items():
        with zipfile.ZipFile(package) as archive:
            archive.extractall(root)
        brought = root / "aws" / "slack_roots.pem"
        if brought.exists():
            brought.write_bytes(brought.read_bytes() + fakes.ca.cert_pem.bytes())
    return roots


def newest_package() -> Path:
    packages = sorted((ROOT / ".serverless").glob("*.zip"), key=lambda path: path.stat().st_mtime)
    if not packages:
        sys.exit(f"There is no package to measure. Make it first: make package ARCH={platform.machine()}")
    return packages[-1]


def bolt_with_boto3(folder: Path, cache: Path) -> int:
    """What Bolt's example weighs with all that it imports, as its own instructions package it."""
    whole = install(cache / "bolt-boto3", pinned("slack-bolt", "slack-sdk", "boto3"))
    packed = shutil.make_archive(str(folder / "bolt-boto3"), "zip", whole)
    return Path(packed).stat().st_size


def describe(options: argparse.Namespace, arguments: Sequence[str], notes: Sequence[str]) -> str:
    command = shlex.join(["python", "-m", "bench", *arguments])
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        f"`{command}`, {when}, on {describe_machine()}.",
        f"{options.rounds} cold starts and {options.rounds * options.warm} warm acks of each. Times in ms.",
        *notes,
    ]
    return "\n".join(lines)


def describe_machine() -> str:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"{cpu_model()}, {os.cpu_count()} CPUs, {system}"


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def write_between_markers(readme: Path, text: str) -> None:
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
