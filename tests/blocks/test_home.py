"""What one person finds in App Home."""

import re
from dataclasses import dataclass, replace
from typing import Any

from blocks.approval import APPROVE_OWN_RUN, APPROVE_RUN, DANGER, DENY_RUN
from blocks.approver_message import REST
from blocks.groups import EDIT_GROUP
from blocks.home import build_home_view
from blocks.picker import OPEN_FORM
from blocks.run_message import RUN_DETAILS
from jobs import JOBS
from runs.context import RunContext
from runs.groups import Group
from runs.home import Home
from runs.inputs import ChannelId, ask
from runs.job import Job, job
from runs.run import RunRequest, new_run
from tests.workspace import find_element, text_of


@dataclass(frozen=True)
class Channels:
    channels: list[ChannelId] = ask("Channels")
    days: int = ask("Days")


@dataclass(frozen=True)
class Text:
    text: str = ask("Text", multiline=True)


@job("Tidy up", approvers="deployers")
def tidy_up(inputs: Channels, run: RunContext) -> None: ...


@job("Say it", approvers="deployers")
def say_it(inputs: Text, run: RunContext) -> None: ...


EXPORT = JOBS["export-channel"]
DEPLOY = replace(EXPORT, name="deploy", title="Deploy it", approvers=("deployers",), dangerous=True)
JOBS_HERE = {EXPORT.name: EXPORT, DEPLOY.name: DEPLOY}
REQUEST = RunRequest(key="1", team_id="T1", requester="U1", job=EXPORT.name, inputs={"channel": "C77"})
RUN = new_run(REQUEST, 1.0)
ASKED = new_run(replace(REQUEST, job="deploy"), 1.0, approvals_needed=1).opened(["U2"], 2.0, until=9000.0)
FILLED = Group(
    "T1", "deployers", people=("U2", "U3"), usergroups=("S1",), changed_by="U9", changed_at=5.0, version=1
)


def test_ones_own_runs_are_listed_without_ones_own_name() -> None:
    view = build_home_view(Home("U1", recent=(RUN,)), JOBS_HERE)
    assert RUN.id in text_of(view)
    assert "<@U1>" not in text_of(view)
    assert find_element(view, RUN_DETAILS)


def test_what_awaits_its_reader_comes_first_with_its_buttons() -> None:
    view = build_home_view(Home("U2", waiting=(ASKED,)), JOBS_HERE)
    text = text_of(view)
    assert view["blocks"][0]["text"]["text"] == "Waiting for you"
    for fact in ("<@U1> asks for approval: *Deploy it*", "<#C77>", "^9000^", DANGER):
        assert fact in text
    assert find_element(view, APPROVE_RUN)
    assert find_element(view, DENY_RUN)


def test_of_long_inputs_whole_mentions_and_characters_are_shown_and_where_the_rest_is() -> None:
    channels = [f"C{number:010}" for number in range(90)]
    both: tuple[tuple[Job, dict[str, Any]], ...] = (
        (tidy_up, {"channels": channels, "days": 7}),
        (say_it, {"text": "&" * 3_000}),
    )
    for one, inputs in both:
        view = build_home_view(Home("U2", waiting=(replace(ASKED, inputs=inputs),)), {"deploy": one})
        text = text_of(view)
        assert REST in text
        assert not re.search(r"&(?!amp;|lt;|gt;)|<[^>]*…", text), "an entity or a mention cut in half"
    short = build_home_view(Home("U2", waiting=(ASKED,)), JOBS_HERE)
    assert REST not in text_of(short)


def test_of_ones_own_one_is_offered_the_button_that_asks_why() -> None:
    own = {**JOBS_HERE, "deploy": replace(DEPLOY, self_approval=True)}
    view = build_home_view(Home("U1", waiting=(ASKED,)), own)
    assert find_element(view, APPROVE_OWN_RUN)
    assert not find_element(view, APPROVE_RUN)


def test_jobs_for_others_are_named_but_not_offered() -> None:
    view = build_home_view(
        Home("U1", barred=frozenset({"deploy"})),
        {**JOBS_HERE, "deploy": replace(DEPLOY, requesters=("on-call",))},
    )
    assert "Only for others: Deploy it (`on-call`)" in text_of(view)
    assert str(view).count(OPEN_FORM) == 1


def test_a_guest_reads_why_there_is_nothing_to_run() -> None:
    view = build_home_view(Home("U1", refusal="Guests can't."), JOBS_HERE)
    assert "Guests can't." in text_of(view)
    assert not find_element(view, OPEN_FORM)


def test_an_admin_reads_first_what_nobody_can_do_yet() -> None:
    view = build_home_view(Home("U9", groups=(Group("T1", "deployers"),)), JOBS_HERE)
    assert "Nobody can approve “Deploy it” until somebody is in `deployers`" in text_of(view["blocks"][0])
    assert find_element({"blocks": view["blocks"][:1]}, EDIT_GROUP)


def test_an_empty_group_that_holds_nothing_up_stands_among_the_others() -> None:
    jobs = {"deploy": replace(DEPLOY, approvers=("deployers", "workspace_admins"))}
    view = build_home_view(Home("U9", groups=(Group("T1", "deployers"),)), jobs)
    assert "deployers" not in text_of(view["blocks"][0])
    assert "Nobody is in `deployers` yet" in text_of(view["blocks"][-1])


def test_an_admin_sees_who_is_in_a_group_and_who_changed_it_last() -> None:
    view = build_home_view(Home("U9", groups=(FILLED,)), JOBS_HERE)
    for fact in ("<!subteam^S1>, <@U2>, <@U3>", "May approve “Deploy it”", "Changed by <@U9>", "^5^"):
        assert fact in text_of(view)
    assert find_element(view, EDIT_GROUP)


def test_an_empty_home_says_how_to_begin_on_this_stage() -> None:
    many = {f"job-{n}": replace(EXPORT, name=f"job-{n}") for n in range(99)}
    text = text_of(build_home_view(Home("U1"), many, run_command="/run-dev"))
    assert "/run-dev" in text
    assert not re.search(r"/runs?(?!-dev)\b(?!-dev)", text)


def test_however_much_there_is_it_stays_within_slacks_hundred_blocks() -> None:
    many = {f"job-{n}": replace(EXPORT, name=f"job-{n}", approvers=("deployers",)) for n in range(500)}
    groups = tuple(
        replace(FILLED, name=f"g{n}", people=() if n % 2 else FILLED.people, usergroups=()) for n in range(60)
    )
    full = Home(
        "U2", waiting=(ASKED,) * 50, barred=frozenset(list(many)[:100]), recent=(RUN,) * 8, groups=groups
    )
    view = build_home_view(full, many)
    assert len(view["blocks"]) <= 100
    assert "And 44 more" in text_of(view)
    assert str(view).count(OPEN_FORM) >= 10
    assert all(len(block["text"]["text"]) <= 3000 for block in view["blocks"] if "text" in block)
