"""`python -m ops COMMAND …`: what stands behind `make`, by name. Alone it lists the commands."""

import ast
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from ops.console import complain, paint, say
from ops.stage import carry_out

# Whether it works on a stage (`--stage`, `--profile`) or on this machine, each has its --help.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "key": "ops.key",
        "secrets": "ops.secrets",
        "deploy": "ops.deploy",
        "info": "ops.info",
        "logs": "ops.logs",
        "audit": "ops.audit",
        "invoke": "ops.invoke",
        "installations": "ops.installations",
        "reencrypt": "ops.reencrypt",
        "import": "ops.import_installations",
        "remove": "ops.remove",
    }
)


def summary_of(module: str) -> str:
    """What its docstring's first sentence says behind `make …`. Read, not imported: boto3 takes its time."""
    path = Path(__file__).parent / f"{module.partition('.')[2]}.py"
    said = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()[0]
    text = said.partition(": ")[2].split(". ")[0].rstrip(".")
    return text[:1].upper() + text[1:]


def say_commands() -> None:
    width = max(map(len, COMMANDS))
    for name, module in COMMANDS.items():
        say(f"  {paint(name.ljust(width), 'bold')}  {summary_of(module)}")
    say("\n  python -m ops COMMAND --stage STAGE [--profile PROFILE] …; each says more with --help")


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say_commands()
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        complain(f"There is no command {name!r}. These are:")
        say_commands()
        return 2
    return carry_out(import_module(COMMANDS[name]).main, rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
