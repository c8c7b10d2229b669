"""Puts byte code beside the sources in a Lambda zip, and takes symbols out: `python3.13 ops/byte_code.py errand.zip`.

Run by the Python of the function's runtime, for byte code is good for one minor version. Standard library only.
Lambda's file system is read-only and a zip's file times are meaningless, so without this every cold start would
compile everything anew. The same sources give the same bytes: fixed order, times and modes.
"""

import ast
import importlib.util
import marshal
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

TARGET = (3, 13)
UNCHECKED_HASH = 0b01
TASK_ROOT = "/var/task"  # where Lambda unpacks it: tracebacks name files there, and no folder of this machine
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say

# Where an ELF64 header says these things: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
ELF_PROGRAM_HEADERS = 0x20
ELF_SECTION_HEADERS = 0x28
ELF_NUMBER_OF_SECTIONS = 0x3C  # and behind it, which of them holds their names

# Of the app and of each library that it stands on: a zip without them would be deployed, and fail at the first command.
NEEDED = (
    "app.py",
    "slack_bolt/__init__.py",
    "slack_sdk/__init__.py",
    "cryptography/__init__.py",
    "_cffi_backend*.so",
)

# Nobody asks these for help on Lambda, and each cold start would read it. Of the app's own, some are messages.
WITHOUT_DOCSTRINGS = ("cryptography/", "slack_bolt/", "slack_sdk/")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

# Nothing that runs reads these, and some say on which machine they were installed.
LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "requirements.txt")


def add_byte_code(artifact: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(artifact) as zipped:
            zipped.extractall(folder)
        check_whole(folder)
        compile_all(folder)
        write_zip(folder, artifact)


def check_whole(folder: Path) -> None:
    missing = [each for each in NEEDED if not any(folder.glob(each))]
    if missing:
        sys.exit(
            f"The zip lacks {', '.join(missing)}: requirements.txt was not installed whole. Package again."
        )


def compile_all(folder: Path) -> None:
    """In a fresh interpreter: what this one has interned already would show in the bytes."""
    done = subprocess.run(
        [sys.executable, "-I", __file__, "--compile", str(folder)],
        env={"PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{folder} could not be compiled: see above.")


def compile_here(folder: Path) -> None:
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        cached = Path(importlib.util.cache_from_source(str(path)))
        cached.parent.mkdir(exist_ok=True)
        cached.write_bytes(byte_code(name, path.read_bytes()))


def byte_code(name: str, source: bytes) -> bytes:
    """What https://peps.python.org/pep-0552/ has in the place of a .pyc, with a hash that nobody checks.

    So the importer takes it without looking at the source's time or contents. Raises SyntaxError.
    """
    tree: Any = ast.parse(source, name)
    if name.startswith(WITHOUT_DOCSTRINGS):
        drop_docstrings(tree)
    code = compile(tree, f"{TASK_ROOT}/{name}", "exec", dont_inherit=True)
    del tree  # what else refers to a constant shows in the bytes
    flags = struct.pack("<I", UNCHECKED_HASH)
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + marshal.dumps(code)


def drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body.pop(0)
            if not node.body:
                node.body.append(ast.copy_location(ast.Pass(), docstring))


def write_zip(folder: Path, artifact: Path) -> None:
    """Replaces the artifact whole, or not at all."""
    fresh = artifact.with_suffix(".fresh")
    with zipfile.ZipFile(fresh, "w") as zipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in LEFT_OUT:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                # An entry that is made by hand does not take over the archive's level.
                zipped.writestr(entry, without_symbols(path.read_bytes()), compresslevel=9)
    os.replace(fresh, artifact)


def without_symbols(data: bytes) -> bytes:
    """A 64-bit ELF file without its section headers and what lies behind the last segment: its table of symbols.

    Only linkers and debuggers look at those, and they are an eighth of cryptography's zipped size. A loader goes by
    the program headers. Of any architecture, unlike binutils' strip. Other files stay as they are.
    """
    if not data.startswith(b"\x7fELF\x02\x01"):  # 64 bits, little-endian
        return data
    (first,) = struct.unpack_from("<Q", data, ELF_PROGRAM_HEADERS)
    size, number = struct.unpack_from("<HH", data, ELF_PROGRAM_HEADERS + 22)
    end = first + size * number
    for at in range(first, end, size):
        offset, _, _, in_file = struct.unpack_from("<QQQQ", data, at + 8)
        end = max(end, offset + in_file)
    kept = bytearray(data[:end])
    struct.pack_into("<Q", kept, ELF_SECTION_HEADERS, 0)
    struct.pack_into("<HH", kept, ELF_NUMBER_OF_SECTIONS, 0, 0)
    return bytes(kept)


def main(arguments: list[str]) -> int:
    if sys.version_info[:2] != TARGET:
        found = "{}.{}".format(*sys.version_info)
        sys.exit(f"Byte code for Lambda's python3.13 needs a Python 3.13; {sys.executable} is {found}.")
    if arguments[0] == "--compile":
        compile_here(Path(arguments[1]))
        return 0
    add_byte_code(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
