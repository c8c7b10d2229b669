"""Calls to Slack go over connections that are kept, and none is lost or made twice over one that is dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead, RemoteDisconnected
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import OpenerDirector, Request, build_opener

import pytest
from slack_sdk import WebClient

from aws.kept_connections import GIVEN_UP_WITHIN, IDLE_FOR, MOST_IDLE, KeptConnections
from aws.trust import VouchedConnection
from tests.aws.emulator import Emulator
from tests.aws.function import a_function
from tests.aws.sites import Site, a_site, no_proxies, nothing_read_yet
from tests.workspace import PATIENCE

__all__ = ["no_proxies", "nothing_read_yet"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site(tmp_path) as started:
        yield started


class Time:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """Asks as the SDK does: by urllib, with all of the answer read."""

    def __init__(self, site: Site, roots: str | None = None) -> None:
        self.time = Time()
        self.kept = KeptConnections(site.url, roots=roots or site.roots, clock=self.time)
        self._site = site
        self.opener: OpenerDirector = build_opener(self.kept)

    def __call__(
        self, path: str, body: bytes = b"{}", *, url: str | None = None, timeout: float = PATIENCE
    ) -> bytes:
        request = Request((url or self._site.url) + path, body, {"Content-type": "application/json"})
        with self.opener.open(request, timeout=timeout) as answer:
            assert answer.status == 200
            return bytes(answer.read())


@pytest.fixture
def call(site: Site) -> Iterator[Caller]:
    caller = Caller(site)
    yield caller
    caller.kept.close()


def test_calls_share_a_connection(call: Caller, site: Site) -> None:
    assert [call("/a", b"1"), call("/b", b"22"), call("/c", b"")] == [b"1", b"22", b""]
    assert (site.asked, site.connections) == (["/a", "/b", "/c"], 1)


def test_what_is_only_fetched_shares_it_too(call: Caller, site: Site) -> None:
    for _ in range(2):
        with call.opener.open(f"{site.url}/a", timeout=PATIENCE) as answer:
            assert answer.status == 200
    assert (site.method, site.connections) == ("GET", 1)


def test_a_connection_that_was_closed_while_idle_is_not_used(call: Caller, site: Site) -> None:
    """Whoever closed it might still read what is asked, and do it."""
    call("/stops-talking")
    assert site.fallen_silent.wait(PATIENCE)
    assert call("/b", b"2") == b"2"
    assert (site.asked, site.connections) == (["/stops-talking", "/b"], 2)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/hangs-up-later", b"2"), ("/gives-up-later", b"2"), ("/does-not-read-later", b"2" * 10_000_000)],
)
def test_a_connection_that_is_given_up_while_it_is_used_is_replaced(
    call: Caller, site: Site, path: str, body: bytes
) -> None:
    call("/a")
    assert call(path, body) == body
    assert (site.asked, site.connections) == (["/a", path, path], 2)


def test_who_hangs_up_after_a_while_may_have_done_it_and_is_not_asked_again(call: Caller, site: Site) -> None:
    call("/a")
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(call, "/thinks-first")
        assert site.thinking.wait(PATIENCE)
        call.time.now += GIVEN_UP_WITHIN
        site.thought.set()
        with pytest.raises(RemoteDisconnected):
            asking.result()
    assert site.asked == ["/a", "/thinks-first"]


def test_who_hangs_up_on_a_new_connection_is_not_asked_again(call: Caller, site: Site) -> None:
    with pytest.raises(RemoteDisconnected):
        call("/hangs-up")
    assert (site.asked, site.connections) == (["/hangs-up"], 1)


def test_what_is_good_for_one_try_has_a_connection_of_its_own(call: Caller, site: Site) -> None:
    call("/a")
    call("/api/oauth.v2.access")
    assert site.connections == 2


def test_an_answer_that_breaks_off_is_an_error_and_the_request_is_not_made_twice(
    call: Caller, site: Site
) -> None:
    call("/a")
    with pytest.raises((IncompleteRead, ConnectionError)):
        call("/breaks-off", b"0123456789")
    assert site.asked == ["/a", "/breaks-off"]
    assert call("/b", b"2") == b"2"
    assert site.connections == 2


@pytest.mark.parametrize("path", ["/never", "/stalls"])
def test_an_answer_that_takes_too_long_is_an_error_and_is_nobody_elses(
    call: Caller, site: Site, path: str
) -> None:
    call("/a")
    with pytest.raises(TimeoutError):
        call(path, b"late", timeout=0.2)
    site.thought.set()
    assert call("/b", b"2") == b"2"
    assert site.asked.count(path) <= 1  # 0 if it was slower than that in reading it
    assert site.connections == 2


def test_a_hint_of_an_answer_does_not_leave_the_answer_to_somebody_else(call: Caller, site: Site) -> None:
    with pytest.raises(HTTPError) as hint:  # as urllib's own has it
        call("/hints", b"late")
    hint.value.close()
    assert hint.value.code == 103
    assert call("/b", b"2") == b"2"
    assert site.connections == 2


def test_who_does_not_even_greet_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/a"
        with pytest.raises(URLError, match="timed out"):
            build_opener(KeptConnections(url)).open(url, b"", timeout=0.05)


def test_a_server_that_says_goodbye_is_believed(call: Caller, site: Site) -> None:
    call("/says-goodbye")
    call("/b")
    assert site.connections == 2


def test_an_error_of_slacks_can_be_read_and_the_connection_goes_on(call: Caller, site: Site) -> None:
    with pytest.raises(HTTPError) as refused:
        call("/refuses", b"why")
    with refused.value:
        assert (refused.value.code, refused.value.read()) == (429, b"why")
    call("/b")
    assert site.connections == 1


@pytest.mark.parametrize(
    ("idle_for", "connections"),
    [(IDLE_FOR - 1, 1), (IDLE_FOR, 2), (-1, 2)],
    ids=["short", "long", "back in time"],
)
def test_what_was_idle_for_long_may_be_forgotten_on_the_way(
    call: Caller, site: Site, idle_for: float, connections: int
) -> None:
    assert IDLE_FOR < 350  # when AWS's NAT gateway forgets
    call("/a")
    call.time.now += idle_for
    call("/b")
    assert site.connections == connections


def test_what_is_frozen_while_it_is_connected_ahead_was_idle_since(
    call: Caller, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = VouchedConnection.connect

    def connect_and_freeze(connection: VouchedConnection) -> None:
        connect(connection)
        call.time.now += IDLE_FOR

    monkeypatch.setattr(VouchedConnection, "connect", connect_and_freeze)
    ahead = call.kept.connect_ahead()
    assert ahead
    ahead.join()
    call("/a")
    site.wait_for_connections(2)
    assert site.connections == 2


def test_threads_do_not_get_each_others_answers(call: Caller, site: Site) -> None:
    bodies = [str(number).encode() * 50 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda body: call("/many", body), bodies)) == bodies
    assert len(site.asked) == 200
    assert len(call.kept._idle) <= MOST_IDLE


def test_elsewhere_it_goes_the_usual_way(call: Caller, tmp_path: Path, site: Site) -> None:
    """To large files, say, and to stand-ins for Slack, which may be able to talk to one client only."""
    (tmp_path / "other").mkdir()
    with a_site(tmp_path / "other", is_https=False) as other:
        assert call("/a", b"1", url=other.url) == b"1"
        assert call("/b", b"2", url=other.url) == b"2"
        assert (other.connections, site.connections) == (2, 0)


def test_what_is_read_from_a_file_goes_the_usual_way(call: Caller, site: Site) -> None:
    call("/a")
    request = Request(f"{site.url}/b", BytesIO(b"22"), {"Content-type": "text/csv", "Content-length": "2"})
    with call.opener.open(request, timeout=PATIENCE) as answer:
        assert answer.read() == b"22"
    assert site.connections == 2


def test_what_is_sent_in_pieces_goes_the_usual_way(call: Caller, site: Site) -> None:
    call("/a")
    request = Request(f"{site.url}/b", b"2", {"Transfer-encoding": "chunked", "Content-length": "0"})
    with call.opener.open(request, timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert site.headers["Connection"] == "close"


def test_a_child_does_not_talk_over_its_parents_connection(
    call: Caller, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("/a")
    with monkeypatch.context() as forked:  # a real fork beside the site's threads might never end
        forked.setattr(os, "getpid", lambda: -1)
        assert call("/child", b"1") == b"1"
    assert call("/b", b"2") == b"2"
    assert (site.asked, site.connections) == (["/a", "/child", "/b"], 2)


def test_the_first_call_finds_a_connection_that_was_made_ahead(call: Caller, site: Site) -> None:
    ahead = call.kept.connect_ahead()
    assert ahead
    ahead.join()
    assert site.asked == []
    assert call("/a", b"1") == b"1"
    assert site.connections == 1


@pytest.mark.parametrize(
    "name", ["HTTPS_PROXY", "HTTP_PROXY"]
)  # the SDK takes the second for want of the first
def test_no_connection_is_made_ahead_where_there_is_a_proxy(
    call: Caller, site: Site, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert call.kept.connect_ahead() is None
    assert site.connections == 0


def test_where_none_can_be_made_ahead_the_first_call_says_so(tmp_path: Path) -> None:
    with a_site(tmp_path) as site:
        call = Caller(site)
    ahead = call.kept.connect_ahead()
    assert ahead
    ahead.join()
    with pytest.raises(URLError, match="refused"):
        call("/a")


def test_the_sdks_clients_go_over_it(call: Caller, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib.request._opener", None)  # and after the test what it was before
    call.kept.install()
    site.says = b'{"ok": true}'
    token = "xoxb-1"
    for _ in range(2):
        assert WebClient(token, base_url=f"{site.url}/api/", timeout=PATIENCE).auth_test()["ok"]
        assert site.headers["Authorization"] == f"Bearer {token}"
    assert site.asked == ["/api/auth.test"] * 2
    assert site.connections == 1


@pytest.mark.usefixtures("nothing_read_yet")
def test_a_function_connects_to_slack_before_its_first_event(
    aws: Emulator, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request._opener", None)
    with a_site(tmp_path) as slack, a_function(aws, table) as function:
        monkeypatch.setenv("SSL_CERT_FILE", slack.roots)
        function.start(SLACK_API_URL=f"{slack.url}/api/", SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s")
        slack.wait_for_connections(1)
        assert (slack.asked, slack.connections) == ([], 1)


def test_nothing_is_kept_any_more_after_the_end(call: Caller, site: Site) -> None:
    call("/a")
    call.kept.close()
    assert call("/b", b"2") == b"2"
    assert call.kept._idle == []
    assert site.connections == 2
