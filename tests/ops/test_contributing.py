"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the repository."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.driving import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NEW_FILE = re.compile(r"(?ms)^`([\w/.]+)`\n\n```python\n(.*?)^```$")
EDIT = re.compile(r"(?ms)^```diff\n(.*?)^```$")
# Among them is all that other tests may make here meanwhile, and take away again.
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "docs", "node_modules")


def add_files(copy: Path, recipe: str) -> list[str]:
    for name, content in NEW_FILE.findall(recipe):
        (copy / name).write_text(content, "utf-8")
    return [name for name, _ in NEW_FILE.findall(recipe)]


def apply_edits(copy: Path, recipe: str) -> None:
    for diff in EDIT.findall(recipe):
        before = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in " -")
        after = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in " +")
        edited = [path for path in edited_files(copy, recipe) if replace_once(path, before, after)]
        assert len(edited) == 1, f"this edit fits {len(edited)} of the files that the recipe names:\n{diff}"


def edited_files(copy: Path, recipe: str) -> list[Path]:
    return [copy / name for name in re.findall(r"(?m)^One (?:line|entry) in `([\w/.]+)`", recipe)]


def replace_once(path: Path, before: str, after: str) -> bool:
    text = path.read_text("utf-8")
    if text.count(before) != 1:
        return False
    path.write_text(text.replace(before, after), "utf-8")
    return True


def succeeds(copy: Path, *module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *module], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("title", ["Add a job", "Add a slash command"])
def test_a_recipe_followed_to_the_letter_works(tmp_path: Path, title: str) -> None:
    recipe = TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]
    copy = shutil.copytree(ROOT, tmp_path / "copy", ignore=NOT_COPIED)
    new_files = add_files(copy, recipe)
    apply_edits(copy, recipe)
    new_tests = [name for name in new_files if name.startswith("tests/")]
    assert len(new_tests) == 1
    succeeds(copy, "ruff", "check", "--no-cache", *new_files, "listeners", "jobs")
    succeeds(copy, "ruff", "format", "--no-cache", "--check", *new_files)
    succeeds(
        copy,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_manifest.py",
        "tests/test_imports.py",
        *new_tests,
    )
