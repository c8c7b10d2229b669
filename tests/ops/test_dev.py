import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.dev import merge
from ops.env_file import read_env_file
from ops.secrets import BOT_IDS
from tests.ops.driving import ROOT

SAMPLE = ROOT / ".env.sample"


def make_dev(folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.dev"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | env
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_the_shell_wins_over_the_file_unless_it_is_empty() -> None:
    merged = merge({"A": "file", "B": "file", "C": "file"}, {"A": "shell", "B": "", "D": "shell"})
    assert merged == {"A": "shell", "B": "file", "C": "file", "D": "shell"}


def test_a_missing_file_is_answered_with_where_each_token_comes_from(tmp_path: Path) -> None:
    done = make_dev(tmp_path, {})
    assert done.returncode == 2
    for part in (
        "cp .env.sample .env",
        "SLACK_APP_TOKEN",
        "App-Level Tokens",
        "SLACK_BOT_TOKEN",
        "Install App",
    ):
        assert part in done.stderr


@pytest.mark.parametrize("where", ["file", "shell"])
def test_the_app_is_started_with_the_tokens(tmp_path: Path, where: str) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    if where == "file":
        write(tmp_path / ".env", "".join(f"{name}={value}\n" for name, value in tokens.items()))
    write(tmp_path / "app.py", "import json, os\nprint(json.dumps(dict(os.environ)))")
    done = make_dev(tmp_path, tokens if where == "shell" else {})
    assert tokens.items() <= json.loads(done.stdout).items()


def test_the_app_is_not_started_with_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path / ".env", "SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN='xapp-1\n")
    write(tmp_path / "app.py", "print('started')")
    done = make_dev(tmp_path, {})
    assert (done.returncode, done.stdout) == (2, "")
    assert ".env, line 2, cannot be read: a quote in it is not closed" in done.stderr
    assert "xapp" not in done.stderr


def test_the_sample_sets_nothing_and_tells_where_everything_comes_from() -> None:
    names = re.findall(r"(?m)^([A-Z_]+)=$", SAMPLE.read_text("utf-8"))
    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} <= set(names)
    assert read_env_file(SAMPLE) == {}
    for entry in SAMPLE.read_text("utf-8").split("\n\n")[1:]:
        assert entry.startswith("# ")


def test_the_sample_names_what_the_settings_read() -> None:
    sampled = set(re.findall(r"(?m)^([A-Z_]+)=", SAMPLE.read_text("utf-8")))
    names = "(?:SLACK|DATA|OAUTH|ALLOWED|MAX|RUNS|INVOKE|REPORT)_[A-Z_]+|AWS_PROFILE|AWS_REGION"
    read = set(re.findall(f'"({names})"', (ROOT / "settings.py").read_text("utf-8")))
    made_by_make_secrets = {"SLACK_SECRETS_CIPHERTEXT", *BOT_IDS}
    assert sampled == read - made_by_make_secrets
