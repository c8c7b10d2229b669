from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.environment import Sample
from bench.report import Goal, Measured, judge, percentile, render
from bench.subjects import Subject

INVOKE = Counter({"lambda:InvokeFunction": 1})


def sample(
    *, init: float = 0.1, first_ack: float = 0.01, warm: float = 0.002, rss: int = 40_000_000
) -> Sample:
    return Sample(init, first_ack, (warm, warm), rss, Counter(), INVOKE, INVOKE)


def subject(name: str, folder: Path) -> Subject:
    package = folder / "a.zip"
    package.write_bytes(b"zip")
    return Subject(name, name, package, "app.handler", dict, "", {})


def measured(folder: Path, **of_ours: float) -> Measured:
    samples = {
        "bare": [sample(init=0.05, warm=0.001)],
        "bolt_oauth": [sample(init=1, warm=0.05)],
        "bolt_oauth_tuned": [sample(init=0.5, warm=0.04)],
        "errand_many_run": [sample(**of_ours)],
    }
    subjects = [subject(name, folder) for name in samples]
    return Measured(subjects, samples, samples, memory=256, bolt_with_boto3=22_500_000)


def goals(all_of_it: Measured) -> dict[str, Goal]:
    return {goal.what: goal for goal in judge(all_of_it.subjects[-1], all_of_it)}


@pytest.mark.parametrize(("percent", "nearest"), [(50, 2), (95, 4), (99, 4), (1, 1)])
def test_a_percentile_is_a_value_that_was_measured(percent: int, nearest: int) -> None:
    assert percentile([4, 1, 3, 2], percent) == nearest


def test_a_goal_is_a_ratio_to_the_peer_as_documented(tmp_path: Path) -> None:
    goal = goals(measured(tmp_path, warm=0.003))["warm ack, p50, to Bolt's"]
    assert goal == Goal(goal.what, "0.060 (0.075 to the tuned)", "≤ 0.06", is_met=True)


@pytest.mark.parametrize(
    ("slow", "missed"),
    [
        ({"init": 0.5}, {"cold start, to Bolt's", "cold start at 256 MB, to Bolt's"}),
        ({"warm": 0.0041}, {"warm ack, p50, to Bolt's", "warm ack, p50, to the bare handler"}),
        ({"rss": 46_000_000}, {"memory, highest"}),
        (
            {"first_ack": 3.1},
            {"cold start, to Bolt's", "cold start at 256 MB, to Bolt's", "slowest cold start at 256 MB"},
        ),
        ({}, set()),
    ],
)
def test_a_missed_goal_is_said(tmp_path: Path, slow: dict[str, float], missed: set[str]) -> None:
    all_of_it = measured(tmp_path, **slow)
    assert {goal.what for goal in goals(all_of_it).values() if not goal.is_met} == missed
    assert ("**no**" in render(all_of_it)) is bool(missed)


def test_one_workspace_is_held_against_its_own_peer_without_a_goal(tmp_path: Path) -> None:
    samples = {"bolt_lazy": [sample(warm=0.05)], "errand_one_run": [sample(warm=0.005)]}
    subjects = [subject(name, tmp_path) for name in samples]
    whole = Measured(subjects, samples, {}, memory=256, bolt_with_boto3=1)
    found = goals(whole)["warm ack, p50, to Bolt's"]
    assert found == Goal(found.what, "0.100", "", None)
    assert "| warm ack, p50, to Bolt's | 0.100 |  |  |" in render(whole)


def test_without_its_peer_nothing_is_said_to_be_met(tmp_path: Path) -> None:
    whole = measured(tmp_path)
    alone = Measured(
        whole.subjects[-1:],
        {"errand_many_run": whole.full["errand_many_run"]},
        {},
        memory=256,
        bolt_with_boto3=1,
    )
    assert not goals(alone)["cold start, to Bolt's"].is_met


def test_an_ack_that_opens_a_modal_has_the_goals_of_a_command_and_peers_of_its_own_besides(
    tmp_path: Path,
) -> None:
    opening = Counter({"lambda:InvokeFunction": 1, "slack:views.open": 1})
    first = opening + Counter({"kms:Decrypt": 1})
    ours = Sample(0.1, 0.1, (0.01,), 1, Counter(), first, opening)
    samples = {
        "bare": [sample()],
        "bolt_oauth": [sample(init=0.99, first_ack=0.01)],
        "bolt_oauth_modal": [sample(init=0.39, first_ack=0.01)],
        "errand_many_modal": [ours],
    }
    subjects = [subject(name, tmp_path) for name in samples]
    found = goals(Measured(subjects, samples, {}, memory=256, bolt_with_boto3=1))
    assert found["cold start, to Bolt's"] == Goal("cold start, to Bolt's", "0.200", "≤ 0.30", is_met=True)
    beside = "cold start, to Bolt's with a modal"
    assert found[beside] == Goal(beside, "0.500", "", None)
    bare = "warm ack, p50, to the bare handler"  # which calls nobody: no goal
    assert found[bare] == Goal(bare, "5.0×", "", None)
    assert found["calls of an ack"].is_met
    assert "kms:Decrypt" in found["calls of the first ack"].found
