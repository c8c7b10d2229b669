"""Runs, with what they need to be shown and to call Slack by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient

from blocks.run_message import build_run_message
from jobs import JOBS
from oauth.bot_client import BotClient, Workspace
from oauth.bots import Bots, token_of
from runs.clients import Clients
from runs.context import OpenAws, no_aws
from runs.groups import GroupStore
from runs.job import Jobs
from runs.ledger import Ledger
from runs.run import Run
from runs.service import RunService
from runs.store import RunStore
from settings import Settings

if TYPE_CHECKING:
    from runs.home import Home
    from runs.line import LineStore
    from runs.results.sending import Drawn, Result
    from runs.taking_up import Start


def create_runs(
    settings: Settings,
    *,
    bots: Bots,
    store: RunStore,
    groups: GroupStore,
    open_lines: Callable[[], LineStore],
    start: Start,
    jobs: Jobs = JOBS,
    aws: OpenAws = no_aws,
    **of_lambda: Any,
) -> RunService:
    """`of_lambda` is what RunService takes besides, where its owners are invocations."""

    def render(run: Run) -> Mapping[str, object]:
        return build_run_message(run, jobs.get(run.job))

    def render_request(run: Run, approver: str) -> Mapping[str, object]:
        from blocks.approver_message import build_approver_message  # late, as the next two: no ack shows any

        return build_approver_message(run, jobs.get(run.job), approver)

    def draw(result: Result, note: str) -> Drawn | None:
        from blocks.result_message import draw_result

        return draw_result(result, note)

    def render_home(home: Home) -> dict[str, Any]:
        from blocks.home import build_home_view

        command = f"/run{settings.command_suffix}"
        return build_home_view(home, jobs, run_command=command)

    def client_of(team_id: str, enterprise_id: str | None, **options: Any) -> WebClient:
        """Raises NotAuthorized."""
        token = token_of(bots, team_id, enterprise_id, may_wait=True)
        return BotClient(bots, Workspace(team_id, enterprise_id), token=token, may_wait=True, **options)

    clients = Clients(api_url=settings.slack_api_url, client_of=client_of)
    ledger = Ledger(store)
    return RunService(
        jobs=jobs,
        ledger=ledger,
        clients=clients,
        groups=groups,
        render=render,
        render_request=render_request,
        render_home=render_home,
        draw=draw,
        open_lines=open_lines,
        start=start,
        most_running=settings.max_running_jobs,
        secrets=settings.secrets,
        aws=aws,
        command_suffix=settings.command_suffix,
        **of_lambda,
    )
