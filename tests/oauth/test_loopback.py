"""The OAuth pages on one's own machine: two addresses, and nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from oauth.loopback import InstallPages, PortTaken
from tests.fake_slack import fake_slack
from tests.oauth.installing import Installing, installing


@pytest.fixture
def its(tmp_path: Path) -> Iterator[Installing]:
    with fake_slack() as slack, installing(slack, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/slack/install"),
        ("POST", "/slack/install"),
        ("OPTIONS", "/slack/oauth_redirect"),
        ("TRACE", "/slack/install"),
        ("GET", "/"),
        ("GET", "/slack/events"),
        ("GET", "/slack/install/"),
        ("GET", "/SLACK/INSTALL"),
        ("GET", "/slack/../slack/install"),
        ("GET", "/favicon.ico"),
    ],
)
def test_any_other_method_or_path_is_not_found(its: Installing, method: str, path: str) -> None:
    page = its.browser().get(path, method=method)
    assert page.status == 404
    assert not page.cookies


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:3000", "[::1]:3000"])
def test_it_answers_to_the_names_of_this_machine(its: Installing, host: str) -> None:
    assert its.browser().get("/slack/install", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "", "[::1"])
def test_a_name_that_was_only_pointed_here_gets_nothing(its: Installing, host: str) -> None:
    """https://en.wikipedia.org/wiki/DNS_rebinding"""
    assert its.browser().get("/slack/install", headers={"Host": host}).status == 404


def test_it_listens_on_loopback_alone(its: Installing) -> None:
    assert its.pages.url.startswith("http://127.0.0.1:")
    with socket.socket() as beside:
        beside.bind(("127.0.0.2", its.port))  # all addresses would be in its way


def test_a_taken_port_says_what_to_set(its: Installing) -> None:
    with pytest.raises(PortTaken, match=rf"port {its.port} .* OAUTH_PORT"):
        InstallPages(its.pages.flow, its.port)


def test_bytes_that_are_no_request_and_a_browser_that_goes_away_leave_it_standing(
    its: Installing, capsys: pytest.CaptureFixture[str]
) -> None:
    for sent in (b"\xff\x00\r\n\r\n", b"GET /slack/install?" + b"x" * 70_000, b"GET /slack/inst", b""):
        with socket.create_connection(("127.0.0.1", its.port)) as connection:
            connection.sendall(sent)
    with socket.create_connection(("127.0.0.1", its.port)) as connection:
        connection.sendall(b"GET http://[::1/slack/install HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.0 404")
    assert its.browser().get("/slack/install").status == 200
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("more", ["&code=in two words", "&code=" + "x" * 70_000])
def test_what_it_cannot_read_it_does_not_repeat(its: Installing, more: str) -> None:
    """The address of a request has the state in it, and for a moment the code."""
    with socket.create_connection(("127.0.0.1", its.port)) as connection:
        connection.sendall(f"GET /slack/oauth_redirect?state=of-mine{more} HTTP/1.1\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.0 4")
    assert b"of-mine" not in answer
    assert b"<html" not in answer.lower()
