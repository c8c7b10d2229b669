"""ministack, an emulator of AWS, in a process of its own on loopback."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from aws.clients import AwsClients
from ops.ministack import CREDENTIALS, REGION, install_ministack, ministack_environment
from settings import AwsSettings


@dataclass(frozen=True)
class Emulator:
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a function on it sees."""
        return {**CREDENTIALS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url}

    def clients(self) -> AwsClients:
        """The app's own."""
        return AwsClients(AwsSettings.from_env(self.environment))

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def an_emulator(scratch: Path, *, enforce_iam: bool = False, **options: str) -> Iterator[Emulator]:
    """`scratch` takes what it leaves behind."""
    program, port = install_ministack(), free_port()
    url = f"{'https' if 'USE_SSL' in options else 'http'}://127.0.0.1:{port}"
    environment = ministack_environment(port, scratch, enforce_iam=enforce_iam) | options
    log = (scratch / "ministack.log").open("wb")
    with log, subprocess.Popen([program], env=environment, stdout=log, stderr=log, cwd=scratch) as process:
        try:
            while not answers(port):
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"ministack stopped at once, with {process.wait(timeout=0.05)}")
            yield Emulator(url)
        finally:
            process.terminate()


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionRefusedError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
