"""What is measured: unpacked packages, what each is asked, and what it must answer."""

from __future__ import annotations

import fcntl
import json
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.events import SIGNING_SECRET, click_event, command_event
from bench.fakes import BOT_ID, BOT_TOKEN, BOT_USER_ID, CLIENT_ID, KMS_KEY, TEAM_ID, encrypt
from blocks.approval import APPROVE_RUN
from blocks.parts import actions, button, section
from blocks.run_message import CANCEL_RUN

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
PYTHON = "3.13"

ONE = {
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_BOT_ID": BOT_ID,
    "SLACK_BOT_USER_ID": BOT_USER_ID,
    "SLACK_TEAM_ID": TEAM_ID,
}
MANY = {"SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": "bench-client-secret"}
BUCKETS = {"SLACK_STATE_S3_BUCKET_NAME": "states", "SLACK_INSTALLATION_S3_BUCKET_NAME": "installations"}

ACCEPTED = "Accepted!"
RUN_ID = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Subject:
    """`package` is the zip; `event` makes what the function is sent; the ack's body holds `answer`, or is empty."""

    name: str
    title: str
    package: Path
    handler: str
    event: Callable[[], dict[str, Any]]
    answer: str
    environment: Mapping[str, str] = field(repr=False)


def start_peer() -> dict[str, Any]:
    return command_event("/start", "the night shift")


def open_modal() -> dict[str, Any]:
    return command_event("/open", "")


def open_picker() -> dict[str, Any]:
    return command_event("/run", "")


def start_run() -> dict[str, Any]:
    return command_event("/run", "export-channel channel=<#C0BENCH01|general> days=30")


def click_cancel() -> dict[str, Any]:
    blocks = [section("*Export*\n:gear: Running"), actions(button("Cancel", CANCEL_RUN, RUN_ID))]
    return click_event(CANCEL_RUN, RUN_ID, {"text": "Export: running", "blocks": blocks})


def click_approve() -> dict[str, Any]:
    blocks = [section("*Deploy the site*"), actions(button("Approve", APPROVE_RUN, RUN_ID))]
    return click_event(APPROVE_RUN, RUN_ID, {"text": "Approve?", "blocks": blocks})


def peers(packages: Mapping[str, Path]) -> Iterator[Subject]:
    settings = {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
    one = settings | {"SLACK_BOT_TOKEN": BOT_TOKEN}
    many = settings | MANY | BUCKETS
    bolt, oauth = "Bolt's lazy listeners", "Bolt with S3 OAuth and a lazy command"
    modal, oauth_modal = "Bolt, opening a modal", "Bolt with S3 OAuth, opening a modal"
    for name, title, environment, event, answer in (
        ("bare", "Bare standard library, signature checked", settings, start_peer, ACCEPTED),
        ("bolt_lazy", f"{bolt}, as documented", one, start_peer, ACCEPTED),
        ("bolt_lazy_tuned", f"{bolt}, tuned", one, start_peer, ACCEPTED),
        ("bolt_oauth", f"{oauth}, as documented", many, start_peer, ACCEPTED),
        ("bolt_oauth_tuned", f"{oauth}, tuned", many, start_peer, ACCEPTED),
        ("bolt_modal", f"{modal}, as documented", one, open_modal, ""),
        ("bolt_modal_tuned", f"{modal}, tuned", one, open_modal, ""),
        ("bolt_oauth_modal", f"{oauth_modal}, as documented", many, open_modal, ""),
        ("bolt_oauth_modal_tuned", f"{oauth_modal}, tuned", many, open_modal, ""),
    ):
        yield Subject(name, title, packages[name], f"{name}.handler", event, answer, environment)


def errand(package: Path) -> Iterator[Subject]:
    for name, title, secrets in (
        ("one", "Errand, one workspace", ONE),
        ("many", "Errand, many workspaces", MANY),
    ):
        environment = {
            "SLACK_SECRETS_CIPHERTEXT": encrypt(
                json.dumps({"SLACK_SIGNING_SECRET": SIGNING_SECRET} | secrets)
            ),
            "KMS_KEY_ID": KMS_KEY,
            "TABLE_NAME": "bench",
            "FAILURE_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/bench",
            "STAGE": "production",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
        }
        for what, does, event, answer in (
            ("run", "`/run export-channel …`", start_run, "Starting"),
            ("cancel", "a click on Cancel", click_cancel, ""),
            ("approve", "a click on Approve", click_approve, ""),
            ("modal", "`/run`, which opens the picker", open_picker, ""),
        ):
            yield Subject(
                f"errand_{name}_{what}",
                f"{title}: {does}",
                package,
                "app.handler",
                event,
                answer,
                environment,
            )


def pinned(*names: str) -> list[str]:
    """The pins of the app's own requirements and of the bench's: peers get the same versions as we."""
    files = (ROOT / "requirements.txt", Path(__file__).parent / "requirements.txt")
    pins = [line.strip() for file in files for line in file.read_text("utf-8").splitlines()]
    chosen = {pin.partition("==")[0]: pin for pin in pins if "==" in pin and not pin.startswith("#")}
    return [chosen[name] for name in names]


def install(target: Path, pins: list[str]) -> Path:
    """For Lambda's Python, without byte code, as most packagers of functions do; once for these pins.

    Others may be at it too (a measurement beside the tests, tests beside each other): one of them does it, the rest
    wait. What is in place is whole, for it was put there in one move.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = target / ".pins"
        wanted = "\n".join([PYTHON, platform.machine(), *pins])
        if not stamp.is_file() or stamp.read_text() != wanted:
            fresh = target.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            run_pip(fresh, pins)
            (fresh / ".pins").write_text(wanted)
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
    return target


def run_pip(target: Path, pins: list[str]) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    fitting = ["--no-compile", "--only-binary=:all:", f"--python-version={PYTHON}", f"--target={target}"]
    done = subprocess.run([*pip, *fitting, *pins], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout}{done.stderr}\n{', '.join(pins)} could not be installed: see above.")


def install_runtime(cache: Path, python: Path) -> Path:
    """What Lambda has beside the function: the runtime client and boto3, byte code and all."""
    target = install(cache / "runtime", pinned("awslambdaric", "boto3"))
    subprocess.run([python, "-m", "compileall", "-q", target], check=False, capture_output=True)
    return target


def install_bolt(cache: Path) -> Path:
    """What every peer but the bare one brings along."""
    return install(cache / "bolt", pinned("slack-bolt", "slack-sdk"))


def install_errands(cache: Path) -> Path:
    """What Errand's zip has in it besides Errand; boto3 is the runtime's."""
    return install(cache / "errand", pinned("cryptography", "slack-bolt", "slack-sdk"))


def package_peers(folder: Path, cache: Path) -> dict[str, Path]:
    bolt = install_bolt(cache)
    packages = {}
    for module in sorted(PEERS.glob("*.py")):
        packages[module.stem] = folder / f"{module.stem}.zip"
        with zipfile.ZipFile(packages[module.stem], "w", zipfile.ZIP_DEFLATED) as package:
            package.write(module, module.name)
            if module.stem != "bare":
                add_folder(package, bolt)
    return packages


def add_folder(package: zipfile.ZipFile, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".pins":
            package.write(path, path.relative_to(folder))
