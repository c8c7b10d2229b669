"""`python -m ops`: the commands by name, each as `make` starts it."""

import os
import re
import subprocess
import sys

import pytest

from ops.__main__ import COMMANDS, summary_of
from tests.ops.driving import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def ops(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


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


SIGNED_IN = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-central-1"}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"AWS_ENDPOINT_URL": "junk"}, "AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:port"}, "AWS_ENDPOINT_URL"),
        ({"AWS_REGION": "eu central"}, "'eu central'"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "the network"),
    ],
)
def test_where_aws_cannot_be_reached_it_says_where_to_look(wrong: dict[str, str], named: str) -> None:
    done = ops("info", "--stage", "dev", **SIGNED_IN | wrong)
    assert done.returncode == 1
    assert done.stderr.startswith("AWS")
    assert named in done.stderr
    assert "Traceback" not in done.stderr
