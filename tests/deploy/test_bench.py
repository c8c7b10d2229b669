"""The measurement itself, once and quickly: that it works, never how fast anything was."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bench.__main__ import BEGIN, END, README
from bench.report import FULL_COLUMNS, SMALL_COLUMNS
from tests.deploy.conftest import Packages
from tests.deploy.packages import ROOT

pytestmark = pytest.mark.timeout(900)  # the packages are made first

# What each peer's vendor makes of one ack; ours is one Invoke.
CALLS = {
    "Bare standard library, signature checked": "0 AWS + 0 Slack",
    "Bolt's lazy listeners, as documented": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Bolt's lazy listeners, tuned": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Bolt with S3 OAuth and a lazy command, as documented": "2 AWS + 1 Slack"
    " (lambda:InvokeFunction, s3:GetObject, slack:auth.test)",
    "Bolt with S3 OAuth and a lazy command, tuned": "2 AWS + 1 Slack"
    " (lambda:InvokeFunction, s3:GetObject, slack:auth.test)",
    "Bolt, opening a modal, as documented": "0 AWS + 1 Slack (slack:views.open)",
    "Bolt, opening a modal, tuned": "0 AWS + 1 Slack (slack:views.open)",
    "Bolt with S3 OAuth, opening a modal, as documented": "1 AWS + 2 Slack"
    " (s3:GetObject, slack:auth.test, slack:views.open)",
    "Bolt with S3 OAuth, opening a modal, tuned": "1 AWS + 2 Slack"
    " (s3:GetObject, slack:auth.test, slack:views.open)",
    "Errand, one workspace: `/run export-channel …`": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, one workspace: a click on Cancel": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, one workspace: a click on Approve": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, one workspace: `/run`, which opens the picker": "1 AWS + 1 Slack"
    " (lambda:InvokeFunction, slack:views.open)",
    "Errand, many workspaces: `/run export-channel …`": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, many workspaces: a click on Cancel": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, many workspaces: a click on Approve": "1 AWS + 0 Slack (lambda:InvokeFunction)",
    "Errand, many workspaces: `/run`, which opens the picker": "1 AWS + 1 Slack"
    " (lambda:InvokeFunction, slack:views.open)",
}


@pytest.fixture(scope="module")
def package(packages: Packages) -> Path:
    return (packages.x86_64 if platform.machine() in ("x86_64", "AMD64") else packages.arm64).path


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The only place for temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def start_bench(scratch: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        # Other tests run beside it: as root it would keep them from the CPU for seconds on end.
        [sys.executable, "-m", "bench", *arguments, "--beside-others"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def assert_nothing_is_left(process: subprocess.Popen[str], scratch: Path) -> None:
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert list(scratch.iterdir()) == []
    # os.walk passes over what others remove meanwhile
    groups = [name for _, names, _ in os.walk("/sys/fs/cgroup") for name in names]
    assert not [name for name in groups if name.startswith(f"errand-bench-{process.pid}-")]


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows under each heading, the head among them."""
    parts = re.split(r"^### (.*)$", text, flags=re.M)
    return {
        title: [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")]
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_one_round_measures_errand_and_every_peer(package: Path, scratch: Path, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"Before\n{BEGIN}\nof another day\n{END}\nAfter\n")
    process = start_bench(scratch, "--rounds", "1", "--warm", "1", "--package", package, "--readme", readme)
    said, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert_nothing_is_left(process, scratch)

    text = readme.read_text("utf-8")
    assert text.startswith(f"Before\n{BEGIN}\n`python -m bench --rounds 1")
    assert text.endswith(f"\n{END}\nAfter\n")
    assert "of another day" not in text
    assert said.strip() in text
    found = tables(text)
    head, *rows = found.pop("A whole CPU")
    assert tuple(head) == FULL_COLUMNS
    calls = {row[0]: row[head.index("calls of a warm ack") + 1] for row in rows}
    assert calls == CALLS
    small = found.pop("256 MB", None)
    assert small or "Not measured at 256 MB: " in text
    if small:
        assert tuple(small[0]) == SMALL_COLUMNS
        assert [row[0] for row in small[1:]] == list(CALLS)
    assert list(found) == [title for title in CALLS if title.startswith("Errand")]


def test_a_function_that_fails_ends_the_measurement_with_what_it_said(scratch: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as package:
        package.writestr("app.py", "raise ImportError('a module that was not packaged')")
    process = start_bench(scratch, "--rounds", "1", "--package", broken, "--only", "errand_one_run")
    _, complaints = process.communicate()
    assert process.returncode == 1
    assert "a module that was not packaged" in complaints
    assert_nothing_is_left(process, scratch)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_measurement_that_is_stopped_leaves_nothing_behind(how: signal.Signals, scratch: Path) -> None:
    process = start_bench(scratch, "--rounds", "1000", "--without-errand", "--only", "bare")
    assert process.stderr
    while not process.stderr.readline().startswith("Round 2"):
        assert process.poll() is None
    process.send_signal(how)
    process.communicate()
    assert process.returncode == 128 + how
    assert_nothing_is_left(process, scratch)


def test_the_readme_has_a_place_for_the_tables() -> None:
    text = README.read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text.index(BEGIN) < text.index(END)
