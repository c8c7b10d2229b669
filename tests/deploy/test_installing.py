"""The deployed app is installed in a browser, with its IAM enforced: what loopback promised holds on Lambda."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installing import (
    a_visit,
    allow,
    ask_slack,
    cancel,
    expect_installed,
    expect_title,
    is_installed,
)
from tests.deploy.deployment import STACK, Deployment, a_deployment, environment_of
from tests.deploy.packages import Package
from tests.workspace import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]  # a package is made first

NAME, COMMAND = "Errand dev", "/run-dev"


@pytest.fixture(scope="module")
def deployed(here: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with a_deployment(here, tmp_path_factory.mktemp("ministack"), oauth=True) as deployment:
        yield deployment
        assert not re.search(r"xox[a-z]-|code=|v1\.\d{10}\.", deployment.log())


@pytest.fixture
def admin(browser: Browser) -> Iterator[Page]:
    with a_visit(browser) as context:
        yield context.new_page()


def install(deployed: Deployment, admin: Page) -> None:
    ask_slack(admin, f"{deployed.url}/slack/install", NAME)
    allow(admin)
    expect_installed(admin, deployed.workspace.info["team"]["name"], NAME, COMMAND)


def installations(deployed: Deployment) -> list[dict[str, dict[str, str]]]:
    """The table's rows of them."""
    dynamodb = deployed.ministack.client("dynamodb")
    table = deployed.ministack.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="Table"
    )["StackResourceDetail"]["PhysicalResourceId"]
    rows = dynamodb.scan(TableName=table)["Items"]
    return [row for row in rows if row["pk"]["S"].startswith("installation#")]


def test_who_cancels_leaves_nothing(deployed: Deployment, admin: Page) -> None:
    ask_slack(admin, f"{deployed.url}/slack/install", NAME)
    cancel(admin)
    expect_title(admin, "Nothing was installed")
    assert not is_installed(deployed.workspace)
    assert installations(deployed) == []
    admin.get_by_role("link", name="Start again").click()
    expect(admin).to_have_url(f"{deployed.url}/slack/install")


def test_an_admin_installs_it_and_its_commands_work_until_it_is_removed(
    deployed: Deployment, admin: Page
) -> None:
    """Chromium keeps the secure cookie over plain HTTP, for this is loopback."""
    workspace = deployed.workspace
    install(deployed, admin)
    admin.reload()
    expect_installed(admin, "your workspace", NAME, COMMAND)
    assert "errand.v1." in str(installations(deployed))
    assert "xoxb-" not in str(installations(deployed))
    admin.get_by_role("link", name="Open in Slack").click()
    expect(admin).to_have_url(re.compile(re.escape(workspace.url) + r"/\?(user=\w+&)?app=home"))
    ann = workspace.person("ann")
    ann.types(COMMAND, in_channel="#general")
    assert ann.views(), "a modal was opened with the token out of the table"
    workspace.post("/sim/installation/remove", user=ann.id)
    give_up = time.monotonic() + PATIENCE
    while installations(deployed):  # until an invocation that nobody hears of has ended
        assert time.monotonic() < give_up
    install(deployed, admin)


def wait_for_log(deployed: Deployment, words: str) -> None:
    """ministack adds to the log of the next invocation what came too late for that of its own."""
    give_up = time.monotonic() + PATIENCE
    while words not in deployed.log():
        assert time.monotonic() < give_up
        urlopen(f"{deployed.url}/slack/install").close()


@pytest.fixture
def restricted(here: Package, tmp_path: Path) -> Iterator[Deployment]:
    """Before its first invocation, for an environment that is at work keeps its variables."""
    with a_deployment(here, tmp_path, oauth=True) as deployment:
        deployment.update(lambda template: environment_of(template).update(ALLOWED_TEAM_IDS="T0ELSEWHERE"))
        yield deployment


def test_a_workspace_that_is_not_on_the_list_is_left_as_it_was(restricted: Deployment, admin: Page) -> None:
    ask_slack(admin, f"{restricted.url}/slack/install", NAME)
    allow(admin)
    expect_title(admin, "Not for this workspace")
    wait_for_log(restricted, admin.locator(".hint code").inner_text())
    assert installations(restricted) == []
