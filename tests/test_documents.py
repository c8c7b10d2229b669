"""What README.md and CONTRIBUTING.md say to type exists, and so does what they lead to."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md", "simulator/README.md")
TARGETS = dict(re.findall(r"(?m)^([a-z-]+):.*?## .*\n((?:\t.*\n)*)", (ROOT / "Makefile").read_text("utf-8")))
COMMAND = re.compile(r'(?m)(?:`|^|… |[A-Z_]+=\S+ )make (?:-s )?([a-z-]+)((?: [A-Z]+=(?:"[^"]*"|[^\s`"]+))*)')
LINK = re.compile(r'\]\((?!https?:)([^)\s]+)\)|src="([^"]+)"')
OF_PYTEST = "test"  # whose ARGS are pytest's


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def commands() -> list[tuple[str, str]]:
    """Target and ARGS of each, once."""
    found = [match for document in DOCUMENTS for match in COMMAND.finditer(text_of(document))]
    return sorted({(match[1], dict_of(match[2]).get("ARGS", "")) for match in found})


def dict_of(variables: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in shlex.split(variables))


@cache
def help_of(target: str) -> str:
    """Of the program behind it: `python -m bench`, or a command of `python -m ops`."""
    own = re.search(r"python -m ([\w.]+) \$\(ARGS\)", TARGETS[target])
    module = [own[1]] if own else ["ops", target]
    done = subprocess.run(
        [sys.executable, "-m", *module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_documents_say_enough_to_be_worth_looking_at() -> None:
    assert {"run", "run-lambda", "dev", "test", "audit", "import"} <= {target for target, _ in commands()}


@pytest.mark.parametrize(("target", "args"), commands())
def test_a_command_of_the_documents_exists_with_its_options(target: str, args: str) -> None:
    assert target in TARGETS
    if target == OF_PYTEST:
        return
    for option in re.findall(r"--[a-z-]+", args):
        assert re.search(rf"{option}\b", help_of(target)), f"make {target} knows no {option}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_leads_to_is_there(document: str) -> None:
    for link in ("".join(found) for found in LINK.findall(text_of(document))):
        name, _, heading = link.partition("#")
        place = (ROOT / document).parent / name if name else ROOT / document
        assert place.exists(), link
        if heading:
            assert heading in map(anchor, re.findall(r"(?m)^#+ (.*)$", place.read_text("utf-8"))), link


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_readme_names_every_folder_and_each_that_it_draws_is_there() -> None:
    tree = text_of("README.md").partition("## Where things are")[2].split("```")[1]
    drawn = set(re.findall(r"(?m)^([\w.]+/?) ", tree))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {f"{path.split('/')[0]}/" for path in tracked.splitlines() if "/" in path}
    assert [each for each in drawn if not (ROOT / each).exists()] == []
    assert [each for each in folders if not each.startswith(".") and each not in tree] == ["docs/"]
