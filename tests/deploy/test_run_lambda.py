"""`make run-lambda`: the app as one deployed function, in the browser, from one command."""

from __future__ import annotations

import html
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from ops.run_lambda import DATA_DIR
from tests.deploy.packages import ROOT
from tests.watching import done, file_of
from tests.workspace import PATIENCE, Workspace, grant_time, text_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("lambda_tools")]


@contextmanager
def run_lambda(*options: str) -> Iterator[Workspace]:
    command = [sys.executable, "-m", "ops.run_lambda", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = next(line.split()[-1] for line in process.stdout if "Open" in line)
            workspace = Workspace({"url": url})
            grant_time(workspace.url)
            yield workspace
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=PATIENCE) == 0
        finally:
            process.kill()


def export(workspace: Workspace) -> None:
    ann = workspace.person("ann")
    ack = ann.types("/run export-channel channel=#general days=3", in_channel="#general")
    assert "Starting" in ack["payload"]["text"]
    assert "Done" in text_of(done(ann, workspace, "#general", "Export a channel"))
    assert ann.downloads(file_of(ann, workspace)["id"])


def install(workspace: Workspace) -> str:
    """As a browser does it, from the app's install page; the page it ends on."""
    loopback_is_safe = DefaultCookiePolicy(secure_protocols=("https", "http"))  # as in a browser
    browser = build_opener(HTTPCookieProcessor(CookieJar(loopback_is_safe)))
    page = browser.open(workspace.info["app"]["install_url"]).read().decode()
    found = re.search(r'href="([^"]+/oauth/v2/authorize[^"]+)"', page)
    assert found, page
    asked = urlsplit(html.unescape(found[1]))
    form = {name: values[0] for name, values in parse_qs(asked.query).items()}
    form |= {"user": workspace.person("ann").id, "decision": "allow"}
    consent = Request(f"{workspace.url}{asked.path}", urlencode(form).encode(), {"Origin": workspace.url})
    return str(browser.open(consent).read().decode())


def test_one_command_packages_deploys_and_a_run_finishes() -> None:
    with run_lambda() as workspace:
        said = (ROOT / DATA_DIR / "ministack.log").read_text("utf-8")
        assert "worker spawned" in said, "the first command of a person does not wait for that"
        export(workspace)


def test_with_oauth_it_is_installed_first_and_works_until_it_is_removed() -> None:
    with run_lambda("--oauth") as workspace:
        ann = workspace.person("ann")
        assert not workspace.info["app"]["installed"]
        page = install(workspace)
        assert "Errand is in Tidewell" in page
        assert "/run<" in page
        assert workspace.get("/sim/installation")["installer"] == ann.id
        ann.types("/invite @errand", in_channel="#general")
        export(workspace)
        workspace.post("/sim/installation/remove", user=ann.id)
        ends = {name: n for n, name in events_of(workspace) if name != "app_home_opened"}
        assert ends.keys() == {"app_uninstalled", "tokens_revoked"}
        for n in ends.values():  # each comes twice, and is waited for the second time
            assert workspace.control("redeliver", n=n)["ack"]["status"] == "acked"


def events_of(workspace: Workspace) -> list[tuple[int, str]]:
    sent = [each for each in workspace.deliveries() if each["type"] == "events_api"]
    return [(each["n"], each["payload"]["event"]["type"]) for each in sent]
