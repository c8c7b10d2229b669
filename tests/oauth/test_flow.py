"""From the install page to Slack and back, and every way in which that fails."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import BoltRequest

from oauth.facts import Facts
from oauth.failure import Kind
from oauth.flow import InstallFlow
from oauth.local_storage import LocalStorage
from oauth.redaction import redacted
from oauth.state import SignedStateStore
from tests.fake_slack import ANN, RATE_LIMITED, TEAM, FakeSlack, Fault, fake_slack, refused
from tests.oauth.installing import CLIENT_SECRET, CODE, Installing, Page, installing
from wiring import installing as wired
from wiring.bolt_app import create_app

BOT_TOKEN, USER_TOKEN = "xoxb-of-the-bot", "xoxp-of-ann"
TEXT_OF = {kind: kind.value.title.format(name="Errand") for kind in Kind}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as made:
        made.installed["authed_user"] = {"id": ANN, "access_token": USER_TOKEN, "scope": "chat:write"}
        yield made


@pytest.fixture
def its(slack: FakeSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Installing]:
    """An app to be installed. Whatever the test does, no log line holds a token, the code, a state or the secret."""
    caplog.set_level(logging.DEBUG)
    for name in ("errand.oauth", "slack_bolt", "slack_sdk"):
        caplog.set_level(logging.DEBUG, logger=name)
    with installing(slack, tmp_path / "data") as made:
        yield made
    assert_tells_no_secret(logged(caplog))


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """By the test itself: `caplog.text` begins anew when it is torn down."""
    return "\n".join(caplog.handler.format(record) for record in caplog.get_records("call"))


def assert_tells_no_secret(text: str) -> None:
    for secret in (
        BOT_TOKEN,
        USER_TOKEN,
        CODE,
        quote(CODE),
        CLIENT_SECRET,
        b64encode(CODE.encode()).decode(),
    ):
        assert secret not in text
    assert not re.search(r"v1\.[0-9]{10}\.[A-Za-z0-9_-]{22}\.", text), "a state"


def assert_failed(page: Page, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    assert page.title == TEXT_OF[kind]
    assert page.status == kind.value.status
    assert ("install" in page.links) is kind.value.may_start_again
    assert f"(reference {page.reference}) with {kind.name}" in caplog.text
    assert "Traceback" not in page.body
    assert_tells_no_secret(page.body)


def test_the_install_page_names_what_the_manifest_asks_for_and_leads_to_slack(its: Installing) -> None:
    page = its.browser().get("/slack/install")
    scopes = wired.manifest()["oauth_config"]["scopes"]["bot"]
    assert page.status == 200
    assert page.title == "Add Errand to Slack"
    assert re.findall(r"<code>([a-z]+(?::[a-z.]+)?)</code>", page.body) == scopes
    assert page.links[0].startswith(f"{its.slack.url}/oauth/v2/authorize?")
    assert page.authorize == {
        "client_id": ["111.222"],
        "scope": [",".join(scopes)],
        "state": [its_state(page)],
    }


def its_state(page: Page) -> str:
    return page.cookies["errand-oauth-state"].partition("=")[2].partition(";")[0]


def test_a_workspace_is_installed_to_and_told_what_to_type(its: Installing) -> None:
    page = its.browser().installs()
    assert (page.status, page.title) == (200, "Errand is in Harbour")
    assert "<code>/run</code>" in page.body
    assert page.links == [f"{its.slack.url}/app_redirect?app=A0001&team={TEAM}"]
    bot = its.store.find_bot(enterprise_id=None, team_id=TEAM)
    assert bot
    assert (bot.bot_token, bot.bot_id) == (BOT_TOKEN, "B0BOT")
    assert_tells_no_secret(page.body)


def test_the_tokens_are_sealed_where_they_lie(its: Installing) -> None:
    its.browser().installs()
    stored = b"".join(path.read_bytes() for path in its.data_dir.iterdir())
    assert TEAM.encode() in stored
    assert BOT_TOKEN.encode() not in stored
    assert USER_TOKEN.encode() not in stored


def test_an_app_that_was_not_installed_is_found_right_after(its: Installing) -> None:
    """What was remembered is forgotten, or commands would be refused for a minute."""
    assert its.installations.bots.find(team_id=TEAM, enterprise_id=None) is None
    its.browser().installs()
    assert its.installations.bots.find(team_id=TEAM, enterprise_id=None)


def test_whoever_reloads_the_success_page_sees_it_again_and_slack_is_not_asked(its: Installing) -> None:
    browser = its.browser()
    state = browser.begins()
    browser.comes_back(code=CODE, state=state)
    asked = len(its.slack.calls)
    again = browser.comes_back(code=CODE, state=state)
    assert (again.status, again.title) == (200, "Errand is in your workspace")
    assert again.links == [f"{its.slack.url}/app_redirect?app=A0001&team={TEAM}"]
    assert len(its.slack.calls) == asked


def test_a_browser_that_opens_its_tabs_again_days_later_is_not_told_that_nothing_was_installed(
    its: Installing,
) -> None:
    browser = its.browser()
    state = browser.begins()
    kept = browser.comes_back(code=CODE, state=state).cookies["errand-oauth-done"]
    [seconds] = re.findall(r"Max-Age=(\d+)", kept)
    its.clock.now += 24 * 3600
    assert int(seconds) > 24 * 3600
    assert browser.comes_back(code=CODE, state=state).title == "Errand is in your workspace"
    browser.cookies.clear()
    page = browser.comes_back(code=CODE, state=state)
    assert page.title == Kind.STATE_EXPIRED.value.title
    assert "If you were here before and it worked, all is well" in page.body
    assert "Nothing was installed" not in page.body


def test_installing_again_is_installing_again(its: Installing) -> None:
    browser = its.browser()
    browser.installs()
    assert browser.installs().title == "Errand is in Harbour"
    assert len(its.slack.called("oauth.v2.access")) == 2


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect"])
def test_every_page_allows_nothing_but_its_own_style_and_is_kept_nowhere(its: Installing, path: str) -> None:
    page = its.browser().get(path)
    [style] = re.findall(r"<style>(.*?)</style>", page.body, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Strict-Transport-Security" not in page.headers, "on loopback there is no HTTPS"
    assert not re.search(r"<script|<link [^>]*href=\"(?!data:)|<img|@import|url\(| on[a-z]+=", page.body)


def test_the_cookie_is_the_states_own_and_gone_after_use(its: Installing) -> None:
    browser = its.browser()
    first = browser.get("/slack/install")
    attributes = first.cookies["errand-oauth-state"].split("; ")[1:]
    assert attributes == ["Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"]
    browser.comes_back(code=CODE, state=its_state(first))
    assert browser.cookies.keys() == {"errand-oauth-done"}


def test_the_right_cookie_is_found_among_others(its: Installing) -> None:
    browser = its.browser()
    browser.cookies |= {"a": "1", "errand-oauth-state-of-another": "x"}
    state = browser.begins()
    browser.cookies |= {"z": "errand-oauth-state"}
    assert browser.comes_back(code=CODE, state=state).status == 200


# Every way in which it fails


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({"error": "access_denied"}, Kind.CANCELLED),
        ({"error": "invalid_scope"}, Kind.NOT_BY_SLACK),
        ({"error": "<script>alert(1)</script>"}, Kind.NOT_BY_SLACK),
        ({"error": ""}, Kind.NOT_BY_SLACK),
        ({}, Kind.STATE_MISSING),
        ({"code": CODE}, Kind.STATE_MISSING),
        ({"code": CODE, "state": "forged"}, Kind.STATE_UNKNOWN),
        ({"code": CODE, "state": "<script>alert(1)</script>"}, Kind.STATE_UNKNOWN),
        ({"code": CODE, "state": "v1.1800000600." + "a" * 22 + "." + "0" * 64}, Kind.STATE_UNKNOWN),
        (
            {"code": CODE, "state": "é\udcff\r\nSet-Cookie: a=b".encode("utf-8", "replace")},
            Kind.STATE_UNKNOWN,
        ),
        ({"code": CODE, "state": "x" * 20_000}, Kind.STATE_UNKNOWN),
    ],
)
def test_what_does_not_come_from_an_install_of_ours_ends_on_a_page_that_says_so(
    its: Installing, caplog: pytest.LogCaptureFixture, query: dict[str, Any], kind: Kind
) -> None:
    page = its.browser().comes_back(**query)
    assert_failed(page, kind, caplog)
    assert "alert(1)" not in page.body
    assert its.slack.calls == []


def test_a_forged_state_is_forged_even_with_a_cookie_to_match(
    its: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    browser = its.browser()
    browser.cookies["errand-oauth-state"] = "forged"
    assert_failed(browser.comes_back(code=CODE, state="forged"), Kind.STATE_UNKNOWN, caplog)
    assert its.slack.calls == []


def test_a_state_without_a_code_is_left_where_it_is(
    its: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    browser = its.browser()
    assert_failed(browser.comes_back(state=browser.begins()), Kind.CODE_MISSING, caplog)


def test_what_began_in_another_browser_does_not_end_here(
    its: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    """Else whoever sends somebody their own link would have them install the sender's workspace."""
    victim, attacker = its.browser(), its.browser()
    pending = victim.begins()
    page = victim.comes_back(code=CODE, state=attacker.begins())
    assert_failed(page, Kind.OTHER_BROWSER, caplog)
    assert its.slack.calls == []
    # nor is what the victim had begun spoilt
    assert victim.comes_back(code=CODE, state=pending).title == "Errand is in Harbour"


@pytest.mark.parametrize("keeps_cookie", [True, False])
def test_a_state_is_good_for_ten_minutes(
    its: Installing, caplog: pytest.LogCaptureFixture, keeps_cookie: bool
) -> None:
    browser = its.browser()
    state = browser.begins()
    its.clock.now += 600
    if not keeps_cookie:
        browser.cookies.clear()  # as browsers do after so long
    assert_failed(browser.comes_back(code=CODE, state=state), Kind.STATE_EXPIRED, caplog)
    assert its.slack.calls == []


def test_a_callback_that_comes_twice_installs_once_and_the_second_is_calm(
    its: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    browser = its.browser()
    state = browser.begins()
    before = dict(browser.cookies)
    browser.comes_back(code=CODE, state=state)
    browser.cookies = before  # it was sent before the answer to the first had come
    page = browser.comes_back(code=CODE, state=state)
    assert_failed(page, Kind.STATE_USED, caplog)
    assert "all is well" in page.body
    assert len(its.slack.called("oauth.v2.access")) == 1


def test_of_many_at_once_one_installs(its: Installing) -> None:
    browser = its.browser()
    state = browser.begins()
    found: list[Page] = []

    def come_back() -> None:
        twin = its.browser()
        twin.cookies |= browser.cookies
        found.append(twin.comes_back(code=CODE, state=state))

    threads = [threading.Thread(target=come_back) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.status for page in found) == [200, *[409] * 7]
    assert len(its.slack.called("oauth.v2.access")) == 1


DROPPED, BROKEN = Fault(drop=True), Fault(500, {"ok": False, "error": "internal_error"})


@pytest.mark.parametrize(
    ("method", "fault", "kind"),
    [
        ("oauth.v2.access", refused("invalid_code"), Kind.CODE_REFUSED),
        ("oauth.v2.access", refused("code_already_used"), Kind.CODE_REFUSED),
        ("oauth.v2.access", refused("bad_client_secret"), Kind.SET_UP_WRONGLY),
        ("oauth.v2.access", refused("bad_redirect_uri"), Kind.SET_UP_WRONGLY),
        ("oauth.v2.access", refused("something_new"), Kind.SLACK_REFUSED),
        ("oauth.v2.access", refused(f"quoting {BOT_TOKEN}"), Kind.SLACK_UNREACHABLE),
        ("oauth.v2.access", RATE_LIMITED, Kind.SLACK_BUSY),
        ("oauth.v2.access", BROKEN, Kind.SLACK_UNREACHABLE),
        ("oauth.v2.access", Fault(503, {}), Kind.SLACK_UNREACHABLE),
        ("oauth.v2.access", DROPPED, Kind.SLACK_UNREACHABLE),
        ("oauth.v2.access", Fault(200, {"ok": True, "team": {"id": TEAM}}), Kind.SLACK_REFUSED),
        ("auth.test", DROPPED, Kind.SLACK_UNREACHABLE),
        ("auth.test", refused("account_inactive"), Kind.SLACK_REFUSED),
        ("auth.test", RATE_LIMITED, Kind.SLACK_BUSY),
    ],
)
def test_when_slack_will_not_or_cannot_nothing_is_stored(
    its: Installing, caplog: pytest.LogCaptureFixture, method: str, fault: Fault, kind: Kind
) -> None:
    its.slack.faults[method].append(fault)
    browser = its.browser()
    page = browser.installs()
    assert_failed(page, kind, caplog)
    assert len(its.slack.called("oauth.v2.access")) == 1, "a code is good for one try"
    assert its.store.find_bot(enterprise_id=None, team_id=TEAM) is None
    assert browser.cookies == {}
    if method == "auth.test":
        assert "Nothing was installed" not in page.body, "Slack lists the app by then"
    if kind is Kind.SLACK_BUSY:
        assert page.headers["Retry-After"] == "60"


def test_a_slack_that_says_nothing_is_given_up(
    its: Installing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oauth.exchange.TIMEOUT", 0.2)
    done = threading.Event()
    its.slack.faults["oauth.v2.access"].append(DROPPED)  # for nobody waits any more
    its.slack.on_call = lambda method: bool(done.wait(10)) and None
    page = its.browser().installs()
    done.set()
    assert_failed(page, Kind.SLACK_UNREACHABLE, caplog)


def test_an_answer_that_breaks_off_in_the_middle_of_a_token_is_quoted_nowhere(
    its: Installing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK logs the beginning of what it cannot read, at ERROR."""
    cut = '{"ok": true, "access_token": "xoxb-of-the-bot'
    monkeypatch.setattr("tests.fake_slack.json.dumps", lambda body: cut)
    assert_failed(its.browser().installs(), Kind.SLACK_UNREACHABLE, caplog)


def test_a_store_that_cannot_be_written_is_said_so(its: Installing, caplog: pytest.LogCaptureFixture) -> None:
    its.store.find_bot(enterprise_id=None, team_id=TEAM)  # made by now
    with closing(sqlite3.connect(its.data_dir / "installations.sqlite3")) as db:
        db.execute("DROP TABLE slack_bots")
    page = its.browser().installs()
    assert_failed(page, Kind.NOT_STORED, caplog)
    assert its.slack.called("auth.revoke") == [], "a token that another install has, too, may be the same one"


def test_a_key_that_others_can_read_stores_nothing(its: Installing, caplog: pytest.LogCaptureFixture) -> None:
    its.browser().installs()
    (its.data_dir / "key").chmod(0o644)
    with installing(its.slack, its.data_dir) as again:
        assert_failed(again.browser().installs(), Kind.NOT_STORED, caplog)


def test_a_state_that_cannot_be_checked_installs_nothing(
    its: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    browser = its.browser()
    state = browser.begins()
    (its.data_dir / "consumed.sqlite3").write_text("no database")
    page = browser.comes_back(code=CODE, state=state)
    assert_failed(page, Kind.UNFORESEEN, caplog)
    assert "DatabaseError" in caplog.text
    assert "database" not in page.body
    assert its.slack.calls == []


def test_a_manifest_that_cannot_be_read_is_a_page_too(
    its: Installing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wired, "MANIFEST", Path("/nowhere"))
    wired.manifest.cache_clear()
    page = its.browser().get("/slack/install")
    wired.manifest.cache_clear()
    assert (page.status, page.title) == (500, "Something went wrong")
    assert "/nowhere" not in page.body
    assert page.reference in caplog.text


def broken() -> Any:
    raise RuntimeError("why it broke")


@pytest.mark.parametrize("part", ["open_state", "open_store", "read_facts"])
def test_nothing_is_opened_before_it_is_needed_and_what_cannot_be_is_a_page_too(part: str) -> None:
    facts = Facts("Errand", "", "", "/run", ["commands"], [], "somewhere")
    state = SignedStateStore(CLIENT_SECRET, OnceOnly())
    parts = {"open_state": lambda: state, "open_store": broken, "read_facts": lambda: facts} | {part: broken}
    flow = InstallFlow(
        client_id="1.2", client_secret=CLIENT_SECRET, api_url="http://127.0.0.1:9/api/", **parts
    )
    for query in ("", "error=access_denied", f"state={state.issue()}", f"code=1&state={state.issue()}"):
        for handle in (flow.handle_installation, flow.handle_callback):
            response = handle(BoltRequest(body="", query=query, headers={}))
            assert "<h1>" in response.body
            assert "why it broke" not in response.body


class OnceOnly:
    def first(self, name: str, expires_at: float) -> bool:
        return True


# Only some workspaces


@pytest.fixture
def picky(slack: FakeSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Installing]:
    with installing(slack, tmp_path / "data", ALLOWED_TEAM_IDS="T9999,E0001") as made:
        yield made
    assert_tells_no_secret(logged(caplog))


def test_a_workspace_that_is_not_on_the_list_gets_back_what_it_gave(
    picky: Installing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    page = picky.browser().installs()
    assert_failed(page, Kind.NOT_ALLOWED, caplog)
    assert len(picky.slack.called("auth.revoke")) == 2, "the bot's and the installer's"
    assert picky.store.find_bot(enterprise_id=None, team_id=TEAM) is None
    assert f"team {TEAM}" in caplog.text


@pytest.mark.parametrize("fault", [DROPPED, BROKEN, RATE_LIMITED])
def test_what_cannot_be_given_back_is_said_and_logged(
    picky: Installing, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    picky.slack.faults["auth.revoke"].append(fault)
    page = picky.browser().installs()
    assert_failed(page, Kind.NOT_ALLOWED_NOR_REVOKED, caplog)
    assert "auth.revoke" in caplog.text
    assert len(picky.slack.called("auth.revoke")) == 2, "the other one is given back all the same"
    assert picky.store.find_bot(enterprise_id=None, team_id=TEAM) is None


def test_an_organization_on_the_list_brings_all_of_its_workspaces(picky: Installing) -> None:
    picky.slack.installed["enterprise"] = {"id": "E0001", "name": "Harbours"}
    assert picky.browser().installs().status == 200


ORG_WIDE = {
    "team": None,
    "enterprise": {"id": "E0001", "name": "Harbours"},
    "is_enterprise_install": True,
}


def test_an_org_wide_install_is_stored_for_the_organization(its: Installing) -> None:
    its.slack.installed |= ORG_WIDE
    page = its.browser().installs()
    assert (page.status, page.title) == (200, "Errand is in Harbours")
    assert "in which workspaces" in page.body
    assert page.links == [f"{its.slack.url}/app_redirect?app=A0001"]
    bot = its.store.find_bot(enterprise_id="E0001", team_id=None, is_enterprise_install=True)
    assert bot
    assert bot.bot_token == BOT_TOKEN


def test_whoever_reloads_the_success_page_of_an_organization_sees_it_again(its: Installing) -> None:
    its.slack.installed |= ORG_WIDE
    browser = its.browser()
    state = browser.begins()
    browser.comes_back(code=CODE, state=state)
    asked = len(its.slack.calls)
    again = browser.comes_back(code=CODE, state=state)
    assert (again.status, again.title) == (200, "Errand is in your organization")
    assert "in which workspaces" in again.body
    assert again.links == [f"{its.slack.url}/app_redirect?app=A0001"]
    assert len(its.slack.calls) == asked


def test_a_name_from_slack_is_text_and_no_html(its: Installing) -> None:
    its.slack.installed["team"] = {"id": TEAM, "name": "<img src=x onerror=alert(1)>"}
    page = its.browser().installs()
    assert "<img" not in page.body
    assert page.title == "Errand is in <img src=x onerror=alert(1)>"


# What the address holds


def test_of_parameters_that_come_twice_the_first_counts(its: Installing) -> None:
    browser = its.browser()
    state = browser.begins()
    page = browser.comes_back(code=[CODE, "another"], state=[state, "another"])
    assert page.title == "Errand is in Harbour"
    assert [each["code"] for each in its.slack.called("oauth.v2.access")] == [CODE]


@pytest.mark.parametrize(
    ("team", "asked"),
    [("T0001", ["T0001"]), ("T1&redirect_uri=https://evil.example", None), ("<b>", None), ("", None)],
)
def test_a_workspace_may_be_named_but_nothing_else_smuggled_in(
    its: Installing, team: str, asked: list[str] | None
) -> None:
    page = its.browser().get("/slack/install", team=team)
    assert page.authorize.get("team") == asked
    assert "evil" not in page.body


def test_where_slack_leads_back_to_is_a_setting_and_never_the_host_of_a_request(
    slack: FakeSlack, tmp_path: Path
) -> None:
    mine = "https://tunnel.example/slack/oauth_redirect"
    with installing(slack, tmp_path, SLACK_REDIRECT_URI=mine) as its:
        browser = its.browser()
        page = browser.get("/slack/install", headers={"Host": "tunnel.example"})
        assert page.authorize["redirect_uri"] == [mine]
        browser.comes_back(code=CODE, state=page.authorize["state"][0])
        assert [each["redirect_uri"] for each in slack.called("oauth.v2.access")] == [mine]
        assert browser.get("/slack/install", headers={"Host": "evil.example"}).status == 404


ANYTHING = st.text(st.characters(codec="utf-8"), max_size=200)


@given(query=st.dictionaries(st.sampled_from(["code", "state", "error", "team", "x"]), ANYTHING))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_the_address_holds_it_is_never_repeated_nor_installed(
    its: Installing, query: dict[str, str]
) -> None:
    marked = {name: f'{value}"><i>mark</i>' for name, value in query.items()}
    for path in ("/slack/install", "/slack/oauth_redirect"):
        page = its.browser().get(path, **marked)
        assert page.status in (200, 400)
        assert "mark</i>" not in page.body
    assert its.slack.calls == []


# How it is put into the app


def test_in_one_workspace_there_is_no_flow_though_the_environment_has_client_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from oauth.bots import BotIdentity, OneBot
    from oauth.installations import installations_of_one
    from settings import Settings

    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "of the shell")
    installations = installations_of_one(OneBot(BotIdentity(TEAM, "B1", "U1", "xoxb-1")))
    settings = Settings(bot_token="xoxb-1")
    assert wired.create_flow(settings, installations, is_https=False) is None
    app = create_app(settings, installations=installations, runs=None)  # type: ignore[arg-type]
    assert app.oauth_flow is None
    assert app.installation_store is None
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"


def test_for_many_the_flow_is_ours_and_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from settings import Settings

    for name in ("CLIENT_ID", "CLIENT_SECRET", "SCOPES", "USER_SCOPES", "REDIRECT_URI", "INSTALL_PATH"):
        monkeypatch.setenv(f"SLACK_{name}", "of-the-shell")
    of_bolt: dict[str, object] = {}
    monkeypatch.setattr("slack_bolt.oauth.internals.default_installation_stores", of_bolt)
    settings = Settings(client_id="1.2", client_secret="s", data_dir=tmp_path)
    installations = wired.create_installations(settings, LocalStorage(tmp_path, "1.2"))
    flow = wired.create_flow(settings, installations, is_https=False)
    app = create_app(settings, installations=installations, runs=None)  # type: ignore[arg-type]
    assert isinstance(flow, InstallFlow)
    held = {**vars(flow), **vars(flow.settings)}
    assert "of-the-shell" not in [value for value in held.values() if isinstance(value, str)]
    assert app.oauth_flow is None, "Bolt would make one of its own"
    assert of_bolt == {}, "and a store of files for it"


@pytest.mark.parametrize("token", ["xoxb-1-a", "xoxp-1", "xoxe.xoxb-1-a_b", "xoxe-1-a", "xapp-1-A-2"])
def test_tokens_are_taken_out_of_tracebacks(token: str) -> None:
    told = redacted(ValueError(f"a {token}, a code%2Fof and a code/of"), ["code/of"])
    assert told.strip() == "ValueError: a …, a … and a …"
