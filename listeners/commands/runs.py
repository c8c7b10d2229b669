"""`/runs [mine | @person] [job] [state]`: recent runs, seen by whoever asked."""

from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from blocks.origin import RunQuery
from blocks.run_list import build_run_list
from runs.errors import Refused
from runs.inputs.notation import quoted
from runs.mrkdwn import escape
from runs.run import RunState
from runs.service import RunService

PAGE = 15

# What people read in messages and lists is what they type.
OTHER_WORDS = {"waiting": RunState.AWAITING_APPROVAL, "done": RunState.SUCCEEDED}


def ack_runs(ack: Ack, command: dict[str, Any], context: BoltContext, runs: RunService) -> None:
    if str(command.get("text")).strip().lower() == "help" and "help" not in runs.jobs:
        context["lazy"] = False
        ack(
            f"`{runs.runs_command}` lists recent runs. To see some of them only, type {_filters(runs)} after it."
        )
        return
    wanted_runs(command, runs)
    ack()


def run_runs(respond: Respond, command: dict[str, Any], runs: RunService) -> None:
    query = wanted_runs(command, runs)
    page = build_page(query, runs, team_id=command["team_id"], reader=command["user_id"])
    respond(response_type="ephemeral", **page)


def build_page(query: RunQuery, runs: RunService, *, team_id: str, reader: str) -> dict[str, Any]:
    found = runs.recent(
        team_id=team_id,
        limit=PAGE + 1,  # whether there are more
        requester=query.requester,
        job=query.job,
        state=query.state,
        before=query.before,
    )
    return build_run_list(
        found[:PAGE],
        runs.jobs,
        query,
        reader=reader,
        has_older=len(found) > PAGE,
        run_command=runs.run_command,
    )


def wanted_runs(command: dict[str, Any], runs: RunService) -> RunQuery:
    """What was typed. Raises Refused for a word that is no filter, and for two of one kind."""
    wanted: dict[str, Any] = {}
    for word in _words(command):
        kind, value = _filter(word, command["user_id"], runs)
        if wanted.setdefault(kind, value) != value:
            raise Refused("I can show runs of one person, of one job and in one state at a time.")
    return RunQuery(**wanted)


def _filter(word: str, reader: str, runs: RunService) -> tuple[str, Any]:
    name = word.lower()
    if name == "mine":
        return "requester", reader
    if name in runs.jobs:
        return "job", name
    if name in OTHER_WORDS or name in set(RunState):
        return "state", OTHER_WORDS.get(name) or RunState(name)
    if user_id := _mentioned(word):
        return "requester", user_id
    raise Refused(f"{escape(quoted(word))} is not something I can filter runs by. Type {_filters(runs)}.")


def _mentioned(word: str) -> str | None:
    """The id in `<@U0123|ann>`, as Slack sends a mention, or one that was typed as it is."""
    is_mention = word.startswith("<@") and word.endswith(">")
    user_id = word[2:-1].partition("|")[0] if is_mention else word
    is_id = user_id[:1] in ("U", "W") and user_id.isascii() and user_id.isalnum() and user_id.isupper()
    return user_id if is_id and (is_mention or any(map(str.isdigit, user_id))) else None


def _filters(runs: RunService) -> str:
    jobs, states = (", ".join(f"`{name}`" for name in names) for names in (runs.jobs, RunState))
    return f"`mine` or a person as `@name`, the name of a job ({jobs}) or a state ({states})"


def _words(command: dict[str, Any]) -> list[str]:
    return str(command.get("text") or "").split()
