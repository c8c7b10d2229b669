"""The interpreter that functions under measurement run in."""

from __future__ import annotations

import subprocess
from pathlib import Path


def interpreter_behind(command: str) -> Path:
    """pyenv's shims are shell scripts that take longer than a cold start."""
    done = subprocess.run(
        [command, "-c", "import sys; print(sys.executable)"], check=True, capture_output=True, text=True
    )
    return Path(done.stdout.strip())
