import http.client
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.office import App, Office

JSON_TYPE = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", ["/sim/workspace", "/", "/client/main.js", "/sim/files/F0"])
def test_another_host_name_is_refused(office: Office, path: str) -> None:
    assert office.request(path, headers={"Host": "evil.example"}).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_another_sites_page_is_refused(office: Office, origin: str) -> None:
    answer = office.request("/sim/workspace", headers={"Origin": origin})
    assert (answer.status, answer.error) == (403, "forbidden_origin")


def test_our_own_page_and_localhost_are_welcome(office: Office) -> None:
    port = office.url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert office.request("/sim/workspace", headers=headers).status == 200


def test_a_post_must_be_json(office: Office) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for headers in (form, {"Content-Type": "text/plain"}):
        answer = office.request("/sim/messages", b'{"user":"U"}', headers=headers)
        assert (answer.status, answer.error) == (415, "invalid_content_type")
    assert office.request("/sim/messages", b"{", headers=JSON_TYPE).error == "invalid_json"
    assert office.request("/sim/messages", b"[]", headers=JSON_TYPE).error == "invalid_json"


def test_the_page_may_load_nothing_from_elsewhere(office: Office) -> None:
    page = office.request("/")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/client/../server.py", "/client/%2e%2e/server.py", "/client//etc/passwd", "/client/nothing.js"]
)
def test_only_the_clients_files_are_served(office: Office, path: str) -> None:
    port = int(office.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert (answer.status, body["ok"]) == (404, False)


def test_errors_are_sentences_for_people(office: Office) -> None:
    answer = office.post("/sim/messages", user=office.person(), channel=office.channel("general"), text=" ")
    assert (answer.status, answer["error"], answer["message"]) == (400, "no_text", "Write something first.")
    long = office.post(
        "/sim/messages", user=office.person(), channel=office.channel("general"), text="x" * 40_001
    )
    assert "40,000" in long["message"]


def test_nobody_acts_as_the_bot_or_as_someone_who_left(office: Office) -> None:
    for user in (office.bot, office.person("oskar")):
        assert office.get("/sim/views", user=user).error == "user_cannot_act"


def test_what_one_cannot_see_does_not_exist(office: Office) -> None:
    hidden = office.channel("leadership")
    assert office.get(f"/sim/conversations/{hidden}", user=office.person()).error == "channel_not_found"
    assert (
        office.post("/sim/messages", user=office.person(), channel=hidden, text="a").error
        == "channel_not_found"
    )


def test_one_reads_but_does_not_write_where_one_is_no_member(office: Office) -> None:
    releases = office.channel("releases")
    assert office.messages(releases, office.person())
    assert (
        office.post("/sim/messages", user=office.person(), channel=releases, text="a").error
        == "not_in_channel"
    )
    archive = office.channel("summer-launch")
    assert (
        office.post("/sim/messages", user=office.person(), channel=archive, text="a").error == "is_archived"
    )


def test_messages_are_read_backwards_in_pages(office: Office) -> None:
    channel, ann = office.channel("general"), office.person()
    everything = [each["ts"] for each in office.messages(channel, ann, limit=200)]
    newest = office.messages(channel, ann, limit=50)
    older = office.messages(channel, ann, limit=50, before=newest[0]["ts"])
    assert [each["ts"] for each in older + newest] == everything[-100:]


def test_people_and_rooms_can_be_changed_for_a_test(office: Office) -> None:
    sam, channel = office.person("sam"), office.channel("leadership")
    assert office.control("user", user=sam, is_admin=True)["user"]["is_admin"] is True
    assert sam in office.control("members", channel=channel, add=[sam])["members"]
    assert sam not in office.control("members", channel=channel, remove=[sam])["members"]


def test_messages_can_be_given_with_their_times(office: Office) -> None:
    channel, ann = office.channel("random"), office.person()
    given = [
        {"user": ann, "text": "old <@U1>", "ts": "1700000000.000100"},
        {"user": ann, "text": "reply", "ts": "1700000001.000100", "thread_ts": "1700000000.000100"},
    ]
    office.control("messages", channel=channel, messages=given)
    replies = office.get(f"/sim/conversations/{channel}/replies", user=ann, ts="1700000000.000100")[
        "messages"
    ]
    assert [each["text"] for each in replies] == ["old <@U1>", "reply"]


def test_a_direct_message_is_found_again(office: Office) -> None:
    body = {"user": office.person(), "with": office.person("wen")}
    assert office.post("/sim/dms", **body)["channel"] == office.post("/sim/dms", **body)["channel"]


def words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


KEYS = words(
    """
    user channel text thread_ts ts container state values block_id action_id callback_id messages
    count days method times error add remove view blocks limit cursor types users files channel_id
    trigger_id n with stale action message retry_ms ack_ms seconds enabled status trigger_id
    user_id view_id length filename type
    """
)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["C", "U", "1.0", "message", "view", "home", "/do", "\x00", "\ud800"]),
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
PATHS = [
    "/sim/messages",
    "/sim/commands",
    "/sim/actions",
    "/sim/dms",
    "/sim/views/V0/submit",
    "/sim/shortcuts",
    "/sim/home",
    "/sim/control/faults",
    "/sim/control/messages",
    "/sim/control/members",
    "/sim/control/user",
    "/sim/control/timing",
    "/sim/control/latency",
    "/sim/control/redeliver",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), body=st.dictionaries(KEYS, VALUES, max_size=6), named=st.booleans())
def test_whatever_is_sent_to_sim_the_answer_is_clean(
    office: Office, path: str, body: dict[str, Any], named: bool
) -> None:
    known = {"user": office.person(), "channel": office.channel("random")} if named else {}
    sent = json.dumps({**body, **known}).encode()
    answer = office.request(path, sent, headers=JSON_TYPE)
    office.calm()
    assert answer.status < 500, answer.raw
    assert answer["ok"] is (answer.status == 200)


METHODS = [
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "chat.delete",
    "chat.getPermalink",
    "conversations.history",
    "conversations.replies",
    "conversations.list",
    "conversations.members",
    "conversations.open",
    "users.info",
    "users.list",
    "users.conversations",
    "views.publish",
    "views.open",
    "views.update",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "reactions.add",
    "files.info",
    "api.test",
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(METHODS), args=st.dictionaries(KEYS, VALUES, max_size=6), named=st.booleans())
def test_whatever_is_sent_to_the_web_api_the_answer_is_clean(
    office: Office, method: str, args: dict[str, Any], named: bool
) -> None:
    known = {"user_id": office.person(), "channel": office.channel("general")} if named else {}
    office.control("limits", enabled=False)
    answer = office.api(method, **{**args, **known})
    assert answer.status == 200, answer.raw
    assert answer["ok"] or answer.error


BLOCK_KEYS = words(
    """
    type text fields accessory elements block_id element label hint options value action_id
    image_url alt_text rows confirm filter include option_groups initial_option placeholder title
    submit blocks private_metadata
    """
)
BLOCK_WORDS = words(
    """
    section context divider header actions image input rich_text markdown table button
    static_select checkboxes plain_text mrkdwn plain_text_input number_input overflow
    multi_users_select datepicker modal home
    """
)
BLOCKS = st.recursive(
    ATOMS | BLOCK_WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(BLOCK_KEYS, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(st.dictionaries(BLOCK_KEYS, BLOCKS, max_size=6), max_size=3))
def test_whatever_blocks_are_sent_the_answer_is_clean(office: Office, blocks: list[Any]) -> None:
    office.control("limits", enabled=False)
    message = office.api("chat.postMessage", channel=office.channel("general"), text="a", blocks=blocks)
    home = office.api("views.publish", user_id=office.person(), view={"type": "home", "blocks": blocks})
    assert {message.status, home.status} == {200}
    assert office.get("/sim/home", user=office.person()).status == 200


@pytest.mark.parametrize("retry_ms", [1, True, "soon", {"a": 1}, ["a"], [True], [-1], [1e30]])
def test_pauses_must_be_a_list_of_sane_numbers(office: Office, retry_ms: object) -> None:
    answer = office.post("/sim/control/timing", retry_ms=retry_ms)
    assert (answer.status, answer.error) == (400, "invalid_arguments")


def test_any_event_can_be_sent(office: Office, app: App) -> None:
    event = {"type": "emoji_changed", "subtype": "add", "name": "ferry"}
    assert office.control("event", event=event)["ack"]["status"] == "acked"
    payload = app.next().payload
    assert (payload["type"], payload["event"]["name"], payload["team_id"]) == (
        "event_callback",
        "ferry",
        office.workspace["team"]["id"],
    )
    assert office.post("/sim/control/event", event={"name": "ferry"}).error == "invalid_arguments"
