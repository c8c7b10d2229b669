import datetime

from tests.simulator.office import Json, Office


def everything(office: Office, channel: str, who: str = "ann") -> list[Json]:
    return office.messages(office.channel(channel), office.person(who), limit=1000)


def at(message: Json) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(float(message["ts"]), datetime.UTC)


def replies(messages: list[Json]) -> int:
    return sum(message.get("reply_count", 0) for message in messages)


def test_the_default_person_sees_what_a_colleague_sees(office: Office) -> None:
    channels = {each["name"]: each for each in office.workspace["channels"]}
    joined = {name for name, each in channels.items() if each["is_member"]}
    assert office.workspace["me"]["name"] == "ann"
    assert joined == {"general", "engineering", "support", "random", "summer-launch"}
    assert "leadership" not in channels
    assert channels["summer-launch"]["is_archived"]


def test_general_has_enough_to_export(office: Office) -> None:
    month_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=30)
    recent = [message for message in everything(office, "general") if at(message) > month_ago]
    assert 330 <= len(recent) + replies(recent) <= 400


def test_people_talk_in_working_hours_and_not_in_the_future(office: Office) -> None:
    said = everything(office, "general")
    assert all(at(message).weekday() < 5 and 8 <= at(message).hour < 19 for message in said)
    assert max(map(at, said)) < datetime.datetime.now(datetime.UTC)


def test_there_are_threads_reactions_edits_a_file_and_other_scripts(office: Office) -> None:
    channels = ("general", "engineering", "support", "random", "releases")
    said = [message for channel in channels for message in everything(office, channel)]
    assert sum("reply_count" in message for message in said) >= 50
    assert sum("reactions" in message for message in said) >= 50
    assert any("edited" in message for message in said)
    assert any("\u05d0" <= character <= "\u05ea" for message in said for character in message["text"])
    assert any("&lt;" in message["text"] for message in said)
    assert any("<!channel>" in message["text"] for message in said)
    (file,) = (file for message in said for file in message.get("files", []))
    download = office.get(f"/sim/files/{file['id']}", user=office.person())
    assert len(download.raw) == file["size"]


def test_no_text_shows_a_slot_that_was_not_filled(office: Office) -> None:
    assert not any(
        "{" in message["text"] and "```" not in message["text"] for message in everything(office, "general")
    )


def test_two_conversations_are_between_two(office: Office) -> None:
    assert len(office.workspace["dms"]) == 2
