"""moto, an emulator of AWS, in a process of its own on loopback. Its KMS authenticates, which ministack's does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.ministack import CREDENTIALS
from ops.ports import reserved_port
from tests.aws.emulator import Emulator, ended, wait_until_it_answers


@contextmanager
def a_moto(scratch: Path) -> Iterator[Emulator]:
    with reserved_port() as port, (scratch / "moto.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        started = subprocess.Popen(command, env=os.environ | CREDENTIALS, stdout=log, stderr=log)
        with ended(started) as process:
            wait_until_it_answers(port, process)
            yield Emulator(f"http://127.0.0.1:{port}")
