"""The app as it comes into the workspace and leaves it."""

import http.client
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.simulator.installing import Install, manifest_of
from tests.simulator.office import PATIENCE, App, Json, Office, an_app, an_office

ENDS = {"app_uninstalled", "tokens_revoked"}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest_of()))
    return path


@pytest.fixture
def office(manifest: Path) -> Iterator[Office]:
    with an_office(manifest, "--not-installed") as office:
        yield office


@pytest.fixture
def install(office: Office) -> Install:
    return Install(office)


@pytest.fixture
def app(office: Office) -> Iterator[App]:
    with an_app(office) as app:
        yield app


def event_of(app: App) -> Json:
    payload: Json = app.next().payload
    assert payload["type"] == "event_callback"
    return dict(payload["event"])


def is_installed(office: Office) -> bool:
    return bool(office.get("/sim/workspace")["app"]["installed"])


def stop(office: Office) -> None:
    office.process.send_signal(signal.SIGTERM)
    assert office.process.wait(PATIENCE) == 0


def test_it_starts_installed_with_the_manifests_scopes_unless_told_otherwise(manifest: Path) -> None:
    with an_office(manifest) as office:
        state = Install(office).state()
        assert state["installed"]
        assert state["scopes"] == manifest_of()["oauth_config"]["scopes"]["bot"]
        assert office.api("auth.test")["ok"]


def test_not_installed_there_is_no_token_no_command_and_no_bot(install: Install) -> None:
    office, ann = install.office, install.office.person("ann")
    assert office.first_line["bot_token"] == ""
    assert not is_installed(office)
    shown = office.workspace["app"]
    assert {each["command"] for each in shown["commands"]} == {"/invite", "/remove", "/join", "/leave"}
    assert shown["shortcuts"] == []
    general = office.channel("general")
    assert office.bot not in office.get(f"/sim/conversations/{general}", user=ann)["members"]
    office.post("/sim/commands", user=ann, channel=general, text="/do it")
    assert "/do is not a valid command" in office.messages(general, ann)[-1]["text"]
    refused = office.post("/sim/shortcuts", user=ann, callback_id="begin")
    assert (refused.status, refused.error) == (404, "not_installed")
    assert office.post("/sim/home", user=ann)["ack"] is None


def test_an_empty_token_is_nobodys(install: Install) -> None:
    assert install.office.api("auth.test", token=None).error == "not_authed"
    headers = {"Authorization": "Bearer  ", "Content-Type": "application/json"}
    assert install.office.request("/api/auth.test", b"{}", headers=headers).error == "not_authed"


def test_once_installed_the_commands_are_there_and_the_bot_can_be_invited(install: Install, app: App) -> None:
    install.install()
    office, ann = install.office, install.office.person("ann")
    general = office.channel("general")
    assert is_installed(office)
    assert office.post("/sim/commands", user=ann, channel=general, text="/do it")["ack"]["status"] == "acked"
    office.post("/sim/commands", user=ann, channel=general, text="/invite @tester")
    assert office.bot in office.get(f"/sim/conversations/{general}", user=ann)["members"]


@pytest.mark.parametrize("first", sorted(ENDS))
def test_removing_the_app_sends_both_events_in_either_order(install: Install, app: App, first: str) -> None:
    install.install(user_scope="users:read")
    assert install.remove(first=first).status == 200
    payloads = [app.next().payload for _ in range(2)]
    events = {each["event"]["type"]: each["event"] for each in payloads}
    assert payloads[0]["event"]["type"] == first
    assert events.keys() == ENDS
    office = install.office
    assert events["tokens_revoked"]["tokens"] == {"oauth": [office.person("ann")], "bot": [office.bot]}
    for each in payloads:
        assert each["team_id"] == office.workspace["team"]["id"]
        assert "authorizations" not in each


def test_after_that_nothing_of_the_app_works_but_its_connection(install: Install, app: App) -> None:
    office, ann = install.office, install.office.person("ann")
    general = office.channel("general")
    token = install.install(user_scope="users:read")
    bot, user = token["access_token"], token["authed_user"]["access_token"]
    office.api("views.publish", token=bot, user_id=ann, view={"type": "home", "blocks": []})
    posted = office.api("chat.postMessage", token=bot, channel=ann, text="press me", blocks=BUTTON)
    command = office.post("/sim/commands", user=ann, channel=general, text="/do it")
    assert command["ack"]["status"] == "acked"
    response_url = app.next().payload["response_url"].removeprefix(office.url)
    while app.got.qsize():
        app.next()
    install.remove()
    assert {event_of(app)["type"], event_of(app)["type"]} == ENDS
    assert install.error_of(bot) == install.error_of(bot, "chat.postMessage") == "account_inactive"
    assert install.error_of(user) == "token_revoked"
    assert office.get("/sim/home", user=ann)["view"] is None
    answer = office.request(response_url, b'{"text": "x"}', headers={"Content-Type": "application/json"})
    assert (answer.status, answer.error) == (404, "expired_url")
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    pressed = office.post("/sim/actions", user=ann, container=container, block_id="b", action_id="a")
    assert pressed.error == "not_installed"
    office.post("/sim/commands", user=ann, channel=general, text="/do it")
    assert "is not a valid command" in office.messages(general, ann)[-1]["text"]
    assert office.get("/sim/workspace")["app"]["connected"]
    assert office.api("apps.connections.open", token="app_token")["ok"]
    assert app.got.empty()


BUTTON = [
    {
        "type": "actions",
        "block_id": "b",
        "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}],
    }
]


def test_an_app_that_did_not_subscribe_to_its_end_is_not_told(tmp_path: Path) -> None:
    manifest = manifest_of()
    manifest["settings"]["event_subscriptions"]["bot_events"] = ["app_home_opened"]
    path = tmp_path / "silent.json"
    path.write_text(json.dumps(manifest))
    with an_office(path) as office:
        assert Install(office).remove().status == 200
        assert office.get("/sim/deliveries")["deliveries"] == []


def test_the_app_can_uninstall_itself(install: Install, app: App) -> None:
    token = install.install()["access_token"]
    office, line = install.office, install.office.first_line
    client = {"client_id": line["client_id"], "client_secret": line["client_secret"]}
    uninstall = "apps.uninstall"
    assert office.api(uninstall, token=token, **client | {"client_id": "1"}).error == "invalid_client_id"
    assert office.api(uninstall, token=token, **client | {"client_secret": "x"}).error == "bad_client_secret"
    assert office.api(uninstall, token=None, **client).error == "not_authed"
    assert is_installed(office)
    assert office.api(uninstall, token=token, **client).body == {"ok": True}
    assert not is_installed(office)
    assert {event_of(app)["type"], event_of(app)["type"]} == ENDS


def test_revoking_the_last_token_uninstalls_the_app(install: Install, app: App) -> None:
    token = install.install()["access_token"]
    assert install.office.api("auth.revoke", token=token, test="1").body == {"ok": True, "revoked": False}
    assert install.error_of(token) is None
    assert install.office.api("auth.revoke", token=token).body == {"ok": True, "revoked": True}
    assert not is_installed(install.office)
    assert install.error_of(token) == "account_inactive"
    assert {event_of(app)["type"], event_of(app)["type"]} == ENDS


def test_revoking_one_of_two_leaves_the_other(install: Install, app: App) -> None:
    answer = install.install(user_scope="users:read")
    bot, user = answer["access_token"], answer["authed_user"]["access_token"]
    assert install.office.api("auth.revoke", token=user)["revoked"]
    ann = install.office.person("ann")
    assert event_of(app) == {"type": "tokens_revoked", "tokens": {"oauth": [ann], "bot": []}}
    assert install.error_of(user) == "token_revoked"
    assert install.error_of(bot) is None
    assert install.state()["user_scopes"] == {}


def test_a_test_can_revoke_the_bots_token_or_a_persons(install: Install, app: App) -> None:
    answer = install.install(user_scope="users:read")
    install.office.control("revoke")
    assert event_of(app)["tokens"] == {"oauth": [], "bot": [install.office.bot]}
    assert install.error_of(answer["access_token"]) == "token_revoked"
    assert install.error_of(answer["authed_user"]["access_token"]) is None
    install.office.control("revoke", user=install.office.person("ann"))
    assert {event_of(app)["type"], event_of(app)["type"]} == ENDS


@pytest.mark.parametrize(
    ("person", "only_admins", "status"),
    [("ben", False, 403), ("ann", True, 403), ("ann", False, 200), ("margit", True, 200)],
)
def test_who_may_remove_the_app(install: Install, person: str, only_admins: bool, status: int) -> None:
    install.install()
    install.office.control("oauth", only_admins=only_admins)
    assert install.remove(person).status == status
    assert is_installed(install.office) == (status != 200)


def test_what_is_not_installed_cannot_be_removed(install: Install) -> None:
    assert (install.remove().status, install.remove().error) == (404, "not_installed")
    assert install.office.post("/sim/control/revoke").error == "not_installed"


def test_the_order_of_events_can_only_be_one_of_the_two(install: Install) -> None:
    install.install()
    assert install.remove(first="x").error == "invalid_arguments"
    assert is_installed(install.office)


def test_the_install_page_is_made_known_at_the_start_or_later(manifest: Path) -> None:
    page = "http://127.0.0.1:9/slack/install"
    with an_office(manifest, "--not-installed", "--install-url", page) as office:
        assert office.workspace["app"]["install_url"] == page
        office.control("oauth", install_url=f"{page}/2")
        assert office.get("/sim/workspace")["app"]["install_url"] == f"{page}/2"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("app={app}&team={team}", "/?app=home"),
        ("app={app}", "/?app=home"),
        ("app={app}&tab=about", "/?app=about"),
        ("app={app}&tab=elsewhere", "/?app=home"),
        ("channel={general}&team={team}", "/?channel={general}"),
        ("app=A0OTHER&team={team}", None),
        ("app={app}&team=T0OTHER", None),
        ("channel=C0OTHER", None),
        ("", None),
    ],
)
def test_slacks_own_links_lead_to_the_app_and_to_channels(
    office: Office, query: str, place: str | None
) -> None:
    names = {
        "app": office.workspace["app"]["id"],
        "team": office.workspace["team"]["id"],
        "general": office.channel("general"),
    }
    connection = http.client.HTTPConnection(urlsplit(office.url).netloc)
    connection.request("GET", f"/app_redirect?{query.format(**names)}")
    answer = connection.getresponse()
    connection.close()
    assert answer.headers["Location"] == (place and place.format(**names))
    assert answer.status == (302 if place else 404)


# -- over a restart


def test_an_installation_outlives_a_restart_with_its_own_scopes(manifest: Path, tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "office.json"), "--not-installed")
    with an_office(manifest, *options) as office:
        token = Install(office).install(user_scope="users:read").body
        stop(office)
    with an_office(manifest, *options) as office:
        install = Install(office)
        assert office.first_line["bot_token"] == token["access_token"]
        assert install.state()["scopes"] == ["chat:write", "commands"]
        assert install.error_of(token["authed_user"]["access_token"]) is None
        install.remove()
        stop(office)
    with an_office(manifest, *options) as office:
        assert not is_installed(office)
        assert Install(office).error_of(token["access_token"]) == "account_inactive"


def test_rotating_tokens_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest_of(rotation=True)))
    options = ("--state", str(tmp_path / "office.json"), "--not-installed")
    with an_office(path, *options) as office:
        first = Install(office).install()["refresh_token"]
        second = Install(office).refresh(first)["refresh_token"]
        stop(office)
    with an_office(path, *options) as office:
        assert Install(office).refresh(first).error == "invalid_refresh_token"
        assert Install(office).refresh(second)["ok"]


def test_without_the_option_a_restart_installs_what_was_removed(manifest: Path, tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "office.json"))
    with an_office(manifest, *options) as office:
        first = office.first_line["bot_token"]
        Install(office).remove()
        stop(office)
    with an_office(manifest, *options) as office:
        assert office.first_line["bot_token"] not in ("", first)
        assert office.api("auth.test")["ok"]


def test_a_new_scope_in_the_manifest_is_there_after_a_restart_unless_oauth_granted_the_old_ones(
    manifest: Path, tmp_path: Path
) -> None:
    by_hand = ("--state", str(tmp_path / "by_hand.json"))
    by_oauth = ("--state", str(tmp_path / "by_oauth.json"), "--not-installed")
    for options in (by_hand, by_oauth):
        with an_office(manifest, *options) as office:
            if "--not-installed" in options:
                Install(office).install()
            stop(office)
    changed = json.loads(manifest.read_text())
    changed["oauth_config"]["scopes"]["bot"].append("pins:read")
    manifest.write_text(json.dumps(changed))
    with an_office(manifest, *by_hand) as one, an_office(manifest, *by_oauth) as other:
        assert "pins:read" in Install(one).state()["scopes"]
        assert Install(other).state()["scopes"] == ["chat:write", "commands"]


def test_a_state_file_from_before_there_was_oauth_is_an_installed_workspace(
    manifest: Path, tmp_path: Path
) -> None:
    state = tmp_path / "office.json"
    with an_office(manifest, "--state", str(state)) as office:
        token = office.first_line["bot_token"]
        stop(office)
    old = json.loads(state.read_text())
    for name in ("installation", "tokens", "refresh_tokens", "webhooks", "only_admins_install"):
        del old["workspace"][name]
    old["workspace"]["credentials"]["bot_token"] = token
    state.write_text(json.dumps({**old, "version": 1}))
    with an_office(manifest, "--state", str(state)) as office:
        assert office.first_line["bot_token"] == token
        assert office.api("users.list")["ok"]
