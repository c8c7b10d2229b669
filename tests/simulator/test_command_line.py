import json
import signal
import socket
import stat
import struct
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.simulator.office import PATIENCE, ROOT, Office, an_app, an_office


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)


def stop(office: Office, number: signal.Signals = signal.SIGTERM) -> int:
    office.process.send_signal(number)
    return office.process.wait(PATIENCE)


def test_the_first_line_says_where_and_with_what(manifest: Path) -> None:
    with an_office(manifest) as office:
        line = office.first_line
        assert line["url"].startswith("http://127.0.0.1:")
        assert line["api_url"] == line["url"] + "/api/"
        assert line["bot_token"].startswith("xoxb-")
        assert line["app_token"].startswith("xapp-")
        assert {"signing_secret", "client_id", "client_secret"} < line.keys()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_with_an_app_and_a_browser_connected(manifest: Path, number: signal.Signals) -> None:
    with an_office(manifest) as office:
        url = office.url.removeprefix("http://").split(":")
        with socket.create_connection((url[0], int(url[1]))) as browser:
            browser.sendall(
                f"GET /sim/events?user={office.person()} HTTP/1.1\r\nHost: {':'.join(url)}\r\n\r\n".encode()
            )
            assert browser.recv(100).startswith(b"HTTP/1.1 200")
            assert stop(office, number) == 0


def test_it_ends_cleanly_with_an_app_connected(manifest: Path) -> None:
    with an_office(manifest) as office, an_app(office) as app:
        app.client.auto_reconnect_enabled = False
        stopped = stop(office)
        app.client.close()
    assert stopped == 0


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", ["/api/chat.postMessage", "/sim/messages"])
def test_who_is_cut_off_in_the_middle_of_a_request_leaves_no_trace(
    manifest: Path, path: str, kind: str
) -> None:
    """As an app does that is stopped with Ctrl-C while it calls."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--manifest", str(manifest)]
    with subprocess.Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdout
        host, port = json.loads(process.stdout.readline())["url"].removeprefix("http://").split(":")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n"
        )
        with socket.create_connection((host, int(port))) as app:
            app.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing is a reset
            app.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert app.recv(100).startswith(b"HTTP/1.1 100")
            app.sendall(b"{")
        # It answers the next one, and so has done with the first.
        with socket.create_connection((host, int(port))) as browser:
            browser.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            assert browser.recv(100).startswith(b"HTTP/1.1 200")
        process.terminate()
        assert process.communicate()[1] == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--port", "0", "--manifest", "nowhere.json"), "nowhere.json"),
        (("--port", "0", "--manifest", "README.md"), "is not JSON"),
        (("--port", "0", "--manifest", "tests"), "tests"),
        (("--port", "70000"), "a whole number from 0 to 65535"),
        (("--port", "0", "--latency", "-1"), "--latency"),
        (("--port", "0", "--request-url", "ftp://x"), "http:// or https://"),
        (("--port", "0", "--install-url", "ftp://x"), "http:// or https://"),
        (("--port", "0", "--redirect-url", "nowhere"), "http:// or https://"),
        ((), "--port"),
    ],
)
def test_a_bad_option_is_named_in_one_line(options: tuple[str, ...], says: str) -> None:
    done = run(*options)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_taken_port_is_named(manifest: Path) -> None:
    with an_office(manifest) as office:
        port = office.url.rpartition(":")[2]
        done = run("--port", port, "--manifest", str(manifest))
        assert done.returncode == 1
        assert f"port {port}" in done.stderr


def test_the_state_file_brings_everything_back(manifest: Path, tmp_path: Path) -> None:
    state = tmp_path / "office.json"
    with an_office(manifest, "--state", str(state)) as office:
        first, ann, channel = office.first_line, office.person(), office.channel("general")
        said = office.post("/sim/messages", user=ann, channel=channel, text="remember me")["message"]
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        office.api("views.publish", user_id=ann, view=home)
        ticket = office.api("files.getUploadURLExternal", filename="a.txt", length=5)
        octets = {"Content-Type": "application/octet-stream"}
        office.request(ticket["upload_url"].removeprefix(office.url), b"hello", headers=octets)
        office.api("files.completeUploadExternal", files=[{"id": ticket["file_id"]}], channel_id=channel)
        assert stop(office) == 0
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    with an_office(manifest, "--state", str(state)) as office:
        secrets = {key: value for key, value in first.items() if "url" not in key}
        assert secrets.items() <= office.first_line.items()
        shared, kept = reversed(office.messages(channel, ann)[-2:])
        assert kept == said
        assert shared["files"][0]["url_private"].startswith(office.url)
        assert office.get(f"/sim/files/{ticket['file_id']}", user=ann).raw == b"hello"
        assert office.get("/sim/home", user=ann)["view"]["blocks"][0]["type"] == "divider"
        assert (
            office.post("/sim/messages", user=ann, channel=channel, text="more")["message"]["ts"] > said["ts"]
        )


@pytest.mark.parametrize("content", ["", "{}", '{"version": 0}', '{"version": 1, "workspace": {}}', "[]"])
def test_a_file_that_is_no_state_is_left_alone(manifest: Path, tmp_path: Path, content: str) -> None:
    state = tmp_path / "office.json"
    state.write_text(content)
    done = run("--port", "0", "--manifest", str(manifest), "--state", str(state))
    assert done.returncode == 1
    assert "office.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert state.read_text() == content


def test_a_fresh_workspace_has_secrets_of_its_own_and_the_same_people(manifest: Path) -> None:
    with an_office(manifest) as one, an_office(manifest) as other:
        assert one.first_line["bot_token"] != other.first_line["bot_token"]
        assert one.person() == other.person()
        assert json.dumps(one.workspace["users"]) == json.dumps(other.workspace["users"])


def test_a_manifest_in_yaml_is_told_how_to_be_had_in_json(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("display_information:\n  name: Tester\n")
    ended = run("--port", "0", "--manifest", str(tmp_path / "manifest.yml"))
    assert (ended.returncode, "Slack shows a YAML manifest as JSON" in ended.stderr) == (1, True)
