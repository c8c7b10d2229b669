import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.driving import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def phony() -> list[str]:
    found = re.search(r"(?m)^\.PHONY: (.*)$", MAKEFILE)
    assert found
    return found[1].split()


def test_make_alone_lists_every_target_with_a_line_of_its_own() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    output = subprocess.run(["make"], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    lines = output.splitlines()
    listed = [re.fullmatch(r"  make ([a-z-]+) +(\S.*)", line) for line in lines]
    assert [match[1] for match in listed if match] == phony()
    assert len(lines) == len(phony())


def test_every_rule_is_phony_and_has_a_comment() -> None:
    rules = re.findall(r"(?m)^([a-z-]+):(.*)$", MAKEFILE)
    assert [name for name, _ in rules] == phony()
    assert all("## " in rest for _, rest in rules)


def fresh_clone(folder: Path) -> Path:
    """As far as the set-up can see."""
    (folder / "ops").mkdir(parents=True)
    for name in ("setup.sh", "venv.py"):
        shutil.copy(ROOT / "ops" / name, folder / "ops")
    (folder / "requirements.txt").write_text("# nothing is needed\n")
    forget_this_machine(folder / "ops/setup.sh")
    return folder


def forget_this_machine(script: Path) -> None:
    """Only the PATH that a test sets has a Python on it."""
    text = script.read_text("utf-8")
    for folder in ("/opt/homebrew/bin", "/usr/local/bin"):
        assert folder in text
        text = text.replace(folder, "/nowhere")
    script.write_text(text, "utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return fresh_clone(tmp_path / "a clone")


@pytest.fixture(scope="module")
def first_set_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A clone that has been set up, and what that said. Made once: a virtual environment takes seconds."""
    folder = fresh_clone(tmp_path_factory.mktemp("set up") / "a clone")
    return folder, set_up(folder, PYTHON=sys.executable).stderr


@pytest.fixture
def ready_clone(first_set_up: tuple[Path, str], tmp_path: Path) -> Path:
    return shutil.copytree(first_set_up[0], tmp_path / "ready clone", symlinks=True)


def set_up(clone: Path, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(clone)} | env
    command = ["/bin/sh", "ops/setup.sh", "requirements.txt"]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)


def fake_python(folder: Path, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    return put_script(folder / "python3", body)


def put_script(path: Path, body: str) -> Path:
    assert not path.exists(), "written through a link it would replace a real program"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_the_set_up_says_what_it_does_and_happens_once(first_set_up: tuple[Path, str]) -> None:
    folder, said = first_set_up
    assert [line.split()[0] for line in said.splitlines()] == ["Making", "Installing", "Ready"]
    assert set_up(folder).stderr == ""


def test_it_happens_again_when_the_requirements_change(ready_clone: Path) -> None:
    (ready_clone / "requirements.txt").write_text("# still nothing\n")
    said = set_up(ready_clone).stderr
    assert "Installing requirements.txt" in said
    assert "Making" not in said
    assert set_up(ready_clone).stderr == ""


def test_a_broken_venv_is_made_anew(ready_clone: Path) -> None:
    python = ready_clone / ".venv/bin/python"
    python.unlink()
    python.symlink_to(ready_clone / "gone")
    assert "Making .venv" in set_up(ready_clone).stderr
    assert set_up(ready_clone).stderr == ""


def test_a_requirement_that_cannot_be_had_is_named_and_tried_again(ready_clone: Path) -> None:
    (ready_clone / "requirements.txt").write_text("./no-such-folder\n")
    for _ in range(2):
        done = set_up(ready_clone)
        assert done.returncode == 1
        assert "no-such-folder" in done.stderr
        assert "requirements.txt could not be installed" in done.stderr


def test_a_package_that_went_missing_is_noticed(ready_clone: Path) -> None:
    """Its pin is in the stamped file, but the package is not there."""
    pin = "absent-package==1.0"
    (ready_clone / "requirements.txt").write_text(f"{pin}\n")
    digest = hashlib.sha256(f"{pin}\n".encode()).hexdigest()
    (ready_clone / ".venv/.installed-requirements").write_text(digest)
    assert "Installing requirements.txt" in set_up(ready_clone, PIP_NO_INDEX="1").stderr


def test_a_package_with_extras_is_found_too(ready_clone: Path) -> None:
    """Or else each make installs everything again, and needs the network for it."""
    asked = [str(ready_clone / ".venv/bin/python"), "-c", "from pip import __version__; print(__version__)"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    pin = f"pip[some,extra]=={version}"
    (ready_clone / "requirements.txt").write_text(f"{pin}\n")
    digest = hashlib.sha256(f"{pin}\n".encode()).hexdigest()
    (ready_clone / ".venv/.installed-requirements").write_text(digest)
    assert set_up(ready_clone, PIP_NO_INDEX="1").stderr == ""


@pytest.fixture
def bare_path(clone: Path) -> Path:
    """A PATH with the shell's own tools and nothing else: no Python, no apt-get."""
    folder = clone / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "cat"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def test_an_old_python_is_passed_over_with_what_to_install(clone: Path, bare_path: Path) -> None:
    fake_python(bare_path, 'case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac')
    done = set_up(clone, PATH=str(bare_path))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; python3 here: Python 3.9.2" in done.stderr
    assert "brew install python" in done.stderr


WITHOUT_VENV = "case $2 in *ensurepip*) exit 1 ;; *print*) echo 3.11 ;; esac"


def test_a_python_without_venv_is_answered_with_the_package_to_install(clone: Path, bare_path: Path) -> None:
    put_script(bare_path / "id", "echo 1000")
    done = set_up(clone, PATH=str(bare_path), PYTHON=str(fake_python(clone / "debian", WITHOUT_VENV)))
    assert done.returncode == 1
    assert "sudo apt install python3.11-venv" in done.stderr


def test_as_root_on_debian_that_package_is_installed(clone: Path, bare_path: Path) -> None:
    put_script(bare_path / "id", "echo 0")
    put_script(bare_path / "apt-get", f'echo "$@" >> "{clone}/apt.log"')
    done = set_up(clone, PATH=str(bare_path), PYTHON=str(fake_python(clone / "debian", WITHOUT_VENV)))
    assert (clone / "apt.log").read_text().splitlines() == ["update -qq", "install -qq -y python3.11-venv"]
    assert "Installing python3.11-venv" in done.stderr
    assert done.returncode == 0


def test_naming_the_python_that_is_in_use_changes_nothing(ready_clone: Path) -> None:
    assert set_up(ready_clone, PYTHON=sys.executable).stderr == ""


def test_a_python_that_was_named_must_be_new_enough(clone: Path) -> None:
    done = set_up(clone, PYTHON=str(fake_python(clone / "old", "exit 1")))
    assert done.returncode == 1
    assert "PYTHON=" in done.stderr
    assert "is not a Python 3.11 or newer" in done.stderr
