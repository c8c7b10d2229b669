"""`make dev`: the app on a real workspace, with what .env says. What is set in the shell wins over .env."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from ops.console import complain
from ops.env_file import BadEnvFile, read_env_file

ENV_FILE = Path(".env")
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")

NO_ENV_FILE = """\
`make dev` needs the tokens of your Slack app, and there is no .env file yet.

  1. Create the app: https://api.slack.com/apps?new_app=1, "From a manifest", paste manifest.json
  2. cp .env.sample .env
  3. SLACK_APP_TOKEN (xapp-…): Basic Information, App-Level Tokens, scope connections:write
     SLACK_BOT_TOKEN (xoxb-…): Install App, Bot User OAuth Token
  4. make dev

Just looking around? `make run` needs no account."""


def merge(file: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The shell wins, as with `SLACK_API_URL=… make dev`; an empty value is no value."""
    return {**file, **{name: value for name, value in environ.items() if value}}


def become_the_app(environment: Mapping[str, str]) -> NoReturn:
    """In this very process: whoever stops it stops the app, and nothing is left in between."""
    os.execve(sys.executable, [sys.executable, "app.py"], environment)  # noqa: S606


def main() -> int:
    try:
        environment = merge(read_env_file(ENV_FILE), os.environ)
    except BadEnvFile as error:
        complain(str(error))
        return 2
    if not ENV_FILE.exists() and not any(name in environment for name in TOKENS):
        complain(NO_ENV_FILE)
        return 2
    become_the_app(environment)


if __name__ == "__main__":
    sys.exit(main())
