import pytest

from tests.simulator.office import App, Json, Office


def types(office: Office, text: str, channel: str = "general", who: str = "ann", **more: object) -> Json:
    body = {"user": office.person(who), "channel": office.channel(channel), "text": text, **more}
    answer = office.post("/sim/commands", **body)
    assert answer.status == 200, answer.raw
    return answer.body


def last(office: Office, channel: str = "general", who: str = "ann") -> Json:
    return office.messages(office.channel(channel), office.person(who))[-1]


def test_the_payload_has_slacks_fields(office: Office, app: App) -> None:
    types(office, "/do  a thing ")
    payload = app.next().payload
    assert payload.keys() == {
        "token",
        "team_id",
        "team_domain",
        "channel_id",
        "channel_name",
        "user_id",
        "user_name",
        "command",
        "text",
        "api_app_id",
        "is_enterprise_install",
        "response_url",
        "trigger_id",
    }
    assert (payload["command"], payload["text"], payload["channel_name"]) == ("/do", "a thing", "general")


def test_names_become_ids_when_the_manifest_says_so(office: Office, app: App) -> None:
    general, ann = office.channel("general"), office.person()
    types(office, "/do in=#general by=@ann, a<b & https://a.example/?x=1&y=2")
    text = app.next().payload["text"]
    link = "<https://a.example/?x=1&amp;y=2>"
    assert text == f"in=<#{general}|general> by=<@{ann}|ann>, a&lt;b &amp; {link}"


def test_without_escaping_the_text_is_as_typed(office: Office, app: App) -> None:
    types(office, "/raw #general @ann a<b")
    assert app.next().payload["text"] == "#general @ann a<b"


def test_a_channel_one_cannot_see_stays_a_word(office: Office, app: App) -> None:
    types(office, "/do #leadership")
    assert app.next().payload["text"] == "#leadership"
    types(office, "/do #leadership", who="margit")
    assert app.next().payload["text"] == f"<#{office.channel('leadership')}|leadership>"


def test_a_private_conversations_name_is_not_told(office: Office, app: App) -> None:
    types(office, "/do", channel="leadership", who="margit")
    assert app.next().payload["channel_name"] == "privategroup"


def test_an_answer_in_the_ack_is_seen_by_one_or_by_all(office: Office, app: App) -> None:
    app.answer = lambda request: {"text": "only you"}
    types(office, "/do")
    assert (last(office)["text"], last(office)["is_ephemeral"]) == ("only you", True)
    app.answer = lambda request: {"text": "everybody", "response_type": "in_channel"}
    types(office, "/do")
    assert last(office, who="leila")["text"] == "everybody"


def test_an_answer_that_slack_would_not_take_is_an_error(office: Office, app: App) -> None:
    app.answer = lambda request: {"blocks": [{"type": "magic"}]}
    types(office, "/do")
    assert last(office)["text"] == '/do failed with the error "invalid_blocks"'


def test_an_unknown_command_is_explained(office: Office) -> None:
    assert types(office, "/dance")["ack"]["status"] == "failed"
    assert last(office)["text"].startswith("/dance is not a valid command.")


def test_commands_do_not_work_in_threads(office: Office) -> None:
    body = {"user": office.person(), "channel": office.channel("general")}
    parent = office.post("/sim/messages", text="parent", **body)["message"]["ts"]
    assert types(office, "/do", thread_ts=parent)["ack"]["status"] == "failed"
    replies = office.get(f"/sim/conversations/{body['channel']}/replies", user=body["user"], ts=parent)
    assert replies["messages"][-1]["text"] == "/do is not supported in threads. Sorry!"


def test_a_person_invites_the_bot_and_sends_it_away(office: Office) -> None:
    random = office.channel("random")
    types(office, "/invite @tester", channel="random")
    assert office.api("conversations.info", channel=random)["channel"]["is_member"] is True
    types(office, "/remove @tester", channel="random")
    assert office.api("conversations.info", channel=random)["channel"]["is_member"] is False
    types(office, "/invite @nobody", channel="random")
    assert "nobody here named @nobody" in last(office, "random")["text"]


def test_a_person_joins_and_leaves(office: Office) -> None:
    types(office, "/join #releases")
    members = office.get(f"/sim/conversations/{office.channel('releases')}", user=office.person())["members"]
    assert office.person() in members
    types(office, "/leave", channel="releases")
    refused = office.post(
        "/sim/commands", user=office.person(), channel=office.channel("releases"), text="/do"
    )
    assert (refused.status, refused.error) == (403, "not_in_channel")


@pytest.mark.parametrize("text", ["do", "", " "])
def test_what_is_no_command_is_refused(office: Office, text: str) -> None:
    body = {"user": office.person(), "channel": office.channel("general"), "text": text}
    assert office.post("/sim/commands", **body).status == 400


def test_forty_thousand_characters_arrive(office: Office, app: App) -> None:
    types(office, "/do " + "@ann #general & " * 2_499)
    assert app.next().payload["text"].count("<@") == 2_499
