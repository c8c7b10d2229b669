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
from ops.ports import reserved_port
from settings import AwsSettings

PATIENT_MINISTACK = str(Path(__file__).with_name("patient_ministack.py"))


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
    with reserved_port() as port, (scratch / "ministack.log").open("wb") as log:
        environment = ministack_environment(port, scratch, enforce_iam=enforce_iam) | options
        started = subprocess.Popen(ministack(), env=environment, stdout=log, stderr=log, cwd=scratch)
        with ended(started) as process:
            wait_until_it_answers(port, process)
            yield Emulator(f"{'https' if 'USE_SSL' in options else 'http'}://127.0.0.1:{port}")


def ministack(script: str = PATIENT_MINISTACK, *arguments: str) -> list[str]:
    """The command: a script of ours that changes it, by its own Python."""
    its_python = str(Path(install_ministack()).with_name("python"))
    return [its_python, "-P", script, *arguments]  # -P: some module beside a script is called ministack


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """At the end."""
    with process:
        try:
            yield process
        finally:
            process.terminate()


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    while not answers(port):
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"{process.args!r} stopped at once, with {process.wait(timeout=0.05)}")


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionRefusedError:
        return False
