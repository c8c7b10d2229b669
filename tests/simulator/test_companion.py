"""`--run`: somebody else's app beside the workspace, as it is."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulator.office import MANIFEST, PATIENCE, ROOT, Office, an_office
from tests.simulator.test_command_line import run

APP = """
import os
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

app = App(token=os.environ["SLACK_BOT_TOKEN"])


@app.command("/do")
def do(ack, client):
    ack(f"{client.base_url} {os.getcwd()} {os.environ.get('SLACK_OF_MINE')} {os.environ.get('SLACK_CHANNEL')}")


SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
"""
ASYNC_APP = """
import asyncio
import os
from slack_bolt.async_app import AsyncApp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

app = AsyncApp(token=os.environ["SLACK_BOT_TOKEN"])


@app.command("/do")
async def do(ack, client):
    await ack((await client.auth_test())["user"])


async def main():
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()


asyncio.run(main())
"""
OAUTH_APP = """
import json
import os
from slack_bolt import App

app = App(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"], token_verification_enabled=False
)
settings = app.oauth_flow.settings
page = settings.redirect_uri_page_renderer.render_success_page("A1", "T1")
said = [settings.authorize_url_generator.generate("x"), os.environ.get("SLACK_BOT_TOKEN"), page]
with open("saying", "w") as file:
    json.dump(said, file)
os.rename("saying", "said")
"""
NODE_SDK = """
exports.WebClient = class WebClient {
  constructor(token, options = {}) { this.slackApiUrl = options.slackApiUrl; this.token = token; }
};
"""
NODE_APP = """
const sdk = require("@slack/web-api");
const plain = new sdk.WebClient("xoxb-1");
const other = new sdk.WebClient("xoxb-1", { slackApiUrl: "http://127.0.0.1:1/api/" });
const body = JSON.stringify({ text: [plain.slackApiUrl, other.slackApiUrl, plain.constructor.name].join(" ") });
fetch(`${process.env.SLACK_API_URL}api.test`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body });
"""


NODE_OAUTH_SDK = """
exports.InstallProvider = class InstallProvider {
  constructor(options) { this.authorizationUrl = options.authorizationUrl; }
  async handleCallback(request, response) {
    response.end('<a href="slack://app?team=T1&amp;id=A1">here</a> <a href="https://app.slack.com/client/T1">there</a>');
  }
};
"""
NODE_OAUTH_APP = """
const { InstallProvider } = require("@slack/oauth");
const provider = new InstallProvider({});
const end = (page) => fetch(`${process.env.SLACK_API_URL}api.test`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ text: `${provider.authorizationUrl} ${page}` }),
});
provider.handleCallback({}, { end });
"""


def in_folder(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    return folder / "manifest.json"


def python(file: str) -> str:
    return shlex.join([sys.executable, file])


def connected(office: Office) -> str:
    """What the app answers to a command, once it is there."""
    while not office.get("/sim/workspace")["app"]["connected"]:
        assert office.process.poll() is None
    ask = {"user": office.person(), "channel": office.channel("general"), "text": "/do"}
    return str(office.post("/sim/commands", **ask)["ack"]["payload"]["text"])


def test_an_app_without_a_base_url_finds_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_OF_MINE", "xoxb-of-a-real-workspace")
    monkeypatch.setenv("SLACK_CHANNEL", "kept")
    manifest = in_folder(tmp_path, **{"app.py": APP})
    with an_office(manifest, "--run", python("app.py")) as office:
        said = connected(office)
        assert said == f"{office.first_line['api_url']} {os.path.realpath(tmp_path)} None kept"
        office.process.terminate()
        assert office.process.wait(PATIENCE) == 0


def test_whoever_has_read_where_it_is_may_stop_both(tmp_path: Path) -> None:
    manifest = in_folder(tmp_path, **{"app.py": "import time\ntime.sleep(600)"})
    command = [sys.executable, "-m", "simulator", "--port", "0", "--manifest", str(manifest)]
    with subprocess.Popen([*command, "--run", python("app.py")], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()  # before the app is there
        assert process.wait(PATIENCE) == 0


def test_an_async_app_does_too(tmp_path: Path) -> None:
    manifest = in_folder(tmp_path, **{"app.py": ASYNC_APP})
    with an_office(manifest, "--run", python("app.py")) as office:
        assert connected(office) == office.api("auth.test")["user"]


def test_a_sitecustomize_of_ones_own_is_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "import builtins; builtins.of_my_own = True"
    manifest = in_folder(
        tmp_path, **{"app.py": APP.replace("os.getcwd()", "of_my_own"), "path__sitecustomize.py": own}
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    with an_office(manifest, "--run", python("app.py")) as office:
        assert " True " in connected(office)


def test_without_a_token_it_gets_the_clients_credentials(tmp_path: Path) -> None:
    manifest = in_folder(tmp_path, **{"app.py": OAUTH_APP})
    with an_office(manifest, "--not-installed", "--run", python("app.py")) as office:
        while not (tmp_path / "said").exists():
            assert office.process.poll() is None
        authorize_url, token, page = json.loads((tmp_path / "said").read_text())
        client_id = office.first_line["client_id"]
        assert authorize_url.startswith(f"{office.url}/oauth/v2/authorize?state=x&client_id={client_id}&")
        assert token is None
        assert f'URL={office.url}/app_redirect?app=A1&amp;team=T1"' in page
        assert f'href="{office.url}/" target' in page
        assert "slack://" not in page
        assert "slack.com" not in page


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_an_app_in_javascript_finds_it_as_well(tmp_path: Path) -> None:
    manifest = in_folder(
        tmp_path, **{"app.js": NODE_APP, "node_modules__@slack__web-api__dist__index.js": NODE_SDK}
    )
    as_package(tmp_path, "web-api")
    with an_office(manifest, "--run", "node app.js") as office:
        expected = f"{office.first_line['api_url']} http://127.0.0.1:1/api/ WebClient"
        assert told_by_test(office) == expected


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_an_installation_of_an_app_in_javascript_ends_here(tmp_path: Path) -> None:
    manifest = in_folder(
        tmp_path, **{"app.js": NODE_OAUTH_APP, "node_modules__@slack__oauth__dist__index.js": NODE_OAUTH_SDK}
    )
    as_package(tmp_path, "oauth")
    with an_office(manifest, "--not-installed", "--run", "node app.js") as office:
        app = f'<a href="{office.url}/app_redirect?app=A1&amp;team=T1">here</a>'
        client = f'<a href="{office.url}/">there</a>'
        assert told_by_test(office) == f"{office.url}/oauth/v2/authorize {app} {client}"


def as_package(folder: Path, name: str) -> None:
    package = {"name": f"@slack/{name}", "main": "dist/index.js"}
    (folder / "node_modules" / "@slack" / name / "package.json").write_text(json.dumps(package))


def told_by_test(office: Office) -> str:
    """What the app says by calling api.test."""
    calls: list[dict[str, dict[str, str]]] = []
    while not calls:
        calls = office.get("/sim/calls", method="api.test")["calls"]
    return calls[0]["args"]["text"]


def test_a_command_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = run("--port", "0", "--manifest", str(in_folder(tmp_path)), "--run", "no-such-program app.py")
    assert ended.returncode == 1
    assert "--run 'no-such-program app.py' cannot be started" in ended.stderr
