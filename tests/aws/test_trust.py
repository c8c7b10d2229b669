"""Who vouches for AWS and Slack: few are asked first, and nobody whom the machine trusts is left out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from ssl import SSLContext
from urllib.error import URLError
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import botocore
import pytest

from aws.kept_connections import KeptConnections
from aws.signed_client import SignedClient
from aws.trust import AMAZON_ROOTS, SLACK_ROOTS, Authorities
from settings import AwsSettings
from tests.aws.emulator import an_emulator
from tests.aws.sites import Site, a_site, no_proxies, nothing_read_yet
from tests.workspace import PATIENCE

pytestmark = pytest.mark.usefixtures("nothing_read_yet")

__all__ = ["no_proxies", "nothing_read_yet"]


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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site(tmp_path) as started:
        yield started


Opens = Callable[[str], OpenerDirector]  # given the file of the few authorities


@pytest.fixture(params=["over a kept connection", "the usual way", "through a proxy"])
def opens(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Opens]:
    """How this site is asked."""
    with ExitStack() as stack:

        def opener(roots: str) -> OpenerDirector:
            if request.param == "over a kept connection":
                return build_opener(kept(KeptConnections(site.url, roots=roots)))
            usual = kept(KeptConnections("https://slack.test/api/", roots=roots))
            if request.param == "the usual way":
                return build_opener(usual)
            folder = tmp_path / "proxy"
            folder.mkdir()
            proxy = stack.enter_context(a_site(folder, is_https=False))
            return build_opener(ProxyHandler({"https": proxy.url}), usual)

        def kept(connections: KeptConnections) -> KeptConnections:
            stack.callback(connections.close)
            return connections

        yield opener


def ask(opener: OpenerDirector, url: str) -> int:
    with opener.open(url, b"", timeout=PATIENCE) as answer:
        return int(answer.status)


@pytest.fixture
def no_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = tmp_path / "nobody.pem"
    nobody.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(nobody))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


@pytest.mark.usefixtures("no_authorities")
def test_the_few_suffice_where_they_vouch(site: Site, opens: Opens) -> None:
    opener = opens(site.roots)
    assert ask(opener, f"{site.url}/first") == 200
    assert ask(opener, f"{site.url}/second") == 200
    assert site.asked == ["/first", "/second"]


def test_where_the_few_vouch_for_nothing_the_machines_own_are_asked_and_the_request_is_sent_once(
    site: Site, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", site.roots)
    opener = opens(SLACK_ROOTS)
    assert ask(opener, f"{site.url}/first") == 200
    assert ask(opener, f"{site.url}/second") == 200
    assert site.asked == ["/first", "/second"]


@pytest.mark.usefixtures("no_authorities")
def test_who_is_vouched_for_by_nobody_is_refused(site: Site, opens: Opens) -> None:
    opener = opens(SLACK_ROOTS)
    for path in ("/first", "/second"):
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(opener, site.url + path)
    assert site.asked == []


@pytest.mark.usefixtures("no_authorities")
def test_who_has_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    with a_site(tmp_path, name="slack.test") as other:
        for url in (other.url, "https://slack.test/"):  # over a kept connection, and the usual way
            opener = build_opener(KeptConnections(url, roots=other.roots))
            with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
                ask(opener, f"{other.url}/a")
        assert other.asked == []


def test_however_many_threads_come_first_each_asks_the_few_and_then_all() -> None:
    """And no context is made twice, for that takes 20 ms."""
    together = threading.Barrier(8)
    authorities = Authorities(SLACK_ROOTS, None)

    def tried(_: int) -> list[SSLContext]:
        together.wait()
        few = authorities.context()
        together.wait()
        after = authorities.context_after(few)
        assert after
        assert authorities.context_after(after) is None
        return [few, after]

    with ThreadPoolExecutor(8) as pool:
        (few, all_of_them), *others = pool.map(tried, range(8))
    assert few is not all_of_them
    assert others == [[few, all_of_them]] * 7


def test_each_is_tried_in_its_turn() -> None:
    authorities = Authorities(SLACK_ROOTS, AMAZON_ROOTS, None)
    first = authorities.context()
    second = authorities.context_after(first)
    assert second
    assert authorities.context_after(first) is second  # by whom was late
    third = authorities.context_after(second)
    assert len({first, second, third}) == 3
    assert third
    assert authorities.context_after(third) is None
