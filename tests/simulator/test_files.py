from pathlib import Path

import pytest
from slack_sdk import WebClient

from tests.simulator.office import Office


def client(office: Office) -> WebClient:
    return WebClient(office.first_line["bot_token"], base_url=office.first_line["api_url"])


def test_the_sdks_upload_arrives_whole_and_is_downloaded_whole(office: Office, tmp_path: Path) -> None:
    content = "ts,text\n" + "1,שלום 👋\n" * 100_000
    channel, ann = office.channel("general"), office.person()
    answer = client(office).files_upload_v2(
        channel=channel, filename="größe & más.csv", content=content, title="Rows", initial_comment="Here"
    )
    file = answer["file"]
    message = office.messages(channel, ann)[-1]
    assert (message["text"], message["files"][0]["title"]) == ("Here", "Rows")
    download = office.get(f"/sim/files/{file['id']}", user=ann)
    assert download.raw.decode() == content
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe")
    token = {"Authorization": f"Bearer {office.first_line['bot_token']}"}
    private = office.request(file["url_private"].removeprefix(office.url), headers=token)
    assert private.raw.decode() == content


def test_a_file_is_seen_only_by_those_who_see_its_conversation(office: Office) -> None:
    file = client(office).files_upload_v2(
        channel=office.channel("leadership"), filename="secret.txt", content="secret"
    )["file"]
    assert office.get(f"/sim/files/{file['id']}", user=office.person("margit")).raw == b"secret"
    assert office.get(f"/sim/files/{file['id']}", user=office.person()).status == 403
    assert office.get("/sim/files/F0NOTHING", user=office.person()).status == 404


def test_a_file_goes_into_a_thread(office: Office) -> None:
    channel, ann = office.channel("general"), office.person()
    parent = office.post("/sim/messages", user=ann, channel=channel, text="file please")["message"]["ts"]
    client(office).files_upload_v2(channel=channel, filename="a.txt", content="a", thread_ts=parent)
    replies = office.get(f"/sim/conversations/{channel}/replies", user=ann, ts=parent)["messages"]
    assert replies[-1]["files"][0]["name"] == "a.txt"


@pytest.mark.parametrize("sent", [b"", b"four", b"sixsix"])
def test_the_wrong_number_of_bytes_is_no_upload(office: Office, sent: bytes) -> None:
    ticket = office.api("files.getUploadURLExternal", filename="a.txt", length=5)
    path = ticket["upload_url"].removeprefix(office.url)
    octets = {"Content-Type": "application/octet-stream"}
    assert office.request(path, sent, headers=octets).status == 400
    done = office.api("files.completeUploadExternal", files=[{"id": ticket["file_id"]}])
    assert done.error == "file_not_found"


def test_an_upload_can_be_repeated_after_a_broken_one(office: Office) -> None:
    ticket = office.api("files.getUploadURLExternal", filename="a.txt", length=5)
    path = ticket["upload_url"].removeprefix(office.url)
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    assert office.request(path, b"hel", headers={"Content-Type": "text/plain"}).status == 400
    assert office.request(path, part.encode(), headers=form).status == 200
    done = office.api("files.completeUploadExternal", files=[{"id": ticket["file_id"]}])
    assert done["files"][0]["size"] == 5


def test_uploads_are_refused_by_name(office: Office) -> None:
    assert office.api("files.getUploadURLExternal", filename="a.txt", length=0).error == "missing_argument"
    assert office.api("files.completeUploadExternal").error == "invalid_arguments"
    assert office.request("/upload/v1/made-up", b"x").status == 404
    ticket = office.api("files.getUploadURLExternal", filename="a.txt", length=1)
    octets = {"Content-Type": "application/octet-stream"}
    office.request(ticket["upload_url"].removeprefix(office.url), b"x", headers=octets)
    files = [{"id": ticket["file_id"]}]
    random, hidden = office.channel("random"), office.channel("incident-review")
    complete = "files.completeUploadExternal"
    assert office.api(complete, files=files, channel_id=random).error == "not_in_channel"
    assert office.api(complete, files=files, channel_id=hidden).error == "channel_not_found"
    assert office.api(complete, files=files, channel_id=office.channel("general"))["ok"]
