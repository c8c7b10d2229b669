"""What `make secrets` reads, and what is read of the file that it wrote: each is a person's, and may be anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.secrets import check, read_file
from ops.stage import Stage, Stop, Target

GIVEN = {"SLACK_BOT_TOKEN": "xoxb-hush", "SLACK_SIGNING_SECRET": "hush"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_TEAM_IDS", "hush"),
        ("RUNS_KEPT_DAYS", "hush"),
        ("MAX_RUNNING_JOBS", "0"),
        ("SLACK_API_URL", "ftp://hush"),
    ],
)
def test_what_the_function_could_not_start_with_is_not_sealed(name: str, value: str) -> None:
    with pytest.raises(Stop, match=name) as caught:
        check(GIVEN | {name: value})
    assert "hush" not in str(caught.value)


def test_what_the_function_starts_with_is_sealed() -> None:
    check(GIVEN | {"RUNS_KEPT_DAYS": "30", "TEAM_WEBHOOK": "https://example.org"})
    check({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "SLACK_SIGNING_SECRET": "s"})


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"ciphertext": ""}', '{"names": [], "ciphertext": ""}', '{"names": []}']
)
def test_a_sealed_file_that_is_damaged_is_not_deployed(tmp_path: Path, text: str) -> None:
    """Two branches that both sealed are a merge conflict, for instance."""
    target = Target(Stage("dev"), secrets_folder=tmp_path)
    target.secrets_file.write_text(text, "utf-8")
    with pytest.raises(Stop, match=r"dev\.json .* make secrets STAGE=dev"):
        read_file(target)
