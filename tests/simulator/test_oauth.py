"""The consent page and oauth.v2.access, as strict as Slack's."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.installing import CALLBACK, SCOPES, Install, error_shown, manifest_of, query_of
from tests.simulator.office import Office, an_office


@pytest.fixture(scope="module")
def oauth_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("oauth") / "manifest.json"
    path.write_text(json.dumps(manifest_of()))
    with an_office(path, "--not-installed") as office:
        yield office


@pytest.fixture(scope="module")
def rotating_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("rotating") / "manifest.json"
    path.write_text(json.dumps(manifest_of(rotation=True)))
    with an_office(path, "--not-installed") as office:
        yield office


@pytest.fixture
def app(oauth_office: Office) -> Iterator[Install]:
    """Not installed before the test, nor after it."""
    yield from not_installed(oauth_office)


@pytest.fixture
def rotating(rotating_office: Office) -> Iterator[Install]:
    yield from not_installed(rotating_office)


def not_installed(office: Office) -> Iterator[Install]:
    install = Install(office)
    yield install
    office.control("oauth", redirect_urls=[], only_admins=False)
    if install.state()["installed"]:
        assert install.remove().status == 200


# -- the consent page


def test_it_says_which_app_wants_what_in_which_workspace(app: Install) -> None:
    page = app.page(user_scope="users:read").raw.decode()
    assert "<strong>Tester</strong> is requesting permission to access the <strong>Tidewell</strong>" in page
    for words in (
        "Send messages as Tester",
        "Add shortcuts and/or slash commands that people can use",
        "View people in a workspace",
        "What will Tester be able to view?",
        "What will Tester be able to do?",
    ):
        assert words in page
    assert page.count("data-scope=") == 3


def test_it_cannot_be_framed_nor_scripted_and_its_form_can_say_where_it_is_from(app: Install) -> None:
    headers = app.page().headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_what_the_app_sends_is_text_on_the_page(app: Install) -> None:
    page = app.page(state='"><script>alert(1)</script>').raw.decode()
    assert "<script>alert" not in page
    error = app.page(redirect_uri="http://x/<script>alert(1)</script>").raw.decode()
    assert "<script>alert" not in error


def test_guests_cannot_be_chosen_and_where_only_admins_install_nobody_else_can(app: Install) -> None:
    assert "Ann Lindqvist" in app.page().raw.decode()
    assert "Ben Carter" not in app.page().raw.decode()
    app.office.control("oauth", only_admins=True)
    page = app.page().raw.decode()
    assert "Ann Lindqvist" not in page
    assert "Margit Holm" in page
    assert "only owners and admins install apps" in page


def test_allow_leads_to_the_app_with_a_code_and_the_state(app: Install) -> None:
    answer = app.send()
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    assert query_of(answer).keys() == {"code", "state"}
    assert query_of(answer)["state"] == "s 1&2"
    assert not app.state()["installed"]


def test_cancel_leads_to_the_app_with_the_error(app: Install) -> None:
    assert query_of(app.send(decision="cancel")) == {"error": "access_denied", "state": "s 1&2"}
    assert query_of(app.send(decision="")) == {"error": "access_denied", "state": "s 1&2"}


def test_a_query_of_the_redirect_url_is_kept(app: Install) -> None:
    assert query_of(app.send(redirect_uri=f"{CALLBACK}?a=b")).keys() == {"a", "code", "state"}


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
def test_another_sites_form_is_refused(app: Install, origin: str | None) -> None:
    answer = app.send(origin=origin)
    assert (answer.status, answer.error) == (403, "forbidden_origin")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_only_a_form_is_read(app: Install, kind: str) -> None:
    headers = {"Content-Type": kind, "Origin": app.office.url}
    answer = app.office.request("/oauth/v2/authorize", b"--x\r\nbroken", headers=headers)
    assert (answer.status, error_shown(answer)) == (400, "invalid_client_id")


@pytest.mark.parametrize(("person", "error"), [("ben", "not_allowed"), ("oskar", "user_not_found")])
def test_a_person_who_may_not_install_cannot_allow_it(app: Install, person: str, error: str) -> None:
    answer = app.send(person=person)
    assert (answer.status, error_shown(answer)) == (400, error)


def test_a_member_cannot_allow_it_where_only_admins_can(app: Install) -> None:
    app.office.control("oauth", only_admins=True)
    assert error_shown(app.send(person="ann")) == "not_allowed"
    assert app.send(person="margit").status == 302


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_id": ""}, "invalid_client_id"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "chat:write,no:such"}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"user_scope": "commands"}, "invalid_scope"),
        ({"team": "T0ELSEWHERE"}, "invalid_team"),
        ({"redirect_uri": "http://127.0.0.1:9/"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}x"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/../x"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/%2e%2E/x"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}#x"}, "bad_redirect_uri"),
        ({"redirect_uri": CALLBACK.replace("http:", "https:")}, "bad_redirect_uri"),
        ({"redirect_uri": CALLBACK.replace(":9", ":99")}, "bad_redirect_uri"),
        ({"redirect_uri": CALLBACK.replace("127.0.0.1", "user@127.0.0.1")}, "bad_redirect_uri"),
        ({"redirect_uri": "http://[::1"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/a\r\nX-Injected: 1"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/\0"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/a b"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/é"}, "bad_redirect_uri"),
    ],
)
def test_what_slack_refuses_is_said_on_its_error_page(
    app: Install, fields: dict[str, str], error: str
) -> None:
    for answer in (app.page(**fields), app.send(**fields)):
        assert (answer.status, error_shown(answer)) == (400, error)
        assert "Location" not in answer.headers


@pytest.mark.parametrize("uri", [CALLBACK, f"{CALLBACK}/below", f"{CALLBACK}/a/b?c=d"])
def test_a_redirect_uri_may_be_a_configured_one_or_lie_below_it(app: Install, uri: str) -> None:
    assert app.page(redirect_uri=uri).status == 200


def test_without_a_redirect_uri_the_first_configured_one_is_taken(app: Install) -> None:
    answer = app.send(redirect_uri="")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    code = query_of(answer)["code"]
    assert app.exchange(code=code, redirect_uri=CALLBACK).error == "bad_redirect_uri"
    assert app.exchange(code=code)["ok"]


def test_redirect_urls_can_be_added_for_local_tests(app: Install) -> None:
    assert error_shown(app.page(redirect_uri="http://localhost:5/cb")) == "bad_redirect_uri"
    app.office.control("oauth", redirect_urls=["http://localhost:5/cb"])
    assert app.page(redirect_uri="http://localhost:5/cb").status == 200


def test_without_any_configured_there_is_no_way_back(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest_of(redirect_urls=[])))
    with an_office(path, "--not-installed") as office:
        assert error_shown(Install(office).page(redirect_uri="")) == "bad_redirect_uri"
        assert error_shown(Install(office).page()) == "bad_redirect_uri"
    with an_office(
        path, "--not-installed", "--redirect-url", CALLBACK, "--redirect-url", "http://x"
    ) as office:
        assert Install(office).page().status == 200


# -- the exchange


@pytest.mark.parametrize("basic", [True, False])
def test_a_code_buys_a_token_in_slacks_shape(app: Install, basic: bool) -> None:
    code = app.code()
    answer = app.exchange(basic=basic, code=code, redirect_uri=CALLBACK).body
    workspace, office = app.office.workspace, app.office
    assert answer.pop("access_token").startswith("xoxb-")
    assert answer == {
        "ok": True,
        "app_id": workspace["app"]["id"],
        "authed_user": {"id": office.person("ann")},
        "scope": SCOPES,
        "token_type": "bot",
        "bot_user_id": office.bot,
        "team": {"id": workspace["team"]["id"], "name": "Tidewell"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def test_the_token_works_with_the_scopes_that_were_granted(app: Install) -> None:
    token = app.install()["access_token"]
    who = app.office.api("auth.test", token=token)
    assert who["user_id"] == app.office.bot
    assert who.headers["x-oauth-scopes"] == SCOPES
    refused = app.office.api("users.list", token=token)
    assert (refused.error, refused["provided"], refused["needed"]) == ("missing_scope", SCOPES, "users:read")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"code": "wrong"}, "invalid_code"),
        ({"code": ""}, "invalid_code"),
        ({"redirect_uri": f"{CALLBACK}/x"}, "bad_redirect_uri"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_refresh_token"),
    ],
)
@pytest.mark.parametrize("basic", [True, False])
def test_the_exchange_is_refused_and_the_code_stays_good(
    app: Install, args: dict[str, str], error: str, basic: bool
) -> None:
    code = app.code()
    right = {"code": code, "redirect_uri": CALLBACK}
    assert app.exchange(basic=basic, **right | args).error == error
    assert app.exchange(**right)["ok"]


def test_without_client_credentials_nothing_is_exchanged(app: Install) -> None:
    assert app.office.api("oauth.v2.access", token=None, code=app.code()).error == "invalid_client_id"


def test_a_broken_basic_header_is_no_client(app: Install) -> None:
    headers = {"Authorization": "Basic ÿ!", "Content-Type": "application/x-www-form-urlencoded"}
    assert app.office.request("/api/oauth.v2.access", b"", headers=headers).error == "invalid_client_id"


def test_a_code_is_good_once_and_for_ten_minutes(app: Install) -> None:
    code, late = app.code(), app.code()
    assert app.exchange(code=code, redirect_uri=CALLBACK)["ok"]
    assert app.exchange(code=code, redirect_uri=CALLBACK).error == "code_already_used"
    app.office.control("clock", seconds=599)
    just = app.code()
    app.office.control("clock", seconds=2)
    assert app.exchange(code=late, redirect_uri=CALLBACK).error == "invalid_code"
    assert app.exchange(code=just, redirect_uri=CALLBACK)["ok"]


def test_installing_again_gives_the_same_bot_and_token_and_adds_scopes(app: Install) -> None:
    first = app.install(scope="commands")
    again = app.install(scope="chat:write", person="margit")
    assert again["access_token"] == first["access_token"]
    assert again["bot_user_id"] == first["bot_user_id"]
    assert again["scope"] == "commands,chat:write"
    assert again["authed_user"]["id"] == app.office.person("margit")


def test_after_an_uninstall_the_same_bot_has_a_new_token(app: Install) -> None:
    first = app.install()
    app.remove()
    again = app.install(scope="commands")
    assert again["bot_user_id"] == first["bot_user_id"]
    assert again["scope"] == "commands"
    assert again["access_token"] != first["access_token"]
    assert app.error_of(first["access_token"]) == "account_inactive"


def test_neither_code_nor_secret_is_in_the_list_of_calls(app: Install) -> None:
    code = app.code()
    app.exchange(basic=False, code=code, redirect_uri=CALLBACK)
    listed = app.office.get("/sim/calls", method="oauth.v2.access").raw.decode()
    assert code not in listed
    assert app.office.first_line["client_secret"] not in listed


# -- tokens of people


def test_a_user_scope_brings_a_token_that_reads_as_that_person(app: Install) -> None:
    user = app.install(user_scope="users:read")["authed_user"]
    assert user["token_type"] == "user"
    assert user["scope"] == "users:read"
    assert user["access_token"].startswith("xoxp-")
    who = app.office.api("auth.test", token=user["access_token"])
    assert who["user_id"] == user["id"] == app.office.person("ann")
    assert "bot_id" not in who.body
    assert app.office.api("users.list", token=user["access_token"])["ok"]


def test_user_scopes_alone_bring_no_bot(app: Install) -> None:
    answer = app.install(scope="", user_scope="users:read")
    assert not answer.body.keys() & {"access_token", "bot_user_id", "token_type", "scope"}
    assert app.state()["scopes"] == []


def test_an_app_speaks_in_a_persons_name_with_their_token(app: Install) -> None:
    token = app.install(user_scope="chat:write")["authed_user"]["access_token"]
    office = app.office
    ann, channel = office.person("ann"), office.channel("general")
    posted = office.api("chat.postMessage", token=token, channel=channel, text="On my way")
    assert (posted["message"]["user"], posted["message"]["app_id"]) == (ann, office.workspace["app"]["id"])
    again = {"channel": channel, "ts": posted["ts"]}
    assert office.api("chat.update", token=token, **again, text="Here")["message"]["edited"]["user"] == ann
    shown = office.messages(channel, ann)[-1]
    assert (shown["text"], shown["user"]) == ("Here", ann)
    office.control("members", channel=channel, remove=[ann])
    assert office.api("chat.delete", token=token, **again)["ok"]
    assert office.api("chat.postMessage", token=token, channel=channel, text="?").error == "not_in_channel"


def test_a_persons_token_may_not_do_what_only_the_bot_does(app: Install) -> None:
    token = app.install(user_scope="chat:write")["authed_user"]["access_token"]
    assert app.error_of(token, "chat.postEphemeral") == "not_allowed_token_type"
    assert app.error_of(token, "users.list") == "missing_scope"


# -- incoming webhooks


def test_an_incoming_webhook_posts_into_the_channel_that_was_chosen(app: Install) -> None:
    office, channel = app.office, app.office.channel("support")
    webhook = app.install(scope="incoming-webhook", channel=channel)["incoming_webhook"]
    assert (webhook["channel"], webhook["channel_id"]) == ("#support", channel)
    path = webhook["url"].removeprefix(office.url)
    json_body = {"Content-Type": "application/json"}
    answer = office.request(path, b'{"text": "from outside"}', headers=json_body)
    assert (answer.status, answer.raw) == (200, b"ok")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert office.request(path, b"payload=%7B%22text%22%3A+%22as+form%22%7D", headers=form).raw == b"ok"
    said = [each["text"] for each in office.messages(channel, office.person("ann"))[-2:]]
    assert said == ["from outside", "as form"]
    assert office.request(path, b'{"attachments": [{"text": "alarm"}]}', headers=json_body).raw == b"ok"
    assert office.messages(channel, office.person("ann"))[-1]["attachments"][0]["text"] == "alarm"
    for body, status, error in (
        (b"{}", 400, b"no_text"),
        (b"[]", 400, b"invalid_payload"),
        (b'{"text": 1}', 400, b"invalid_payload"),
        (b"{", 400, b"invalid_payload"),
        (b'{"blocks": [{"type": "x"}]}', 400, b"invalid_blocks"),
    ):
        refused = office.request(path, body, headers=json_body)
        assert (refused.status, refused.raw) == (status, error)
    assert office.request(path[:-1], b'{"text": "x"}', headers=json_body).raw == b"no_service"
    app.remove()
    gone = office.request(path, b'{"text": "x"}', headers=json_body)
    assert (gone.status, gone.raw) == (404, b"no_service")


def test_a_webhook_needs_a_channel_that_everybody_sees(app: Install) -> None:
    for channel in ("", app.office.channel("leadership"), app.office.channel("summer-launch")):
        assert error_shown(app.send(scope="incoming-webhook", channel=channel)) == "invalid_channel"


# -- token rotation


def test_rotating_tokens_come_in_pairs_and_end_after_twelve_hours(rotating: Install) -> None:
    answer = rotating.install(user_scope="users:read")
    token, user = answer["access_token"], answer["authed_user"]
    assert token.startswith("xoxe.xoxb-1-")
    assert user["access_token"].startswith("xoxe.xoxp-1-")
    for each in (answer.body, user):
        assert each["refresh_token"].startswith("xoxe-1-")
        assert each["expires_in"] == 43_200
    assert rotating.error_of(token) is None
    rotating.office.control("clock", seconds=43_201)
    assert rotating.error_of(token) == "token_expired"
    assert rotating.error_of(user["access_token"]) == "token_expired"


def test_a_refresh_token_is_good_once_and_the_old_token_lives_to_its_end(rotating: Install) -> None:
    first = rotating.install()
    rotating.office.control("clock", seconds=40_000)
    second = rotating.refresh(first["refresh_token"]).body
    assert (second["token_type"], second["scope"]) == ("bot", SCOPES)
    assert second["bot_user_id"] == first["bot_user_id"]
    assert second["expires_in"] == 43_200
    assert len({first["access_token"], second["access_token"]}) == 2
    assert rotating.refresh(first["refresh_token"]).error == "invalid_refresh_token"
    assert rotating.error_of(first["access_token"]) is None
    rotating.office.control("clock", seconds=4_000)
    assert rotating.error_of(first["access_token"]) == "token_expired"
    assert rotating.error_of(second["access_token"]) is None
    assert rotating.refresh(second["refresh_token"])["ok"]


def test_a_persons_token_is_refreshed_as_one(rotating: Install) -> None:
    user = rotating.install(user_scope="users:read")["authed_user"]
    answer = rotating.refresh(user["refresh_token"]).body
    assert (answer["token_type"], answer["scope"]) == ("user", "users:read")
    assert rotating.office.api("auth.test", token=answer["access_token"])["user_id"] == user["id"]


def test_a_refresh_needs_the_clients_secret_and_leaves_the_token_good(rotating: Install) -> None:
    token = rotating.install()["refresh_token"]
    args = {"grant_type": "refresh_token", "refresh_token": token}
    assert rotating.exchange(client_secret="x", **args).error == "bad_client_secret"
    assert rotating.exchange(**args)["ok"]


def test_installing_again_with_rotation_gives_a_pair_of_its_own(rotating: Install) -> None:
    first, again = rotating.install(), rotating.install()
    assert first["access_token"] != again["access_token"]
    assert rotating.error_of(first["access_token"]) is None


def test_a_refresh_token_of_an_uninstalled_app_is_dead(rotating: Install) -> None:
    answer = rotating.install()
    rotating.remove()
    assert rotating.refresh(answer["refresh_token"]).error == "invalid_refresh_token"
    assert rotating.error_of(answer["access_token"]) == "account_inactive"
