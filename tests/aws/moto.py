"""moto, an emulator of AWS, in a process of its own on loopback. Its KMS authenticates, which ministack's does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ops.ministack import CREDENTIALS
from tests.aws.emulator import Emulator, answers, free_port


@contextmanager
def a_moto(scratch: Path) -> Iterator[Emulator]:
    port = free_port()
    log = (scratch / "moto.log").open("wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log, subprocess.Popen(command, env=os.environ | CREDENTIALS, stdout=log, stderr=log) as process:
        try:
            while not answers(port):
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"moto stopped at once, with {process.wait(timeout=0.05)}")
            yield Emulator(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
