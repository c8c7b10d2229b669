"""Enterprise Grid: what comes from a workspace of an organization, where each or the whole has installed the app.

Slack names workspaces otherwise there. The shapes are those of Bolt's own scenarios (tests/scenario_tests/ in
bolt-python, the files about org-wide apps): the offline workspace's requests are rewritten on their way.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from blocks.run_message import RUN_AGAIN
from tests.aws.function import Event, http_event, signed
from tests.aws.test_many_workspaces import Many, key_id, many
from tests.workspace import filled, find_element, text_of

__all__ = ["key_id", "many"]

E = "E0GRID"

Rewrite = Callable[[dict[str, Any]], dict[str, Any]]


class Grid:
    """Between the offline workspace and the function."""

    def __init__(self, many: Many, rewrite: Rewrite) -> None:
        self.many = many
        self.ann = many.deployed.ann
        self._rewrite = rewrite
        self._invoke = many.deployed.function.invoke

    def invoke(self, event: Event, seconds: float = 60) -> Any:
        if "requestContext" not in event:
            return self._invoke(event, seconds)
        body = base64.b64decode(event["body"]).decode()
        if body.startswith("{"):
            sent, kind = json.dumps(self._rewrite(json.loads(body))), "application/json"
        else:
            fields = dict(parse_qsl(body, keep_blank_values=True))
            if "payload" in fields:
                fields["payload"] = json.dumps(self._rewrite(json.loads(fields["payload"])))
            else:
                fields = self._rewrite(fields)
            sent, kind = urlencode(fields), "application/x-www-form-urlencoded"
        secret = self.many.deployed.workspace.credentials["signing_secret"]
        headers = signed(secret, sent.encode(), time.time(), kind)
        return self._invoke(http_event("POST", "/slack/events", headers, sent.encode()), seconds)


def by_the_organization(body: dict[str, Any]) -> dict[str, Any]:
    if "command" in body:
        return {**body, "enterprise_id": E, "enterprise_name": "Grid", "is_enterprise_install": "true"}
    if body["type"] == "event_callback":
        authorization = {"enterprise_id": E, "team_id": None, "user_id": "U0BOT", "is_bot": True}
        return {
            **body,
            "enterprise_id": E,
            "authorizations": [{**authorization, "is_enterprise_install": True}],
            "is_ext_shared_channel": False,
        }
    named = {**body, "team": None, "enterprise": {"id": E, "name": "Grid"}, "is_enterprise_install": True}
    if "view" in body:
        named["view"] = {**body["view"], "team_id": E, "app_installed_team_id": E}
    return named


def by_one_workspace(body: dict[str, Any]) -> dict[str, Any]:
    if "command" in body:
        return {**body, "enterprise_id": E, "enterprise_name": "Grid", "is_enterprise_install": "false"}
    if body["type"] == "event_callback":
        authorization = {"enterprise_id": E, "team_id": body["team_id"], "user_id": "U0BOT", "is_bot": True}
        return {
            **body,
            "enterprise_id": E,
            "authorizations": [{**authorization, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
    return {**body, "enterprise": {"id": E, "name": "Grid"}, "is_enterprise_install": False}


def by_a_workspace_of_no_organization(body: dict[str, Any]) -> dict[str, Any]:
    """`null` where others have nothing."""
    if "command" in body:
        return {**body, "is_enterprise_install": "false"}
    if body["type"] == "event_callback":
        authorization = {
            "enterprise_id": None,
            "team_id": body["team_id"],
            "user_id": "U0BOT",
            "is_bot": True,
        }
        return {
            **body,
            "enterprise_id": None,
            "authorizations": [{**authorization, "is_enterprise_install": False}],
        }
    return {**body, "enterprise": None, "is_enterprise_install": False}


INSTALLED = {
    by_the_organization: {"enterprise_id": E, "team_id": None, "is_enterprise_install": True},
    by_one_workspace: {"enterprise_id": E},
    by_a_workspace_of_no_organization: {},
}


@pytest.fixture(params=INSTALLED, ids=lambda rewrite: rewrite.__name__)
def grid(request: pytest.FixtureRequest, many: Many, monkeypatch: pytest.MonkeyPatch) -> Grid:
    many.install(**INSTALLED[request.param])
    made = Grid(many, request.param)
    monkeypatch.setattr(many.deployed.function, "invoke", made.invoke)
    return made


def test_a_command_runs_a_job(grid: Grid) -> None:
    grid.ann.types("/run say-hello", in_channel="#general")
    grid.many.deployed.function.carry_out()
    assert "Done" in text_of(grid.ann.messages("#general"))


def test_a_form_runs_a_job_which_its_buttons_and_lists_find(grid: Grid) -> None:
    function, ann = grid.many.deployed.function, grid.ann
    ann.types("/run count-pieces", in_channel="#general")
    [modal] = ann.views()
    ann.submits(modal["id"], filled(modal, pieces="3"))
    function.carry_out()
    [message] = with_button(ann.messages("#general"))
    ann.presses(RUN_AGAIN, on=message)
    function.carry_out()
    assert len(with_button(ann.messages("#general"))) == 2
    ann.types("/runs", in_channel="#general")
    function.carry_out()
    assert text_of(ann.messages("#general")[-1]).count("Count pieces") >= 2


def test_a_shortcut_opens_the_picker(grid: Grid) -> None:
    grid.ann.uses_shortcut("open_picker")
    assert "Run a job" in text_of(grid.ann.views())
    grid.many.deployed.function.carry_out()


def test_the_home_tab_is_shown(grid: Grid) -> None:
    grid.ann.opens_home()
    grid.many.deployed.function.lambda_api.wait_for(1)
    grid.many.deployed.function.carry_out()
    assert "say-hello" in json.dumps(grid.ann.home())


def test_leaving_takes_all_tokens_along(grid: Grid) -> None:
    for kind in ("tokens_revoked", "app_uninstalled"):
        grid.many.event({"type": kind, "tokens": {"oauth": [grid.ann.id], "bot": ["U0BOT"]}}, event_id=kind)
    assert grid.many.rows() == []


def with_button(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in messages if find_element(each, RUN_AGAIN)]
