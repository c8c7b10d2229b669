"""`python -m ops`: the commands by name, each as `make` starts it."""

import re
import subprocess
import sys

from ops.__main__ import COMMANDS, summary_of
from tests.ops.driving import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_alone_it_lists_the_commands_with_a_line_of_its_own_for_each() -> None:
    done = ops()
    assert done.returncode == 0
    listed = re.findall(r"(?m)^  (\S+) +(\S.*)$", done.stdout)[: len(COMMANDS)]
    assert listed == [(name, summary_of(module)) for name, module in COMMANDS.items()]
    assert all(summary for _, summary in listed)


def test_each_command_is_a_target_of_make_and_each_target_that_works_on_a_stage_a_command() -> None:
    assert re.findall(r"(?m)^([a-z-]+):.*\n\t\$\(on_stage\)$", MAKEFILE) == list(COMMANDS)


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    done = ops("instalations")
    assert done.returncode == 2
    assert "'instalations'" in done.stderr
    assert "installations" in done.stdout


def test_what_a_command_refuses_is_told_in_a_line() -> None:
    done = ops("info", "--stage", "no such stage")
    assert done.returncode == 1
    assert done.stderr.startswith("Say which stage")
    assert done.stderr.count("\n") == 1
