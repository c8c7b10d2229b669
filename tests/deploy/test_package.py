"""The zip is for Lambda and nothing else: right architecture, right byte code, no more than it needs, repeatable."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from ops.python_3_13 import find_python_3_13
from tests.deploy.conftest import Packages
from tests.deploy.packages import ROOT, Package

pytestmark = pytest.mark.timeout(900)  # a package takes osls and pip seconds, and three are made at once

MACHINES = {b"\xb7\x00": "arm64", b"\x3e\x00": "x86_64"}  # e_machine of an ELF header: EM_AARCH64, EM_X86_64
MAGIC_3_13 = 3571  # importlib.util.MAGIC_NUMBER of every 3.13
UNCHECKED_HASH = 0b01  # PEP 552: by hash, not checked against the source

# Our own packages and modules, and what the pinned libraries consist of.
EXPECTED = {"app.py", "settings.py", "manifest.json", "__pycache__"}
EXPECTED |= {"aws", "blocks", "jobs", "listeners", "oauth", "runs", "wiring"}
EXPECTED |= {"slack_bolt", "slack_sdk", "cryptography", "_cffi_backend.cpython-313-aarch64-linux-gnu.so"}


def elf_machines(package: Package) -> dict[str, str]:
    return {
        name: MACHINES.get(data[18:20], "another")
        for name, data in package.read().items()
        if data.startswith(b"\x7fELF")
    }


def test_the_same_sources_make_the_same_bytes_wherever_and_whenever(packages: Packages) -> None:
    first, second = (
        hashlib.sha256(each.path.read_bytes()).hexdigest() for each in (packages.arm64, packages.again)
    )
    assert first == second


def test_native_code_is_for_arm64(packages: Packages) -> None:
    assert set(elf_machines(packages.arm64).values()) == {"arm64"}


def test_native_code_has_no_symbols(packages: Packages) -> None:
    for name in elf_machines(packages.arm64):
        assert b".symtab" not in packages.arm64.read()[name], name


def test_native_code_without_symbols_still_runs(here: Package, tmp_path: Path) -> None:
    with zipfile.ZipFile(here.path) as zipped:
        zipped.extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, '.');"
        f"import oauth; oauth.__path__.append({str(ROOT / 'oauth')!r});"  # for a key that needs no AWS
        "from oauth.cipher import Cipher, Group; from oauth.key_file import KeyFile;"
        "cipher, bot = Cipher(KeyFile('key'), client_id='1.2'), Group('', 'T1');"
        "print(cipher.open(bot, 'bot_token', cipher.seal(bot, {'bot_token': 'opened'})['bot_token']));"
        "import cryptography; print(cryptography.__file__)"
    )
    done = subprocess.run(
        [find_python_3_13(), "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["opened", str(tmp_path / "cryptography" / "__init__.py")], done.stderr


def test_native_code_is_for_x86_64_where_that_was_asked_for(packages: Packages) -> None:
    assert set(elf_machines(packages.x86_64).values()) == {"x86_64"}
    function = packages.x86_64.template["Resources"]["AppLambdaFunction"]["Properties"]
    assert function["Architectures"] == ["x86_64"]


def test_every_source_has_its_byte_code_beside_it(packages: Packages) -> None:
    files = packages.arm64.read()
    sources = [PurePosixPath(name) for name in files if name.endswith(".py")]
    missing = [each for each in sources if byte_code_of(each) not in files]
    assert sources
    assert not missing


def byte_code_of(source: PurePosixPath) -> str:
    return str(source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc")


def test_byte_code_is_that_of_the_functions_python_and_needs_no_look_at_its_source(
    packages: Packages,
) -> None:
    for name, data in packages.arm64.read().items():
        if name.endswith(".pyc"):
            assert int.from_bytes(data[:2], "little") == MAGIC_3_13, name
            assert data[2:4] == b"\r\n", name
            assert int.from_bytes(data[4:8], "little") == UNCHECKED_HASH, name


def test_byte_code_names_files_as_they_are_called_on_lambda(packages: Packages) -> None:
    code = packages.arm64.read()["__pycache__/app.cpython-313.pyc"]
    assert b"/var/task/app.py" in code
    assert not [
        name for name, data in packages.arm64.read().items() if os.fsencode(packages.arm64.folder) in data
    ]


def test_docstrings_of_libraries_stay_in_their_sources_alone(packages: Packages) -> None:
    files = packages.arm64.read()

    def is_in_byte_code(words: bytes, name: str) -> bool:
        assert words in files[name]
        return words in files[byte_code_of(PurePosixPath(name))]

    assert not is_in_byte_code(b"A WebClient allows apps to communicate", "slack_sdk/web/client.py")
    assert is_in_byte_code(b"The message is what a person reads", "runs/errors.py")


def test_what_an_app_on_ones_own_machine_has_in_the_place_of_aws_stays_out(packages: Packages) -> None:
    names = " ".join(packages.arm64.read())
    for each in ("sqlite_store", "on_this_machine", "key_file", "sqlalchemy", "amazon_s3"):
        assert each not in names


def test_nothing_else_is_in_it(packages: Packages) -> None:
    top = {name.split("/")[0] for name in packages.arm64.read()}
    assert top == EXPECTED


def test_what_lambdas_runtime_has_already_stays_out(packages: Packages) -> None:
    top = {name.partition("/")[0] for name in packages.arm64.read()}
    assert not top & {"boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py"}


def test_it_is_small(packages: Packages) -> None:
    for each in (packages.arm64, packages.x86_64):
        assert each.path.stat().st_size < 6_000_000


def test_what_was_packaged_can_be_imported_by_the_functions_python(
    packages: Packages, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packages.arm64.path) as zipped:
        zipped.extractall(tmp_path)
    code = "import sys; sys.path.insert(0, '.'); import app; print(app.__cached__)"
    done = subprocess.run(
        [find_python_3_13(), "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "cpython-313.pyc" in done.stdout, done.stderr


def test_a_zip_that_lacks_a_library_is_refused(tmp_path: Path, lambda_tools: None) -> None:
    artifact = tmp_path / "errand.zip"
    with zipfile.ZipFile(artifact, "w") as zipped:
        for name in ("app.py", "slack_bolt/__init__.py", "cryptography/__init__.py"):
            zipped.writestr(name, "")
    before = artifact.read_bytes()
    done = subprocess.run(
        [find_python_3_13(), str(ROOT / "ops" / "byte_code.py"), str(artifact)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "lacks slack_sdk/__init__.py, _cffi_backend*.so" in done.stderr
    assert artifact.read_bytes() == before


def test_another_python_is_refused(tmp_path: Path) -> None:
    other = next(
        (path for name in ("python3.11", "python3.12", "python3.14") if (path := runs_here(name))), None
    )
    if other is None:
        pytest.skip("There is only a Python 3.13 here.")
    done = subprocess.run(
        [other, str(ROOT / "ops" / "byte_code.py"), str(tmp_path / "errand.zip")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "needs a Python 3.13" in done.stderr


def runs_here(name: str) -> str | None:
    try:
        done = subprocess.run([name, "-c", ""], capture_output=True, check=False)
    except OSError:
        return None
    return name if done.returncode == 0 else None
