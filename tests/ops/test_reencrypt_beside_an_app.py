"""`reencrypt` on a stage in ministack, whose KMS refuses disabled keys, while an app goes on writing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from aws.table import table_definition
from tests.aws.emulator import Emulator
from tests.aws.fixtures import aws
from tests.ops.installed import a_rotating_installation, an_installation
from tests.ops.stage import Stage, make_stage

__all__ = ["aws"]

TEAMS = [f"T{number}" for number in range(1, 41)]


@pytest.fixture(scope="module")
def made(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return make_stage("beside", aws, tmp_path_factory.mktemp("clone") / "errand")


@pytest.fixture
def stage(made: Stage) -> Iterator[Stage]:
    made.emulator.client("dynamodb").create_table(**table_definition(made.table))
    yield made
    made.close()
    made.emulator.client("dynamodb").delete_table(TableName=made.table)


def test_tokens_that_rotate_and_workspaces_that_leave_meanwhile_are_neither_lost_nor_brought_back(
    stage: Stage,
) -> None:
    old, new = stage.own_key, stage.new_key()
    before, after = stage.store(old), stage.store(new, old)
    for team_id in TEAMS:
        before.save(a_rotating_installation(team_id))
    latest: dict[str, str] = {}
    done = threading.Event()

    def go_on() -> None:
        """As a running app does: deployed to seal under the new key, but for an invocation that began before."""
        for number in range(10_000):
            if number > 1 and done.is_set():
                return
            for team_id in TEAMS[:3]:
                bot = after.find_bot(enterprise_id=None, team_id=team_id)
                assert bot
                bot.bot_token = f"xoxe.xoxb-HUSH-{team_id}-{number}"
                (after if number % 2 else before).save_bot(bot)
                latest[team_id] = bot.bot_token
            if number == 1:
                after.delete_all(enterprise_id=None, team_id=TEAMS[-1])

    app = threading.Thread(target=go_on)
    app.start()
    try:
        stage.types(
            "reencrypt", "--to", new
        )  # what the app sealed again behind it is left for the second time
    finally:
        done.set()
        app.join()
    stage.succeeds("reencrypt", "--to", new)
    alone = stage.store(new)
    tokens = {
        team_id: bot.bot_token
        for team_id in TEAMS
        if (bot := alone.find_bot(enterprise_id=None, team_id=team_id))
    }
    assert len(latest) == 3
    assert tokens == {team_id: latest.get(team_id, f"xoxb-HUSH-{team_id}-") for team_id in TEAMS[:-1]}


def test_under_a_disabled_key_each_is_named_and_with_the_key_enabled_it_goes_on(stage: Stage) -> None:
    new = stage.new_key()
    for team_id in ("T1", "T2"):
        stage.store().save(an_installation(team_id))
    stage.store(new).save(an_installation("T3"))
    stage.disable(stage.own_key)
    told = stage.fails("reencrypt", "--to", new)
    stage.enable(stage.own_key)
    assert "aws kms enable-key" in told
    assert "T1, bot; " in told
    assert "T3" not in told
    stage.succeeds("reencrypt", "--to", new)
    bot = stage.store(new).find_bot(enterprise_id=None, team_id="T1")
    assert bot
    assert bot.bot_token == "xoxb-HUSH-T1-"
