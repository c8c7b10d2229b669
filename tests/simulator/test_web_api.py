import itertools
import json
import math
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.simulator.office import MANIFEST, SCOPES, Answer, Office, an_office


def test_auth_test_says_who_the_bot_is(office: Office) -> None:
    answer = office.api("auth.test")
    assert answer["user_id"] == office.bot
    assert answer["team_id"] == office.workspace["team"]["id"]
    assert answer.headers["x-oauth-scopes"].split(",") == SCOPES


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-made-up", "invalid_auth"), ("app_token", "not_allowed_token_type")],
)
def test_a_wrong_token_is_refused(office: Office, token: str | None, error: str) -> None:
    assert office.api("auth.test", token=token).error == error


def test_arguments_come_as_json_a_form_a_query_or_multipart(office: Office) -> None:
    token = {"Authorization": f"Bearer {office.first_line['bot_token']}"}
    form = urlencode({"user": office.person()})
    as_form = {**token, "Content-Type": "application/x-www-form-urlencoded"}
    multipart = {**token, "Content-Type": "multipart/form-data; boundary=x"}
    part = f'--x\r\nContent-Disposition: form-data; name="user"\r\n\r\n{office.person()}\r\n--x--\r\n'
    for answer in (
        office.api("users.info", user=office.person()),
        office.request("/api/users.info", form.encode(), headers=as_form),
        office.request(f"/api/users.info?{form}", headers=token),
        office.request(f"/api/users.info?{form}&token={office.first_line['bot_token']}"),
        office.request("/api/users.info", part.encode(), headers=multipart),
    ):
        assert answer["user"]["name"] == "ann", answer.raw


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[" * 100_000, "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
        ("text/csv", b"a", "invalid_post_type"),
        ("multipart/form-data; boundary=x", b"nonsense", "invalid_form_data"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", "invalid_form_data"),
    ],
)
def test_a_body_that_cannot_be_read_is_named(
    office: Office, content_type: str, body: bytes, error: str
) -> None:
    answer = office.request("/api/auth.test", body, headers={"Content-Type": content_type})
    assert (answer.status, answer.error) == (200, error)


def test_an_unknown_method_is_named(office: Office) -> None:
    assert office.api("jobs.run").body == {"ok": False, "error": "unknown_method", "req_method": "jobs.run"}


def test_scopes_are_those_of_the_manifest(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("scopes") / "manifest.json"
    path.write_text(json.dumps({**MANIFEST, "oauth_config": {"scopes": {"bot": ["channels:history"]}}}))
    with an_office(path) as office:
        refused = office.api("chat.postMessage", channel=office.channel("general"), text="hello")
        assert refused.body == {
            "ok": False,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "channels:history",
        }
        assert office.api("conversations.history", channel=office.channel("general"))["ok"]
        private = office.api("conversations.history", channel=office.channel("leadership"))
        assert (private.error, private["needed"]) == ("missing_scope", "groups:history")


def until_refused(call: Callable[[], Answer], *, per_second: float) -> tuple[int, int, Answer]:
    """How many calls were answered, how many might have been added to the burst since the first, and the refusal."""
    started = time.monotonic()
    for answered in itertools.count():
        answer = call()
        if answer.status == 429:
            return answered, math.floor((time.monotonic() - started) * per_second), answer
        assert answer["ok"], answer.raw
    raise AssertionError("endless")


def test_the_fifty_first_call_of_a_minute_waits(office: Office) -> None:
    args = {"channel": office.channel("general"), "limit": 1}
    answered, more, refused = until_refused(
        lambda: office.api("conversations.history", **args), per_second=50 / 60
    )
    assert 50 <= answered <= 50 + more
    assert refused.error == "ratelimited"
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 2
    office.control("clock", seconds=wait)
    assert office.api("conversations.history", **args)["ok"]


def test_a_channel_takes_a_message_a_second_after_a_burst(office: Office) -> None:
    def post(channel: str) -> Answer:
        return office.api("chat.postMessage", channel=channel, text="hello")

    general, support = office.channel("general"), office.channel("support")
    answered, more, _ = until_refused(lambda: post(general), per_second=1)
    assert 10 <= answered <= 10 + more
    assert post(support).status == 200


def test_limits_can_be_switched_off(office: Office) -> None:
    office.control("limits", enabled=False)
    assert all(office.api("users.list", limit=1)["ok"] for _ in range(30))


def test_ordered_faults_come_as_often_as_ordered(office: Office) -> None:
    office.control("faults", method="auth.test", times=1, error="internal_error")
    office.control("faults", method="auth.test", times=1, retry_after=7)
    office.control("faults", method="auth.test", times=1, status=503)
    assert office.api("auth.test").error == "internal_error"
    limited = office.api("auth.test")
    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")
    assert office.api("auth.test").status == 503
    assert office.api("auth.test")["ok"]


def test_a_dropped_answer_may_come_after_the_work(office: Office) -> None:
    channel = office.channel("general")
    office.control("faults", method="chat.postMessage", times=1, drop=True, after=True)
    with pytest.raises(ConnectionError):
        office.api("chat.postMessage", channel=channel, text="said, though it seemed not")
    assert office.messages(channel, office.person())[-1]["text"] == "said, though it seemed not"


def test_a_delay_leaves_the_answer_as_it_is(office: Office) -> None:
    office.control("faults", method="auth.test", times=1, delay_ms=30)
    assert office.api("auth.test")["ok"]
    assert office.get("/sim/calls", method="auth.test")["calls"][-1]["ms"] >= 30


def test_calls_are_listed_without_their_token(office: Office) -> None:
    office.api("api.test")
    before = office.get("/sim/calls")["calls"][-1]["n"]
    token = office.first_line["bot_token"]
    office.request(f"/api/users.info?user=U0NOBODY&token={token}")
    (call,) = office.get("/sim/calls", since=before)["calls"]
    assert (call["method"], call["ok"], call["error"]) == ("users.info", False, "user_not_found")
    assert token not in json.dumps(call)


def test_bots_and_teams_describe_themselves(office: Office) -> None:
    bot_id = office.api("auth.test")["bot_id"]
    assert office.api("bots.info", bot=bot_id)["bot"]["user_id"] == office.bot
    assert office.api("bots.info", bot="B0").error == "bot_not_found"
    assert office.api("team.info")["team"]["name"] == "Tidewell"


def test_a_guest_and_a_leaver_look_it(office: Office) -> None:
    assert office.api("users.info", user=office.person("ben"))["user"]["is_restricted"] is True
    assert office.api("users.info", user=office.person("oskar"))["user"]["deleted"] is True
    assert office.api("users.info", user=office.person("margit"))["user"]["is_owner"] is True


def test_socket_mode_wants_the_app_token(office: Office) -> None:
    assert office.api("apps.connections.open").error == "not_allowed_token_type"
    assert office.api("apps.connections.open", token="app_token")["url"].startswith("ws://127.0.0.1:")


def test_people_the_app_and_the_workspace_have_pictures(office: Office) -> None:
    profile = office.api("users.info", user=office.person())["user"]["profile"]
    posted = office.api("chat.postMessage", channel=office.person(), text="Hi")["message"]
    icons = (posted["bot_profile"]["icons"]["image_48"], office.api("team.info")["team"]["icon"]["image_132"])
    for address in (profile["image_24"], profile["image_512"], *icons):
        answer = office.request(address.removeprefix(office.url))
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert office.request("/avatars/U0-48.svg").status == 404


@pytest.mark.parametrize("method", ["files.upload", "channels.list", "im.open"])
def test_what_slack_has_taken_away_is_named_so(office: Office, method: str) -> None:
    assert office.api(method).error == "method_deprecated"


def test_slackbot_is_among_the_people_and_nobody_writes_to_it(office: Office) -> None:
    slackbot = office.api("users.info", user="USLACKBOT")["user"]
    assert (slackbot["name"], slackbot["is_bot"]) == ("slackbot", False)
    assert slackbot in office.api("users.list")["members"]
    assert office.api("chat.postMessage", channel="USLACKBOT", text="Hi").error == "cannot_dm_bot"
    for each in ("USLACKBOT", office.bot):
        assert office.api("conversations.open", users=each).error == "cannot_dm_bot"


def test_a_locale_comes_for_who_asks_for_it(office: Office) -> None:
    ann, channel = office.person(), office.channel("general")
    assert "locale" not in office.api("users.info", user=ann)["user"]
    assert office.api("users.info", user=ann, include_locale=True)["user"]["locale"] == "en-US"
    assert (
        office.api("conversations.info", channel=channel, include_locale=True)["channel"]["locale"] == "en-US"
    )
