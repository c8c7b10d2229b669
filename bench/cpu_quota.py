"""A share of a CPU, as Lambda gives it with memory: 1,769 MB is one vCPU.

The kernel's own bandwidth control does it, the same means as Lambda's, so it needs a cgroup that may be
written: root, nearly always. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ONE_CPU_MB = 1769
PERIOD = 20_000  # µs; what Lambda's is seen to be. Docker's 100 ms would let a whole ack through unthrottled.

ROOTS = ("/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct")


class NoCpuQuota(Exception):
    """CPU quotas cannot be set here: no cgroup may be written (root may, nearly everywhere)."""


class CpuQuota:
    """What a function of `memory` MB gets, ahead of all else on this machine.

    `admit` puts a process under it, with all its threads.
    """

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        quota = PERIOD * memory // ONE_CPU_MB
        if (folder / "cpu.max").exists():  # cgroup v2
            (folder / "cpu.max").write_text(f"{quota} {PERIOD}")
            (folder / "cpu.weight").write_text("10000")
        else:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
            (folder / "cpu.shares").write_text("100000")

    def admit(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    def throttled_periods(self) -> int:
        lines = (self._folder / "cpu.stat").read_text().splitlines()
        return int(dict(line.split() for line in lines)["nr_throttled"])


@contextmanager
def cpu_quota(memory: int) -> Iterator[CpuQuota]:
    """Gone afterwards: end every process that was admitted before. Raises NoCpuQuota."""
    folder = _make_group(f"errand-bench-{os.getpid()}-{memory}")
    try:
        yield CpuQuota(folder, memory)
    finally:
        folder.rmdir()


def _make_group(name: str) -> Path:
    for root in map(Path, ROOTS):
        try:
            (root / name).mkdir()
        except OSError:
            continue
        if any((root / name / limit).exists() for limit in ("cpu.max", "cpu.cfs_quota_us")):
            return root / name
        (root / name).rmdir()  # a hierarchy without the cpu controller
    raise NoCpuQuota(NoCpuQuota.__doc__)
