"""Files of settings: what stands in them is taken as written, and what cannot be read stops whoever asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.env_file import BadEnvFile, read_env_file, read_env_text
from ops.secrets import read_secrets
from tests.ops.driving import ROOT


def test_values_are_taken_as_written() -> None:
    text = (
        "# tokens\nSLACK_BOT_TOKEN=xoxb-1  # the bot\nexport SLACK_APP_TOKEN='xapp-$HOME'\n\n"
        'SLACK_SIGNING_SECRET="a${PATH}b"\r\nDATA_DIR=\nKEY="first\nsecond"\nAWS_PROFILE = mine\n'
    )
    assert read_env_text(text, ".env") == {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-$HOME",
        "SLACK_SIGNING_SECRET": "a${PATH}b",
        "KEY": "first\nsecond",
        "AWS_PROFILE": "mine",
    }


def test_an_empty_line_of_the_sample_takes_nothing_back() -> None:
    """Who writes the tokens above a copy of it leaves their names below."""
    assert read_env_text("A=1\nA=2\nA=\n", ".env") == {"A": "2"}


def test_the_mark_that_windows_begins_a_file_with_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n", "utf-8-sig")
    assert read_env_file(tmp_path / ".env") == {"A": "1"}


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("A=1\n\n# b\nHUSH='xapp\nC=2\n", 4, "a quote in it is not closed"),
        ('HUSH="xapp', 1, "a quote in it is not closed"),
        ("A=1\n\n\n  HUSH: xapp\n", 4, "it is not one NAME=value"),
        ("A=1\nSLACK_BOT_TOKEN HUSH=1\n", 2, "it is not one NAME=value"),
        ('A=1\nB="b" HUSH\n', 2, "it is not one NAME=value"),
        ("A=1\n=HUSH\n", 2, "it is not one NAME=value"),
        ("\nxoxb-HUSH\n", 2, "it has no ="),
        ("A=1\nB=HUSH\0\n", 2, "there is a NUL character in it"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_but_not_shown(text: str, line: int, why: str) -> None:
    with pytest.raises(BadEnvFile) as caught:
        read_env_text(text, ".env.dev")
    said, what_to_do = str(caught.value).split("\n")
    assert said == f".env.dev, line {line}, cannot be read: {why}."
    assert "NAME='a value'" in what_to_do
    assert "HUSH" not in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n", "utf-16")
    with pytest.raises(BadEnvFile, match=r"\.env cannot be read: it is no text in UTF-8"):
        read_env_file(tmp_path / ".env")


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadEnvFile, match="cannot be read: Is a directory"):
        read_env_file(tmp_path)


def test_secrets_are_read_alike(tmp_path: Path) -> None:
    file = tmp_path / ".env.dev"
    file.write_text("SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET='hush\n", "utf-8")
    with pytest.raises(BadEnvFile, match=r"\.env\.dev, line 2, .* not closed"):
        read_secrets(file, "dev")


# `make deploy` and `make remove` read the lists of what jobs may reach, the others this machine's settings.
@pytest.mark.parametrize(
    ("name", "command"),
    [
        (".env", "audit"),
        (".env", "installations"),
        (".env.dev", "deploy --stage dev"),
    ],
)
def test_every_command_says_so_before_it_does_anything(tmp_path: Path, name: str, command: str) -> None:
    (tmp_path / name).write_text("A=1\nHUSH='1\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ops", *command.split()],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{name}, line 2, cannot be read: a quote in it is not closed.")
    assert "HUSH" not in done.stderr
