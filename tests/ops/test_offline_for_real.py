"""`make run` as it is, with the app and the simulator themselves."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.ops.driving import ROOT


def test_make_run_brings_up_the_workspace_with_the_app_connected_and_ends_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ops.offline", "--port", "0", "--data-dir", str(tmp_path / "offline")]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SLACK_BOT_TOKEN": "xoxb-not-this-one"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = next(line.split()[-1] for line in process.stdout if "Open" in line)
        workspace = json.load(urlopen(f"{url.rstrip('/')}/sim/workspace"))
        assert workspace["app"]["connected"]
        assert b"<title>" in urlopen(url).read()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0
    assert (tmp_path / "offline" / "workspace.json").stat().st_mode & 0o077 == 0
