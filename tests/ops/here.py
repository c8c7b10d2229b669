"""This machine's installations, as `make dev` keeps them, and the commands that are about them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.key_file import KeyFile
from oauth.local_store import LocalInstallationStore
from tests.ops.driving import ROOT
from tests.ops.installed import CLIENT_ID


@dataclass(frozen=True)
class Machine:
    data_dir: Path

    @property
    def database(self) -> Path:
        return self.data_dir / "installations.sqlite3"

    @property
    def key_file(self) -> Path:
        return self.data_dir / "key"

    @property
    def plain(self) -> LocalInstallationStore:
        """What lies there, sealed or not."""
        self.data_dir.mkdir(exist_ok=True)
        return LocalInstallationStore(self.database, CLIENT_ID)

    @property
    def store(self) -> EncryptedInstallationStore:
        """The app's own, made anew as by a restart."""
        return EncryptedInstallationStore(self.plain, Cipher(KeyFile(self.key_file), client_id=CLIENT_ID))

    def types(
        self, *arguments: str, stdin: str | TextIO = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=ROOT,
            env=environment() | {"DATA_DIR": str(self.data_dir)} | env,
            **({"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}),
            capture_output=True,
            text=True,
            check=False,
        )

    def succeeds(self, *arguments: str, **env: str) -> str:
        done = self.types(*arguments, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "HUSH" not in done.stdout + done.stderr
        return done.stdout

    def fails(self, *arguments: str, **env: str) -> str:
        done = self.types(*arguments, **env)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "HUSH" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


def environment() -> dict[str, str]:
    """Nothing of Slack's or AWS's that this shell has."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLACK_", "AWS_", "DATA_DIR"))
    }


def bot_token(machine: Machine, team_id: str = "T1") -> str | None:
    bot = machine.store.find_bot(enterprise_id=None, team_id=team_id)
    return bot.bot_token if bot else None
