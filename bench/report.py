"""What was measured, as the tables of bench/README.md."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.environment import Sample
from bench.fakes import is_aws
from bench.subjects import Subject

MB = 1_000_000
SLACK_WAITS = 3  # seconds for an ack

MET = {True: "yes", False: "**no**", None: ""}

FLOOR = "bare"
MODAL = "_modal"

# The peers as documented: a lazy command, which the goals are set by, and what opens a modal too.
LAZY = {"one": "bolt_lazy", "many": "bolt_oauth"}
OPENING = {"one": "bolt_modal", "many": "bolt_oauth_modal"}


Samples = Mapping[str, Sequence[Sample]]


@dataclass(frozen=True)
class Measured:
    """Samples of every round by the subject's name; `small` under the CPU quota, empty where there is none."""

    subjects: Sequence[Subject]
    full: Samples
    small: Samples
    memory: int
    bolt_with_boto3: int  # bytes, zipped


@dataclass(frozen=True)
class Goal:
    """`is_met` is None where nothing is wanted, and what was found is for the reader to judge."""

    what: str
    found: str
    wanted: str
    is_met: bool | None


def render(measured: Measured) -> str:
    parts = ["### A whole CPU", *_table(FULL_COLUMNS, measured.subjects, measured.full)]
    if measured.small:
        parts += ["", f"### {measured.memory} MB", *_table(SMALL_COLUMNS, measured.subjects, measured.small)]
    for subject in measured.subjects:
        if subject.name.startswith("errand"):
            goals = list(judge(subject, measured))
            rows = [(goal.what, goal.found, goal.wanted, MET[goal.is_met]) for goal in goals]
            parts += ["", f"### {subject.title}", *_rows(("", "found", "goal", "met"), rows)]
    return "\n".join(parts)


def judge(subject: Subject, measured: Measured) -> Iterator[Goal]:
    opens_modal = subject.name.endswith(MODAL)
    ours = measured.full[subject.name]
    yield from _ratios(subject, measured, opens_modal)
    if FLOOR in measured.full:
        times = _warm_p50(ours) / _warm_p50(measured.full[FLOOR])
        # The bare handler calls nobody, and what opens a modal cannot but call Slack.
        goal = ("", None) if opens_modal else ("≤ 4×", times <= 4)
        yield Goal("warm ack, p50, to the bare handler", f"{times:.1f}×", *goal)
    if measured.small:
        slowest = max(sample.cold for sample in measured.small[subject.name])
        what = f"slowest cold start at {measured.memory} MB"
        yield Goal(what, f"{slowest:.2f} s", f"≤ {SLACK_WAITS} s", slowest <= SLACK_WAITS)
    calls, most = ours[-1].calls_of_warm_ack, (1, int(opens_modal))
    wanted = "{} AWS + {} Slack".format(*most)
    yield Goal("calls of an ack", describe_calls(calls), wanted, _split(calls) == most)
    if opens_modal:
        yield Goal("calls of the first ack", describe_calls(ours[-1].calls_of_first_ack), "", None)
    size = subject.package.stat().st_size
    sizes = f"{size / MB:.1f} MB (Bolt with boto3: {measured.bolt_with_boto3 / MB:.1f} MB)"
    yield Goal("package, zipped", sizes, "≤ 6 MB", size <= 6 * MB)
    rss = median(sample.rss for sample in ours)
    yield Goal("memory, highest", f"{rss / MB:.0f} MB", "≤ 45 MB", 0 < rss <= 45 * MB)


def _ratios(subject: Subject, measured: Measured, opens_modal: bool) -> Iterator[Goal]:
    """To the peer as documented, the tuned peer's beside it. For many workspaces those to a lazy command have goals."""
    _, workspaces, _ = subject.name.split("_")
    figures = [
        ("cold start", measured.full, _cold, 0.30),
        ("warm ack, p50", measured.full, _warm_p50, 0.06),
    ]
    if measured.small:
        figures.append((f"cold start at {measured.memory} MB", measured.small, _cold, 0.15))
    for what, samples, of, limit in figures:
        goal = limit if workspaces == "many" else None
        yield _ratio(f"{what}, to Bolt's", samples, subject.name, LAZY[workspaces], of, goal)
    for what, samples, of, _ in figures if opens_modal else ():
        yield _ratio(f"{what}, to Bolt's with a modal", samples, subject.name, OPENING[workspaces], of, None)


def _ratio(
    what: str,
    samples: Samples,
    name: str,
    documented: str,
    of: Callable[[Sequence[Sample]], float],
    limit: float | None,
) -> Goal:
    tuned = f"{documented}_tuned"
    ours = of(samples[name])
    ratios = {peer: ours / of(samples[peer]) for peer in (documented, tuned) if peer in samples}
    found = f"{ratios[documented]:.3f}" if documented in ratios else "not measured"
    if tuned in ratios:
        found += f" ({ratios[tuned]:.3f} to the tuned)"
    if limit is None:
        return Goal(what, found, "", None)
    return Goal(what, found, f"≤ {limit:.2f}", ratios.get(documented, math.inf) <= limit)


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest rank: always a value that was measured."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _cold(samples: Sequence[Sample]) -> float:
    return median(sample.cold for sample in samples)


def _warm(samples: Sequence[Sample]) -> list[float]:
    return [ack for sample in samples for ack in sample.warm_acks]


def _warm_p50(samples: Sequence[Sample]) -> float:
    return median(_warm(samples))


def _split(calls: Counter[str]) -> tuple[int, int]:
    """How many to AWS and to Slack."""
    to_aws = sum(count for call, count in calls.items() if is_aws(call))
    return to_aws, calls.total() - to_aws


def describe_calls(calls: Counter[str]) -> str:
    to_aws, to_slack = _split(calls)
    names = ", ".join(f"{call}{f' ×{count}' if count > 1 else ''}" for call, count in sorted(calls.items()))
    return f"{to_aws} AWS + {to_slack} Slack" + (f" ({names})" if names else "")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}" if seconds >= 0.1 else f"{seconds * 1000:.1f}"


def _cells(subject: Subject, samples: Sequence[Sample]) -> dict[str, str]:
    cold = [sample.cold for sample in samples]
    warm = _warm(samples)
    return {
        "init": _ms(median(sample.init for sample in samples)),
        "first ack": _ms(median(sample.first_ack for sample in samples)),
        "cold p50": _ms(median(cold)),
        "cold p95": _ms(percentile(cold, 95)),
        "cold p99": _ms(percentile(cold, 99)),
        "slowest": _ms(max(cold)),
        "warm p50": _ms(median(warm)),
        "warm p95": _ms(percentile(warm, 95)),
        "warm p99": _ms(percentile(warm, 99)),
        "calls of init": describe_calls(samples[-1].calls_of_init),
        "calls of a warm ack": describe_calls(samples[-1].calls_of_warm_ack),
        "memory (MB)": f"{median(sample.rss for sample in samples) / MB:.0f}",
        "zip (MB)": f"{subject.package.stat().st_size / MB:.1f}",
    }


FULL_COLUMNS = (
    *("init", "first ack", "cold p50", "cold p95", "cold p99", "warm p50", "warm p95", "warm p99"),
    *("calls of init", "calls of a warm ack", "memory (MB)", "zip (MB)"),
)
SMALL_COLUMNS = ("init", "first ack", "cold p50", "cold p95", "slowest", "warm p50", "warm p95", "warm p99")


def _table(columns: Sequence[str], subjects: Sequence[Subject], samples: Samples) -> Iterator[str]:
    rows = []
    for subject in subjects:
        cells = _cells(subject, samples[subject.name])
        rows.append((subject.title, *(cells[column] for column in columns)))
    return _rows(("", *columns), rows)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
