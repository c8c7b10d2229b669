import json
import os
import re
import signal
import socket
from collections.abc import Callable

import pytest

from ops.offline import NotReady, Plan, app_environment, choose_port, parse_options
from tests.ops.driving import APP, Offline, is_running

Begin = Callable[..., Offline]

DEAF_APP = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + APP
WORKSPACE = {
    "api_url": "http://127.0.0.1:1/api/",
    "bot_token": "xoxb-1",
    "app_token": "xapp-1",
    "signing_secret": "s",
}


def test_it_prints_one_url_and_ctrl_c_ends_it_cleanly(offline: Begin) -> None:
    run = offline()
    line = run.read_until("Open")
    code, output, errors = run.end(signal.SIGINT)
    assert re.search(r"http://127\.0\.0\.1:\d+/$", line.strip())
    assert "http" not in output
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_to_stop_it_stops_its_children(offline: Begin, number: signal.Signals) -> None:
    run = offline()
    run.read_until("Stop")
    children = [run.pid_of("app"), run.pid_of("simulator")]
    assert all(map(is_running, children))
    assert run.end(number)[0] == 0
    assert not any(map(is_running, children))


def test_it_ends_cleanly_when_nobody_reads_its_output_any_more(offline: Begin) -> None:
    run = offline()
    run.read_until("Stop")
    assert run.process.stdout
    run.process.stdout.close()
    run.process.send_signal(signal.SIGHUP)
    assert run.process.wait() == 0
    assert not is_running(run.pid_of("app"))


def test_an_app_in_the_middle_of_a_job_does_not_hold_it_up(offline: Begin) -> None:
    run = offline(app=DEAF_APP)
    run.read_until("Stop")
    assert run.end()[0] == 0
    assert not is_running(run.pid_of("app"))


@pytest.mark.parametrize("app", [APP, DEAF_APP], ids=["obedient", "deaf"])
def test_children_do_not_outlive_a_killed_parent(offline: Begin, app: str) -> None:
    run = offline(app=app)
    run.read_until("Stop")
    run.end(signal.SIGKILL)
    run.wait_for_lock()
    children = [run.pid_of("app"), run.pid_of("simulator")]
    assert not any(map(is_running, children))


@pytest.mark.parametrize("typed", ["eighty", "-1", "65536"])
def test_what_is_no_port_is_said_in_a_line(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options([f"--port={typed}"])
    assert f"a number from 0 to 65535, not '{typed}'" in capsys.readouterr().err


def test_a_second_start_is_refused_with_the_url_of_the_first(offline: Begin) -> None:
    first = offline()
    url = first.read_until("Open").split()[-1]
    code, output, errors = offline().end(None)
    assert (code, output) == (1, "")
    assert f"already running at {url} (process {first.process.pid})" in errors
    assert is_running(first.pid_of("app"))


def test_it_starts_again_right_after_being_killed(offline: Begin) -> None:
    first = offline()
    first.read_until("Open")
    first.end(signal.SIGKILL)
    second = offline()
    second.read_until("Open")
    assert second.end()[0] == 0


def test_an_app_that_ends_is_named_with_its_last_lines_and_the_rest_is_stopped(offline: Begin) -> None:
    run = offline(app="import sys; print('SLACK_BOT_TOKEN is missing', file=sys.stderr); sys.exit(2)")
    code, _, errors = run.end(None)
    assert code == 1
    assert "The app stopped by itself (exit code 2)." in errors
    assert "│ SLACK_BOT_TOKEN is missing" in errors
    assert not is_running(run.pid_of("simulator"))


def test_an_app_that_is_killed_later_on_is_reported_too(offline: Begin) -> None:
    run = offline()
    run.read_until("Stop")
    os.kill(run.pid_of("app"), signal.SIGKILL)
    code, _, errors = run.end(None)
    assert code == 1
    assert "The app stopped by itself (killed by SIGKILL)." in errors


def test_a_simulator_that_ends_before_it_says_its_address_is_named(offline: Begin) -> None:
    code, _, errors = offline(simulator="raise SystemExit('no such manifest')").end(None)
    assert code == 1
    assert "The simulator stopped by itself (exit code 1)." in errors
    assert "│ no such manifest" in errors


def test_a_simulator_that_prints_something_else_is_named(offline: Begin) -> None:
    code, _, errors = offline(simulator="print('hello'); import signal; signal.pause()").end(None)
    assert code == 1
    assert "first line is not JSON: b'hello" in errors


def test_only_errors_are_shown_and_all_is_in_the_log(offline: Begin) -> None:
    run = offline()
    assert "ERROR something to see" in run.read_until("│")
    run.read_until("Stop")
    run.end()
    assert "INFO all is well" in (run.folder / "app.log").read_text()


def test_verbose_shows_everything(offline: Begin) -> None:
    run = offline(verbose=True)
    assert "INFO all is well" in run.read_until("│")


def test_the_app_gets_nothing_of_the_shell_it_does_not_need(offline: Begin) -> None:
    mine = {
        "AWS_SECRET_ACCESS_KEY": "no",
        "SLACK_CLIENT_SECRET": "no",
        "SLACK_BOT_TOKEN": "no",
        "HTTPS_PROXY": "no",
    }
    run = offline(env=mine | {"LC_CTYPE": "C.UTF-8"})
    run.read_until("Stop")
    env = json.loads((run.folder / "app.env").read_text())
    slack = {name for name in env if name.startswith("SLACK_")}
    assert slack == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    assert not set(env.values()) & {"no"}
    assert env["SLACK_BOT_TOKEN"] == "xoxb-1"
    assert env["DATA_DIR"] == str(run.folder)
    assert env["LC_CTYPE"] == "C.UTF-8"


def test_with_oauth_the_app_has_client_credentials_and_its_pages_a_port(offline: Begin) -> None:
    run = offline(pages_port=8191)
    assert "install Errand" in run.read_until("Try")
    run.read_until("Stop")
    env = json.loads((run.folder / "app.env").read_text())
    assert "SLACK_BOT_TOKEN" not in env
    assert (env["SLACK_CLIENT_ID"], env["SLACK_CLIENT_SECRET"], env["OAUTH_PORT"]) == ("1.2", "c", "8191")
    options = json.loads((run.folder / "simulator.args").read_text())
    assert options[-5:] == [
        "--not-installed",
        "--install-url",
        "http://127.0.0.1:8191/slack/install",
        "--redirect-url",
        "http://127.0.0.1:8191/slack/oauth_redirect",
    ]


def test_without_it_the_app_is_installed_in_one_click(offline: Begin) -> None:
    run = offline()
    assert "type /run" in run.read_until("Try")
    assert "--not-installed" not in json.loads((run.folder / "simulator.args").read_text())


def test_tokens_are_no_arguments_and_files_are_private(offline: Begin) -> None:
    run = offline()
    run.read_until("Stop")
    assert run.folder.stat().st_mode & 0o077 == 0
    assert (run.folder / "app.log").stat().st_mode & 0o077 == 0


def test_the_shells_tokens_never_win_over_the_workspaces() -> None:
    env = app_environment({"SLACK_BOT_TOKEN": "xoxb-mine", "PATH": "/bin"}, WORKSPACE, Plan())
    assert (env["SLACK_BOT_TOKEN"], env["PATH"]) == ("xoxb-1", "/bin")


def test_a_port_that_was_asked_for_must_be_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(NotReady, match="is taken"):
        choose_port(taken.getsockname()[1])


def test_the_usual_port_gives_way_when_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("ops.offline.PORT", taken.getsockname()[1])
        assert choose_port(None) == 0
