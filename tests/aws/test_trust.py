"""Who vouches for AWS and Slack: few are asked first, and nobody whom the machine trusts is left out."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import build_opener

import botocore
import pytest
import trustme

from aws.signed_client import SignedClient
from aws.trust import AMAZON_ROOTS, SLACK_ROOTS, FewFirst, tls
from settings import AwsSettings
from tests.aws.emulator import an_emulator


@pytest.fixture(autouse=True)
def nothing_read_yet() -> Iterator[None]:
    tls.cache_clear()
    yield
    tls.cache_clear()


@pytest.mark.parametrize(("roots", "number"), [(AMAZON_ROOTS, 5), (SLACK_ROOTS, 4)])
def test_the_few_are_among_those_that_botocore_trusts(roots: str, number: int) -> None:
    end = "-----END CERTIFICATE-----"
    trusted = (Path(botocore.__file__).parent / "cacert.pem").read_text("utf-8").split(end)
    *ours, _ = Path(roots).read_text("utf-8").split(end)
    assert len(ours) == number
    bodies = {each.partition("-----BEGIN CERTIFICATE-----")[2] for each in trusted}
    assert {each.partition("-----BEGIN CERTIFICATE-----")[2] for each in ours} < bodies


def test_where_amazon_vouches_for_nothing_the_machines_own_authorities_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with an_emulator(tmp_path, USE_SSL="1") as aws:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ministack-tls" / "server.crt"))
        client = SignedClient("kms", AwsSettings.from_env(aws.environment))
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.ListKeys"}
        assert client.post("/", b"{}", headers).status == 200
        client.close()


class Site:
    """A server over TLS, vouched for by an authority of its own, in whose file `roots` is."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.roots = str(folder / "its.pem")
        authority.cert_pem.write_to_path(self.roots)
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # of handshakes that fail
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self._server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        paths = self.paths

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    started = Site(tmp_path)
    yield started
    started.close()


@pytest.fixture
def no_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = tmp_path / "nobody.pem"
    nobody.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(nobody))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


@pytest.mark.usefixtures("no_authorities")
def test_the_few_suffice_where_they_vouch(site: Site) -> None:
    opener = build_opener(FewFirst(site.roots))
    assert opener.open(f"{site.url}/first", b"").status == 200
    assert opener.open(f"{site.url}/second", b"").status == 200
    assert site.paths == ["/first", "/second"]


def test_where_the_few_vouch_for_nothing_the_machines_own_are_asked_and_the_request_is_sent_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", site.roots)
    opener = build_opener(FewFirst(SLACK_ROOTS))
    assert opener.open(f"{site.url}/first", b"").status == 200
    assert opener.open(f"{site.url}/second", b"").status == 200
    assert site.paths == ["/first", "/second"]


@pytest.mark.usefixtures("no_authorities")
def test_who_is_vouched_for_by_nobody_is_refused(site: Site) -> None:
    opener = build_opener(FewFirst(SLACK_ROOTS))
    for path in ("/first", "/second"):
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            opener.open(site.url + path, b"")
    assert site.paths == []
