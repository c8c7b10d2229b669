"""An AWS for one test: ministack on loopback, which enforces the role's IAM policy as AWS does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from ops.ministack import (
    CREDENTIALS,
    REGION,
    client_environment,
    install_ministack,
    is_up,
    ministack_environment,
)
from ops.ports import reserved_port
from tests.aws.emulator import ended, ministack


@dataclass(frozen=True)
class Ministack:
    url: str
    scratch: Path

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of a program that works on it."""
        return client_environment(self.url)

    def said(self) -> str:
        return (self.scratch / "ministack.log").read_text("utf-8", "replace")


@contextmanager
def a_ministack(scratch: Path, *, environments: int | None = None) -> Iterator[Ministack]:
    """`scratch` takes what it leaves behind. No more than so many environments work at once, and the rest waits."""
    with reserved_port() as port, (scratch / "ministack.log").open("wb") as log:
        started = subprocess.Popen(
            command(environments),
            env=ministack_environment(port, scratch, enforce_iam=True),
            stdout=log,
            stderr=log,
            cwd=scratch,
        )
        with ended(started) as process:
            url = f"http://127.0.0.1:{port}"
            wait_until_up(process, url)
            yield Ministack(url, scratch)


def command(environments: int | None) -> list[str]:
    if environments is None:
        return [install_ministack()]
    return ministack(str(Path(__file__).with_name("waiting_ministack.py")), str(environments))


def wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    while not is_up(url):
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"ministack ended at once: exit code {process.wait(timeout=0.05)}")
