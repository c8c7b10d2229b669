"""The same on one's own machine: over Socket Mode, in SQLite under a key file, and in what the commands say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Installation

import tests.running
from oauth.redaction import guard_log
from settings import Settings
from tests.fake_slack import ANN, Fault, fake_slack, refused
from tests.leaks.channels import Channels, logged
from tests.leaks.jobs import JOBS
from tests.leaks.secrets import Planted
from tests.leaks.slack import WatchedSlack
from tests.leaks.test_on_lambda import watch_data_keys
from tests.oauth.installing import Installing, Page, installing
from tests.ops.here import Machine
from tests.ops.installed import CLIENT_ID
from tests.running import an_errand
from tests.workspace import Person, Workspace, text_of


@pytest.fixture
def channels(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[Channels]:
    """Searched in the end, with all that lies in the folder but the key, which is a secret itself."""
    made = Channels(Planted())
    watch_data_keys(made.planted, monkeypatch)
    with logged(made):
        yield made
    printed = capfd.readouterr()
    made.take("print", printed.out + printed.err)
    for file in tmp_path.rglob("*"):
        if file.suffix == ".sqlite3":
            made.sqlite(file)
        elif file.is_file() and file.name.startswith("key"):
            made.planted.know(f"key in {file.name}", file.read_text("latin-1").split()[-1].encode("latin-1"))
        elif file.is_file():
            made.take("file", file.read_bytes(), what=file.name)
    assert made.leaks() == []


@pytest.fixture
def slack(channels: Channels) -> Iterator[WatchedSlack]:
    with fake_slack(WatchedSlack(channels)) as made:
        yield made


@pytest.fixture
def its(channels: Channels, slack: WatchedSlack, tmp_path: Path) -> Iterator[Installing]:
    secret = channels.planted.make("client secret")
    with installing(slack, tmp_path / "data", SLACK_CLIENT_SECRET=secret) as made:
        guard_log(lambda: [secret])
        yield made


def comes_back(its: Installing, channels: Channels) -> Page:
    browser = its.browser()
    state = browser.begins()
    number = len(channels.planted.values)
    channels.planted.know(f"state {number}", state.rpartition(".")[2])
    page = browser.comes_back(code=channels.planted.make(f"code {number}", "1.2."), state=state)
    channels.page(page.headers.items(), page.body)
    return page


def test_an_install_and_one_more_with_tokens_that_end(
    its: Installing, channels: Channels, slack: WatchedSlack
) -> None:
    assert comes_back(its, channels).status == 200
    slack.rotate()
    assert comes_back(its, channels).status == 200
    its.clock.now += 42_000
    its.installations.renew()
    assert "renewed token 1" in channels.planted.values
    its.clock.now += 86_400
    slack.faults["oauth.v2.access"].extend([refused("fatal_error"), refused("invalid_refresh_token")] * 2)
    for _ in range(3):
        its.installations.renew()


@pytest.mark.parametrize(
    "fault", [Fault(500, {}), Fault(drop=True), refused("invalid_code"), Fault(429, {})], ids=str
)
@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
def test_an_install_that_fails(
    its: Installing, channels: Channels, slack: WatchedSlack, method: str, fault: Fault
) -> None:
    slack.faults[method].append(fault)
    assert comes_back(its, channels).status >= 400


def test_a_key_file_that_others_can_read(its: Installing, channels: Channels) -> None:
    key = its.data_dir / "key"
    key.write_text(channels.planted.make("key"))
    key.chmod(0o644)
    assert comes_back(its, channels).status == 500


def test_commands_and_jobs_over_socket_mode(
    channels: Channels, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bot_token", "app_token", "signing_secret", "client_secret"):
        channels.planted.know(name, workspace.credentials[name])
    pager = channels.planted.make("secret of the team", "https://pager.example/v1/")
    monkeypatch.setattr(tests.running, "TEAM_JOBS", JOBS)
    environ = {"PAGER_URL": pager}
    settings = Settings.from_env(workspace.environment(tmp_path) | environ)
    guard_log(lambda: [*settings.hidden(), pager])
    with an_errand(workspace, tmp_path, **environ):
        ann = workspace.person("ann")
        ann.types("/run", in_channel="#general")
        for job in ("send-file", "fail-with-secret", "fail-with-token"):
            ann.types(f"/run {job}", in_channel="#general")
            workspace.eventually(lambda job=job: has_ended(ann, job))  # type: ignore[misc]
        ann.types("/runs", in_channel="#general")
        ann.opens_home()
    for each in (ann.direct_messages(), ann.messages("#general"), ann.home(), ann.views()):
        channels.take("slack", str(each), what="what Ann sees", but=("response_url",))


def has_ended(ann: Person, job: str) -> bool:
    told = text_of(ann.direct_messages()) + text_of(ann.messages("#general"))
    ended = {"send-file": "Sent.", "fail-with-secret": "foresaw", "fail-with-token": "no_way"}
    return ended[job] in told


def test_what_the_commands_say(channels: Channels, tmp_path: Path) -> None:
    """Of sealed and of plain rows, and of a token that Slack does not know."""
    make, machine = channels.planted.make, Machine(tmp_path / "data")
    secret = make("client secret")
    given = {
        "app_id": "A1",
        "bot_id": "B1",
        "bot_user_id": "UB1",
        "bot_scopes": ["commands"],
        "user_id": ANN,
        "bot_token": make("bot token", "xoxb-1-"),
        "bot_refresh_token": make("refresh token", "xoxe-1-"),
        "user_token": make("user token", "xoxp-1-"),
        "incoming_webhook_url": make("webhook", "https://hooks.slack.com/services/T1/B1/"),
    }
    machine.store.save(Installation(team_id="T1", **given))
    old = Machine(tmp_path / "old")
    old.plain.save(Installation(team_id="T2", **given))
    url = f"sqlite:///{old.database}"
    env = {
        "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": secret,
        "SLACK_API_URL": "http://127.0.0.1:9/",
    }
    for command in (
        ("installations",),
        ("installations", "show", "T1"),
        ("installations", "show", "T1", "--format", "json"),
        ("import", "--from", url),
        ("import", "--from", url, "--write"),
        ("import", "--from", url, "--write"),
        ("import", "--from", f"{url}-that-is-none", "--write"),
        ("installations", "list", "--format", "json"),
        ("reencrypt", "--to", str(machine.data_dir / "key.new")),
        ("reencrypt", "--to", str(machine.data_dir / "no" / "such" / "folder")),
        ("installations", "delete", "T1", "--yes", "--revoke"),
        ("installations", "delete", "T1", "--yes"),
        ("installations", "show", "T1"),
    ):
        done = machine.types(*command, **env)
        channels.take("print", done.stdout + done.stderr, what=" ".join(command))
    for file in old.data_dir.iterdir():  # where they were plain before
        file.unlink()
