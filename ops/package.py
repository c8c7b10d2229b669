"""`make package [ARCH=arm64|x86_64]`: the zip for Lambda, under .serverless/. The same sources make the same bytes."""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.console import complain, say, say_rows
from ops.osls import CannotPackage, run_osls, wheels_for_this_machine
from ops.python_3_13 import NoPython313

ARTIFACT = Path(".serverless/errand.zip")
ARCHITECTURES = ("arm64", "x86_64")


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.package", description=__doc__)
    parser.add_argument(
        "--arch", choices=ARCHITECTURES, default="arm64", help="of the function (default: %(default)s)"
    )
    parser.add_argument(
        "--here",
        action="store_true",
        help="with wheels for this machine, where an emulator runs the function",
    )
    parser.add_argument(
        "--stage", default="dev", help="whose template is written beside it (default: %(default)s)"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    environ = {
        **os.environ,
        "ARCH": options.arch,
        "WHEELS": wheels_for_this_machine() if options.here else "",
    }
    try:
        run_osls(["package", "--stage", options.stage], environ, quiet=True)
    except (CannotPackage, NoPython313) as error:
        complain(str(error))
        return 1
    contents = ARTIFACT.read_bytes()
    meant_for = "this machine" if options.here else options.arch
    say_rows(
        {
            "Package": f"{ARTIFACT}, {len(contents) / 1e6:.1f} MB, for {meant_for}",
            "SHA-256": hashlib.sha256(contents).hexdigest(),
        }
    )
    say()
    return 0


if __name__ == "__main__":
    sys.exit(main())
